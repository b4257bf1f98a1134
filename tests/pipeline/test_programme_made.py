"""A town's programme, from its store and settings to what people read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.made_paving import (
    STREETS,
    grade,
    made_city,
    made_conditions,
    made_network,
    made_settings,
)

from gatusyn.evaluate.programme import check_programme
from gatusyn.model import (
    NOT_ALLOWED,
    NOTHING,
    ProgrammeError,
    ProgrammeParams,
    ReasonKind,
    Remark,
    ScenarioKind,
    SettingsError,
    StreetPlace,
    TownProgramme,
)
from gatusyn.pipeline import (
    City,
    ProgrammeFiles,
    follow_up,
    make_programme,
    note_done,
    read_document,
    read_stock,
    saved_programme,
)
from gatusyn.pipeline.chosen_plan import chosen_plan
from gatusyn.pipeline.ore import rounded_ore, shared_ore
from gatusyn.pipeline.programme import planned_economy
from gatusyn.pipeline.programme_course import course_of, debt_by_state
from gatusyn.pipeline.programme_problem import PosedProgramme, pose_programme
from gatusyn.pipeline.street_places import StreetPlaces
from gatusyn.report import Language, Words

PARAMS = ProgrammeParams(years=3, budget_sek=150_000.0)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = made_city(tmp_path / "city")
    yield made
    made.store.close()


def make(
    city: City,
    params: ProgrammeParams = PARAMS,
    *,
    name: str = "",
    compare: bool = False,
    **files: Path,
) -> TownProgramme:
    made, _ = make_programme(
        city,
        params,
        name=name,
        by="Åsa",
        now_s=1e9,
        files=ProgrammeFiles(**files),
        compare=compare,
    )
    return made


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_parts_add_up_to_the_whole_to_the_ore(city: City) -> None:
    made = make(city)
    assert made.projects
    for project in made.projects:
        assert sum(one.ore for one in project.measures) == project.ore
        assert 0 < project.mobilisation_ore < project.ore
        assert sum(one.length_m for one in project.measures) == pytest.approx(project.length_m)
        assert sum(one.area_m2 for one in project.measures) == pytest.approx(project.area_m2)
    assert [made.ore_in(year) for year in made.years] == list(made.ours.cost_ore)
    assert sum(made.ours.cost_ore) == made.ore
    assert all(ore <= 150_000_00 for ore in made.ours.cost_ore), "the budget holds"


def test_the_choice_passes_the_independent_check(city: City) -> None:
    posed = pose(city)
    _, choice = chosen_plan(posed.problem)
    checked = check_programme(posed.problem, choice)
    assert checked.violations == ()
    made = make(city)
    assert made.ours.debt_sek == pytest.approx(checked.debt_sek.tolist())
    assert made.value == pytest.approx(checked.value)
    assert made.ore / 100 == pytest.approx(checked.cost_sek.sum(), abs=0.02)


def test_a_repair_in_the_last_year_takes_no_debt_away(city: City) -> None:
    posed = pose(city)
    problem = posed.problem
    course = course_of(problem, np.full((len(problem.sections), problem.years), NOTHING, np.int8))
    levelling = problem.space.treatments.index("levelling")
    after = problem.space.after[levelling, problem.sections.family, course.before[:, -1]]
    done = np.flatnonzero(after != NOT_ALLOWED)
    assert len(done)
    index = problem.space.index[problem.sections.family[done]]
    due = index[np.arange(len(done)), course.before[done, -1]] < 40.0
    assert due.any(), "some are in debt"
    lifted = index[np.arange(len(done)), after[done]]
    assert (lifted[due] > 40.0).any(), "and the repair lifts them above the trigger"
    before = debt_by_state(problem, course.before[done, -1], done)
    assert debt_by_state(problem, after[done], done) == pytest.approx(before)


def test_no_new_surface_is_shorter_than_its_least_length(city: City) -> None:
    made = make(city, replace(PARAMS, budget_sek=1e6, years=10), compare=True)
    least = {one.treatment: one.minimum_length_m for one in made.prices}
    assert least["overlay"] == 50.0
    assert least["crack_sealing"] == 0.0
    for project in made.projects:
        assert project.length_m >= least[project.treatment], project


def test_a_whole_short_street_may_always_be_treated(city: City) -> None:
    posed = pose(city, replace(PARAMS, minimum_length_m=100.0))
    length = dict(zip(posed.problem.sections.ids, posed.problem.sections.length_m, strict=True))
    assert sum(length[f"e/{n}"] for n in range(3)) == pytest.approx(100.0), "60 m in all"
    assert length["a/0"] == pytest.approx(20.0), "of a street of 200 m"
    assert length["d/0"] == pytest.approx(100.0), "its neighbour is not graded"


def pose(city: City, params: ProgrammeParams = PARAMS) -> PosedProgramme:
    economy = planned_economy(city.settings.economy, params)
    return pose_programme(
        read_stock(city),
        params,
        economy,
        families=tuple(economy.families.values()),
        locks=(),
        first_year=2027,
    )


def test_ours_is_never_worse_and_more_money_never_either(city: City) -> None:
    made = make(city, compare=True)
    last = {kind: made.scenario(kind) for kind in ScenarioKind}
    ours = made.ours.debt_sek[-1]
    for kind in (ScenarioKind.NOTHING, ScenarioKind.WORST_FIRST, ScenarioKind.NO_SEALING):
        other = last[kind]
        assert other is not None
        assert ours <= other.debt_sek[-1] + 0.01, kind
    mine = sorted(
        (one for one in made.scenarios if one.kind is ScenarioKind.OURS),
        key=lambda one: one.budget_share,
    )
    assert [one.budget_share for one in mine] == [0.5, 0.75, 1.0, 1.5, 2.0]
    debts = [one.debt_sek[-1] for one in mine]
    assert all(more <= less + 0.01 for less, more in pairwise(debts))


def test_the_same_twice_is_the_same(city: City) -> None:
    assert make(city) == make(city)


def test_a_saved_programme_comes_back_whole(city: City) -> None:
    made = make(city, name="2027")
    city.store.programmes.save(saved_programme(made))
    assert read_document(city.store.programmes.get("2027")) == made


def test_a_document_of_an_older_gatusyn_is_read_with_its_remarks(city: City) -> None:
    saved = saved_programme(make(city, name="2027"))
    values = json.loads(saved.document)
    values["format"] = 1
    del values["debt"]
    values["basis"]["remarks"] = ["1 section is unpaved."]
    values["scenarios"][0]["lacks"] = ["too dear"]
    old = read_document(replace(saved, document=json.dumps(values)))
    assert old.debt == ()
    assert old.basis.remarks == (Remark(key="said", values={"words": "1 section is unpaved."}),)
    assert Words(Language.EN).remark(old.ours.lacks[0]) == "too dear"


def test_a_damaged_document_is_named(city: City) -> None:
    saved = saved_programme(make(city, name="2027"))
    for text in ("{}", "no json", '{"format": 1, "name": "x"}', "[1]"):
        with pytest.raises(ProgrammeError, match="programme 2027"):
            read_document(replace(saved, document=text))
    newer = saved.document.replace('"format":2', '"format":3', 1)
    with pytest.raises(ProgrammeError, match="newer Gatusyn"):
        read_document(replace(saved, document=newer))


def test_ungraded_streets_are_told_and_left_out(city: City) -> None:
    made = make(city)
    assert made.basis.ungraded_m == pytest.approx(40.0)
    assert made.basis.graded_m == pytest.approx(420.0)
    named = {one.section_id for project in made.projects for one in project.measures}
    assert not named & {"d/1", "d/2"}


def test_what_is_contracted_is_done_with_its_reason(city: City, tmp_path: Path) -> None:
    locks = table(
        tmp_path / "locks.csv", "gata;lås;åtgärd;år;skäl", "Åsgatan;ska;toppning;2028;avtal 7"
    )
    city.store.programmes.saved()
    with pytest.raises(ProgrammeError, match=r"budget allows"):
        make(city, replace(PARAMS, budget_sek=5_000.0), locks=locks)
    made = make(city, locks=locks)
    (project,) = [one for one in made.projects if one.reason.kind is ReasonKind.LOCKED]
    assert (project.street, project.year, project.treatment) == ("Åsgatan", 2028, "overlay")
    assert project.reason.words == "avtal 7"


def test_a_lock_on_an_ungraded_section_is_kept_and_told(city: City, tmp_path: Path) -> None:
    locks = table(
        tmp_path / "locks.csv", "section_id,lock,treatment,year", "d/1,must,mill_overlay,2027"
    )
    made = make(city, locks=locks)
    (measure,) = [
        one for project in made.projects for one in project.measures if one.section_id == "d/1"
    ]
    assert measure.is_estimated
    assert Remark(key="estimated", values={"sections": 1}) in made.basis.remarks


def test_not_before_and_never_are_kept(city: City, tmp_path: Path) -> None:
    locks = table(
        tmp_path / "locks.csv",
        "street,lock,treatment,year",
        "Storgatan,not-before,,2029",
        "Åsgatan,never,,",
    )
    made = make(city, locks=locks)
    assert all(one.year == 2029 for one in made.projects if one.street == "Storgatan")
    assert not [one for one in made.projects if one.street == "Åsgatan"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Storgatan,must,overlay,2031", r"row 2: year 2031 is not one of 2027 to 2029"),
        ("Storgatan,must,overlay,", r"row 2: must is without treatment or year"),
        ("Storgatan,must,,2027", r"row 2: must is without treatment or year"),
        ("Storgatan,must,gold,2027", r"row 2: there is no treatment 'gold'"),
        ("Ingengata,never,,", r"row 2: there is no street 'Ingengata'"),
        ("Storgatan,maybe,,", r"row 2: lock is 'maybe'"),
        ("Storgatan,never,,2028", r"row 2: never has a year"),
        ("Storgatan,not-before,,", r"row 2: not-before is without a year"),
        ("Storgatan,not-before,,soon", r"row 2: year is 'soon', no number"),
        ("Storgatan,not-before,,inf", r"row 2: year is 'inf', no number"),
        (",must,overlay,2027", r"row 2: names no place"),
    ],
)
def test_a_wrong_lock_names_file_and_row(
    city: City, tmp_path: Path, row: str, problem: str
) -> None:
    locks = table(tmp_path / "locks.csv", "street,lock,treatment,year", row)
    with pytest.raises(ProgrammeError, match=problem) as caught:
        make(city, locks=locks)
    assert "locks.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            ("Åsgatan,must,overlay,2027", "Åsgatan,must,mill_overlay,2027"),
            r"row 3: demands mill_overlay in 2027 where row 2 demands overlay",
        ),
        (
            ("Åsgatan,never,,", "Åsgatan,must,overlay,2027"),
            r"row 2: forbids overlay in 2027, which row 3 demands",
        ),
        (
            ("Åsgatan,must,overlay,2027", "Åsgatan,not-before,overlay,2028"),
            r"row 3: forbids overlay in 2027, which row 2 demands",
        ),
        (
            ("Kyrkogatan,never,,", "Storgatan,must,reconstruction,2028"),
            r"row 3: what must be done in 2028 costs .* SEK, and the budget allows 150 000",
        ),
        (("Åsgatan,must,pothole_repair,2027",), r"row 2: 'pothole_repair' is not planned"),
    ],
)
def test_locks_that_do_not_go_together_name_their_rows(
    city: City, tmp_path: Path, rows: tuple[str, ...], problem: str
) -> None:
    locks = table(tmp_path / "locks.csv", "street,lock,treatment,year", *rows)
    with pytest.raises(ProgrammeError, match=rf"locks.csv, {problem}"):
        make(city, locks=locks)


def test_locks_that_do_go_together_are_taken(city: City, tmp_path: Path) -> None:
    locks = table(
        tmp_path / "locks.csv",
        "street,lock,treatment,year",
        "Åsgatan,must,overlay,2028",
        "Åsgatan,must,overlay,2028",
        "Åsgatan,not-before,overlay,2028",
        "Åsgatan,never,reconstruction,",
    )
    assert [one.year for one in make(city, locks=locks).projects if one.reason.kind == "locked"]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("street,year", "Storgatan,2027"), r"row 1: has no column treatment or åtgärd"),
        (("street,treatment", "Storgatan,overlay"), r"row 1: has no column year or år"),
        (("street,treatment,year",), r"own.csv: has no row below its header"),
        (("street,treatment,year", "Storgatan,overlay,"), r"row 2: has no year"),
        (("street,treatment,year", "Storgatan,potthålslagning,2027"), r"row 2: .* is not planned"),
        (("section_id,treatment,year", "x/1,overlay,2027"), r"row 2: there is no section 'x/1'"),
    ],
)
def test_an_own_list_that_is_wrong_names_its_row(
    city: City, tmp_path: Path, lines: tuple[str, ...], problem: str
) -> None:
    own = table(tmp_path / "own.csv", *lines)
    with pytest.raises(ProgrammeError, match=problem):
        make(city, own_list=own)


def test_other_budgets_are_those_that_were_asked_for_and_each_is_told(city: City) -> None:
    told: list[tuple[str, int, int]] = []

    class Kept:
        def step(self, what: str, done: int, total: int) -> None:
            told.append((what, done, total))

    made, _ = make_programme(
        city, PARAMS, name="", by="Åsa", now_s=1e9, budgets=(0.5,), progress=Kept()
    )
    shares = {one.budget_share for one in made.scenarios if one.kind is ScenarioKind.OURS}
    assert shares == {0.5, 1.0}
    assert told[1:] == [
        ("choosing without sealing", 0, 3),
        ("choosing for 50% of the budget", 1, 3),
        ("choosing for 100% of the budget", 2, 3),
        ("comparing", 3, 3),
    ]


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"budget_sek": 0.0}, "budget: is 0 SEK"),
        ({"budget_sek": None}, "budget: is not given"),
        ({"area_budgets": {"Norr": 1e6}}, "area_budgets.Norr: no graded street"),
        ({"treatment_budgets": {"gold": 1e6}}, "treatment_budgets.gold: is no treatment"),
    ],
)
def test_what_cannot_be_posed_is_named(city: City, params: dict[str, object], problem: str) -> None:
    with pytest.raises(ProgrammeError, match=problem):
        make(city, replace(PARAMS, **params))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [{"years": 0}, {"years": 21}, {"budget_sek": -1.0}, {"target_index": 0.0}]
)
def test_settings_out_of_range_are_named(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=f"programme.{next(iter(wrong))}"):
        ProgrammeParams(**wrong)  # type: ignore[arg-type]


def test_the_own_list_is_told_with_what_is_wrong_with_it(city: City, tmp_path: Path) -> None:
    own = table(
        tmp_path / "own.csv",
        "\ufeffgata;åtgärd;år",
        "Storgatan;fräsning och toppning;2027",
        "=SUM(A1:A9);overlay;2028",
    )
    made = make(city, own_list=own)
    scenario = made.scenario(ScenarioKind.OWN_LIST)
    assert scenario is not None
    assert scenario.cost_ore[0] > 150_000_00
    lacks = {one.key: one.values for one in scenario.lacks}
    assert lacks["over budget"]["year"] == "2027"
    assert lacks["ungraded"] == {"sections": 2}
    table(own, "street,treatment,year", "Storgatan,overlay,2027", "Storgatan,mill_overlay,2027")
    with pytest.raises(ProgrammeError, match=r"row 3: section a/0 gets overlay in 2027 already"):
        make(city, own_list=own)


def test_districts_and_treatments_have_budgets_of_their_own(tmp_path: Path) -> None:
    params = replace(
        PARAMS,
        places_file="places.csv",
        area_budgets={"Norr": 30_000.0},
        treatment_budgets={"reconstruction": 0.0},
    )
    city = made_city(tmp_path / "city", settings=made_settings(params))
    table(city.folder / "places.csv", "street,district", "Storgatan,Norr", "Åsgatan,Söder")
    made = make(city, params)
    spent = {
        year: sum(p.ore for p in made.projects if p.district == "Norr" and p.year == year)
        for year in made.years
    }
    assert all(ore <= 30_000_00 for ore in spent.values())
    assert not [one for one in made.projects if one.treatment == "reconstruction"]
    assert {one.budget for one in made.next_krona} == {"budget", "Norr", "reconstruction"}
    city.store.close()


def test_streets_that_weigh_more_come_first(tmp_path: Path) -> None:
    params = replace(PARAMS, places_file="places.csv", years=1, budget_sek=250_000.0)
    city = made_city(tmp_path / "city", settings=made_settings(params))
    for favoured, other in (("Storgatan", "Åsgatan"), ("Åsgatan", "Storgatan")):
        table(city.folder / "places.csv", "street,weight", f"{favoured},10", f"{other},0")
        streets = {one.street for one in make(city, params).projects}
        assert favoured in streets
        assert other not in streets
    city.store.close()


def test_places_are_named_by_crossing_streets(city: City) -> None:
    town = read_stock(city)
    places = StreetPlaces(town.network, town.stock)
    rows = {str(name): row for row, name in enumerate(town.stock.section_id)}
    whole = [rows[f"{link}/{n}"] for link in "ab" for n in range(5)]
    crossings = {STREETS[2], STREETS[3]}
    start, end = places.ends_of(whole)
    assert {start.street, end.street} == crossings
    assert start.away_m == end.away_m == 0.0
    first, second = places.ends_of([rows["b/0"], rows["b/1"]])
    assert StreetPlace(street="Kyrkogatan", away_m=0.0) in (first, second)
    assert StreetPlace(street="Kyrkogatan", away_m=40.0) in (first, second)


def test_what_was_done_is_followed_up(city: City, tmp_path: Path) -> None:
    made = make(city, name="2027")
    city.store.programmes.save(saved_programme(made))
    project = made.projects[0]
    file = table(
        tmp_path / "done.csv",
        "project;date;cost_sek",
        f"{project.number};{project.year}-06-30;12345,67",
    )
    note = {"programme": "2027", "by": "Åsa", "now_s": 2e9}
    assert note_done(city, file, **note) == (len(project.measures), len(project.measures))  # type: ignore[arg-type]
    assert note_done(city, file, **note)[0] == 0, "a second time changes nothing"  # type: ignore[arg-type]
    followed = follow_up(city, "2027").projects[0]
    assert followed.done_m == pytest.approx(project.length_m)
    assert (followed.paid_ore, followed.planned_ore) == (12_345_67, project.ore)
    assert followed.seen_index is None, "the grades are older than the work"
    network = made_network()
    grade(city, made_conditions(network, period=str(project.year)))
    seen = follow_up(city, "2027").projects[0]
    assert seen.seen_period == str(project.year)
    assert seen.seen_index == pytest.approx(
        sum(
            one.area_m2 * index
            for one in project.measures
            for index in [_index_of(city, one.section_id)]
        )
        / project.area_m2
    )


def _index_of(city: City, section_id: str) -> float:
    (found,) = city.store.conditions(section_ids=[section_id])
    assert found.index is not None
    return found.index


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("99;2027-06-30;1", "there is no project 99"),
        ("1;30 juni;1", "date is '30 juni', no day"),
        ("1;2127-06-30;1", "date is 2127-06-30, which has not come yet"),
        ("1.5;2027-06-30;1", "there is no project 1.5"),
        ("inf;2027-06-30;1", "project is 'inf', no number"),
        ("1;2027-06-30;nan", "cost_sek is 'nan', no number"),
        ("1;2027-06-30;-5", "cost_sek is -5"),
        ("1;;5", "has no treatment or no date"),
    ],
)
def test_a_wrong_row_of_what_was_done_notes_nothing(
    city: City, tmp_path: Path, row: str, problem: str
) -> None:
    city.store.programmes.save(saved_programme(make(city, name="x")))
    file = table(tmp_path / "done.csv", "project;date;cost_sek", "1;2027-06-30;10", row)
    with pytest.raises(ProgrammeError, match=rf"done.csv, row 3: {problem}"):
        note_done(city, file, programme="x", by="Åsa", now_s=2e9)
    assert city.store.programmes.done() == ()


def test_ore_add_up() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        parts = rng.uniform(0, 1e5, rng.integers(1, 40))
        ore = rounded_ore(parts)
        assert sum(ore) == round(float(parts.sum()) * 100)
        assert np.abs(np.array(ore) - parts * 100).max() <= 1.0
    assert shared_ore(100.0, [1.0, 1.0, 1.0]) == [3333, 3334, 3333]
    assert shared_ore(0.01, [0.0, 0.0]) in ([0, 1], [1, 0])


def test_nothing_graded_is_said(tmp_path: Path) -> None:
    conditions = tuple(
        replace(one, index=None, reasons=(), extents=(), index_interval=None)
        for one in made_conditions(made_network())
    )
    city = made_city(tmp_path / "city", conditions=conditions)
    with pytest.raises(ProgrammeError, match="has no graded section yet"):
        make(city)
    city.store.close()
