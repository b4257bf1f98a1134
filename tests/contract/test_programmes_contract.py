"""What every store must do with saved programmes and completed treatments."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest

from gatusyn.model import DoneTreatment, ProgrammeError, SavedProgramme
from gatusyn.store import Store


def saved(name: str = "2027", *, made_s: float = 1.5) -> SavedProgramme:
    return SavedProgramme(
        name=name,
        made_s=made_s,
        made_by="Åsa",
        network_version="n1",
        derived_stamp="d1",
        document='{"å": 1}',
    )


def done(section: str = "link-0/0", *, day: date = date(2027, 6, 1)) -> DoneTreatment:
    return DoneTreatment(
        section_id=section,
        element_id="1000:0",
        start_measure=0.25,
        end_measure=0.5,
        treatment="overlay",
        done_on=day,
        ore=12_345_67,
        note="lot 3",
        noted_by="Åsa",
        noted_s=2.5,
    )


def test_a_programme_comes_back_as_it_was_saved(store: Store) -> None:
    assert store.programmes.saved() == ()
    store.programmes.save(saved())
    store.programmes.save(saved("half"))
    assert store.programmes.get("2027") == saved()
    assert [one.name for one in store.programmes.saved()] == ["2027", "half"]


def test_a_name_is_taken_once(store: Store) -> None:
    store.programmes.save(saved())
    with pytest.raises(ProgrammeError, match="2027: is there already"):
        store.programmes.save(saved(made_s=9.0))
    assert store.programmes.saved() == (saved(),)


def test_what_is_not_saved_is_named_with_what_is(store: Store) -> None:
    store.programmes.save(saved())
    with pytest.raises(ProgrammeError, match=r"2028: is not saved here\. There are: 2027"):
        store.programmes.get("2028")


def test_what_was_done_is_noted_once(store: Store) -> None:
    later, other = done(day=date(2027, 7, 2)), done("link-0/1")
    assert store.programmes.note_done([later, done()]) == 2
    again = dataclasses.replace(done(), ore=1)
    assert store.programmes.note_done([again, other, other]) == 1
    assert store.programmes.done() == (done(), other, later)
    assert store.programmes.count_done() == 3


def test_an_unknown_cost_stays_unknown(store: Store) -> None:
    free = dataclasses.replace(done(), ore=None)
    store.programmes.note_done([free])
    assert store.programmes.done() == (free,)


def test_organisations_do_not_see_each_other_s(opener: Callable[[str], Store]) -> None:
    ours, theirs = opener("ours"), opener("theirs")
    ours.programmes.save(saved())
    ours.programmes.note_done([done()])
    theirs.programmes.save(saved("2027", made_s=3.0))
    assert theirs.programmes.saved() == (saved(made_s=3.0),)
    assert theirs.programmes.done() == ()
    assert theirs.programmes.count_done() == 0
    assert ours.programmes.saved() == (saved(),)


def test_derived_rows_written_again_leave_them(store: Store) -> None:
    store.programmes.save(saved())
    store.programmes.note_done([done()])
    stamp = store.facts_stamp()
    store.write_derived((), (), stamp="new")
    assert store.programmes.saved() == (saved(),)
    assert store.programmes.done() == (done(),)
    assert store.facts_stamp() == stamp
