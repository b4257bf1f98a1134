"""What every store must do for findings: by run and by tile, verdicts, and the ledger of ids."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import numpy as np
import pytest
from shapely import MultiPolygon, box
from shapely.affinity import translate
from tests.store.made_store import (
    EAST,
    NORTH,
    make_condition,
    make_facts,
    make_finding,
    make_footprint,
)

from gatusyn.model import (
    TRACK_FIELDS,
    TRACKS_A_RUN,
    DamageKind,
    DamageRecord,
    DamageTrack,
    FindingState,
    Growth,
    IdentityChange,
    IdentityEvent,
    LookColumns,
    PixelClass,
    SectionCondition,
    SeverityReason,
    Sighting,
    SightingColumns,
    TrackTable,
    Verdict,
    VerdictKind,
)
from gatusyn.store import DerivedChanges, DerivedFrom, Store, TileTracks

HERE = np.array([[EAST - 1.0, NORTH - 5.0, EAST + 3.0, NORTH + 5.0]])
FAR = HERE + 5_000.0
MADE = DerivedFrom(stamp="s1", basis="b", runs={1: "run-1"}, verdicts=2)


def track(run: int, place: int) -> DamageTrack:
    return DamageTrack(
        number=run * TRACKS_A_RUN + place,
        run_id="run-1",
        pixel_class=PixelClass.CRACK,
        sightings=(
            Sighting(observation_id="frame-0/0", frame_id="frame-0", time_s=0.1, confidence=0.7),
        ),
        shape=MultiPolygon([make_footprint(3.0 * place)]),
        link_id="link-0",
        offset_m=1.5,
        heading_deg=90.0,
        sigma_m=(1.0, 0.3),
        clock_s=(0.1, 0.2),
    )


def as_text(tracks: dict[int, DamageTrack]) -> dict[int, str]:
    return {number: repr(one) for number, one in tracks.items()}


def table(*values: float) -> TrackTable:
    return TrackTable(values=np.array([[one] * len(TRACK_FIELDS) for one in values]))


def tile(number: int, *values: float, reach_m: float = 5.0) -> TileTracks:
    return TileTracks(tile=number, tracks=table(*values), reach_m=reach_m, members=(number, -3))


def test_runs_come_in_the_order_of_their_ids(store: Store) -> None:
    for name in ("b", "a"):
        store.write_drive(make_facts(drive=f"drive-{name}", run=f"run-{name}"))
    runs = store.work.runs()
    assert [one.run_id for one in runs] == ["run-a", "run-b"]
    assert runs[0].number > runs[1].number, "numbers are in the order in which runs came"
    assert runs[0].rates == make_facts().rates
    store.write_drive(make_facts(drive="drive-a", run="run-c"))
    assert [one.run_id for one in store.work.runs()] == ["run-b", "run-c"]


def test_facts_of_one_run_and_looks_in_boxes(store: Store) -> None:
    store.write_drive(make_facts(drive="one", run="one"))
    store.write_drive(make_facts(drive="two", run="two", link=1))
    one, two = store.work.runs()
    seen, looked = store.work.run_facts(one.number)
    assert seen == make_facts().observations
    assert looked == make_facts().coverage
    numbers = [one.number, two.number]
    near = store.work.looks(HERE, numbers)
    expected = LookColumns.of([("one", one) for one in looked if one.frame_id == "frame-0"])
    for found in (near, store.work.looks(np.vstack([HERE, HERE]), numbers)):
        for column in fields(LookColumns):
            values = getattr(found, column.name).tolist()
            assert repr(values) == repr(getattr(expected, column.name).tolist()), "each comes once"
    assert not len(store.work.looks(HERE, [two.number]))
    assert not len(store.work.looks(FAR, numbers))
    assert not len(store.work.looks(np.zeros((0, 4)), numbers))
    (shape,) = store.work.footprints([("one", "frame-0/0")])
    assert shape == make_facts().observations[0].footprint
    assert len(store.work.periods_of(numbers)) == 1


def test_tracks_of_a_run_are_replaced_together(store: Store) -> None:
    store.write_drive(make_facts())
    (run,) = store.work.runs()
    both = [track(run.number, 0), track(run.number, 1)]
    store.work.write_tracks(run.number, "first", both, table(1.0, 2.0), {7, 3})
    numbers = [one.number for one in both]
    assert as_text(dict(store.work.tracks(numbers))) == {one.number: repr(one) for one in both}
    links = {one.number: one.link_id for one in both}
    assert store.work.track_links([*numbers, 1]) == links
    turned = store.work.sightings(numbers[::-1])
    expected = SightingColumns.of([one.sightings for one in both[::-1]])
    for column in fields(SightingColumns):
        values = getattr(turned, column.name).tolist()
        assert values == getattr(expected, column.name).tolist()
    assert store.work.tracks_made_of() == {run.number: "first"}
    assert store.work.run_tiles([run.number]) == {3, 7}
    assert (store.work.run_tracks([run.number])[run.number].values == [[1.0], [2.0]]).all()
    store.work.write_tracks(run.number, "second", both[:1], table(1.0), {3})
    assert list(store.work.tracks(numbers)) == numbers[:1]
    assert store.work.tracks_made_of() == {run.number: "second"}


def test_changes_are_written_whole_or_not_at_all(store: Store) -> None:
    store.write_drive(make_facts())
    (run,) = store.work.runs()
    store.work.write_tracks(run.number, "x", [track(run.number, 0)], table(1.0), {1})
    shown = DamageRecord(
        kind=DamageKind.CRAZING,
        footprint=MultiPolygon([make_footprint(0.0)]),
        length_m=1.0,
        area_m2=0.5,
        reason=SeverityReason.CLEAR_NET,
    )
    first = replace(make_finding(0), tile=1)
    second = replace(make_finding(1), tile=2)
    whole = DerivedChanges(
        made_from=MADE,
        whole=True,
        tiles=[tile(1, 1.0, 2.0), tile(2, 3.0, reach_m=90.0)],
        records={run.number * TRACKS_A_RUN: [shown]},
        findings=[first, second],
        conditions=[make_condition("link-0/0"), make_condition("link-0/1")],
        periods=["2026"],
    )
    assert not store.work.write(whole, former="another")
    assert store.work.made_from() is None
    assert store.work.write(whole, former=None)
    assert store.work.made_from() == MADE
    assert store.derived_stamp() == "s1"
    (one, two) = store.work.tiles([1, 2, 9])
    assert (one.tile, len(one.tracks), one.members, two.reach_m) == (1, 2, (1, -3), 90.0)
    assert store.work.wide_tiles(80.0) == {2}
    (record,) = store.work.records([run.number * TRACKS_A_RUN])[run.number * TRACKS_A_RUN]
    assert (record.kind, record.reason) == (shown.kind, shown.reason)
    assert store.work.findings_of(tiles=[2]) == (second,)
    assert store.work.findings_of(boxes=HERE) == (first,)
    assert store.work.findings_of(boxes=np.vstack([HERE, HERE]), but_in=[2, 3]) == (first,)
    assert not store.work.findings_of(boxes=HERE, but_in=[1])
    assert store.work.findings_of(tiles=[1, 2], but_in=[1]) == (second,)
    assert store.work.ids_in_use([first.finding_id, "none"], but_in=[2]) == {first.finding_id}
    assert not store.work.ids_in_use([first.finding_id], but_in=[1])

    worse = replace(
        second,
        growth=Growth.GROWING,
        growth_m2_year=0.5,
        growth_sigma_m2_year=0.1,
        gone_s=9.5,
        said=VerdictKind.WRONG,
        own_reason=SeverityReason.SMALL_HOLE,
    )
    part = DerivedChanges(
        made_from=replace(MADE, stamp="s2"),
        whole=False,
        tiles=[TileTracks(tile=1, tracks=table(), reach_m=0.0, members=()), tile(3, 4.0)],
        findings=[worse],
        gone_ids=[first.finding_id],
        conditions=[make_condition("link-0/1", index=10.0), make_condition("link-1/0")],
        periods=["2026"],
        events=[event(first.finding_id)],
    )
    assert not store.work.write(part, former="s9")
    assert store.findings() == (first, second)
    assert store.work.write(part, former="s1")
    assert store.findings() == (worse,)
    assert worse.state is FindingState.REJECTED
    assert [one.tile for one in store.work.tiles([1, 2, 3])] == [2, 3]
    graded = {one.section_id: one.index for one in store.conditions()}
    assert graded == {"link-0/0": 45.0, "link-0/1": 10.0, "link-1/0": 45.0}
    assert [one.section_id for one in store.conditions()][:2] == ["link-0/0", "link-0/1"]
    assert [one.finding_id for one in store.finding_ledger.events()] == [first.finding_id]
    store.work.forget()
    assert store.work.made_from() is None
    assert store.findings() == (worse,)


def test_what_stays_is_written_over_and_found_where_it_lies_now(store: Store) -> None:
    one, other = (replace(make_finding(number), tile=1) for number in (0, 1))
    whole = DerivedChanges(
        made_from=MADE, whole=True, tiles=[tile(1, 1.0, 2.0), tile(2, 3.0)], findings=[one, other]
    )
    assert store.work.write(whole, former=None)
    moved = replace(one, footprint=translate(one.footprint, 0.3, -0.3), confidence=0.25)
    gone = replace(other, footprint=translate(other.footprint, 5_000.0, 0.0), tile=7)
    part = DerivedChanges(
        made_from=replace(MADE, stamp="s2"),
        whole=False,
        tiles=[tile(1, 9.0), tile(7, 8.0)],
        findings=[moved, gone, replace(one, finding_id="new")],
    )

    def failing() -> Iterator[SectionCondition]:
        assert store.findings() == (one, other), "nobody sees a part of it"
        yield make_condition("link-0/0")
        raise RuntimeError("no grade")

    with pytest.raises(RuntimeError, match="no grade"):
        store.work.write(replace(part, conditions=failing()), former="s1")
    assert store.findings() == (one, other)
    assert store.work.write(
        replace(part, conditions=iter([make_condition("link-0/0")])), former="s1"
    )
    by_id = {found.finding_id: found for found in store.findings()}
    assert by_id == {moved.finding_id: moved, gone.finding_id: gone, "new": part.findings[2]}
    for found in by_id.values():
        bounds = np.array([found.footprint.bounds])
        assert found in store.work.findings_of(boxes=bounds)
    old = np.array([other.footprint.bounds])
    assert gone not in store.work.findings_of(boxes=old)
    assert store.work.findings_of(tiles=[7]) == (gone,)
    rows = {laid.tile: laid.tracks.values[:, 0].tolist() for laid in store.work.tiles([1, 2, 7])}
    assert rows == {1: [9.0], 2: [3.0], 7: [8.0]}
    assert len(store.conditions()) == 1


def test_a_period_that_is_no_more_goes(store: Store) -> None:
    years = [make_condition("link-0/0", period=year) for year in ("2025", "2026")]
    whole = DerivedChanges(made_from=MADE, whole=True, conditions=years, periods=["2025", "2026"])
    assert store.work.write(whole, former=None)
    part = replace(whole, whole=False, conditions=(), periods=["2026"])
    assert store.work.write(part, former="s1")
    assert store.periods() == ("2026",)


def event(
    name: str, change: IdentityChange = IdentityChange.ENDED, east: float = EAST
) -> IdentityEvent:
    return IdentityEvent(
        finding_id=name,
        change=change,
        kind=DamageKind.POTHOLE,
        footprint=box(east, NORTH, east + 1.0, NORTH + 1.0),
        why="because",
        changed_s=1.5,
    )


def test_the_ledger_of_ids_is_appended_to(store: Store) -> None:
    def write(stamp: str, former: str | None, *events: IdentityEvent) -> None:
        made = replace(MADE, stamp=stamp)
        changes = DerivedChanges(made_from=made, whole=False, events=events)
        assert store.work.write(changes, former=former)

    write("1", None, event("a"), event("far", east=EAST + 5_000.0))
    write("2", "1", replace(event("b", IdentityChange.MERGED), other_id="a"))
    ledger = store.finding_ledger
    assert [(one.number, one.finding_id) for one in ledger.events()] == [
        (1, "a"),
        (2, "far"),
        (3, "b"),
    ]
    assert [one.number for one in ledger.events(finding_id="a")] == [1, 3]
    assert [one.finding_id for one in ledger.ended(HERE)] == ["a"]
    assert [one.finding_id for one in ledger.ended()] == ["a", "far"]
    write("3", "2", event("a", IdentityChange.BACK))
    assert not ledger.ended(HERE), "it is back"


def test_verdicts_are_kept_and_change_the_stamp_of_the_facts(store: Store) -> None:
    before = store.facts_stamp()
    finding = make_finding()
    verdict = Verdict(
        finding_id=finding.finding_id,
        verdict=VerdictKind.OTHER_KIND,
        kind=finding.kind,
        said_kind=DamageKind.PATCH,
        footprint=finding.footprint,
        why="a patch, å",
        by="bo",
        said_s=3.5,
    )
    assert store.finding_ledger.say(verdict) == replace(verdict, number=1)
    assert store.finding_ledger.verdicts() == (replace(verdict, number=1),)
    assert store.facts_stamp() != before


def test_a_store_is_opened_again_where_it_is_unpickled(store: Store) -> None:
    again = pickle.loads(pickle.dumps(store))
    try:
        assert again.read_network() == store.read_network()
        assert again.work.runs() == store.work.runs()
    finally:
        again.close()
    assert store.work.runs() is not None, "the first one is open still"


def test_organisations_do_not_see_each_other(opener: Callable[[str], Store]) -> None:
    one, other = opener("one"), opener("other")
    one.write_drive(make_facts())
    (run,) = one.work.runs()
    one.work.write_tracks(run.number, "x", [track(run.number, 0)], table(1.0), {1})
    changes = DerivedChanges(
        made_from=MADE,
        whole=True,
        tiles=[tile(1, 1.0, reach_m=90.0)],
        findings=[replace(make_finding(), tile=1)],
        events=[event("a")],
    )
    assert one.work.write(changes, former=None)
    work = other.work
    assert (work.runs(), work.made_from(), work.tracks_made_of()) == ((), None, {})
    assert not work.tracks([run.number * TRACKS_A_RUN])
    assert not work.track_links([run.number * TRACKS_A_RUN])
    assert not work.tiles([1])
    assert not work.wide_tiles(80.0)
    assert not work.run_tiles([run.number])
    assert not work.findings_of(tiles=[1])
    assert not work.findings_of(boxes=HERE)
    assert not len(work.looks(HERE, [run.number]))
    assert not other.finding_ledger.ended()
    assert not other.finding_ledger.events()
    other.work.forget()
    assert one.work.made_from() == MADE
