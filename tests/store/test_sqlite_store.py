"""What is SQLite's own: opening, schema, locks, settings."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from tests.conftest import SHIPPED_PRAGMAS
from tests.store.made_store import (
    START_S,
    make_condition,
    make_facts,
    make_finding,
    make_network,
    make_public_frame,
)

import gatusyn.store
from gatusyn.model import StoreError
from gatusyn.store import create_store, open_store, sqlite_connection
from gatusyn.store.sql_derived import select_findings
from gatusyn.store.sql_migrations import migrations
from gatusyn.store.sql_scope import TABLES
from gatusyn.store.sqlite_connection import SqlitePool, require_library
from gatusyn.store.sqlite_schema import APPLICATION_ID, migrate

NETWORK = make_network()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_store(tmp_path / "city", organisation="town", network=NETWORK).close()
    return tmp_path / "city"


def pragma(folder: Path, text: str) -> object:
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    try:
        return connection.execute(f"PRAGMA {text}").get
    finally:
        connection.close()


def test_an_old_library_is_refused() -> None:
    with pytest.raises(StoreError, match=r"SQLite 3\.51\.2: is too old") as caught:
        require_library("3.51.2")
    assert "apsw" in caught.value.remedy
    require_library("3.51.3")
    require_library("3.100.0")
    require_library(apsw.sqlite_lib_version())


def test_every_connection_is_set_up_to_lose_nothing_and_to_leave_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connection, "PRAGMAS", SHIPPED_PRAGMAS)
    pool = SqlitePool(folder, 1)
    with pool.reading() as scoped:
        for name, value in {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
            "trusted_schema": 0,
        }.items():
            assert scoped.connection.pragma(name) == value, name
    pool.close()


def test_a_folder_without_a_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a city folder") as caught:
        open_store(tmp_path, organisation="town")
    assert caught.value.source == str(tmp_path)
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_another_organisation_is_refused(folder: Path) -> None:
    with pytest.raises(StoreError, match="no organisation named 'other'"):
        open_store(folder, organisation="other")


def test_a_town_is_not_written_over(folder: Path) -> None:
    with pytest.raises(StoreError, match="holds a town already"):
        create_store(folder, organisation="town", network=make_network(links=1))
    with open_store(folder, organisation="town") as store:
        assert store.read_network() == NETWORK


def test_an_interrupted_creation_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("gatusyn.store.sql_network.insert_network", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            create_store(tmp_path / "city", organisation="town", network=NETWORK)
    with (
        open_store(tmp_path / "city", organisation="town") as store,
        pytest.raises(StoreError, match="has no road network yet"),
    ):
        store.read_network()
    with create_store(tmp_path / "city", organisation="town", network=NETWORK) as store:
        assert store.read_network() == NETWORK


@pytest.mark.parametrize("content", [b"this is a letter, not a database" * 40, b"\x00" * 5000])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gatusyn.sqlite").write_bytes(content)
    with pytest.raises(StoreError, match="is damaged, or is not a database"):
        open_store(tmp_path, organisation="town")


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "gatusyn.sqlite"))
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StoreError, match="made by another program"):
        open_store(tmp_path, organisation="town")
    assert pragma(tmp_path, "user_version") == 0


def test_a_newer_schema_is_refused_and_not_changed(folder: Path) -> None:
    newest = migrations()[-1][0]
    pragma(folder, f"user_version = {newest + 1}")
    with pytest.raises(StoreError, match="was made by a newer Gatusyn") as caught:
        open_store(folder, organisation="town")
    assert "Update Gatusyn" in caught.value.remedy
    assert pragma(folder, "user_version") == newest + 1


def test_migrations_are_numbered_in_the_order_of_their_making() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))


def test_a_migration_is_applied_whole_or_not_at_all(folder: Path) -> None:
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    steps = (*migrations(), (99, "CREATE TABLE half (x); INSERT INTO missing VALUES (1);"))
    with pytest.raises(apsw.SQLError, match="missing"):
        migrate(connection, folder, steps)
    assert connection.pragma("user_version") == migrations()[-1][0]
    assert not connection.table_exists("main", "half")
    migrate(connection, folder, (*migrations(), (99, "CREATE TABLE whole (x);")))
    assert connection.pragma("user_version") == 99
    assert connection.pragma("application_id") == APPLICATION_ID
    connection.close()


LATER = (
    *("sent_file", "sent_drive", "login", "token", "audit", "account", "webhook"),
    *("news", "news_gone"),
)
NO_CHANGES = "DROP TABLE changed_rows; DROP INDEX finding_by_life; DROP INDEX finding_by_severity;"
NO_NEWS = NO_CHANGES + "".join(f"DROP TABLE {name}_rows;" for name in LATER)
NO_PROGRAMMES = NO_NEWS + "DROP TABLE programme_rows; DROP TABLE done_rows;"
NOT_MEASURED = (
    NO_PROGRAMMES
    + """
ALTER TABLE coverage_rows DROP COLUMN sharpness; ALTER TABLE coverage_rows DROP COLUMN light;
ALTER TABLE coverage_rows DROP COLUMN distance_m; ALTER TABLE coverage_rows DROP COLUMN shown;
ALTER TABLE condition_rows DROP COLUMN seen_well_share;
ALTER TABLE condition_rows DROP COLUMN last_look_s; PRAGMA user_version = 11;
"""
)
NO_LIVES = (
    NOT_MEASURED
    + "".join(
        f"DROP TABLE {table};"
        for table in (
            *(
                "record_rows",
                "track_rows",
                "work_rows",
                "tile_rows",
                "verdict_rows",
                "identity_rows",
            ),
            "identity_box",
        )
    )
    + "DROP INDEX finding_by_tile;"
    + "".join(
        f"ALTER TABLE {table}_rows DROP COLUMN {column};"
        for table, columns in (
            (
                "finding",
                (
                    *("sightings", "looks", "drives", "growth", "growth_m2_year", "gone_s"),
                    *("growth_sigma_m2_year", "is_confirmed", "repaired_s", "said", "own_reason"),
                    "tile",
                ),
            ),
            ("derived", ("basis", "runs", "verdicts")),
        )
        for column in columns
    )
)
ONE_METHOD = (
    NO_LIVES
    + "".join(
        f"ALTER TABLE condition_rows DROP COLUMN {name};"
        for name in (
            "method",
            "index_name",
            "index_low",
            "index_high",
            "handbook_index",
            "handbook_grade",
            "deduct_index",
        )
    )
    + "PRAGMA user_version = 8;"
)
NOT_WHOLE = (
    ONE_METHOD
    + """
DROP TABLE regulation_rows;
ALTER TABLE link_rows DROP COLUMN path_type; ALTER TABLE link_rows DROP COLUMN structure;
ALTER TABLE link_rows DROP COLUMN is_roundabout; ALTER TABLE link_rows DROP COLUMN is_built_up;
ALTER TABLE link_rows DROP COLUMN aadt; ALTER TABLE section_rows DROP COLUMN is_junction;
ALTER TABLE section_rows DROP COLUMN is_counted;
"""
)
ONE_SIGMA = (
    NOT_WHOLE
    + "".join(
        f"ALTER TABLE {table}_rows DROP COLUMN sigma_across_m;"
        f"ALTER TABLE {table}_rows RENAME COLUMN sigma_along_m TO sigma_m;"
        for table in ("frame", "observation", "finding")
    )
    + "ALTER TABLE frame_rows DROP COLUMN sigma_bearing_deg; PRAGMA user_version = 6;"
)
NO_PLACES = ONE_SIGMA + "DROP TABLE place_rows; DROP TABLE carried_rows; PRAGMA user_version = 5;"
NO_COARSE = f"""
{NO_PLACES}
ALTER TABLE run_rows DROP COLUMN coarse_s; ALTER TABLE run_rows DROP COLUMN coarse_by;
ALTER TABLE observation_rows DROP COLUMN way_m; PRAGMA user_version = 4
"""


def test_a_store_of_before_drives_could_be_made_coarse_opens_as_it_was(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        store.write_drive(make_facts())
        seen = tuple(
            (run, replace(one, sigma_across_m=one.sigma_along_m))
            for run, one in store.observations()
        )
        before = (store.drives(), seen, store.facts_stamp())
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    connection.execute(NO_COARSE)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("INSERT INTO organisations (name) VALUES ('of gudrun karlsson')")
    connection.execute("DELETE FROM organisations WHERE name = 'of gudrun karlsson'")
    connection.close()
    assert b"gudrun" in (folder / "gatusyn.sqlite").read_bytes(), "old versions left it there"
    with open_store(folder, organisation="town") as store:
        assert (store.drives(), store.observations(), store.facts_stamp()) == before
        assert not any(b"gudrun" in file.read_bytes() for file in folder.iterdir())
        (trace,) = store.traces(now_s=START_S)
        assert trace.is_fine
        assert store.make_coarse("drive-1", gap_s=20.0, reason="old", by="bo", now_s=START_S)
    assert pragma(folder, "user_version") == migrations()[-1][0]


def test_a_store_of_before_looks_were_measured_opens_with_looks_that_were_not(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        store.write_drive(make_facts())
        (run, measured), *_ = store.coverage()
        assert measured.sharpness is not None
        graded = make_condition("link-0/0", seen_well_share=0.5, last_look_s=START_S)
        store.write_derived((), (graded,), stamp="old")
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    connection.execute(NOT_MEASURED)
    connection.close()
    with open_store(folder, organisation="town") as store:
        bare = replace(measured, sharpness=None, light=None, distance_m=None)
        assert store.coverage()[0] == (run, bare)
        (condition,) = store.conditions(period=None)
        assert (condition.seen_well_share, condition.last_look_s) == (0.0, None)


def test_a_store_with_one_method_keeps_its_facts_and_is_derived_again(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        store.write_drive(make_facts())
        store.write_derived((make_finding(0),), (make_condition("link-0/0"),), stamp="one")
        before = store.observations()
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    connection.execute("UPDATE condition_rows SET extents = '[[\"pothole\", 2, 1.4, 0.5, 0.004]]'")
    connection.execute(ONE_METHOD)
    connection.close()
    with open_store(folder, organisation="town") as store:
        assert store.observations() == before
        assert [one.finding_id for one in store.findings()] == ["finding-0-0"]
        assert store.conditions() == (), "what lacks the other method's value is not shown"
        assert store.derived_stamp() is None, "and is derived again by whoever asks for it"
        store.write_derived((), (make_condition("link-0/0"),), stamp="two")
        assert store.conditions() == (make_condition("link-0/0"),)


def test_a_store_with_one_sigma_for_a_place_opens_with_it_both_ways(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        store.write_drive(make_facts())
        (_, first), *_ = store.observations()
        assert first.sigma_along_m != first.sigma_across_m
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    connection.execute(ONE_SIGMA)
    connection.close()
    with open_store(folder, organisation="town") as store:
        (_, again), *_ = store.observations()
        assert again == replace(first, sigma_across_m=first.sigma_along_m)


def test_a_store_of_before_pictures_could_be_marked_opens_with_its_pictures(
    folder: Path,
) -> None:
    with open_store(folder, organisation="town") as store:
        with store.stage("run-1") as stage:
            stage.add(make_public_frame(0))
            store.write_drive(make_facts())
        before = store.pictures("link-0/0")
    connection = apsw.Connection(str(folder / "gatusyn.sqlite"))
    connection.execute(NO_COARSE)
    for table in ("mark", "removal", "hold", "doomed"):
        connection.execute(f"DROP TABLE {table}_rows")
    connection.execute("ALTER TABLE picture_rows DROP COLUMN version; PRAGMA user_version = 3")
    connection.close()
    with open_store(folder, organisation="town") as store:
        after = store.pictures("link-0/0")
        assert [(one.picture_id, one.frame.redaction, one.version) for one in after] == [
            (one.picture_id, one.frame.redaction, one.version) for one in before
        ]
        assert store.picture_path(before[0].picture_id) is not None
        assert not store.ledger.marks()
        assert not store.ledger.removals()
        assert not store.ledger.holds()
    assert pragma(folder, "user_version") == migrations()[-1][0]


def test_only_one_inspect_at_a_time(folder: Path) -> None:
    with (
        open_store(folder, organisation="town") as first,
        open_store(folder, organisation="town") as second,
    ):
        with first.stage("run-1") as stage:
            stage.add(make_public_frame(0))
            with pytest.raises(StoreError, match="another inspect is running"):
                second.write_drive(make_facts())
            assert second.drives() == (), "reading goes on"
            first.write_drive(make_facts())
        second.write_drive(make_facts(drive="drive-2", run="run-2"))
        assert len(first.drives()) == 2


def test_another_process_is_kept_out_and_its_death_lets_in(folder: Path) -> None:
    script = (
        "import sys, pathlib; from gatusyn.store import open_store\n"
        "store = open_store(pathlib.Path(sys.argv[1]), organisation='town')\n"
        "with store.inspecting(): print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with open_store(folder, organisation="town") as store:
            with pytest.raises(StoreError, match="another inspect is running"):
                store.write_drive(make_facts())
            holder.kill()
            holder.wait()
            store.write_drive(make_facts())
            assert store.has_run("run-1")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
        holder.stdin.close()


def test_one_store_may_stage_several_drives_at_once(folder: Path) -> None:
    with open_store(folder, organisation="town") as store, store.inspecting():
        with store.stage("run-1") as one, store.stage("run-2") as two:
            one.add(make_public_frame(0))
            two.add(make_public_frame(0))
            with pytest.raises(StoreError, match="being written already"), store.stage("run-1"):
                pass
            store.write_drive(make_facts())
            store.write_drive(make_facts(drive="drive-2", run="run-2"))
        assert len(store.pictures("link-0/0")) == 2


@pytest.mark.parametrize("run_id", ["../run", "", ".staging", "a/b", "x" * 200, "run\x00"])
def test_a_run_s_id_cannot_lead_out_of_the_folder(folder: Path, run_id: str) -> None:
    with (
        open_store(folder, organisation="town") as store,
        pytest.raises(StoreError, match="cannot name a run"),
        store.stage(run_id),
    ):
        pass


def test_a_store_of_a_process_is_not_used_in_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(folder, organisation="town") as store:
        monkeypatch.setattr("os.getpid", lambda: -1)
        with pytest.raises(StoreError, match="another process"):
            store.drives()


def test_threads_each_get_a_connection_and_give_it_back(folder: Path) -> None:
    pool = SqlitePool(folder, 1)
    barrier = threading.Barrier(3)
    seen: set[int] = set()

    def use() -> None:
        with pool.reading() as scoped:
            seen.add(id(scoped))
            barrier.wait(timeout=20)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 3
    with pool.reading() as scoped:
        assert id(scoped) in seen
    pool.close()


def test_only_one_file_names_the_tables_of_all_organisations() -> None:
    """The scope is added in one place: elsewhere a query that names a table is a leak."""
    room = Path(gatusyn.store.__file__).parent
    naming = {
        path.name
        for path in room.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any(f"{table}_rows" in node.value for table in TABLES) or node.value == "_rows"
    }
    assert naming == {"sql_scope.py"}


def test_a_section_s_findings_are_looked_up_not_searched_for(folder: Path) -> None:
    """In a town of half a million findings it makes a section's card hundreds of times slower."""
    pool = SqlitePool(folder, 1)
    with pool.reading() as scoped:
        asked: list[str] = []
        run = scoped.rows
        scoped.rows = lambda query, bindings=None: asked.append(query) or run(query, bindings)  # type: ignore[method-assign,func-returns-value]
        select_findings(scoped, box=None, section_id="link-0/0")
        plan = list(run(f"EXPLAIN QUERY PLAN {asked[0]}", {"section_id": "link-0/0"}))
    pool.close()
    assert any("finding_by_section" in row[3] for row in plan), plan


def test_a_query_of_a_table_instead_of_a_view_is_refused(folder: Path) -> None:
    pool = SqlitePool(folder, 1)
    with pool.reading() as scoped, pytest.raises(AssertionError, match="view"):
        scoped.rows("SELECT * FROM run_rows")
    pool.close()


def test_every_table_of_rows_has_its_organisation_and_its_view(folder: Path) -> None:
    pool = SqlitePool(folder, 1)
    with pool.reading() as scoped:
        tables = scoped.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_r%' ESCAPE '\\'"
            " AND name NOT LIKE '%\\_box\\_%' ESCAPE '\\'"
        )
        names = {row[0] for row in tables}
        assert names
        for name in names:
            columns = {row[1] for row in scoped.connection.execute(f"PRAGMA table_info({name})")}
            assert "organisation" in columns, name
        views = {row[0] for row in scoped.rows("SELECT name FROM temp.sqlite_schema")}
        assert {name.removesuffix("_rows") for name in names} <= views
    pool.close()
