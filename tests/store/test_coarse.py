"""A coarse drive: what was measured stays, nobody can follow the trip, the old bytes are gone."""

from __future__ import annotations

import dataclasses
import os
import signal
import struct
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import apsw
import pytest
from tests.contract.test_ledger_contract import mark, names, remove, shifted, write
from tests.store.made_store import START_S, make_facts, make_network

from gatusyn.model import (
    DriveFacts,
    DriveNote,
    DriveRemark,
    HoldSubject,
    RemovalCause,
)
from gatusyn.store import SqlStore, create_store, open_store
from gatusyn.store.sql_scope import Scoped

DAY_S = 86_400.0
MIDNIGHT_S = START_S // DAY_S * DAY_S
NOW_S = START_S + 400 * DAY_S
DATABASE = "gatusyn.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "city"


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    with create_store(folder, organisation="town", network=make_network()) as made:
        yield made


def named_facts(*, run: str = "run-1", drive: str = "drive-1") -> DriveFacts:
    """Return a drive whose every name can be found again."""
    facts = make_facts(run=run, drive=drive, start_s=START_S + 0.125)
    return dataclasses.replace(
        facts,
        name="by-gudrun-karlsson.mp4",
        rejected=(dataclasses.replace(facts.rejected[0], frame_id="dark-0815", detail="0815.jpg"),),
        remarks=(
            DriveRemark(
                note=DriveNote.VIDEO_OUTSIDE,
                figures={"source": "by-gudrun-karlsson.mp4", "outside_s": 12},
            ),
        ),
    )


def make_coarse(store: SqlStore, drive: str = "drive-1", *, now_s: float = NOW_S) -> bool:
    return store.make_coarse(drive, gap_s=20.0, reason="old", by="anna", now_s=now_s)


def remove_all(store: SqlStore, cause: RemovalCause = RemovalCause.RETENTION) -> None:
    remove(store, *sorted(names(store)), cause=cause)


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(folder / DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return list(connection.execute(query))
    finally:
        connection.close()


def fine(store: SqlStore) -> list[bool]:
    return [own.is_fine for own in store.traces(now_s=NOW_S)]


def test_what_was_measured_stays(store: SqlStore) -> None:
    facts = named_facts()
    store.write_drive(facts)
    stamp = store.facts_stamp()
    assert make_coarse(store)
    assert store.facts_stamp() != stamp, "what is derived is derived again"
    ((run_id, seen),) = store.observations()
    (before,) = facts.observations
    gone = {"observation_id", "frame_id", "time_s", "outline_px", "way_m"}
    assert run_id == "run-1"
    for field in dataclasses.fields(seen):
        if field.name not in gone:
            assert getattr(seen, field.name) == getattr(before, field.name), field.name
    looks = [look for _, look in store.coverage()]
    assert [look.footprint for look in looks] == [look.footprint for look in facts.coverage]
    assert [look.link_id for look in looks] == [look.link_id for look in facts.coverage]
    assert seen.frame_id == looks[0].frame_id, "what was seen and what was looked at still meet"
    (drive,) = store.drives()
    assert drive.received == drive.accepted + drive.rejected == 7
    assert [one.reason for one in store.rejected("drive-1")] == [facts.rejected[0].reason]
    assert (drive.distance_m, drive.rates) == (facts.distance_m, facts.rates)
    assert store.ledger.misses()[0].frames == 6, "how many frames the finders looked at"
    assert store.has_run("run-1"), "the same footage inspected in the same way is known"


def test_times_places_and_names_go(store: SqlStore, folder: Path) -> None:
    store.write_drive(named_facts())
    assert make_coarse(store)
    (drive,) = store.drives()
    assert drive.name == "drive drive-1"
    assert [str(remark) for remark in drive.remarks] == ["Made coarse: old"]
    times = rows(
        folder,
        "SELECT time_s FROM observation_rows UNION SELECT time_s FROM coverage_rows "
        "UNION SELECT time_s FROM frame_rows UNION SELECT started_s FROM run_rows "
        "UNION SELECT ended_s FROM run_rows",
    )
    assert {int(row[0]) for row in times} == {MIDNIGHT_S}  # type: ignore[call-overload]
    query = "SELECT DISTINCT easting_m, northing_m, bearing_deg, speed_ms, offset_m FROM frame_rows"
    assert rows(folder, query) == [(0.0, 0.0, 0.0, 0.0, 0.0)]
    query = "SELECT frame_id FROM frame_rows UNION SELECT frame_id FROM coverage_rows"
    assert rows(folder, query) == [(f"/00000{n}",) for n in range(6)]
    assert rows(folder, "SELECT observation_id, outline_px FROM observation_rows") == [
        ("000000/0", b"")
    ]
    assert rows(folder, "SELECT frame_id, detail FROM rejected_rows") == [("", "")]
    assert rows(folder, "SELECT coarse_s, coarse_by FROM run_rows") == [(NOW_S, "anna")]


def test_the_old_bytes_are_in_no_file_of_the_store(store: SqlStore, folder: Path) -> None:
    write(store, named_facts())
    remove_all(store)
    # SQLite writes a whole number of seconds as an integer.
    times = [struct.pack(">i", int(START_S) + 3), struct.pack(">d", START_S + 0.125)]
    secrets = [b"gudrun", b"0815", b"frame-3", *times]

    def found() -> list[bytes]:
        files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        return [secret for secret in secrets if any(secret in data for data in files)]

    assert found() == secrets, "the search finds what is there"
    assert make_coarse(store)
    assert found() == [], "while the store is open, too"


def test_twice_is_once(store: SqlStore, folder: Path) -> None:
    write(store)
    remove_all(store)
    assert fine(store) == [True]
    assert make_coarse(store)
    tables = ("run", "frame", "observation", "coverage", "rejected", "removal")
    before = [rows(folder, f"SELECT * FROM {name}_rows") for name in tables]
    assert fine(store) == [False]
    assert make_coarse(store, now_s=NOW_S + 5)
    assert [rows(folder, f"SELECT * FROM {name}_rows") for name in tables] == before


def test_a_kept_picture_keeps_its_moment_until_it_goes(store: SqlStore) -> None:
    facts = write(store)
    remove(store, *sorted(names(store) - {"run-1/000000"}), cause=RemovalCause.RETENTION)
    assert make_coarse(store)
    assert fine(store) == [False], "what is left is needed by the picture"
    (view,) = store.pictures("link-0/0")
    assert view.frame == facts.frames[0]
    assert [one.outline_px for one in view.observations] == [facts.observations[0].outline_px]
    remove_all(store)
    assert fine(store) == [True]
    assert make_coarse(store)
    assert fine(store) == [False]
    assert {look.frame_id for _, look in store.coverage()} == {f"/00000{n}" for n in range(6)}


def test_notes_of_retention_do_not_tell_the_way(store: SqlStore, folder: Path) -> None:
    write(store)
    remove(store, "run-1/000002", cause=RemovalCause.REQUEST)
    remove_all(store)
    assert make_coarse(store)
    query = "SELECT frame_id, time_s, easting_m FROM removal_rows WHERE cause = 'retention'"
    assert set(rows(folder, query)) == {("", MIDNIGHT_S, 0.0)}
    (asked,) = [one for one in store.ledger.removals() if one.cause is RemovalCause.REQUEST]
    assert (asked.frame_id, asked.time_s) == ("frame-2", START_S + 2.0)


def test_what_people_said_stands_when_the_drive_is_inspected_again(store: SqlStore) -> None:
    facts = write(store)
    mark(store, "run-1/000001")
    remove(store, "run-1/000003", cause=RemovalCause.REQUEST)
    kept = {"run-1/000000", "run-1/000001"}
    remove(store, *sorted(names(store) - kept), cause=RemovalCause.RETENTION)
    assert make_coarse(store)
    assert store.ledger.marked_in("drive-1").keys() == {"frame-1"}
    write(store, dataclasses.replace(facts, run_id="run-2"))
    assert names(store) == {*kept, "run-2/000000"}, (
        "neither the removed nor the marked, nor what retention took"
    )
    write(store, shifted(facts, by_s=0.0, drive="another-name", run="run-3"))
    assert {n for n in names(store) if n.startswith("run-3")} == {"run-3/000005"}, (
        "nor, under another name, what is of the moment of either"
    )


def test_the_notes_of_a_new_run_go_with_it(store: SqlStore, folder: Path) -> None:
    facts = write(store)
    remove_all(store)
    assert make_coarse(store)
    write(store, dataclasses.replace(facts, run_id="run-2"))
    assert names(store) == set()
    assert fine(store) == [True], "a new run has its times"
    assert make_coarse(store)
    query = "SELECT DISTINCT frame_id, time_s, cause FROM removal_rows"
    assert rows(folder, query) == [("", MIDNIGHT_S, "retention")]


def test_a_held_drive_is_left_as_it_is(store: SqlStore) -> None:
    facts = write(store)
    hold = store.ledger.place_hold(
        HoldSubject.PICTURE,
        "run-1/000004",
        reason="claim",
        until_s=NOW_S + DAY_S,
        by="bo",
        now_s=START_S,
    )
    assert [own.is_held for own in store.traces(now_s=NOW_S)] == [True]
    assert not make_coarse(store)
    assert [look for _, look in store.coverage()] == list(facts.coverage)
    (open_,) = store.ledger.holds()
    assert open_.frames == hold.frames
    assert make_coarse(store, now_s=NOW_S + DAY_S), "the hold has ended"
    store.ledger.release_hold(hold.number, by="bo", now_s=NOW_S + DAY_S)
    remove_all(store)
    assert make_coarse(store, now_s=NOW_S + DAY_S)
    assert store.ledger.holds()[0].frames == frozenset(), "its frames' names are of no use now"


def test_drives_of_one_day_keep_their_order(store: SqlStore) -> None:
    for drive, hour in (("b", 1), ("a", 2), ("c", 3)):
        store.write_drive(later(make_facts(drive=drive, run=f"run-{drive}"), 3600.0 * hour))
    order = [run for run, _ in store.observations()]
    assert order == ["run-b", "run-a", "run-c"]
    for trace in store.traces(now_s=NOW_S):
        assert make_coarse(store, trace.drive_id)
        assert [run for run, _ in store.observations()] == order
    assert [drive.drive_id for drive in store.drives()] == ["b", "a", "c"]


def later(facts: DriveFacts, by_s: float) -> DriveFacts:
    return dataclasses.replace(
        facts,
        started_s=facts.started_s + by_s,
        ended_s=facts.ended_s + by_s,
        observations=tuple(
            dataclasses.replace(one, time_s=one.time_s + by_s) for one in facts.observations
        ),
    )


def test_the_way_tells_where_it_was_driven_twice_and_where_the_vehicle_stood(
    store: SqlStore,
) -> None:
    facts = make_facts()
    frames = tuple(
        dataclasses.replace(f, pose=dataclasses.replace(f.pose, time_s=START_S + s))
        for f, s in zip(facts.frames, (0, 1, 2, 60, 61, 62), strict=True)
    )
    seen = tuple(
        dataclasses.replace(
            facts.observations[0], observation_id=f"{f.frame_id}/0", frame_id=f.frame_id
        )
        for f in frames
    )
    store.write_drive(dataclasses.replace(facts, frames=frames, observations=seen))
    assert make_coarse(store)
    ways = [one.way_m for _, one in store.observations()]
    assert ways == [0.0, 5.0, 10.0, 1015.0, 1020.0, 1025.0]


def test_other_organisations_are_left_alone(store: SqlStore, folder: Path) -> None:
    with create_store(folder, organisation="other", network=make_network()) as other:
        other.write_drive(make_facts())
        before = (other.drives(), other.observations(), other.coverage())
        store.write_drive(make_facts())
        assert make_coarse(store)
        assert (other.drives(), other.observations(), other.coverage()) == before


@pytest.mark.parametrize("kill_at", [1, 2, 3, 4])
def test_a_kill_in_the_middle_leaves_the_drive_as_it_was(
    store: SqlStore, folder: Path, kill_at: int
) -> None:
    store.write_drive(named_facts())
    before = (store.drives(), store.observations(), store.coverage())
    store.close()
    child = os.fork()
    if child == 0:
        _coarsen_until_killed(folder, kill_at)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    with open_store(folder, organisation="town") as again:
        assert (again.drives(), again.observations(), again.coverage()) == before
        assert make_coarse(again)


def _coarsen_until_killed(folder: Path, kill_at: int) -> None:
    done = []
    update_each = Scoped.update_each

    def counted(self: Scoped, table: str, *rest: object) -> None:
        update_each(self, table, *rest)  # type: ignore[arg-type]
        done.append(table)
        if len(done) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with (
        mock.patch.object(Scoped, "update_each", counted),
        open_store(folder, organisation="town") as store,
    ):
        make_coarse(store)
