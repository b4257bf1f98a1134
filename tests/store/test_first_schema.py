"""A store of the first schema, with data in it, opens in this version with its facts."""

from __future__ import annotations

from pathlib import Path

import apsw
import psycopg
import pytest
import shapely
from tests.store.made_store import make_footprint, make_network

from gatusyn.store import create_store, postgis_schema, sqlite_schema
from gatusyn.store.postgis_connection import connect
from gatusyn.store.sql_migrations import migrations

NETWORK = make_network()
SHAPE = shapely.to_wkb(make_footprint(5.0), hex=True)
FIRST = f"""
INSERT INTO organisations VALUES (1, 'town');
INSERT INTO run_rows VALUES (1, 1, 'run-1', 'drive-1', 'old', '{NETWORK.version}', 'd 1',
    1000.0, 1010.0, 12.5, 1, 1, 0, 1, '[]');
INSERT INTO frame_rows VALUES (1, 1, 1, 'frame-0', 1000.0, 674000.0, 6580000.0, 90.0, 8.0,
    2.5, 'link-0', 5.0, 'with', '{{"model": "m", "thresholds": [], "regions": [],
    "covered_share": 0.0}}', 64, 48);
INSERT INTO picture_rows VALUES (1, 1, 1, 'frame-0', 'run-1/000000', 1.0);
INSERT INTO observation_rows VALUES (1, 1, 1, 'frame-0/0', 'frame-0', 'pothole',
    X'{SHAPE}', X'', 0.75, 1.5, 'link-0', '1000:0', 'link-0/0', 5.0, 0.3, 'right', 'with',
    0.7, 0.25, 1000.0);
INSERT INTO coverage_rows VALUES (1, 1, 1, 'frame-0', 'link-0', X'{SHAPE}', 1000.0);
INSERT INTO finding_rows VALUES (1, 1, 'finding-1', 'pothole', X'{SHAPE}', 1.5, 0.75, 'link-0',
    '1000:0', 'link-0/0', 5.0, 0.3, 'right', 0.7, 0.25, 1000.0, 1000.0, '[]');
INSERT INTO condition_rows VALUES (1, 1, 'link-0/0', '2026', 2, 80.0, 0.5, 10.0, 1, 0.5, '[]',
    '[]');
INSERT INTO derived_rows VALUES (1, 1, 'old stamp')
"""
BOX = "; INSERT INTO coverage_box VALUES (1, 674000.0, 674100.0, 6579900.0, 6580100.0)"


def make_first(folder: Path, address: str | None) -> None:
    steps = migrations()[:1]
    folder.mkdir()
    if address is None:
        file = apsw.Connection(str(folder / "gatusyn.sqlite"))
        sqlite_schema.migrate(file, folder, steps)
        file.execute(FIRST + BOX)
        file.close()
        return
    with connect(address) as connection:
        postgis_schema.migrate(connection, folder, steps, create=True)
    with psycopg.connect(address, options="-c search_path=gatusyn") as connection:
        connection.execute(FIRST.replace("X'", "'\\x").encode())


@pytest.fixture(params=["sqlite", "postgis"])
def first(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Make a store of the first schema; return the connection string of PostgreSQL, if it is."""
    address: str | None = None
    if request.param == "postgis":
        address = request.getfixturevalue("own_postgis")
    make_first(tmp_path / "city", address)
    return address


def test_a_store_of_the_first_schema_opens_with_its_facts(
    first: str | None, tmp_path: Path
) -> None:
    with create_store(
        tmp_path / "city", organisation="town", network=NETWORK, postgis=first
    ) as store:
        ((run, seen),) = store.observations()
        assert run == "run-1"
        assert (seen.sigma_along_m, seen.sigma_across_m, seen.way_m) == (1.5, 1.5, None)
        assert seen.footprint.equals_exact(make_footprint(5.0), 0.0)
        ((_, looked),) = store.coverage()
        assert (looked.sharpness, looked.light, looked.distance_m) == (None, None, None)
        assert looked.shown is None, "all of it counts, as it did"
        (drive,) = store.drives()
        assert (drive.name, drive.distance_m, drive.rates) == ("old", 12.5, {})
        (picture,) = store.pictures("link-0/0")
        assert (picture.picture_id, picture.version) == ("run-1/000000", 0)
        assert (picture.frame.pose.sigma_across_m, picture.frame.pose.sigma_bearing_deg) == (
            2.5,
            2.0,
        )
        assert store.findings() == (), "what was derived is derived again"
        assert store.conditions() == ()
        assert store.derived_stamp() is None
        assert store.lookup.state().schema == migrations()[-1][0]
