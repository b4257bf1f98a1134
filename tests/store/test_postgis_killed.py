"""Killed at any moment, writer or server, a store in PostgreSQL has what was confirmed, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.made_cluster import Cluster
from tests.store.killed_postgis import write
from tests.store.made_store import make_network

from gatusyn.model import StoreError
from gatusyn.store import SqlStore, create_store, open_store

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = str(ROOT / "tests/store/killed_postgis.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


@pytest.fixture
def folder(tmp_path: Path, postgis: str) -> Path:
    folder = tmp_path / "city"
    create_store(folder, organisation="town", network=make_network(), postgis=postgis).close()
    return folder


def check_whole(folder: Path, store: SqlStore) -> set[int]:
    """Return the drives that are there, each with all that belongs to it and nothing besides."""
    there = {int(one.drive_id.removeprefix("drive-")) for one in store.drives()}
    seen = [run for run, _ in store.observations()]
    assert sorted(seen) == sorted(f"run-{number}" for number in there)
    with store.inspecting():  # sweeps what killed writers left
        pass
    known, files = store.picture_files()
    assert known == files
    assert len(known) == 2 * len(there)
    return there


def killed_at_every_step(folder: Path, postgis: str, action: str) -> int:
    """Have programs killed one step later each; return the number of the one that was not."""
    done = subprocess.run(
        [sys.executable, SCRIPT, action, str(folder), postgis],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    return int(done.stdout)


def test_a_kill_at_any_step_leaves_all_or_nothing(folder: Path, postgis: str) -> None:
    last = killed_at_every_step(folder, postgis, "write")
    assert last > 30, "the writer must be killed at many steps"
    with open_store(folder, organisation="town", postgis=postgis) as store:
        there = check_whole(folder, store)
    first = min(there)
    assert there == set(range(first, last + 1)), "once complete, complete at every later step"
    assert 1 < first < last, "both outcomes are seen"


def test_a_mark_killed_at_any_step_is_there_or_not(folder: Path, postgis: str) -> None:
    with open_store(folder, organisation="town", postgis=postgis) as store:
        for number in range(1, 40):
            write(store, number)
    (old,) = {path.read_bytes() for path in folder.rglob("000001*.jpg")}
    last = killed_at_every_step(folder, postgis, "mark")
    assert 10 < last < 40
    with open_store(folder, organisation="town", postgis=postgis) as store:
        with store.inspecting():
            pass
        marked = {int(one.drive_id.removeprefix("drive-")) for one in store.ledger.marks()}
        for number in range(1, last + 1):
            picture = store.ledger.picture(f"run-{number}/000001")
            is_hidden = any(own.marked for own in picture.redaction.regions)
            assert is_hidden == (number in marked)
            files = [path.read_bytes() for path in folder.glob(f"media/1/run-{number}/000001*")]
            assert files == [picture.jpeg], "one version is left"
            assert (picture.jpeg == old) != is_hidden
    first = min(marked)
    assert marked == set(range(first, last + 1)), "once marked, marked at every later step"
    assert 1 < first < last - 2, "the old file goes after the commit"


@contextmanager
def writer(folder: Path, postgis: str, first: int) -> Iterator[subprocess.Popen[str]]:
    """Run a program that writes drives without end, until the end of the block at most."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT, "drives", str(folder), postgis, str(first)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def confirmed(process: subprocess.Popen[str], wait_s: float) -> set[int]:
    """Kill a writer some time after its first drive; return the drives it said it had written."""
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said, process.stderr.read() if process.stderr else ""
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.kill()
    rest, _ = process.communicate()
    return {int(line) for line in (said + rest).splitlines()}


def test_what_was_confirmed_is_there_after_kills_at_any_moment(folder: Path, postgis: str) -> None:
    rng = np.random.default_rng(8)
    said: set[int] = set()
    for number in range(4):
        with writer(folder, postgis, 1000 * number) as process:
            said |= confirmed(process, rng.uniform(0.05, 0.4))
    with open_store(folder, organisation="town", postgis=postgis) as store:
        there = check_whole(folder, store)
    assert said <= there
    assert len(there - said) <= 4, "of each killed writer, at most its last drive is unconfirmed"


def test_what_was_confirmed_outlives_the_server(
    cluster: Cluster, folder: Path, postgis: str
) -> None:
    with open_store(folder, organisation="town", postgis=postgis) as store:
        with writer(folder, postgis, 0) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            cluster.kill()
            rest, words = process.communicate(timeout=60)
        assert "the database server cannot be reached, or has hung up" in words
        with pytest.raises(StoreError, match="cannot be reached, or has hung up") as caught:
            store.drives()
        assert "See that it runs" in caught.value.remedy
        cluster.start()
        there = check_whole(folder, store)
    assert {int(line) for line in (said + rest).splitlines()} <= there
