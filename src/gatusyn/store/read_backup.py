"""Checking a backup, and making a city of it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gatusyn.model import StoreError
from gatusyn.store.backup_manifest import Manifest, copy_file, digest_of
from gatusyn.store.check_store import StoreCheck, check_store
from gatusyn.store.media import sync
from gatusyn.store.sql_migrations import migrations
from gatusyn.store.sqlite_connection import DATABASE
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.write_backup import SETTINGS, building, read_manifest

LOGS = ("-wal", "-shm", "-journal")


def check_backup(
    backup: Path, *, step: Callable[[str, int, int], None] = lambda what, done, total: None
) -> tuple[str, ...]:
    """Check every file of a backup against its hash; return what is wrong, in words.

    Raises
    ------
    StoreError
        If the folder is no whole backup.
    """
    manifest = _usable(backup)
    faults = []
    with in_plain_words(backup, subject="the backup"):
        for number, (name, entry) in enumerate(sorted(manifest.files.items())):
            step("checking files", number, len(manifest.files))
            path = backup / name
            if not path.is_file():
                faults.append(f"{name} is missing")
            elif digest_of(path) != entry:
                faults.append(f"{name} is not what was backed up")
    return tuple(faults)


def restore_backup(
    backup: Path,
    city: Path,
    *,
    step: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> StoreCheck:
    """Make a city folder of a backup; all of it is checked before the folder gets its name.

    Raises
    ------
    StorageFullError
        If the disk is full; there is no city then.
    StoreError
        If the city's folder exists, the backup is not whole, is a newer Gatusyn's, has a log
        beside its database, or a file of it is not what was backed up.
    """
    if city.exists():
        raise StoreError(city, "is there already", "Restore to a folder that does not exist.")
    manifest = _usable(backup)
    part = city.with_name(f"{city.name}.part")
    with in_plain_words(city, subject="the city"), building(part):
        for number, (name, entry) in enumerate(sorted(manifest.files.items())):
            step("copying files", number, len(manifest.files))
            if not (backup / name).is_file():
                raise _spoilt(backup, f"{name} is missing")
            if copy_file(backup / name, part / name) != entry:
                raise _spoilt(backup, f"{name} is not what was backed up")
        step("checking the database", 0, 0)
        checked = check_store(part)
        if checked.faults:
            raise _spoilt(backup, checked.faults[0])
        for path in sorted(part.rglob("*")):
            sync(path)
        sync(part)
        part.rename(city)
        sync(city.parent)
    return checked


def _usable(backup: Path) -> Manifest:
    manifest = read_manifest(backup)
    newest = migrations()[-1][0]
    if manifest.schema > newest:
        raise StoreError(
            backup,
            f"was made by a newer Gatusyn (schema {manifest.schema}, this one knows {newest})",
            "Update Gatusyn, then restore.",
        )
    for ending in LOGS:
        if (backup / f"{DATABASE}{ending}").exists():
            problem = f"has {DATABASE}{ending} beside its database, which no backup has"
            remedy = "Somebody worked in the backup: choose another, or remove that file."
            raise StoreError(backup, problem, remedy)
    if not {DATABASE, SETTINGS} <= set(manifest.files):
        raise StoreError(backup, "lacks the database or the settings", "Choose another backup.")
    return manifest


def _spoilt(backup: Path, what: str) -> StoreError:
    return StoreError(backup, f"is spoilt: {what}", "Choose another backup; no city was made.")
