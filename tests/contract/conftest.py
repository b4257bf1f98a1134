"""The stores that every contract test is run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.store.made_store import make_network

from gatusyn.model import StoreError
from gatusyn.store import SqlStore, Store, create_store, open_store

Opener = Callable[[str], Store]


@pytest.fixture(params=["sqlite"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Open the same store for an organisation, as often as wanted."""
    opened: list[SqlStore] = []

    def open_sqlite(organisation: str) -> Store:
        try:
            store = open_store(tmp_path / "city", organisation=organisation)
        except StoreError:
            store = create_store(
                tmp_path / "city", organisation=organisation, network=make_network()
            )
        opened.append(store)
        return store

    yield {"sqlite": open_sqlite}[request.param]
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener("town")
