from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.store.killed_writer import MISSED, NOW_S, blacken
from tests.store.made_store import make_facts, make_network, make_public_frame

from gatusyn.model import RemovalCause, StorageFullError, StoreError
from gatusyn.store import (
    SqlStore,
    check_backup,
    check_store,
    create_store,
    open_store,
    restore_backup,
    write_backup,
)
from gatusyn.store.backup_manifest import parse_manifest

ROOT = Path(__file__).resolve().parents[2]
backups = sys.modules["gatusyn.store.write_backup"]


def write(store: SqlStore, number: int, *, frames: int = 3) -> None:
    facts = make_facts(drive=f"drive-{number}", run=f"run-{number}", frames=frames)
    with store.stage(facts.run_id) as stage:
        for frame in range(frames):
            stage.add(make_public_frame(frame, value=40 + number))
        store.write_drive(facts)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    with create_store(folder, organisation="town", network=make_network()) as store:
        write(store, 1)
    (folder / "gatusyn.toml").write_text('name = "Björkvik"\n', "utf-8")
    return folder


@pytest.fixture
def store(city: Path) -> Iterator[SqlStore]:
    with open_store(city, organisation="town") as opened:
        yield opened


def remove(store: SqlStore, *names: str) -> None:
    store.ledger.remove(names, cause=RemovalCause.REQUEST, reason="asked", by="anna", now_s=NOW_S)


def rows_of(folder: Path) -> dict[str, list[Any]]:
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    tables = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    found = {table: sorted(connection.execute(f'SELECT * FROM "{table}"')) for table in tables}
    connection.close()
    return found


def pictures_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")
    }


def test_what_is_restored_is_what_was_there(city: Path, store: SqlStore, tmp_path: Path) -> None:
    write(store, 2)
    made = write_backup(city, tmp_path / "backup")
    assert (made.pictures, made.tries) == (6, 1)
    assert check_backup(tmp_path / "backup") == ()
    restored = tmp_path / "again"
    assert restore_backup(tmp_path / "backup", restored).pictures == 6
    assert rows_of(restored) == rows_of(city)
    assert pictures_of(restored) == pictures_of(city)
    assert (restored / "gatusyn.toml").read_bytes() == (city / "gatusyn.toml").read_bytes()
    with open_store(restored, organisation="town") as opened:
        write(opened, 3)
        assert len(opened.drives()) == 3


def test_only_what_is_known_is_backed_up(city: Path, tmp_path: Path) -> None:
    orphan = city / "media" / "1" / "run-9" / "000000.jpg"
    staged = city / "media" / "1" / ".staging" / "run-8" / "000000.jpg"
    for path in (orphan, staged):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"picture")
    write_backup(city, tmp_path / "backup")
    assert len(pictures_of(tmp_path / "backup")) == 3
    assert check_store(city).leftovers == ("media/1/run-9/000000.jpg",)


def test_a_later_backup_shares_what_is_unchanged(
    city: Path, store: SqlStore, tmp_path: Path
) -> None:
    first, second = tmp_path / "monday", tmp_path / "tuesday"
    write_backup(city, first)
    write(store, 2)
    store.ledger.mark("run-1/000001", MISSED, by="anna", now_s=NOW_S, hide=blacken)
    rotten = first / "media" / "1" / "run-1" / "000002.jpg"
    rotten.write_bytes(b"rot")
    made = write_backup(city, second, earlier=first)
    assert made.linked == 1, "one was hidden in, one is spoilt there"
    shared = Path("media/1/run-1/000000.jpg")
    assert (first / shared).samefile(second / shared)
    assert check_backup(second) == ()
    assert check_backup(first) == ("media/1/run-1/000002.jpg is not what was backed up",)
    shutil.rmtree(first)
    restore_backup(second, tmp_path / "again")
    assert pictures_of(tmp_path / "again") == pictures_of(city)


def erasing_while(
    monkeypatch: pytest.MonkeyPatch, act: Any, *, before: str, times: int = 1
) -> None:
    """Let somebody erase something just before a step of the backup."""
    own = getattr(backups._Backup, before)
    left = [times]

    def after_an_erasure(self: Any, *arguments: Any) -> Any:
        if left[0]:
            left[0] -= 1
            act()
        return own(self, *arguments)

    monkeypatch.setattr(backups._Backup, before, after_an_erasure)


@pytest.mark.parametrize("before", ["_copy_database", "_copy_pictures", "_published"])
@pytest.mark.parametrize("how", ["remove", "hide", "coarse"])
def test_what_is_erased_meanwhile_is_not_in_the_backup(
    city: Path,
    store: SqlStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    how: str,
) -> None:
    old = pictures_of(city)["media/1/run-1/000001.jpg"]

    def erase() -> None:
        if how == "remove":
            remove(store, "run-1/000001")
        elif how == "hide":
            store.ledger.mark("run-1/000001", MISSED, by="anna", now_s=NOW_S, hide=blacken)
        else:
            assert store.make_coarse("drive-1", gap_s=60, reason="due", by="anna", now_s=NOW_S)

    write(store, 2)
    erasing_while(monkeypatch, erase, before=before)
    made = write_backup(city, tmp_path / "backup")
    assert made.tries == (1 if before == "_copy_database" else 2)
    restore_backup(tmp_path / "backup", tmp_path / "again")
    assert rows_of(tmp_path / "again") == rows_of(city)
    found = pictures_of(tmp_path / "again")
    assert found == pictures_of(city)
    if how != "coarse":
        assert found.get("media/1/run-1/000001.jpg") != old


def test_a_backup_that_never_gets_through_leaves_nothing(
    city: Path, store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "TRIES", 2)
    names = iter(["run-1/000000", "run-1/000001"])
    erasing_while(monkeypatch, lambda: remove(store, next(names)), before="_published", times=2)
    with pytest.raises(StoreError, match="erased all the while"):
        write_backup(city, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city"]


def test_drives_come_in_while_it_is_backed_up(city: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def inspect() -> None:
        with open_store(city, organisation="town") as writer:
            number = 2
            while not stop.is_set():
                write(writer, number)
                number += 1

    thread = threading.Thread(target=inspect)
    thread.start()
    try:
        for number in range(3):
            write_backup(city, tmp_path / f"backup-{number}")
    finally:
        stop.set()
        thread.join()
    for number in range(3):
        checked = restore_backup(tmp_path / f"backup-{number}", tmp_path / f"again-{number}")
        assert checked.faults == ()
        assert checked.leftovers == ()


def test_a_full_disk_leaves_no_half_backup(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "copy_file", full)
    with pytest.raises(StorageFullError):
        write_backup(city, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city"]


def test_a_missing_picture_is_told(city: Path, tmp_path: Path) -> None:
    lost = city / "media" / "1" / "run-1" / "000001.jpg"
    lost.unlink()
    assert check_store(city).faults == ("a picture's file is missing: media/1/run-1/000001.jpg",)
    with pytest.raises(StoreError, match="missing although"):
        write_backup(city, tmp_path / "backup")


def test_nothing_is_written_over(city: Path, tmp_path: Path) -> None:
    write_backup(city, tmp_path / "backup")
    for work, source, target in (
        (write_backup, city, tmp_path / "backup"),
        (restore_backup, tmp_path / "backup", city),
    ):
        with pytest.raises(StoreError, match="is there already"):
            work(source, target)


def spoil(backup: Path, how: str) -> None:
    manifest = backup / "manifest.json"
    picture = backup / "media" / "1" / "run-1" / "000000.jpg"
    document = json.loads(manifest.read_text("utf-8"))
    if how == "no manifest":
        manifest.unlink()
    elif how == "half a manifest":
        manifest.write_bytes(manifest.read_bytes()[:-9])
    elif how == "newer schema":
        manifest.write_text(json.dumps(document | {"schema": 10_000}), "utf-8")
    elif how == "newer format":
        manifest.write_text(json.dumps(document | {"format": 2}), "utf-8")
    elif how == "a way out":
        files = document["files"] | {"../../evil": ["0" * 64, 1]}
        manifest.write_text(json.dumps(document | {"files": files}), "utf-8")
    elif how == "stale log":
        (backup / "gatusyn.sqlite-wal").write_bytes(b"log")
    elif how == "missing picture":
        picture.unlink()
    elif how == "other picture":
        picture.write_bytes(picture.read_bytes()[:-1] + b"x")
    else:
        data = bytearray((backup / "gatusyn.sqlite").read_bytes())
        data[len(data) // 2] ^= 0xFF
        (backup / "gatusyn.sqlite").write_bytes(data)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("no manifest", "not a whole backup"),
        ("half a manifest", "no manifest of a backup"),
        ("newer schema", "newer Gatusyn"),
        ("newer format", "format 2"),
        ("a way out", "no manifest of a backup"),
        ("stale log", "gatusyn.sqlite-wal beside"),
        ("missing picture", "is missing"),
        ("other picture", "not what was backed up"),
        ("one bit", "not what was backed up"),
    ],
)
def test_a_spoilt_backup_makes_no_city(city: Path, tmp_path: Path, how: str, words: str) -> None:
    write_backup(city, tmp_path / "backup")
    spoil(tmp_path / "backup", how)
    with pytest.raises(StoreError, match=words):
        restore_backup(tmp_path / "backup", tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "city"]


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "..\\b", "C:/x", ""])
def test_a_manifest_names_files_inside_only(name: str) -> None:
    text = json.dumps({"format": 1, "made": "", "schema": 1, "files": {name: ["0", 1]}})
    with pytest.raises(StoreError):
        parse_manifest(text, Path("manifest.json"))


def test_damage_to_the_database_is_found(city: Path) -> None:
    connection = apsw.Connection(str(city / "gatusyn.sqlite"))
    connection.execute("PRAGMA foreign_keys = OFF; DELETE FROM run_rows")
    connection.close()
    faults = check_store(city).faults
    assert any("points at one that is not there" in fault for fault in faults)


def killed(source: Path, results: Path, action: str) -> list[Path]:
    results.mkdir()
    subprocess.run(
        [
            *(sys.executable, str(ROOT / "tests/store/killed_backup.py")),
            *(source, results, action, "12", "7"),
        ],
        check=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    last = max(int(path.name[:4]) for path in results.iterdir())
    return [results / f"{number:04d}" for number in range(1, last + 1)]


def test_a_killed_backup_is_whole_or_none(city: Path, tmp_path: Path) -> None:
    before = rows_of(city)
    attempts = killed(city, tmp_path / "results", "backup")
    assert len(attempts) > 35, "killed at many moments"
    there = [path.exists() for path in attempts]
    assert not all(there)
    assert there[0]
    assert there[-1]
    for path in attempts:
        if path.exists():
            assert check_backup(path) == (), path.name
        elif (path.with_name(f"{path.name}.part") / "manifest.json").exists():
            assert check_backup(path.with_name(f"{path.name}.part")) == (), "killed at its naming"
        else:
            with pytest.raises(StoreError, match="not a whole backup"):
                restore_backup(path.with_name(f"{path.name}.part"), tmp_path / "again")
    late = next(path for path in attempts if not path.exists())
    write_backup(city, late)
    assert not late.with_name(f"{late.name}.part").exists(), "leftovers go"
    restore_backup(late, tmp_path / "again")
    assert rows_of(tmp_path / "again") == rows_of(city) == before


def test_a_killed_restore_is_a_whole_city_or_none(city: Path, tmp_path: Path) -> None:
    write_backup(city, tmp_path / "backup")
    attempts = killed(tmp_path / "backup", tmp_path / "results", "restore")
    assert len(attempts) > 35, "killed at many moments"
    assert {path.exists() for path in attempts} == {True, False}
    for path in attempts:
        if not path.exists():
            restore_backup(tmp_path / "backup", path)
        checked = check_store(path)
        assert (checked.faults, checked.leftovers, checked.pictures) == ((), (), 3), path.name
    assert rows_of(attempts[-1]) == rows_of(city)


def test_two_backups_to_one_place_do_not_mix(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def again() -> None:
        with pytest.raises(StoreError, match="another program") as caught:
            write_backup(city, tmp_path / "backup")
        told.append(str(caught.value))

    erasing_while(monkeypatch, again, before="_copy_pictures")
    write_backup(city, tmp_path / "backup")
    assert told
    assert check_backup(tmp_path / "backup") == ()


def test_summaries_are_frozen(city: Path, tmp_path: Path) -> None:
    made = write_backup(city, tmp_path / "backup")
    assert dataclasses.is_dataclass(made)
    assert made.size >= sum(path.stat().st_size for path in (city / "media").rglob("*.jpg"))
