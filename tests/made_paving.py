"""A made-up graded town for tests of debt and programmes: four streets, a crossing, no drives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shapely import LineString

from gatusyn.model import (
    CitySettings,
    DamageKind,
    EconomyParams,
    Extent,
    Grade,
    Link,
    Network,
    ProgrammeParams,
    Reason,
    Section,
    SectionCondition,
)
from gatusyn.pipeline import City, open_city
from gatusyn.pipeline.derive import curves_of, stamp_of
from gatusyn.pipeline.write_settings import write_settings
from gatusyn.store import create_store

EAST, NORTH, EPSG = 357_000.0, 6_213_000.0, 3006
STREETS = ("Storgatan", "Kyrkogatan", "=SUM(A1:A9)", "Åsgatan")
INDICES = (
    (30.0, 34.0, 38.0, 55.0, 68.0, 80.0, 84.0, 90.0, 72.0, 35.0),
    (82.0, 79.0, 74.0, 70.0, 45.0, 42.0),
    (88.0, None, None, 91.0),
    (25.0, 28.0, 66.0),
)
"""By street and section; None was not looked at."""


def made_network() -> Network:
    """Return Storgatan to the east, and three streets that begin at its nodes, northwards."""
    links, sections = [], []
    for number, indices in enumerate(INDICES):
        length_m = 20.0 * len(indices)
        if number == 0:
            # Two links that meet at 100 m, where Kyrkogatan begins.
            links += [_link("a", STREETS[0], 0.0, 0.0, 100.0, 0.0)]
            links += [_link("b", STREETS[0], 100.0, 0.0, length_m, 0.0)]
        else:
            east = (100.0, 0.0, 200.0)[number - 1]
            links.append(_link("cde"[number - 1], STREETS[number], east, 0.0, east, length_m))
    for link in links:
        sections += _sections(link)
    return Network(epsg=EPSG, links=tuple(links), sections=tuple(sections))


def _link(name: str, street: str, x1: float, y1: float, x2: float, y2: float) -> Link:
    return Link(
        link_id=name,
        element_id=f"1000:{name}",
        start_measure=0.0,
        end_measure=1.0,
        line=LineString([(EAST + x1, NORTH + y1), (EAST + x2, NORTH + y2)]),
        street_name=street,
        functional_class="7",
        width_m=7.0,
        aadt=400.0,
    )


def _sections(link: Link) -> list[Section]:
    count = round(link.length_m / 20.0)
    made = []
    for number in range(count):
        start, end = 20.0 * number, 20.0 * (number + 1)
        points = [link.line.interpolate(start), link.line.interpolate(end)]
        made.append(
            Section(
                section_id=f"{link.link_id}/{number}",
                link_id=link.link_id,
                element_id=link.element_id,
                start_m=start,
                end_m=end,
                start_measure=link.measure_at(start),
                end_measure=link.measure_at(end),
                line=LineString(points),
                width_m=7.0,
                width_is_assumed=False,
            )
        )
    return made


def made_conditions(network: Network, *, period: str = "2026") -> tuple[SectionCondition, ...]:
    """Return the sections' conditions, cracks and potholes taking off what they lack."""
    values = [index for indices in INDICES for index in indices]
    return tuple(
        condition(section.section_id, index, period=period)
        for section, index in zip(network.sections, values, strict=True)
    )


def condition(section_id: str, index: float | None, *, period: str = "2026") -> SectionCondition:
    """Return a section's condition; cracks and a pothole share what it lacks."""
    known = index is not None
    lack = 100.0 - (index or 100.0)
    kinds = (DamageKind.LONGITUDINAL_CRACK, DamageKind.POTHOLE) if known and lack else ()
    return SectionCondition(
        section_id=section_id,
        period=period,
        grade=Grade.FAIR if known else Grade.UNKNOWN,
        index=index,
        observed_share=0.9 if known else 0.0,
        observed_m2=126.0 if known else 0.0,
        frames=4 if known else 0,
        confidence=0.7 if known else 0.0,
        extents=tuple(
            Extent(
                kind=kind,
                severity=2,
                count=1,
                length_m=2.0,
                area_m2=1.4,
                share=0.01,
                along_share=0.1,
            )
            for kind in kinds
        ),
        reasons=tuple(
            Reason(kind=kind, severity=2, deduct=lack / 2.0, text=kind.words) for kind in kinds
        ),
        index_name="test index",
        index_interval=(max(index - 6.0, 0.0), min(index + 6.0, 100.0)) if index else None,
    )


def made_settings(params: ProgrammeParams | None = None) -> CitySettings:
    """Return the town's settings: few drawings, for speed."""
    return replace(
        CitySettings(),
        name="Provstad",
        economy=EconomyParams(draws=20, inhabitants=1000),
        programme=params or ProgrammeParams(years=3, budget_sek=150_000.0),
    )


def made_city(
    folder: Path,
    *,
    settings: CitySettings | None = None,
    conditions: tuple[SectionCondition, ...] | None = None,
) -> City:
    """Make the graded city in a folder and open it."""
    network, chosen = made_network(), settings or made_settings()
    create_store(folder, organisation=chosen.organisation, network=network).close()
    write_settings(folder / "gatusyn.toml", chosen)
    city = open_city(folder)
    grade(city, conditions or made_conditions(network))
    return city


def grade(city: City, conditions: tuple[SectionCondition, ...]) -> None:
    """Store conditions as if they had been derived from the facts that are there."""
    stamp = stamp_of(city.store.facts_stamp(), city.settings, curves_of(city))
    city.store.write_derived((), conditions, stamp=stamp)
