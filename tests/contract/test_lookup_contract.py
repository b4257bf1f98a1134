"""What every store must answer to a service's quick questions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import compress

import numpy as np
import pytest
from tests.contract.conftest import Opener
from tests.serve.fake_lookup import ORDER_KEYS, is_wanted
from tests.store.made_store import (
    EAST,
    NORTH,
    START_S,
    make_condition,
    make_facts,
    make_finding,
    make_network,
)

from gatusyn.model import DamageKind, Finding, FindingState, Grade, SeverityReason, VerdictKind
from gatusyn.store import FindingFilter, FindingOrder, Store

EVERYWHERE = (0.0, 0.0, 9e6, 9e6)


@pytest.fixture
def store(opener: Opener) -> Store:
    found = [make_finding(number, link=link) for link in (1, 0) for number in range(6)]
    found[3] = dataclasses.replace(found[3], severity_reason=SeverityReason.LARGE_HOLE)
    made = opener("town")
    made.write_derived(found, [make_condition("link-0/0")], stamp="first")
    return made


def walk(
    store: Store, limit: int, **options: float | tuple[float, float, float, float]
) -> list[str]:
    names: list[str] = []
    while page := store.lookup.findings_after(names[-1] if names else "", limit=limit, **options):  # type: ignore[arg-type]
        assert len(page) <= limit
        names += [finding.finding_id for finding in page]
    return names


@pytest.mark.parametrize("limit", [1, 5, 12, 100])
def test_pages_join_into_all_findings(store: Store, limit: int) -> None:
    assert walk(store, limit) == sorted(finding.finding_id for finding in store.findings())


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_box_is_kept_to_on_every_page(store: Store, limit: int) -> None:
    box = (EAST - 1, NORTH - 5, EAST + 11, NORTH + 5)
    names = walk(store, limit, box=box)
    assert names == sorted(finding.finding_id for finding in store.findings(box=box))
    assert len(names) == 3


def test_a_walk_survives_a_derivation_in_between(store: Store) -> None:
    first = store.lookup.findings_after("", limit=5)
    kept = [own for own in store.findings() if own.finding_id != "finding-1-5"]
    store.write_derived([*reversed(kept), make_finding(7)], [], stamp="second")
    rest = store.lookup.findings_after(first[-1].finding_id, limit=100)
    names = [own.finding_id for own in (*first, *rest)]
    assert len(set(names)) == len(names)
    assert {own.finding_id for own in kept} <= set(names)


def test_times_are_those_of_being_there(opener: Opener) -> None:
    store = opener("town")
    store.write_derived([make_finding(0)], [], stamp="first")
    seen = store.lookup.findings_after
    assert seen("", limit=9, since_s=START_S + 60.0)
    assert not seen("", limit=9, since_s=START_S + 60.5)
    assert seen("", limit=9, until_s=START_S)
    assert not seen("", limit=9, until_s=START_S - 0.5)


def test_the_worst_come_first(store: Store) -> None:
    whole = (EAST - 9, NORTH - 9, EAST + 200, NORTH + 200)
    found = store.lookup.drawn_findings(whole)
    assert found.finding_ids[:2] == ("finding-1-3", "finding-0-0")
    assert len(found.finding_ids) == 12
    known = {own.finding_id: own for own in store.findings()}
    first = known["finding-1-3"]
    assert found.section_ids[0] == first.section_id
    assert (found.kinds[0], found.states[0]) == (first.kind.value, first.state.value)
    assert (found.severities[0], found.areas_m2[0]) == (first.severity, first.area_m2)
    assert (found.lengths_m[0], found.confidences[0]) == (first.length_m, first.confidence)
    assert found.footprints[0].equals(first.footprint)
    assert store.lookup.drawn_findings((0.0, 0.0, 1.0, 1.0)).finding_ids == ()


def test_one_finding_is_found_by_its_id(store: Store) -> None:
    found = store.lookup.finding("finding-0-2")
    assert found in store.findings()
    for name in ("nothing", "", "finding-0-2\0", "' OR 1=1 --"):
        assert store.lookup.finding(name) is None
    assert store.lookup.count_findings() == 12


def test_grades_are_those_of_the_period(store: Store) -> None:
    rows = [
        make_condition("link-0/0", period="2025"),
        make_condition("link-0/1", period="2025", grade=Grade.UNKNOWN, index=None),
    ]
    store.write_derived([], rows, stamp="second")
    found = store.lookup.grades("2025")
    assert found.section_ids == ("link-0/0", "link-0/1")
    assert found.grades.tolist() == [4, 0]
    assert np.isnan(found.indices).tolist() == [False, True]
    assert store.lookup.grades("1999").section_ids == ()


def test_every_write_is_a_change_and_reading_is_none(store: Store) -> None:
    seen = [store.lookup.changes()]
    store.findings()
    assert store.lookup.changes() == seen[0]
    writes: list[Callable[[], None]] = [
        lambda: store.write_derived([], [], stamp="second"),
        lambda: store.write_drive(make_facts()),
        lambda: store.write_network(make_network(links=3)),
    ]
    for write in writes:
        write()
        seen.append(store.lookup.changes())
        assert len(set(seen)) == len(seen)


def test_the_network_has_a_stamp_of_its_own(store: Store) -> None:
    before = store.lookup.network_stamp()
    store.write_drive(make_facts())
    assert store.lookup.network_stamp() == before
    store.write_network(make_network(links=3))
    assert store.lookup.network_stamp() != before


def test_organisations_see_their_own(opener: Opener, store: Store) -> None:
    other = opener("other")
    assert other.lookup.count_findings() == 0
    assert other.lookup.finding("finding-0-2") is None
    assert other.lookup.findings_after("", limit=9) == ()
    assert other.lookup.drawn_findings(EVERYWHERE).finding_ids == ()
    assert len(other.lookup.changed_places(0).boxes) == 0


def test_the_state_says_whether_it_can_be_worked_with(store: Store) -> None:
    state = store.lookup.state()
    assert state.schema == state.newest_schema > 0
    assert state.free_bytes > 0


def test_what_is_gone_repaired_or_rejected_is_not_counted_and_not_drawn(store: Store) -> None:
    there, gone, repaired, rejected, right = (make_finding(number) for number in range(5))
    ended = [
        dataclasses.replace(gone, gone_s=START_S + 9.0),
        dataclasses.replace(repaired, repaired_s=START_S + 9.0),
        dataclasses.replace(rejected, said=VerdictKind.WRONG),
    ]
    right = dataclasses.replace(right, said=VerdictKind.RIGHT)
    store.write_derived([there, *ended, right], (), stamp="second")
    assert store.lookup.count_findings() == 2
    drawn = store.lookup.drawn_findings(EVERYWHERE)
    is_drawn = drawn.is_right & np.isnan(drawn.ended_s)
    assert set(compress(drawn.finding_ids, is_drawn)) == {"finding-0-0", "finding-0-4"}
    assert len(store.lookup.findings_after("", limit=9)) == 5, "they are still listed"


def test_what_was_there_at_a_moment_is_counted_and_drawn(opener: Opener) -> None:
    store = opener("town")
    made = [lived(number) for number in range(12)]
    at_s = START_S + 3.0
    later = dataclasses.replace(made[2], gone_s=at_s + 1.0)
    ended = dataclasses.replace(made[3], repaired_s=at_s, gone_s=None)
    store.write_derived([made[0], later, ended, *made[4:]], [], stamp="first")
    for moment in (at_s, START_S - 1.0, START_S + 99.0):
        expected = {own.finding_id for own in store.findings() if own.was_there(moment)}
        assert store.lookup.count_findings(at_s=moment) == len(expected)
    drawn = store.lookup.drawn_findings(EVERYWHERE)
    times = zip(drawn.finding_ids, drawn.first_seen_s, drawn.ended_s, strict=True)
    known = {own.finding_id: own for own in store.findings()}
    for name, first_s, ended_s in times:
        own = known[name]
        assert (first_s, None if np.isnan(ended_s) else ended_s) == (own.first_seen_s, own.ended_s)
    assert later.was_there(at_s)
    assert not ended.was_there(at_s)


FILTERS = (
    FindingFilter(),
    FindingFilter(states=(FindingState.NEW, FindingState.GONE)),
    FindingFilter(states=(FindingState.REJECTED,)),
    FindingFilter(kinds=(DamageKind.POTHOLE,)),
    FindingFilter(severities=(3,)),
    FindingFilter(links=("link-0",)),
    FindingFilter(links=()),
    FindingFilter(below=0.6, is_unjudged=True),
    FindingFilter(ended_since_s=150.0),
    FindingFilter(new_since_s=START_S + 1.0, until_s=START_S + 3.0),
    FindingFilter(at_s=START_S + 2.0),
    FindingFilter(at_s=START_S + 50.0, kinds=(DamageKind.POTHOLE,)),
    FindingFilter(box=(EAST - 1, NORTH - 5, EAST + 11, NORTH + 5), severities=(1, 2, 3)),
)


def lived(number: int) -> Finding:
    life: tuple[dict[str, object], ...] = (
        {},
        {"is_confirmed": True, "confidence": 0.5},
        {"gone_s": 100.0},
        {"repaired_s": 200.0, "gone_s": 300.0},
        {"said": VerdictKind.WRONG},
        {"said": VerdictKind.RIGHT, "confidence": 0.55},
    )
    made = make_finding(number % 6, link=number // 6)
    later = made.first_seen_s + number % 5
    return dataclasses.replace(made, first_seen_s=later, **life[number % 6])  # type: ignore[arg-type]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_a_list_holds_what_is_wanted_and_pages_join(opener: Opener, wanted: FindingFilter) -> None:
    store = opener("town")
    store.write_derived([lived(number) for number in range(12)], [], stamp="first")
    expected = [own for own in store.findings(box=wanted.box) if is_wanted(own, wanted)]
    for order in FindingOrder:
        for falling in (False, True):
            expected.sort(key=lambda own: own.finding_id)
            expected.sort(key=ORDER_KEYS[order], reverse=falling)
            names: list[str] = []
            for offset in range(0, 15, 5):
                total, page = store.lookup.list_findings(
                    wanted, order=order, falling=falling, limit=5, offset=offset
                )
                assert total == len(expected)
                names += [own.finding_id for own in page]
            assert names == [own.finding_id for own in expected], (order, falling)
    assert store.lookup.list_findings(wanted, limit=0) == (len(expected), ())
