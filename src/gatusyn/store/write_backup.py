"""Backing up a city while it is being worked in.

A backup is the city at one moment: the database by SQLite's own backup, and the files of the
pictures that it knows. It is built beside its place under another name and gets its own with the
last step, so half a backup is never taken for a whole one. That step is taken while nobody can
write, and only if nothing was erased since the database was copied: a picture that goes while the
backup runs is not in it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from gatusyn.model import StoreError
from gatusyn.store.backup_manifest import (
    MANIFEST,
    FileEntry,
    Manifest,
    copy_file,
    digest_of,
    parse_manifest,
)
from gatusyn.store.check_store import files_of_rows
from gatusyn.store.media import sync
from gatusyn.store.sqlite_connection import DATABASE, connect
from gatusyn.store.sqlite_dialect import erasures_of_all
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.sqlite_schema import schema_of

SETTINGS = "gatusyn.toml"
UNFINISHED = f"{MANIFEST}.part"
TRIES = 20
"""People who erase pictures faster than a database can be copied are not expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSummary:
    """What was backed up.

    Parameters
    ----------
    linked
        Of the pictures, how many share their bytes with the earlier backup.
    size
        Bytes, those shared included.
    """

    path: Path
    pictures: int
    linked: int
    size: int
    tries: int


def write_backup(
    city: Path,
    target: Path,
    *,
    earlier: Path | None = None,
    step: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> BackupSummary:
    """Back up a city folder to a new folder; readers and writers of the city go on meanwhile.

    Parameters
    ----------
    earlier
        A backup on the same disk: pictures that have not changed since are hard links to its
        files, after these were checked, and take no room.
    step
        Told how far it has come.

    Raises
    ------
    StorageFullError
        If the disk is full; no backup is there then.
    StoreError
        If the target exists, the city cannot be read, or another backup to the target is running.
    """
    if target.exists():
        raise StoreError(target, "is there already", "Give every backup a folder of its own.")
    if not (city / DATABASE).is_file() or not (city / SETTINGS).is_file():
        raise StoreError(city, "is not a city folder (it lacks its database or its settings)")
    before = read_manifest(earlier) if earlier is not None else None
    part = target.with_name(f"{target.name}.part")
    with in_plain_words(target, subject="the backup"), building(part):
        work = _Backup(city=city, part=part, earlier=earlier, before=before, step=step)
        return work.write(target)


def read_manifest(backup: Path) -> Manifest:
    """Read a backup's manifest.

    Raises
    ------
    StoreError
        If the folder is no backup, or only a part of one.
    """
    try:
        text = (backup / MANIFEST).read_text("utf-8")
    except (OSError, ValueError) as error:
        problem = "is not a whole backup (it has no manifest)"
        raise StoreError(backup, problem, "Choose another backup.") from error
    return parse_manifest(text, backup / MANIFEST)


@contextmanager
def building(part: Path) -> Iterator[None]:
    """Hold a folder that is being built; what a killed program left in it is removed.

    Raises
    ------
    StoreError
        If another program is building it.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    lock = apsw.Connection(str(part.with_name(f"{part.name}.lock")))
    try:
        lock.execute("PRAGMA journal_mode = MEMORY")
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError as error:
            raise StoreError(
                part, "is being written by another program", "Wait until it has ended."
            ) from error
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            yield
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    finally:
        lock.close()
        part.with_name(f"{part.name}.lock").unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Erasures:
    """What has been taken away in a city; a backup made before may not stand."""

    files: frozenset[str]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, connection: apsw.Connection) -> _Erasures:
        return cls(files=files_of_rows(connection), counts=erasures_of_all(connection))

    def happened_since(self, then: _Erasures) -> bool:
        return self.counts != then.counts or not then.files <= self.files


@dataclass(slots=True, kw_only=True)
class _Backup:
    city: Path
    part: Path
    earlier: Path | None
    before: Manifest | None
    step: Callable[[str, int, int], None]

    def write(self, target: Path) -> BackupSummary:
        """Copy until nothing was erased meanwhile, then give the backup its name."""
        live = connect(self.city / DATABASE, create=False)
        try:
            copied: dict[str, FileEntry] = {}
            linked: set[str] = set()
            for tries in range(1, TRIES + 1):
                made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                schema, then = self._copy_database(live)
                if not self._copy_pictures(then.files, copied, linked):
                    continue
                files = copied | self._copy_settings()
                files[DATABASE] = digest_of(self.part / DATABASE)
                manifest = Manifest(made=made, schema=schema, files=files)
                (self.part / UNFINISHED).write_text(manifest.to_json(), "utf-8")
                _sync_all(self.part)
                if self._published(live, then, target):
                    return BackupSummary(
                        path=target,
                        pictures=len(copied),
                        linked=len(linked),
                        size=sum(own.size for own in files.values()),
                        tries=tries,
                    )
                (self.part / UNFINISHED).unlink()
        finally:
            live.close()
        problem = f"pictures were erased all the while, {TRIES} times over; there is no backup"
        raise StoreError(self.city, problem, "Try again when that has ended.")

    def _copy_database(self, live: apsw.Connection) -> tuple[int, _Erasures]:
        """Copy the database as it is at one moment; return its schema and what it knows."""
        copy = self.part / DATABASE
        copy.unlink(missing_ok=True)
        self.step("copying the database", 0, 0)
        connection = apsw.Connection(str(copy))
        try:
            with connection.backup("main", live, "main") as backup:
                # In one step: in several, it would begin anew with every write of another program.
                backup.step(-1)
            # One file by itself: a log beside it could be left behind or belong to another.
            connection.execute("PRAGMA journal_mode = DELETE")
            return schema_of(connection, self.city), _Erasures.of(connection)
        finally:
            connection.close()

    def _copy_pictures(
        self, files: frozenset[str], copied: dict[str, FileEntry], linked: set[str]
    ) -> bool:
        """Have exactly these pictures in the backup; False if one has gone meanwhile."""
        for name in set(copied) - files:
            (self.part / name).unlink()
            del copied[name]
            linked.discard(name)
        lacking = sorted(files - set(copied))
        for number, name in enumerate(lacking):
            if number % 100 == 0:
                self.step("copying pictures", number, len(lacking))
            entry = self._link(name)
            if entry is not None:
                linked.add(name)
            else:
                try:
                    entry = copy_file(self.city / name, self.part / name)
                except FileNotFoundError:
                    return self._is_lost(name)
            copied[name] = entry
        return True

    def _is_lost(self, name: str) -> bool:
        """Say False if a picture that has no file has gone from the database too."""
        live = connect(self.city / DATABASE, create=False)
        try:
            known = files_of_rows(live)
        finally:
            live.close()
        if name in known and not (self.city / name).is_file():
            problem = f"{name} is missing although the database knows it"
            raise StoreError(self.city, problem, "See `gatusyn verify`.")
        return False

    def _link(self, name: str) -> FileEntry | None:
        """Link a picture to the earlier backup's; None if that has it not, or not any more."""
        if self.before is None or self.earlier is None or name not in self.before.files:
            return None
        source, target = self.earlier / name, self.part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            if digest_of(source) != self.before.files[name]:
                return None
            os.link(source, target)
        except OSError:
            return None
        return self.before.files[name]

    def _copy_settings(self) -> dict[str, FileEntry]:
        target = self.part / SETTINGS
        target.unlink(missing_ok=True)
        return {SETTINGS: copy_file(self.city / SETTINGS, target)}

    def _published(self, live: apsw.Connection, then: _Erasures, target: Path) -> bool:
        """Give the backup its name, unless something was erased since its database was copied."""
        live.execute("BEGIN IMMEDIATE")
        try:
            if _Erasures.of(live).happened_since(then):
                return False
            # From here on it is a whole backup, whatever its folder's name.
            (self.part / UNFINISHED).rename(self.part / MANIFEST)
            sync(self.part)
            self.part.rename(target)
        finally:
            live.execute("ROLLBACK")
        sync(target.parent)
        return True


def _sync_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)
