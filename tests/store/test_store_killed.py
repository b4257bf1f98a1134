"""A run that is killed at any moment leaves the store as it was, or complete."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.made_store import make_facts, make_network, make_public_frame

from gatusyn.store import SqlStore, create_store, open_store, sql_store

ROOT = Path(__file__).resolve().parents[2]


def write(store: SqlStore, drive: str, run: str) -> None:
    facts = make_facts(drive=drive, run=run, frames=2)
    with store.stage(run) as stage:
        for number in range(2):
            stage.add(make_public_frame(number))
        store.write_drive(facts)


def pictures(folder: Path) -> set[str]:
    return {f"{path.parent.name}/{path.stem}" for path in folder.rglob("*.jpg")}


def killed(tmp_path: Path, action: str) -> list[Path]:
    """Return the folders of programs killed at every step, the last one of one that ended."""
    base, results = tmp_path / "base", tmp_path / "results"
    with create_store(base, organisation="town", network=make_network()) as store:
        write(store, "drive-1", "run-1")
    results.mkdir()
    subprocess.run(
        [sys.executable, str(ROOT / "tests/store/killed_writer.py"), base, results, action],
        check=True,
        timeout=300,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    return sorted(results.iterdir())


@pytest.fixture
def attempts(tmp_path: Path) -> list[Path]:
    return killed(tmp_path, "write")


def test_a_kill_at_any_step_leaves_all_or_nothing(attempts: list[Path]) -> None:
    outcomes = []
    for folder in attempts:
        with open_store(folder, organisation="town") as store:
            complete = store.has_run("run-2")
            views = store.pictures("link-0/0")
            shown = {view.picture_id for view in views}
            assert {"run-1/000000", "run-1/000001"} <= shown, folder.name
            assert len(shown) == (4 if complete else 2), folder.name
            assert all(store.picture_path(view.picture_id) for view in views), folder.name
            assert len(store.observations()) == (2 if complete else 1), folder.name
            with store.inspecting():
                assert pictures(folder) == shown, f"{folder.name}: pictures without a run"
            write(store, "drive-2", "run-2")
            assert len(store.pictures("link-0/0")) == 4, f"{folder.name}: cannot be written again"
            assert len(pictures(folder)) == 4, folder.name
        outcomes.append(complete)
    assert len(outcomes) > 30, "the writer must be killed at many steps"
    assert outcomes[-1], "the last writer was not killed"
    first = outcomes.index(True)
    assert all(outcomes[first:]), "once complete, complete at every later step"
    assert 0 < first < len(outcomes) - 1, "both outcomes are seen"


def test_a_kill_between_the_pictures_and_the_rows_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with create_store(folder, organisation="town", network=make_network()) as store:
        orphan = folder / "media" / "1" / "run-9"
        stale = folder / "media" / "1" / ".staging" / "run-8"
        for place in (orphan, stale):
            place.mkdir(parents=True)
            (place / "000000.jpg").write_bytes(b"picture")
        other = folder / "media" / "2" / "run-7"
        other.mkdir(parents=True)
    with open_store(folder, organisation="town") as store:
        store.drives()
        assert orphan.is_dir(), "a reader sweeps nothing"
        with store.inspecting():
            assert not orphan.exists()
            assert not stale.exists()
            assert other.is_dir(), "another organisation's pictures are not ours to judge"


def test_an_interrupt_after_the_commit_keeps_the_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = sql_store.SqlStore._commit

    def interrupted(self: SqlStore, *args: object) -> None:
        commit(self, *args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with create_store(tmp_path / "city", organisation="town", network=make_network()) as store:
        monkeypatch.setattr(sql_store.SqlStore, "_commit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(store, "drive-1", "run-1")
        assert store.has_run("run-1")
        views = store.pictures("link-0/0")
        assert len(views) == 2
        assert all(store.picture_path(view.picture_id) for view in views)


def test_a_mark_killed_at_any_step_is_there_or_not(tmp_path: Path) -> None:
    attempts = killed(tmp_path, "mark")
    old = (tmp_path / "base" / "media" / "1" / "run-1" / "000001.jpg").read_bytes()
    outcomes = []
    for folder in attempts:
        with open_store(folder, organisation="town") as store:
            marks = len(store.ledger.marks())
            picture = store.ledger.picture("run-1/000001")
            assert marks == sum(own.marked for own in picture.redaction.regions), folder.name
            assert (picture.jpeg == old) == (marks == 0), folder.name
            left = [path for path in folder.rglob("*.jpg") if path.read_bytes() == old]
            assert len(left) == (2 if marks == 0 else 1), f"{folder.name}: frame 0 looks alike"
            with store.inspecting():
                assert len(list(folder.rglob("*.jpg"))) == 2, f"{folder.name}: a leftover"
            assert len(store.pictures("link-0/0")) == 2, folder.name
        outcomes.append(marks == 1)
    assert len(outcomes) > 10
    assert outcomes == sorted(outcomes), "once marked, marked at every later step"
    assert not outcomes[0]
    assert outcomes[-3], "the old file goes after the commit"


def test_a_removal_killed_at_any_step_is_done_or_not(tmp_path: Path) -> None:
    attempts = killed(tmp_path, "remove")
    outcomes = []
    for folder in attempts:
        with open_store(folder, organisation="town") as store:
            gone = len(store.ledger.removals())
            assert gone in (0, 2), folder.name
            assert len(store.ledger.kept()) == 2 - gone, folder.name
            assert len(list(folder.rglob("*.jpg"))) == 2 - gone, folder.name
            assert len(store.observations()) == 1, folder.name
        outcomes.append(gone == 2)
    assert len(outcomes) > 8
    assert outcomes == sorted(outcomes)
    assert not outcomes[0]
    assert outcomes[-3]


def test_a_copy_killed_before_its_commit_is_swept(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with create_store(folder, organisation="town", network=make_network()) as store:
        write(store, "drive-1", "run-1")
        orphan = folder / "media" / "1" / "run-1" / "000001-1.jpg"
        orphan.write_bytes(b"written, never made known")
    with open_store(folder, organisation="town") as store, store.inspecting():
        assert not orphan.exists()
        assert len(pictures(folder)) == 2
