"""A full disk: one clear message, nothing of the drive in the store, and it works again later."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.store.made_store import make_condition, make_facts, make_network, make_public_frame

from gatusyn.model import DriveFacts, StorageFullError, StoreError
from gatusyn.store import SqlStore, create_store, media
from gatusyn.store.sqlite_connection import SqlitePool

FRAMES = 400


def sqlite_pool(store: SqlStore) -> SqlitePool:
    assert isinstance(store._pool, SqlitePool)
    return store._pool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "city"


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    with create_store(folder, organisation="town", network=make_network()) as store:
        yield store


def write(store: SqlStore, facts: DriveFacts) -> None:
    with store.stage(facts.run_id) as stage:
        for number in range(3):
            stage.add(make_public_frame(number))
        store.write_drive(facts)


def fails_at(function: Callable[..., Any], number: int, fault: int) -> Callable[..., Any]:
    """Return a function that raises ``OSError`` at its n-th call, once."""
    calls = 0

    def failing(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            raise OSError(fault, os.strerror(fault), str(args[0]))
        return function(*args)

    return failing


def assert_untouched(store: SqlStore, folder: Path) -> None:
    assert not store.has_run("run-1")
    assert store.drives() == ()
    assert store.observations() == ()
    assert not list(folder.rglob("*.jpg")), "staged pictures are removed"


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(
    ("name", "number"),
    [("write_bytes", 1), ("write_bytes", 3), ("sync", 1), ("sync", 3), ("sync", 5), ("sync", 8)],
)
def test_no_room_for_a_picture(
    store: SqlStore,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    number: int,
    fault: int,
) -> None:
    real = getattr(media, name)
    monkeypatch.setattr(media, name, fails_at(real, number, fault))
    with pytest.raises(StorageFullError) as caught:
        write(store, make_facts())
    message = str(caught.value)
    assert str(folder) in message
    assert "nothing of the drive was written" in message
    assert "MB free" in message
    assert caught.value.exit_code == 7
    assert_untouched(store, folder)
    write(store, make_facts())
    assert len(store.pictures("link-0/0")) == 3, "with room again, the same drive goes in"


@pytest.mark.parametrize("pages", [0, 1, 3, 8, 20])
def test_no_room_for_the_rows(store: SqlStore, folder: Path, pages: int) -> None:
    # The facts need more pages than these beyond what the database has.
    facts = make_facts(frames=FRAMES)
    with sqlite_pool(store).reading() as scoped:
        held = scoped.connection.pragma("page_count")
        assert isinstance(held, int)
    with sqlite_pool(store)._lend() as scoped:
        scoped.connection.execute(f"PRAGMA max_page_count = {held + pages}")
    with pytest.raises(StorageFullError, match="nothing of the drive was written"):
        write(store, facts)
    assert_untouched(store, folder)
    with sqlite_pool(store)._lend() as scoped:
        scoped.connection.execute("PRAGMA max_page_count = 1000000")
    write(store, facts)
    assert store.has_run("run-1")


def test_no_room_for_the_grades_keeps_the_former_ones(store: SqlStore) -> None:
    former = (make_condition("link-0/0"),)
    store.write_derived((), former, stamp="one")
    with sqlite_pool(store)._lend() as scoped:
        scoped.connection.execute("PRAGMA max_page_count = 1")
    many = [make_condition(f"link-0/{number}") for number in range(2000)]
    with pytest.raises(StorageFullError, match="nothing of the findings and grades was written"):
        store.write_derived((), many, stamp="two")
    assert store.conditions() == former
    assert store.derived_stamp() == "one"


def test_another_fault_of_the_disk_is_not_called_full(
    store: SqlStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = fails_at(media.write_bytes, 1, errno.EIO)
    monkeypatch.setattr(media, "write_bytes", failing)
    with pytest.raises(StoreError, match="the disk refused") as caught:
        write(store, make_facts())
    assert not isinstance(caught.value, StorageFullError)
    assert_untouched(store, folder)
