"""Sent drives are looked at one after the other; none stops the rest, none is lost or kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.made_stages import made_stages
from tests.pipeline.sent import Sent, city_of, files_of, sealed_in

from gatusyn.envelope import new_keys
from gatusyn.model import (
    Cause,
    DriveFault,
    FootageError,
    KeyMissingError,
    ModelWeightsError,
    SealError,
    SentState,
    SettingsError,
    StorageFullError,
    StoreError,
)
from gatusyn.pipeline import (
    City,
    DriveOutcome,
    Inspection,
    Stages,
    Worker,
    inspect_drives,
    private_key_path,
    prune,
    prune_footage,
    sealed_path,
)
from gatusyn.pipeline import work as work_module
from gatusyn.simulate import TownFiles

DAY_S = 86_400.0
FILES = {"a.mp4": b"footage" * 500, "a.csv": b"lat,lon\n"}


@pytest.fixture(scope="module")
def stages() -> Stages:
    return made_stages()


@dataclass
class Line:
    """A city with a worker whose clock and whose look at a drive a test sets."""

    city: City
    sent: Sent
    worker: Worker
    now_s: float = 1_800_000_000.0
    look: Callable[[Path], DriveOutcome] = lambda folder: DriveOutcome(name=folder.name)

    def states(self) -> dict[str, SentState]:
        return {one.client_key: one.state for one in self.city.store.sent.drives()}

    def reason(self, drive: str) -> str:
        found = self.city.store.sent.drives()
        return next(one.reason for one in found if one.client_key == drive)

    def cause(self, drive: str) -> Cause | None:
        found = self.city.store.sent.drives()
        return next(one.cause for one in found if one.client_key == drive)


@pytest.fixture
def line(
    small_town: TownFiles, tmp_path: Path, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Line]:
    city = city_of(small_town, tmp_path / "city")
    own = Line(city, Sent(city), Worker(city, stages=stages, clock=lambda: own.now_s))
    own.sent.intake._clock = lambda: own.now_s

    def look(_: City, paths: list[Path], **__: Any) -> Inspection:
        return Inspection(outcomes=(own.look(paths[0]),))

    monkeypatch.setattr(work_module, "inspect_drives", look)
    yield own
    city.store.close()


def raising(error: BaseException) -> Callable[[Path], DriveOutcome]:
    def look(_: Path) -> DriveOutcome:
        if isinstance(error, FootageError):
            return DriveOutcome(name="a", error=error)
        raise error

    return look


def test_a_sent_drive_becomes_findings_and_its_footage_goes(
    small_town: TownFiles, tmp_path: Path, stages: Stages
) -> None:
    city, files = city_of(small_town, tmp_path / "city"), files_of(small_town)
    drive = Sent(city).drive("phone-1", files)
    assert len(sealed_in(city)) == 2
    worker = Worker(city, stages=stages)
    worked = worker.once()
    assert worked is not None
    assert (worked.state, worked.reason) == (SentState.INSPECTED, "")
    assert worker.once() is None
    assert sealed_in(city) == []
    (known,) = city.store.sent.drives()
    (seen,) = city.store.drives()
    assert known.drive_id == seen.drive_id
    assert seen.received == seen.accepted + seen.rejected > 0
    assert seen.name in files
    assert city.store.findings()
    # As `inspect` does with the same files: nothing is new.
    again = inspect_drives(city, [small_town.drives[0][0]], stages=stages)
    assert again.outcomes[0].known
    noted = [(one.who, one.what, one.about) for one in city.store.accounts.entries()]
    assert ("gatusyn work", "drive inspected", drive.key) in noted
    assert ("gatusyn work", "destroy footage", drive.key) in noted
    city.store.close()


def test_what_is_looked_at_is_in_memory_only(line: Line) -> None:
    line.sent.drive("d1", FILES)

    def look(folder: Path) -> DriveOutcome:
        assert folder.name == "d1"
        assert {one.name: one.read_bytes() for one in folder.iterdir()} == FILES
        assert all(str(one.readlink()).startswith("/proc/") for one in folder.iterdir())
        here = [one for one in line.city.folder.rglob("*") if one.is_file()]
        real = [one.read_bytes() for one in here if not one.is_symlink()]
        assert not any(FILES["a.mp4"][:64] in data for data in real)
        return DriveOutcome(name=folder.name)

    line.look = look
    worked = line.worker.once()
    assert worked is not None
    assert worked.state is SentState.INSPECTED, worked.reason
    assert not list((line.city.folder / "uploads").rglob("*.mp4"))


def test_footage_that_cannot_be_used_is_rejected_and_the_rest_goes_on(line: Line) -> None:
    for number in range(3):
        line.sent.drive(f"d{number}", {"a.mp4": b"%d" % number, "a.csv": b"lat,lon\n"})

    def look(folder: Path) -> DriveOutcome:
        fault = FootageError("a.mp4", "is not a video", fault=DriveFault.NOT_A_VIDEO)
        if folder.name != "d1":
            return DriveOutcome(name=folder.name)
        return DriveOutcome(name=folder.name, error=fault)

    line.look = look
    assert [worked.state for _ in range(3) if (worked := line.worker.once())] == [
        SentState.INSPECTED,
        SentState.REJECTED,
        SentState.INSPECTED,
    ]
    assert "is not a video" in line.reason("d1")
    assert line.cause("d1") == Cause(fault=DriveFault.NOT_A_VIDEO)
    received = len(line.city.store.sent.drives())
    states = list(line.states().values())
    assert received == states.count(SentState.INSPECTED) + states.count(SentState.REJECTED)
    assert sealed_in(line.city) == []


@pytest.mark.parametrize("error", [ValueError("a bug"), SealError("x", "y"), MemoryError()])
def test_what_fails_again_and_again_is_put_aside_with_its_reason(
    line: Line, error: Exception
) -> None:
    line.sent.drive("d1", FILES)
    line.look = raising(error)
    tries = 1 if isinstance(error, SealError) else 3
    for number in range(tries):
        worked = line.worker.once()
        assert worked is not None
        assert (worked.state is SentState.ASIDE) == (number == tries - 1)
        assert line.worker.once() is None, "it waits a while"
        line.now_s += 1000.0
    assert line.worker.once() is None
    if tries > 1:
        assert line.reason("d1").startswith(f"failed 3 times: {type(error).__name__}")
        assert line.cause("d1") == Cause(fault=DriveFault.SERVICE, figures={"tries": 3})
    else:
        assert line.cause("d1") == Cause(fault=DriveFault.SEALED)
    assert len(sealed_in(line.city)) == 2, "a person may look into it"
    line.look = lambda folder: DriveOutcome(name=folder.name)
    assert line.city.store.sent.again() == 1
    assert line.worker.once() is not None
    assert line.states() == {"d1": SentState.INSPECTED}


def test_what_is_the_machine_s_fault_is_not_the_drive_s(line: Line) -> None:
    line.sent.drive("d1", FILES)
    odd = FootageError("a.mp4", "cannot be read (too many open files)")
    odd.__cause__ = OSError(24, "Too many open files")
    faults = (
        StorageFullError("city", "is full"),
        StoreError("city", "is busy"),
        SettingsError("curves.toml", "is not there"),
        ModelWeightsError("damage", "is not there"),
    )
    for error in faults * 2:
        line.look = raising(error)
        worked = line.worker.once()
        assert worked is not None
        assert worked.state is SentState.WAITING
        line.now_s += 1000.0
    line.look = raising(odd)
    worked = line.worker.once()
    assert worked is not None
    assert worked.state is SentState.WAITING, "the footage is not destroyed for it"
    line.now_s += 1000.0
    line.look = raising(SystemExit(0))
    with pytest.raises(SystemExit):
        line.worker.once()
    line.look = lambda folder: DriveOutcome(name=folder.name)
    worked = line.worker.once()
    assert worked is not None
    assert (worked.state, worked.drive.tries) == (SentState.INSPECTED, 2)


def test_a_worker_that_was_killed_has_its_drive_for_a_minute(line: Line, stages: Stages) -> None:
    line.sent.drive("d1", FILES)
    for number in range(4):
        dead = line.city.store.sent.lease("dead", now_s=line.now_s, until_s=line.now_s + 60)
        assert dead is not None
        assert line.worker.once() is None
        if number < 3:
            line.now_s += 60.0
    line.now_s += 60.0
    worked = line.worker.once()
    assert worked is not None
    assert worked.state is SentState.ASIDE
    assert "killed in the middle" in worked.reason


def test_a_lease_is_kept_while_a_drive_is_looked_at(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_module, "LEASE_S", 0.06)
    line.sent.drive("d1", FILES)
    book = line.city.store.sent

    def look(folder: Path) -> DriveOutcome:
        held = book.drives()[0].leased_until_s
        line.now_s += 0.05
        deadline = time.monotonic() + 10.0
        while book.drives()[0].leased_until_s <= held and time.monotonic() < deadline:
            time.sleep(0.01)
        assert book.drives()[0].leased_until_s > held
        return DriveOutcome(name=folder.name)

    line.look = look
    worked = line.worker.once()
    assert worked is not None
    assert worked.state is SentState.INSPECTED, worked.reason


def damaged(kind: str, data: bytes) -> bytes:
    if kind == "truncated":
        return data[:-1]
    if kind == "tampered":
        return data[:99] + bytes([data[99] ^ 1]) + data[100:]
    if kind == "reordered":
        half = len(data) // 2
        return data[half:] + data[:half]
    return b""


@pytest.mark.parametrize("kind", ["truncated", "tampered", "reordered", "empty", "gone"])
def test_footage_that_was_changed_on_the_disk_is_put_aside(line: Line, kind: str) -> None:
    drive = line.sent.drive("d1", FILES)
    path = sealed_path(line.city, drive.files[1].upload_id)
    if kind == "gone":
        path.unlink()
    else:
        path.write_bytes(damaged(kind, path.read_bytes()))
    looked: list[Path] = []
    line.look = lambda folder: looked.append(folder) or DriveOutcome(name="d1")  # type: ignore[func-returns-value]
    worked = line.worker.once()
    assert worked is not None
    assert worked.state is SentState.ASIDE
    assert "disk" in worked.reason
    assert looked == []


def test_what_did_not_come_as_it_was_sent_is_rejected(line: Line) -> None:
    line.sent.part("d1", "a.mp4", b"x" * 50, of=100)
    line.sent.intake._hashes.clear()  # as after a restart
    line.sent.part("d1", "a.mp4", b"y" * 50, of=100)
    drive = line.sent.intake.complete("driver", "d1", {"a.mp4": (100, "0" * 64)})
    assert not drive.is_checked
    worked = line.worker.once()
    assert worked is not None
    assert worked.state is SentState.REJECTED
    assert "did not come as it was sent" in worked.reason


def test_a_worker_without_the_right_key_does_not_begin(line: Line) -> None:
    path = private_key_path(line.city)
    own = path.read_bytes()
    path.unlink()
    with pytest.raises(KeyMissingError):
        Worker(line.city)
    path.write_bytes(new_keys()[0])
    path.chmod(0o600)
    with pytest.raises(SealError, match="not the key that opens"):
        Worker(line.city)
    path.write_bytes(own)
    Worker(line.city)


def test_a_sender_is_not_told_where_the_footage_lay(line: Line) -> None:
    line.sent.drive("d1", {"a.mp4": b"1", "a.csv": b"lat,lon\n"})

    def look(folder: Path) -> DriveOutcome:
        return DriveOutcome(name=folder.name, error=FootageError(folder / "a.mp4", "is empty"))

    line.look = look
    line.worker.once()
    assert line.reason("d1") == "d1/a.mp4: is empty"


def test_two_videos_are_no_drive(line: Line) -> None:
    line.sent.drive("d1", {"a.mp4": b"1", "b.mp4": b"2", "a.csv": b"lat,lon\n"})
    worked = line.worker.once()
    assert worked is not None
    assert (worked.state, "holds 2 videos" in worked.reason) == (SentState.REJECTED, True)


def test_footage_that_waits_too_long_is_destroyed_and_told(line: Line) -> None:
    line.sent.drive("late", FILES)
    line.sent.part("part", "b.mp4", b"x" * 50, of=100)
    # Whoever had it in hand was killed, and no other came.
    held = line.city.store.sent.lease("dead", now_s=line.now_s, until_s=line.now_s + 60)
    assert held is not None
    stray = sealed_path(line.city, "f" * 32)
    stray.write_bytes(b"sealed")
    line.now_s += 8 * DAY_S
    line.sent.drive("early", {"c.mp4": b"other"})
    line.now_s += 7 * DAY_S
    told = prune_footage(line.city, now_s=line.now_s, by="test", dry_run=True)
    assert (told.late, told.unfinished, told.strays, told.waiting) == (1, 1, 1, 1)
    assert len(sealed_in(line.city)) == 5
    line.worker.tidy()
    assert len(sealed_in(line.city)) == 1
    assert line.states() == {"late": SentState.REJECTED, "early": SentState.WAITING}
    assert "waited longer than 14 days" in line.reason("late")
    assert line.cause("late") == Cause(fault=DriveFault.LATE, figures={"days": 14.0})
    pruned = prune(line.city, now_s=line.now_s + 400 * DAY_S, by="test").footage
    assert pruned is not None
    assert (pruned.late, pruned.forgotten) == (1, 1)
    assert sealed_in(line.city) == []
    assert line.states() == {"early": SentState.REJECTED}


def test_links_of_a_dead_worker_go_and_those_of_a_living_one_stay(line: Line) -> None:
    links = line.city.folder / "uploads" / "links"
    for name, target in (("dead", "/proc/999999999/fd/3"), ("alive", f"/proc/{os.getpid()}/fd/0")):
        (links / name / "d").mkdir(parents=True)
        (links / name / "d" / "a.mp4").symlink_to(target)
    line.worker.tidy()
    assert [one.name for one in links.iterdir()] == ["alive"]
