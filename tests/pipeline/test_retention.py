"""What is due goes, with a note; what is needed stays, and a kill in the middle leaves no half."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from tests.store.made_store import START_S, make_facts, make_network, make_public_frame

from gatusyn.model import (
    AuditEntry,
    CitySettings,
    Hold,
    HoldSubject,
    RemovalCause,
    RetentionParams,
    SettingsError,
)
from gatusyn.pipeline import City, bring_up_to_date, prune, retention
from gatusyn.store import Store, create_store, media, open_store

DAY_S = 86_400.0
PARAMS = RetentionParams(finding_days=100, section_days=10)


def write(store: Store, *, drive: str, run: str, start_s: float, frames: int = 3) -> None:
    facts = make_facts(drive=drive, run=run, frames=frames)
    later = start_s - START_S
    moved = tuple(
        replace(f, pose=replace(f.pose, time_s=f.pose.time_s + later)) for f in facts.frames
    )
    seen = tuple(replace(o, time_s=o.time_s + later) for o in facts.observations)
    looked = tuple(replace(c, time_s=c.time_s + later) for c in facts.coverage)
    with store.stage(run) as stage:
        for number in range(frames):
            stage.add(make_public_frame(number))
        store.write_drive(replace(facts, frames=moved, observations=seen, coverage=looked))


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A city with one drive: frame 0 shows a pothole, frames 1 and 2 show road."""
    folder = tmp_path / "city"
    store = create_store(folder, organisation="town", network=make_network())
    write(store, drive="drive-1", run="run-1", start_s=START_S)
    made = City(folder=folder, settings=CitySettings(retention=PARAMS), store=store)
    bring_up_to_date(made)
    assert len(store.findings()) == 1
    yield made
    store.close()


def names(city: City) -> set[str]:
    return {own.picture_id for own in city.store.ledger.kept()}


def files(city: City) -> int:
    return len(list(city.folder.rglob("*.jpg")))


@pytest.mark.parametrize(("after_s", "goes"), [(-0.001, False), (0.0, True), (0.001, True)])
def test_a_picture_of_a_section_goes_on_its_day(city: City, after_s: float, goes: bool) -> None:
    now_s = START_S + 1.0 + 10 * DAY_S + after_s  # frame 1 was taken at START_S + 1
    pruning = prune(city, now_s=now_s, by="anna")
    assert ("run-1/000001" not in names(city)) is goes
    assert names(city) >= {"run-1/000000", "run-1/000002"}
    findings, sections = pruning.rules
    assert (findings.count, sections.count) == (0, int(goes))
    assert sections.oldest_s == (START_S + 1.0 if goes else None)
    assert pruning.next_due_s == START_S + (2.0 if goes else 1.0) + 10 * DAY_S


@pytest.mark.parametrize(("after_s", "goes"), [(-0.001, False), (0.0, True), (0.001, True)])
def test_a_picture_of_a_finding_has_a_time_of_its_own(
    city: City, after_s: float, goes: bool
) -> None:
    pruning = prune(city, now_s=START_S + 100 * DAY_S + after_s, by="anna")
    assert names(city) == (set() if goes else {"run-1/000000"})
    assert files(city) == (0 if goes else 1)
    assert [one.count for one in pruning.rules] == [int(goes), 2]
    assert pruning.total == 3


def test_the_note_says_by_which_rule_and_the_measurement_stays(city: City) -> None:
    store = city.store
    before = (store.observations(), store.coverage(), store.findings(), store.conditions())
    prune(city, now_s=START_S + 50 * DAY_S, by="anna")
    notes = store.ledger.removals()
    assert [note.picture_id for note in notes] == ["run-1/000001", "run-1/000002"]
    assert {note.cause for note in notes} == {RemovalCause.RETENTION}
    assert {note.reason for note in notes} == {
        "pictures of sections are kept 10 days (retention.section_days)"
    }
    assert not bring_up_to_date(city)
    assert (
        store.observations(),
        store.coverage(),
        store.findings(),
        store.conditions(),
    ) == before
    again = prune(city, now_s=START_S + 50 * DAY_S, by="anna")
    assert (again.removed, again.total) == (0, 1)


def test_the_audit_log_is_forgotten_when_it_is_due(city: City) -> None:
    year_s, accounts = 365 * DAY_S, city.store.accounts
    times = (START_S - 1.0, START_S, START_S + 1.0)
    accounts.note([AuditEntry(time_s=time_s, who="anna", what="look") for time_s in times])
    told = prune(city, now_s=START_S + year_s, by="anna", dry_run=True)
    assert (told.audit_entries, len(accounts.entries())) == (1, 3)
    assert prune(city, now_s=START_S + year_s, by="anna").audit_entries == 1
    assert [own.time_s for own in accounts.entries()] == [START_S + 1.0, START_S]


def test_a_dry_run_says_the_same_and_changes_nothing(city: City) -> None:
    now_s = START_S + 200 * DAY_S
    would = prune(city, now_s=now_s, by="anna", dry_run=True)
    assert files(city) == 3
    assert city.store.ledger.removals() == ()
    assert prune(city, now_s=now_s, by="anna") == replace(would, next_due_s=None)
    assert would.removed == 3


@pytest.mark.parametrize("subject", HoldSubject)
def test_a_hold_keeps_what_is_due(city: City, subject: HoldSubject) -> None:
    (finding,) = city.store.findings()
    name, kept = {
        HoldSubject.PICTURE: ("run-1/000002", {"run-1/000002"}),
        HoldSubject.SECTION: ("link-0/0", {f"run-1/00000{n}" for n in range(3)}),
        HoldSubject.FINDING: (finding.finding_id, {"run-1/000000"}),
    }[subject]
    until_s = START_S + 300 * DAY_S
    city.store.ledger.place_hold(
        subject, name, reason="claim 3", until_s=until_s, by="anna", now_s=START_S
    )
    pruning = prune(city, now_s=until_s - 0.001, by="anna")
    assert names(city) == kept
    ((hold, count),) = pruning.held
    assert (hold.reason, count, pruning.held_count) == ("claim 3", len(kept), len(kept))
    assert pruning.removed == 3 - len(kept)
    after = prune(city, now_s=until_s, by="anna")
    assert names(city) == set()
    assert after.held == ()


def test_a_hold_placed_while_pruning_counts(city: City) -> None:
    ledger = city.store.ledger
    remove = ledger.remove
    placed: list[Hold] = []

    def held_first(*args: object, **options: object) -> object:
        if not placed:
            placed.append(
                ledger.place_hold(
                    HoldSubject.PICTURE,
                    "run-1/000001",
                    reason="just now",
                    until_s=9e9,
                    by="bo",
                    now_s=START_S,
                )
            )
        return remove(*args, **options)  # type: ignore[arg-type]

    with mock.patch.object(ledger, "remove", held_first):
        pruning = prune(city, now_s=START_S + 200 * DAY_S, by="anna")
    assert names(city) == {"run-1/000001"}
    assert (pruning.removed, pruning.held_count) == (2, 1)


def test_many_go_in_steps(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "TOGETHER", 2)
    write(city.store, drive="drive-2", run="run-2", start_s=START_S + 500, frames=7)
    pruning = prune(city, now_s=START_S + 200 * DAY_S, by="anna")
    assert pruning.removed == pruning.total == 10
    assert files(city) == 0


def test_a_superseded_copy_does_not_live_as_long_as_the_one_that_is_shown(city: City) -> None:
    write(city.store, drive="drive-1", run="run-2", start_s=START_S)
    prune(city, now_s=START_S + 50 * DAY_S, by="anna")
    assert names(city) == {"run-2/000000"}
    write(city.store, drive="drive-1", run="run-3", start_s=START_S)
    assert {name for name in names(city) if name.startswith("run-3")} == {"run-3/000000"}, (
        "what was kept is kept in the new run, what went does not come back"
    )


def test_a_new_network_takes_no_pictures_of_findings_before_their_time(city: City) -> None:
    city.store.write_network(make_network(shift_m=20.0))
    prune(city, now_s=START_S + 50 * DAY_S, by="anna")
    assert city.store.findings() == ()
    assert names(city) == {"run-1/000000"}


def test_a_kill_in_the_middle_leaves_whole_steps(city: City) -> None:
    """Kill a pruning process at each of its file's ends; what is left is right every time."""
    write(city.store, drive="drive-2", run="run-2", start_s=START_S + 500, frames=6)
    bring_up_to_date(city)
    city.store.close()
    counts = []
    for kill_at in range(1, 10):
        child = os.fork()
        if child == 0:
            _prune_until_killed(city, kill_at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with open_store(city.folder, organisation="town") as store:
            kept = {own.picture_id for own in store.ledger.kept()}
            notes = {note.picture_id for note in store.ledger.removals()}
            assert not kept & notes
            assert len(kept) + len(notes) == 9, "each picture is there or has its note"
            assert files(city) == len(kept), "no file without its row, none of a removed one"
            assert len(store.observations()) == 2
            counts.append(len(kept))
        if os.WIFEXITED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            break
    assert counts[-1] == 0
    assert len(set(counts)) > 2, "killed between the steps, too"


def _prune_until_killed(city: City, kill_at: int) -> None:
    done = []
    overwrite = media.overwrite

    def counted(path: Path) -> None:
        done.append(path)
        if len(done) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        overwrite(path)

    with (
        mock.patch.object(media, "overwrite", counted),
        mock.patch.object(retention, "TOGETHER", 2),
        open_store(city.folder, organisation="town") as store,
    ):
        prune(replace(city, store=store), now_s=START_S + 200 * DAY_S, by="anna")


def test_settings_are_checked_and_have_a_default() -> None:
    assert CitySettings().retention == RetentionParams(finding_days=365, section_days=90)
    with pytest.raises(SettingsError, match=r"retention\.section_days"):
        RetentionParams(section_days=-1)
