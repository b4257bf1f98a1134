"""What a drive changes is derived alone, and comes out as if everything had been derived."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.made_facts import look, seen
from tests.made_network import network_of, street
from tests.store.made_store import make_frame

from gatusyn.condition import derive_conditions
from gatusyn.findings import derive_findings
from gatusyn.model import (
    CitySettings,
    Coverage,
    DriveFacts,
    Finding,
    FindingError,
    FindingState,
    LookColumns,
    Observation,
    PixelClass,
    SectionCondition,
    VerdictKind,
)
from gatusyn.pipeline import City, bring_up_to_date, regrade, say_of_finding
from gatusyn.store import Boxes, DerivedChanges, create_store

NETWORK = network_of(street(length_m=700.0))
SETTINGS = CitySettings()


def drive(
    number: int,
    places: Sequence[tuple[float, float, PixelClass]],
    *,
    span: tuple[int, int] = (0, 700),
    off: tuple[float, float] = (0.0, 0.0),
    start_s: float | None = None,
    run: str | None = None,
) -> DriveFacts:
    """Return a drive up the street that sees what lies there, wrong by the same all along."""
    run, day = run or f"r{number:03d}", start_s if start_s is not None else 86_400.0 * number
    observations: list[Observation] = []
    looks: list[Coverage] = []
    for place in range(span[0] + 5, span[1], 5):
        frame, time_s = f"f{place:04d}", day + place / 10.0
        looks.append(look(frame, place + off[0], time_s=time_s))
        observations += [
            seen(
                frame,
                north + off[0],
                east=east + off[1],
                time_s=time_s,
                pixel_class=kind,
                side_m=0.8 + 0.1 * (number % 3),
                sigma_m=2.0,
            )
            for north, east, kind in places
            if abs(north - place) <= 4
        ]
    return DriveFacts(
        drive_id=f"d{number:03d}",
        run_id=run,
        name=f"drive {number}",
        network_version=NETWORK.version,
        detector_version="made 1",
        started_s=day,
        ended_s=day + 70.0,
        distance_m=700.0,
        received=0,
        frames=(),
        rejected=(),
        observations=tuple(observations),
        coverage=tuple(looks),
    )


def places_of(seed: int, count: int = 24) -> list[tuple[float, float, PixelClass]]:
    rng = np.random.default_rng(seed)
    kinds = list(PixelClass)
    return [
        (float(rng.uniform(3, 697)), float(rng.uniform(-3, 3)), kinds[int(rng.integers(3))])
        for _ in range(count)
    ]


def drives_of(seed: int, count: int) -> list[DriveFacts]:
    rng = np.random.default_rng([seed, 1])
    places = places_of(seed)
    made = []
    for number in range(count):
        low = int(rng.integers(0, 4)) * 100
        high = low + 100 * int(rng.integers(1, 4))
        off = (float(rng.normal(0, 1.0)), float(rng.normal(0, 0.3)))
        kept = [place for place in places if rng.random() < 0.85]
        made.append(
            drive(number, kept, span=(low, high), off=off, start_s=float(rng.integers(90)) * 1e6)
        )
    return made


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    yield from made_city(tmp_path / "city")


def made_city(folder: Path) -> Iterator[City]:
    store = create_store(folder, organisation="town", network=NETWORK)
    yield City(folder=folder, settings=SETTINGS, store=store)
    store.close()


Derived = tuple[tuple[Finding, ...], tuple[SectionCondition, ...]]


def derived(city: City) -> Derived:
    store = city.store
    every = [one for period in store.periods() for one in store.conditions(period=period)]
    return store.findings(), tuple(every)


def derived_whole(city: City) -> Derived:
    """Derive everything once more, from the same findings before."""
    city.store.work.forget()
    assert bring_up_to_date(city, network=NETWORK)
    return derived(city)


def in_memory(city: City) -> list[Finding]:
    return [
        without_name(one)
        for one in derive_findings(
            city.store.observations(),
            city.store.coverage(),
            NETWORK,
            SETTINGS.findings,
            SETTINGS.records,
        )
    ]


def without_name(finding: Finding) -> Finding:
    return replace(finding, finding_id="")


def by_place(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(map(without_name, findings), key=lambda one: (one.observation_ids, one.offset_m))


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_drives_one_by_one_in_any_order_give_what_all_at_once_give(
    tmp_path_factory: pytest.TempPathFactory, seed: int, shuffler: random.Random
) -> None:
    drives = drives_of(seed, 6)
    shuffler.shuffle(drives)
    for city in made_city(tmp_path_factory.mktemp("town") / "city"):
        for number, facts in enumerate(drives):
            city.store.write_drive(facts)
            assert bring_up_to_date(city, network=NETWORK)
            if number == 3:
                again = replace(
                    facts, run_id=f"{facts.run_id}b", observations=facts.observations[1:]
                )
                city.store.write_drive(again)
                assert bring_up_to_date(city, network=NETWORK)
        step_by_step = derived(city)
        assert not bring_up_to_date(city, network=NETWORK)
        assert by_place(step_by_step[0]) == by_place(in_memory(city))
        assert derived_whole(city) == step_by_step
        assert step_by_step[0], "there was something to derive"


def test_what_a_drive_did_not_come_near_is_not_derived_again(city: City) -> None:
    places = places_of(7)
    city.store.write_drive(drive(1, places))
    bring_up_to_date(city, network=NETWORK)
    before, graded = derived(city)
    city.store.write_drive(drive(2, places, span=(0, 200)))
    asked: list[int] = []
    work = city.store.work
    loaded = work.looks

    def counted(boxes: Boxes, runs: Collection[int]) -> LookColumns:
        asked.append(len(boxes))
        return loaded(boxes, runs)

    try:
        work.looks = counted  # type: ignore[method-assign]
        bring_up_to_date(city, network=NETWORK)
    finally:
        work.looks = loaded  # type: ignore[method-assign]
    assert len(asked) > 1
    after, regraded = derived(city)
    far = [one for one in before if one.offset_m > 330]
    assert far
    assert [one for one in after if one.offset_m > 330] == far
    changed = {a.section_id for a, b in zip(regraded, graded, strict=True) if a != b}
    assert changed
    assert max(int(one.split("#")[1]) for one in changed) < 12
    assert sum(asked) < 40 + 15, "looks are read where something may have changed"


@pytest.mark.parametrize("year", [1970, 1972, 1974])
def test_the_first_drive_of_a_year_grades_anew_only_what_it_touches(city: City, year: int) -> None:
    places = places_of(7)
    for number, before in ((1, 1971), (2, 1973)):
        city.store.write_drive(drive(number, places, start_s=started_s(before)))
    bring_up_to_date(city, network=NETWORK)
    asked: list[int] = []
    work = city.store.work
    loaded = work.looks

    def counted(boxes: Boxes, runs: Collection[int]) -> LookColumns:
        asked.append(len(boxes))
        return loaded(boxes, runs)

    city.store.write_drive(drive(3, places, span=(0, 200), start_s=started_s(year)))
    try:
        work.looks = counted  # type: ignore[method-assign]
        bring_up_to_date(city, network=NETWORK)
    finally:
        work.looks = loaded  # type: ignore[method-assign]
    assert 0 < asked[-1] <= 15
    assert sorted(city.store.periods()) == sorted({"1971", "1973", str(year)})
    step_by_step = derived(city)
    assert derived_whole(city) == step_by_step


def started_s(year: int) -> float:
    return datetime(year, 5, 1, tzinfo=UTC).timestamp()


def test_a_run_that_goes_takes_away_what_it_alone_saw(city: City) -> None:
    places = places_of(3)
    city.store.write_drive(drive(1, places, span=(0, 400)))
    bring_up_to_date(city, network=NETWORK)
    alone = derived(city)
    city.store.write_drive(drive(2, places, span=(300, 700)))
    bring_up_to_date(city, network=NETWORK)
    assert len(city.store.findings()) > len(alone[0])
    nothing = replace(
        drive(2, [], span=(0, 0), run="r002b"), drive_id="d002", observations=(), coverage=()
    )
    city.store.write_drive(nothing)
    bring_up_to_date(city, network=NETWORK)
    assert derived(city) == alone
    ended = [one.change.value for one in city.store.finding_ledger.events()]
    assert set(ended) == {"ended"}


def test_other_settings_derive_everything_and_keep_ids(city: City) -> None:
    for number in (1, 2, 3):
        city.store.write_drive(drive(number, places_of(5)))
    bring_up_to_date(city, network=NETWORK)
    before = city.store.findings()
    finer = replace(SETTINGS, findings=replace(SETTINGS.findings, gate_sigmas=2.9, doubt=0.2))
    other = replace(city, settings=finer)
    assert bring_up_to_date(other, network=NETWORK)
    after = city.store.findings()
    assert after != before
    assert {one.finding_id for one in before} <= {one.finding_id for one in after}


def test_a_verdict_holds_whatever_comes(city: City) -> None:
    places = [(62.0, 1.0, PixelClass.POTHOLE), (92.0, 1.0, PixelClass.POTHOLE)]
    for number in (1, 2):
        city.store.write_drive(drive(number, places, span=(0, 200)))
    bring_up_to_date(city, network=NETWORK)
    wrong, right = sorted(city.store.findings(), key=lambda one: one.offset_m)
    graded = derived(city)[1]
    say_of_finding(city, wrong.finding_id, VerdictKind.WRONG, why="a lid", by="bo", now_s=5.0)
    assert states(city) == [FindingState.REJECTED, FindingState.CONFIRMED]
    changed = {a.section_id for a, b in zip(derived(city)[1], graded, strict=True) if a != b}
    assert changed == {wrong.section_id}
    city.store.write_drive(drive(3, places, span=(0, 200)))
    bring_up_to_date(city, network=NETWORK)
    assert states(city) == [FindingState.REJECTED, FindingState.CONFIRMED]
    before = derived(city)
    assert derived_whole(city) == before
    kept = {one.finding_id for one in city.store.findings()}
    assert kept == {wrong.finding_id, right.finding_id}
    say_of_finding(city, wrong.finding_id, VerdictKind.RIGHT, why="no lid", by="bo", now_s=6.0)
    assert states(city) == [FindingState.CONFIRMED] * 2


def test_nothing_is_said_of_what_is_not_there(city: City) -> None:
    with pytest.raises(FindingError, match="is no finding"):
        say_of_finding(city, "x", VerdictKind.WRONG, why="w", by="bo", now_s=5.0)
    with pytest.raises(FindingError, match="needs a reason"):
        say_of_finding(city, "x", VerdictKind.WRONG, why=" ", by="bo", now_s=5.0)


def test_a_kill_between_tracks_and_findings_heals(city: City) -> None:
    for number in (1, 2):
        city.store.write_drive(drive(number, places_of(2)))
        if number == 1:
            bring_up_to_date(city, network=NETWORK)
    before = derived(city)

    def killed(changes: DerivedChanges, *, former: str | None) -> bool:
        raise KeyboardInterrupt

    write = city.store.work.write
    city.store.work.write = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        bring_up_to_date(city, network=NETWORK)
    city.store.work.write = write  # type: ignore[method-assign]
    assert derived(city) == before
    assert bring_up_to_date(city, network=NETWORK)
    step_by_step = derived(city)
    assert step_by_step != before
    assert derived_whole(city) == step_by_step


def test_a_fault_in_the_grades_leaves_no_findings_without_them(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.store.write_drive(drive(1, places_of(2)))
    bring_up_to_date(city, network=NETWORK)
    before = derived(city)
    city.store.write_drive(drive(2, places_of(2)))

    def killed(*_: object, **__: object) -> tuple[SectionCondition, ...]:
        assert derived(city) == before, "nobody sees what is written until all of it is"
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(regrade, "derive_conditions", killed)
        with pytest.raises(KeyboardInterrupt):
            bring_up_to_date(city, network=NETWORK)
    assert derived(city) == before
    assert bring_up_to_date(city, network=NETWORK)
    step_by_step = derived(city)
    assert step_by_step != before
    assert derived_whole(city) == step_by_step


@pytest.mark.parametrize("soon", [0, 10_000])
def test_only_few_sections_are_graded_while_findings_are_written(
    city: City, monkeypatch: pytest.MonkeyPatch, soon: int
) -> None:
    city.store.write_drive(drive(1, places_of(2)))
    bring_up_to_date(city, network=NETWORK)
    city.store.write_drive(drive(2, places_of(2)))
    monkeypatch.setattr(regrade, "_SOON", soon)
    done: list[str] = []
    write = city.store.work.write

    def graded(*given: Any, **options: Any) -> tuple[SectionCondition, ...]:
        done.append("graded")
        return derive_conditions(*given, **options)

    def written(changes: DerivedChanges, *, former: str | None) -> bool:
        done.append("writing")
        return write(changes, former=former)

    monkeypatch.setattr(regrade, "derive_conditions", graded)
    monkeypatch.setattr(city.store.work, "write", written)
    assert bring_up_to_date(city, network=NETWORK)
    assert done == (["writing", "graded"] if soon else ["graded", "writing"])


def test_who_derived_from_an_older_state_starts_again(city: City) -> None:
    city.store.write_drive(drive(1, places_of(2)))
    write, tried = city.store.work.write, []

    def overtaken(changes: DerivedChanges, *, former: str | None) -> bool:
        tried.append(former)
        if len(tried) == 1:
            city.store.write_derived((), (), stamp="another program's")
        return write(changes, former=former)

    city.store.work.write = overtaken  # type: ignore[method-assign]
    assert bring_up_to_date(city, network=NETWORK)
    assert tried == [None, "another program's"]
    assert city.store.findings()


def test_a_coarse_drive_leaves_no_times_of_day_and_derives_the_same(city: City) -> None:
    for number in (1, 2):
        made = drive(number, places_of(4), start_s=1e9 + 86_400.0 * number)
        city.store.write_drive(with_frames(made))
    bring_up_to_date(city, network=NETWORK)
    before = city.store.findings()
    done = city.store.make_coarse("d001", gap_s=20.0, reason="due", by="bo", now_s=2e9)
    assert done
    (first, _) = city.store.work.runs()
    assert not city.store.work.tracks([first.number * 2**22])
    bring_up_to_date(city, network=NETWORK)
    after = city.store.findings()
    assert [one.finding_id for one in after] == [one.finding_id for one in before]
    assert [one.footprint for one in after] == [one.footprint for one in before]
    assert derived_whole(city)[0] == after


def with_frames(facts: DriveFacts) -> DriveFacts:
    base = make_frame(0)
    frames = tuple(
        replace(
            base,
            frame_id=one.frame_id,
            pose=replace(base.pose, time_s=one.time_s, northing_m=one.footprint.centroid.y),
        )
        for one in facts.coverage
    )
    return replace(facts, frames=frames, received=len(frames))


def states(city: City) -> list[FindingState]:
    found = sorted(city.store.findings(), key=lambda one: one.offset_m)
    return [one.state for one in found]
