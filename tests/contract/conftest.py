"""The stores that every contract test is run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.store.made_store import make_network

from gatusyn.model import StoreError
from gatusyn.store import SqlStore, Store, create_store, open_store

Opener = Callable[[str], Store]


@pytest.fixture
def opener(database: str | None, tmp_path: Path) -> Iterator[Opener]:
    """Open the same store for an organisation, as often as wanted."""
    opened: list[SqlStore] = []

    def open_one(organisation: str) -> Store:
        folder = tmp_path / "city"
        try:
            store = open_store(folder, organisation=organisation, postgis=database)
        except StoreError:
            store = create_store(
                folder, organisation=organisation, network=make_network(), postgis=database
            )
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener("town")
