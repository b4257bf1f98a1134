"""Fixtures that every room's tests may use."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from hypothesis import settings
from tests.made_cluster import Cluster, LackingError
from tests.made_town import beginning, filmed_town

from gatusyn.simulate import TownFiles
from gatusyn.store import sqlite_connection

# Machines that run other work too are slow at times: a slow example is not a failed one. The same
# code gives the same examples; `pytest --hypothesis-profile=wander` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("wander", deadline=None, max_examples=1000)
settings.load_profile("steady")

NUMBERS = count()
SHIPPED_PRAGMAS = sqlite_connection.PRAGMAS
ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_finish() -> None:
    """Have the collector of garbage look at what tests make, not at all that was imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _unsynced() -> Iterator[None]:
    """Let no store of a test's own process wait for the disk: what the system took is safe enough.

    Processes that are killed are others, and wait as they do at a user's.
    """
    with pytest.MonkeyPatch.context() as patch:
        hurried = [
            own.replace("synchronous = FULL", "synchronous = OFF") for own in SHIPPED_PRAGMAS
        ]
        patch.setattr(sqlite_connection, "PRAGMAS", tuple(hurried))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data, or skip where it is absent (as in a user's clone)."""
    folder = Path(os.environ.get("GATUSYN_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        if os.environ.get("GATUSYN_REQUIRE_SHARED"):
            pytest.fail(f"{folder} must be there in this run")
        pytest.skip("the folder of real data is not here; set GATUSYN_SHARED to it")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL server with a database ``bare`` that has PostGIS and nothing else."""
    try:
        server = Cluster()
    except LackingError as error:
        _lacking(str(error))
    try:
        try:
            server.execute("postgres", "CREATE DATABASE bare")
            server.execute("bare", "CREATE EXTENSION postgis")
        except psycopg.Error as error:
            _lacking(f"PostgreSQL has no PostGIS ({error})")
        yield server
    finally:
        server.stop()


def _lacking(what: str) -> NoReturn:
    if os.environ.get("GATUSYN_REQUIRE_POSTGIS"):
        pytest.fail(f"{what}: it must be there in this run")
    pytest.skip(what)


@pytest.fixture(scope="session")
def _lent(cluster: Cluster) -> str:
    """Return a database with PostGIS that is emptied after each test."""
    return cluster.copy("lent", "bare")


@pytest.fixture
def postgis(cluster: Cluster, _lent: str) -> Iterator[str]:
    """Return the connection string of an empty database with PostGIS."""
    yield _lent
    # All tables but the schema's own number refer to this one.
    if "organisations" in cluster.tables("lent"):
        cluster.execute("lent", "SET lock_timeout = '20s'; TRUNCATE gatusyn.organisations CASCADE")


@pytest.fixture(params=["sqlite", "postgis"])
def database(request: pytest.FixtureRequest) -> str | None:
    """Return the connection string of PostgreSQL, or None for SQLite in the folder."""
    if request.param == "sqlite":
        return None
    address: str = request.getfixturevalue("postgis")
    return address


@pytest.fixture
def own_postgis(cluster: Cluster) -> Iterator[str]:
    """Return the connection string of a database with PostGIS for a test to break."""
    name = f"own_{next(NUMBERS)}"
    yield cluster.copy(name, "bare")
    cluster.drop(name)


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> TownFiles:
    """Return the files of a made-up town of one block with one drive, filmed once."""
    folder = tmp_path_factory.mktemp("small_town") / "town"
    shutil.copytree(filmed_town(), folder)
    videos = sorted((folder / "drives").glob("*.mp4"))
    return TownFiles(
        network=folder / "network.gpkg",
        drives=tuple((video, video.with_suffix(".gpx")) for video in videos),
        truth=folder / "truth.geojson",
        camera=folder / "camera.toml",
    )


@pytest.fixture(scope="session")
def short_drive(small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the video of the first seconds of the small town's drive, with its track beside it."""
    return beginning(small_town, tmp_path_factory.mktemp("short") / "drive")
