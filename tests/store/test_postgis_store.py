"""What is PostgreSQL's own: the schema, locks, faults, and what stays of old values."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import apsw
import psycopg
import pytest
from psycopg import errors
from tests.made_cluster import Cluster
from tests.store.made_store import (
    START_S,
    make_facts,
    make_network,
    make_public_frame,
)

from gatusyn.model import CarriedFacts, StorageFullError, StoreError
from gatusyn.store import SqlStore, create_store, open_store, postgis_dialect
from gatusyn.store.postgis_connection import PostgisPool, connect
from gatusyn.store.postgis_errors import in_plain_words
from gatusyn.store.postgis_schema import migrate, translated
from gatusyn.store.sql_migrations import migrations
from gatusyn.store.sql_scope import TABLES

NETWORK = make_network()
NOTHING_CARRIED = CarriedFacts(run_ids=(), places=())
TYPES = {
    "INTEGER": "bigint",
    "REAL": "double precision",
    "TEXT": "text",
    "BLOB": "bytea",
}


def make(tmp_path: Path, address: str, organisation: str = "town") -> SqlStore:
    return create_store(
        tmp_path / "city", organisation=organisation, network=NETWORK, postgis=address
    )


def reopen(tmp_path: Path, address: str) -> SqlStore:
    return open_store(tmp_path / "city", organisation="town", postgis=address)


def execute(address: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements; return the rows of the last one."""
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_both_databases_have_the_same_schema(tmp_path: Path, postgis: str) -> None:
    make(tmp_path, postgis).close()
    create_store(tmp_path / "file", organisation="town", network=NETWORK).close()
    sqlite = apsw.Connection(str(tmp_path / "file" / "gatusyn.sqlite"))
    for table in (*(f"{name}_rows" for name in TABLES), "organisations"):
        own = {
            name: (TYPES[kind], not (is_needed or is_key))
            for _, name, kind, is_needed, _, is_key in sqlite.execute(f"PRAGMA table_info({table})")
        }
        query = (
            "SELECT column_name, data_type, is_nullable = 'YES' FROM information_schema.columns "
            f"WHERE table_schema = 'gatusyn' AND table_name = '{table}'"
        )
        theirs = {name: (kind, may_lack) for name, kind, may_lack in execute(postgis, query)}
        assert theirs == own, table
        indexes = f"SELECT count(*) FROM pg_indexes WHERE tablename = '{table}'"
        boxed = table.removesuffix("_rows") + "_box"
        boxes = sqlite.execute("SELECT count(*) FROM sqlite_schema WHERE name = ?", (boxed,)).get
        # SQLite has no index of its numbers; its boxes are tables.
        (count,) = execute(postgis, indexes)[0]
        assert count == 1 + boxes + len(list(sqlite.execute(f"PRAGMA index_list({table})"))), table
    sqlite.close()


def test_no_step_has_words_that_only_sqlite_knows() -> None:
    for number, sql in migrations():
        own = re.findall(r"\b(PRAGMA|VIRTUAL|STRICT|AUTOINCREMENT|rtree|INTEGER|REAL|BLOB)\b", sql)
        left = re.findall(
            r"\b(PRAGMA|VIRTUAL|STRICT|AUTOINCREMENT|rtree|INTEGER|REAL|BLOB)\b", translated(sql)
        )
        assert not left, f"migration {number}: {own}"


def test_every_table_of_rows_has_its_organisation_and_its_view(
    tmp_path: Path, postgis: str
) -> None:
    make(tmp_path, postgis).close()
    pool = PostgisPool(tmp_path, postgis, 1)
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'gatusyn'"
    tables = {str(row[0]) for row in execute(postgis, query)}
    assert {name for name in tables if name.endswith("_rows")} == {f"{one}_rows" for one in TABLES}
    with pool.reading() as scoped:
        for name in TABLES:
            assert scoped.row(f"SELECT count(*) FROM {name} WHERE organisation <> 1") == (0,)
    pool.close()


def test_a_newer_schema_is_refused_and_not_changed(tmp_path: Path, own_postgis: str) -> None:
    make(tmp_path, own_postgis).close()
    newest = migrations()[-1][0]
    execute(own_postgis, f"UPDATE gatusyn.about SET schema = {newest + 1}")
    with pytest.raises(StoreError, match="was made by a newer Gatusyn") as caught:
        reopen(tmp_path, own_postgis)
    assert "Update Gatusyn" in caught.value.remedy
    assert execute(own_postgis, "SELECT schema FROM gatusyn.about") == [(newest + 1,)]


@pytest.mark.parametrize(
    "made", ["CREATE TABLE gatusyn.theirs (x int)", "CREATE TABLE gatusyn.about (x int)"]
)
def test_another_program_s_schema_is_left_alone(
    tmp_path: Path, own_postgis: str, made: str
) -> None:
    execute(own_postgis, "CREATE SCHEMA gatusyn", made)
    with pytest.raises(StoreError, match="made by another program"):
        make(tmp_path, own_postgis)
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'gatusyn'"
    assert execute(own_postgis, tables) == [(1,)]


def test_a_database_without_a_store_is_named(tmp_path: Path, own_postgis: str) -> None:
    with pytest.raises(StoreError, match="has no store") as caught:
        reopen(tmp_path, own_postgis)
    assert "gatusyn init" in caught.value.remedy
    assert execute(own_postgis, "SELECT to_regnamespace('gatusyn')") == [(None,)]


def test_a_database_without_postgis_is_named(tmp_path: Path, own_postgis: str) -> None:
    execute(own_postgis, "DROP EXTENSION postgis")
    with pytest.raises(StoreError, match="lacks PostGIS") as caught:
        make(tmp_path, own_postgis)
    assert "CREATE EXTENSION postgis" in caught.value.remedy


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        make(tmp_path, f"host={tmp_path} dbname=streets")
    assert "See that it runs" in caught.value.remedy


def test_a_migration_is_applied_whole_or_not_at_all(tmp_path: Path, own_postgis: str) -> None:
    make(tmp_path, own_postgis).close()
    newest = migrations()[-1][0]
    half = "CREATE TABLE half (x INTEGER); INSERT INTO missing VALUES (1);"
    with connect(own_postgis) as connection:
        with pytest.raises(errors.UndefinedTable, match="missing"):
            migrate(connection, tmp_path, (*migrations(), (99, half)), create=False)
        assert execute(own_postgis, "SELECT schema FROM gatusyn.about") == [(newest,)]
        assert execute(own_postgis, "SELECT to_regclass('gatusyn.half')") == [(None,)]
        whole = "CREATE TABLE whole (x INTEGER);"
        migrate(connection, tmp_path, (*migrations(), (99, whole)), create=False)
    assert execute(own_postgis, "SELECT schema FROM gatusyn.about") == [(99,)]


def test_programs_may_make_a_store_at_once(tmp_path: Path, own_postgis: str) -> None:
    names = [f"town-{number}" for number in range(4)]
    barrier = threading.Barrier(len(names))
    faults: list[Exception] = []

    def make_one(name: str) -> None:
        barrier.wait(timeout=20)
        try:
            create_store(
                tmp_path / name, organisation=name, network=NETWORK, postgis=own_postgis
            ).close()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=make_one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    query = "SELECT count(*), count(DISTINCT organisation) FROM gatusyn.delivery_rows"
    assert execute(own_postgis, query) == [(4, 4)]


def test_programs_that_write_at_once_take_turns(tmp_path: Path, postgis: str) -> None:
    """Numbers are in the order of commits, also where two organisations write."""
    make(tmp_path, postgis).close()
    make(tmp_path, postgis, "other").close()
    faults: list[Exception] = []

    def write(organisation: str) -> None:
        try:
            with open_store(tmp_path / "city", organisation=organisation, postgis=postgis) as store:
                for number in range(10):
                    store.write_drive(make_facts(drive=f"drive-{number}", run=f"run-{number}"))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("town", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    query = "SELECT count(*), max(run), count(DISTINCT organisation) FROM gatusyn.run_rows"
    assert execute(postgis, query) == [(20, 20, 2)]


def test_who_waits_too_long_to_write_is_told(
    tmp_path: Path, postgis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = postgis_dialect.BEGIN_WRITING.replace("'15s'", "'50ms'")
    assert impatient != postgis_dialect.BEGIN_WRITING
    with make(tmp_path, postgis) as store, connect(postgis) as other:
        other.execute("SELECT pg_advisory_lock(%s::int, 0)", (postgis_dialect.LOCKS,))
        monkeypatch.setattr(postgis_dialect, "BEGIN_WRITING", impatient)
        with pytest.raises(StoreError, match="is busy: another program is writing"):
            store.write_drive(make_facts())
        assert store.drives() == (), "reading goes on"
        other.execute("SELECT pg_advisory_unlock_all()")
        store.write_drive(make_facts())
        assert store.has_run("run-1")


def test_another_process_is_kept_out_and_its_death_lets_in(tmp_path: Path, postgis: str) -> None:
    script = (
        "import sys, pathlib; from gatusyn.store import open_store\n"
        "folder, address = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "store = open_store(folder, organisation='town', postgis=address)\n"
        "with store.inspecting(): print('held', flush=True); sys.stdin.read()\n"
    )
    with make(tmp_path, postgis) as store, make(tmp_path, postgis, "other") as other:
        holder = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "city"), postgis],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout is not None
        try:
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(StoreError, match="another inspect is running"):
                store.write_drive(make_facts())
            other.write_drive(make_facts())
            holder.kill()
            holder.wait()
            for _ in range(100):  # the server notices on its own time
                try:
                    store.write_drive(make_facts())
                    break
                except StoreError:
                    threading.Event().wait(0.05)
            assert store.has_run("run-1")
        finally:
            holder.kill()
            holder.communicate()


def test_a_lost_lock_is_told_before_anything_is_written(
    tmp_path: Path, postgis: str, cluster: Cluster
) -> None:
    hang_up = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
        f"AND classid = {postgis_dialect.LOCKS} AND objid > 0"
    )
    with make(tmp_path, postgis) as store:
        with store.inspecting():
            assert execute(postgis, hang_up) == [(True,)]
            with pytest.raises(StoreError, match="the lock on this folder is lost"):
                store.write_drive(make_facts())
        store.write_drive(make_facts())
        assert store.has_run("run-1")


def test_a_connection_that_was_cut_while_idle_is_replaced(tmp_path: Path, postgis: str) -> None:
    hang_up = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'gatusyn' AND pid <> pg_backend_pid()"
    )
    with make(tmp_path, postgis) as store:
        assert store.drives() == ()
        assert execute(postgis, hang_up)
        threading.Event().wait(0.2)
        assert store.drives() == ()


def test_a_write_that_is_cut_off_changes_nothing(tmp_path: Path, postgis: str) -> None:
    def cut_off(*_: object) -> str:
        hang_up = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'gatusyn' AND state = 'idle in transaction'"
        )
        assert execute(postgis, hang_up)
        return "stamp"

    with make(tmp_path, postgis) as store:
        store.write_drive(make_facts())
        before = store.read_network().version
        other = make_network(links=1)
        with pytest.raises(StoreError, match="cannot be reached, or has hung up"):
            store.write_delivery(other, NOTHING_CARRIED, (), (), stamp_of=cut_off)
        assert store.read_network().version == before
        assert store.has_run("run-1")


def test_a_full_disk_of_the_server_is_called_so(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageFullError, match="nothing of the drive was written") as caught,
        in_plain_words(tmp_path, subject="the drive"),
    ):
        raise errors.DiskFull("could not extend file")
    assert "database server's disk" in str(caught.value)
    assert caught.value.exit_code == 7


def test_no_row_stands_in_a_fault_s_words(tmp_path: Path, postgis: str) -> None:
    with make(tmp_path, postgis) as store, connect(postgis) as connection:
        store.write_drive(make_facts())
        with (
            pytest.raises(StoreError, match="breaks its rules") as caught,
            in_plain_words(tmp_path, subject="the drive"),
        ):
            connection.execute("INSERT INTO run_rows SELECT * FROM run_rows")
    assert "run-1" not in str(caught.value)


def test_a_coarse_drive_s_old_values_are_in_no_table_any_more(
    tmp_path: Path, own_postgis: str, cluster: Cluster
) -> None:
    name = "of gudrun karlsson"
    tables = cluster.folder / "data" / "base"

    def stand_in() -> list[str]:
        execute(own_postgis, "CHECKPOINT")
        files = (path for path in tables.rglob("*") if path.is_file())
        return [str(path) for path in files if name.encode() in path.read_bytes()]

    with make(tmp_path, own_postgis) as store:
        facts = replace(make_facts(), name=name)
        with store.stage(facts.run_id) as stage:
            stage.add(make_public_frame(0))
            store.write_drive(facts)
        assert stand_in()
        assert store.make_coarse("drive-1", gap_s=20.0, reason="old", by="bo", now_s=START_S)
    assert not stand_in()


def test_a_query_of_a_table_instead_of_a_view_is_refused(tmp_path: Path, postgis: str) -> None:
    make(tmp_path, postgis).close()
    pool = PostgisPool(tmp_path, postgis, 1)
    with pool.reading() as scoped, pytest.raises(AssertionError, match="view"):
        scoped.rows("SELECT * FROM gatusyn.run_rows")
    pool.close()


def test_boxes_are_found_by_the_index(tmp_path: Path, postgis: str) -> None:
    with make(tmp_path, postgis):
        pool = PostgisPool(tmp_path, postgis, 1)
        box = {"west": 674000.0, "south": 6580000.0, "east": 674100.0, "north": 6580100.0}
        with pool.reading() as scoped:
            scoped.row("SELECT set_config('enable_seqscan', 'off', true)")
            source = scoped.in_box("finding", "f")
            plan = scoped.rows(f"EXPLAIN SELECT f.finding FROM {source}", box)
            assert any("finding_box" in row[0] for row in plan)
        pool.close()


def test_a_dump_and_a_copy_of_the_folder_are_a_backup(
    tmp_path: Path, own_postgis: str, cluster: Cluster
) -> None:
    dump = str(tmp_path / "rows.dump")
    with make(tmp_path, own_postgis) as store:
        with store.stage("run-1") as stage:
            stage.add(make_public_frame(0))
            store.write_drive(make_facts())
        cluster.run("pg_dump", "--format=custom", "--schema=gatusyn", f"--file={dump}", own_postgis)
        before = (store.facts_stamp(), store.observations(), store.pictures("link-0/0"))
    shutil.copytree(tmp_path / "city", tmp_path / "again")
    other = cluster.copy("restored", "bare")
    try:
        cluster.run("pg_restore", "--single-transaction", f"--dbname={other}", dump)
        with open_store(tmp_path / "again", organisation="town", postgis=other) as store:
            after = (store.facts_stamp(), store.observations(), store.pictures("link-0/0"))
            known, files = store.picture_files()
            store.write_drive(make_facts(drive="drive-2", run="run-2"))
        assert after == before
        assert known == files
        assert len(known) == 1
    finally:
        cluster.drop("restored")
