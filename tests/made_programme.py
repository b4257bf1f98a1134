"""A made-up programme for tests of its documents: built by hand, no solver."""

from __future__ import annotations

from tests.made_paving import STREETS, made_network

from gatusyn.model import (
    Basis,
    NextKrona,
    PlannedMeasure,
    PlannedProject,
    PriceLine,
    ProjectReason,
    ReasonKind,
    Remark,
    Scenario,
    ScenarioKind,
    Section,
    StreetOut,
    StreetPlace,
    TownProgramme,
)

_PROJECTS = (
    (2027, "mill_overlay", "e", (1, 2), ReasonKind.DUE, (70_000_01, 69_999_99)),
    (2027, "crack_sealing", "c", (1,), ReasonKind.IN_TIME, (5_000_33,)),
    (2029, "overlay", "d", (1, 2), ReasonKind.LOCKED, (30_000_50, 30_000_51)),
)


def made_programme() -> TownProgramme:
    """Return three projects in three years, compared with two other ways."""
    projects = tuple(_project(number, *values) for number, values in enumerate(_PROJECTS, start=1))
    ore = tuple(sum(one.ore for one in projects if one.year == year) for year in (2027, 2028, 2029))
    return TownProgramme(
        name="prov",
        town="Provstad",
        made_s=1.8e9,
        made_by="Åsa",
        first_year=2027,
        budget_sek=(150_000.0, 150_000.0, 150_000.0),
        aim="least-debt",
        value=100_000.0,
        bound=98_000.0,
        gap=0.02,
        projects=projects,
        prices=(
            _price("crack_sealing", "spricklagning", "low"),
            _price("overlay", "toppning", "medium"),
            _price("mill_overlay", "fräsning och toppning", "medium"),
        ),
        scenarios=(
            _scenario(ScenarioKind.OURS, 100_000.0, ore),
            _scenario(ScenarioKind.NOTHING, 900_000.0, (0, 0, 0)),
            _scenario(ScenarioKind.WORST_FIRST, 300_000.0, ore),
            _scenario(ScenarioKind.OURS, 50_000.0, ore, share=2.0),
        ),
        next_krona=(NextKrona(budget="budget", gains=(0.5, 0.0, 1.5)),),
        out=(StreetOut(street="", length_m=40.0, mean_index=30.0, debt_sek=1e5, worth_sek=0.8),),
        basis=Basis(
            period="2026",
            index_name="test index",
            graded_m=420.0,
            graded_m2=2940.0,
            ungraded_m=40.0,
            ungraded_m2=280.0,
            debt_sek=500_000.0,
            debt_low_sek=300_000.0,
            debt_high_sek=800_000.0,
            network_version="n1",
            derived_stamp="d1",
            settings={"programme.years": "3"},
            remarks=(Remark(key="unpaved", values={"sections": 3, "km": 0.06}),),
        ),
    )


def _project(
    number: int,
    year: int,
    treatment: str,
    link: str,
    places: tuple[int, ...],
    kind: ReasonKind,
    ore: tuple[int, ...],
) -> PlannedProject:
    sections = {one.section_id: one for one in made_network().sections}
    of = [sections[f"{link}/{place}"] for place in places]
    return PlannedProject(
        number=number,
        year=year,
        treatment=treatment,
        street=STREETS["acde".index(link)],
        road_class="7",
        district="",
        start=StreetPlace(street="Storgatan", away_m=20.0),
        end=StreetPlace(street=None, away_m=60.0),
        length_m=20.0 * len(of),
        area_m2=140.0 * len(of),
        index_before=34.0,
        index_after=100.0,
        ore=sum(ore),
        mobilisation_ore=2_000_00,
        reason=ProjectReason(kind=kind, trigger=40.0, words="avtal <7>", avoided_sek=123_456.0),
        measures=tuple(_measure(section, part) for section, part in zip(of, ore, strict=True)),
    )


def _measure(section: Section, ore: int) -> PlannedMeasure:
    return PlannedMeasure(
        section_id=section.section_id,
        element_id=section.element_id,
        start_measure=section.start_measure,
        end_measure=section.end_measure,
        length_m=section.length_m,
        area_m2=section.area_m2,
        index_before=34.0,
        index_after=100.0,
        ore=ore,
    )


def _price(treatment: str, swedish: str, trust: str) -> PriceLine:
    return PriceLine(
        treatment=treatment,
        swedish=swedish,
        sek_m2=160.0,
        mobilisation_sek=15_000.0,
        price_year=2024,
        source="practice",
        trust=trust,
        life_years=16.0,
    )


def _scenario(
    kind: ScenarioKind, last_sek: float, ore: tuple[int, ...], *, share: float = 1.0
) -> Scenario:
    return Scenario(
        kind=kind,
        budget_share=share,
        cost_ore=ore,
        debt_sek=(500_000.0, 450_000.0, 400_000.0, last_sek),
        mean_index=(60.0, 61.0, 62.0, 63.0),
        remaining_years=(8.0, 8.1, 8.2, 8.3),
        projects=3,
    )
