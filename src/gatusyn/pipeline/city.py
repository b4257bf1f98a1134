"""A city folder: settings, store and media."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gatusyn.model import CitySettings, StoreError
from gatusyn.network import read_network
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.read_settings import read_settings
from gatusyn.pipeline.write_settings import write_settings
from gatusyn.store import (
    Store,
    StoreCheck,
    check_postgis,
    check_store,
    create_store,
    open_store,
)

SETTINGS_FILE = "gatusyn.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """An opened city folder."""

    folder: Path
    settings: CitySettings
    store: Store


def create_city(
    folder: Path,
    *,
    network: Path,
    mapping: Path | None = None,
    layer: str | None = None,
    day: date | None = None,
    settings: CitySettings | None = None,
    postgis: str | None = None,
    progress: Progress | None = None,
) -> City:
    """Make a city folder from a road network.

    The network is read and checked before anything is written; a city that is there already is
    left as it is.

    Parameters
    ----------
    mapping
        TOML file that says which columns of a line layer hold what.
    layer
        The layer to read where the file has several.
    day
        Of NVDB the rows are read that hold on it; by default on the day of the delivery.
    settings
        By default a new town named after the folder.
    postgis
        The PostgreSQL database that is to have the rows; by default as the settings say.

    Raises
    ------
    StoreError
        If the folder already is a city or cannot be written.
    NetworkError
        If the network cannot be used.
    """
    folder = folder.absolute()
    if (folder / SETTINGS_FILE).exists():
        raise StoreError(
            folder, "already is a city", "Choose another folder, or remove this one first."
        )
    chosen = settings or replace(CitySettings(), name=folder.name or "Town")
    if postgis is not None:
        chosen = replace(chosen, store=replace(chosen.store, postgis=postgis))
    steps = progress or SilentProgress()
    steps.step("reading the network", 0, 0)
    delivered = read_network(network, params=chosen.network, mapping=mapping, layer=layer, day=day)
    steps.step("storing the network", 0, 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        store = create_store(
            folder,
            organisation=chosen.organisation,
            network=delivered,
            postgis=chosen.store.postgis,
        )
        # The settings come last: with them the folder is a city.
        write_settings(folder / SETTINGS_FILE, chosen)
    except OSError as error:
        raise StoreError(folder, f"cannot be written ({error.strerror})") from error
    return City(folder=folder, settings=chosen, store=store)


def require_embedded(folder: Path) -> None:
    """Refuse a city whose rows are not in its folder: who copies the folder copies half of it.

    Raises
    ------
    SettingsError
        If the folder's settings are wrong.
    StoreError
        If the rows are in PostgreSQL.
    """
    if not (folder / SETTINGS_FILE).is_file():
        return
    if read_settings(folder / SETTINGS_FILE).store.postgis is not None:
        raise StoreError(
            folder,
            "has its rows in PostgreSQL, which this command does not copy",
            "Copy them with `pg_dump`, and the folder beside them: see docs/guides/it.md.",
        )


def check_city(folder: Path) -> StoreCheck:
    """Check whether a city's rows and pictures are whole.

    Raises
    ------
    SettingsError
        If the folder's settings are wrong.
    StoreError
        If there is no database that can be read.
    """
    if (folder / SETTINGS_FILE).is_file():
        settings = read_settings(folder / SETTINGS_FILE)
        if settings.store.postgis is not None:
            return check_postgis(
                folder, organisation=settings.organisation, postgis=settings.store.postgis
            )
    return check_store(folder)


def open_city(folder: Path) -> City:
    """Open a city folder.

    Raises
    ------
    SettingsError
        If the folder has no settings, or they are wrong.
    StoreError
        If the store cannot be opened.
    """
    settings = read_settings(folder / SETTINGS_FILE)
    store = open_store(folder, organisation=settings.organisation, postgis=settings.store.postgis)
    return City(folder=folder.absolute(), settings=settings, store=store)


@contextmanager
def opened_city(folder: Path) -> Iterator[City]:
    """Open a city folder, as ``open_city`` does, while the block runs."""
    city = open_city(folder)
    try:
        yield city
    finally:
        city.store.close()
