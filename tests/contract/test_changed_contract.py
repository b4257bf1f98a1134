"""What every store tells of where findings have changed: never too little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.contract.conftest import Opener
from tests.contract.test_findings_contract import MADE
from tests.store.made_store import make_facts, make_finding

from gatusyn.model import Finding
from gatusyn.store import DerivedChanges, Store

FIRST, SECOND, FAR = make_finding(0), make_finding(1), make_finding(100, link=9)
ROUNDED_M = 1.0


@pytest.fixture
def store(opener: Opener) -> Store:
    made = opener("town")
    write(made, FIRST, SECOND, FAR, whole=True)
    return made


def write(store: Store, *findings: Finding, gone: tuple[str, ...] = (), whole: bool = False) -> int:
    """Write changes; return the number of the last change before."""
    number = store.lookup.changed_places(0).number
    made_from = replace(MADE, stamp=f"s{number}")
    former = store.derived_stamp()
    changes = DerivedChanges(made_from=made_from, whole=whole, findings=findings, gone_ids=gone)
    assert store.work.write(changes, former=former)
    return number


def is_told(store: Store, number: int, finding: Finding) -> bool:
    """Say whether a change since a number touches the place of a finding."""
    west, south, east, north = finding.footprint.bounds
    return any(
        box[0] <= east + ROUNDED_M
        and box[2] >= west - ROUNDED_M
        and box[1] <= north + ROUNDED_M
        and box[3] >= south - ROUNDED_M
        for box in store.lookup.changed_places(number).boxes.tolist()
    )


def told(store: Store, number: int) -> list[bool]:
    return [is_told(store, number, one) for one in (FIRST, SECOND, FAR)]


def test_a_finding_that_is_written_anew_changes_its_place_only(store: Store) -> None:
    number = write(store, replace(FIRST, confidence=0.3))
    assert told(store, number) == [True, False, False]
    assert store.lookup.changed_places(number).number > number


def test_a_finding_that_goes_changes_its_place(store: Store) -> None:
    number = write(store, gone=(FAR.finding_id,))
    assert told(store, number) == [False, False, True]


def test_a_finding_that_moves_changes_where_it_was_and_where_it_is(store: Store) -> None:
    number = write(store, replace(FIRST, footprint=FAR.footprint))
    assert told(store, number) == [True, False, True]


def test_a_whole_derivation_changes_everything(store: Store) -> None:
    number = write(store, FIRST, whole=True)
    assert told(store, number) == [True, True, True]
    number = store.lookup.changed_places(0).number
    store.write_derived([FIRST], [], stamp="other")
    assert told(store, number) == [True, True, True]


def test_what_changes_nothing_of_findings_is_not_told(store: Store) -> None:
    number = write(store)
    store.write_drive(make_facts())
    assert len(store.lookup.changed_places(number).boxes) == 0
    assert store.lookup.changed_places(number).number == number


def test_findings_say_which_change_they_were_read_after(store: Store) -> None:
    whole = (0.0, 0.0, 9e6, 9e6)
    before = store.lookup.drawn_findings(whole).number
    assert before == store.lookup.changed_places(0).number
    write(store, replace(FIRST, confidence=0.3))
    assert store.lookup.drawn_findings(whole).number == store.lookup.changed_places(0).number
    assert store.lookup.drawn_findings(whole).number > before


def test_who_knows_more_than_there_was_is_told_of_everything(store: Store) -> None:
    """Another database may lie in the place of the former one."""
    number = store.lookup.changed_places(0).number
    assert told(store, number + 5) == [True, True, True]


def test_notes_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatusyn.store.sql_changed.MOST_ROWS", 3)
    numbers = [write(store, replace(SECOND, confidence=share / 9)) for share in range(8)]
    assert len(store.lookup.changed_places(0).boxes) <= 3
    assert numbers == sorted(set(numbers))
    for number in numbers:
        assert is_told(store, number, SECOND)
    boxes = store.lookup.changed_places(numbers[-1]).boxes
    assert np.isfinite(boxes).all() or np.isinf(boxes).all()


def test_organisations_are_told_of_their_own(opener: Opener, store: Store) -> None:
    other = opener("other")
    number = other.lookup.changed_places(0).number
    write(store, replace(FIRST, confidence=0.3))
    assert len(other.lookup.changed_places(number).boxes) == 0
