"""A run that is killed at any moment leaves the store as it was, or complete."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.made_store import make_facts, make_network, make_public_frame

from gatusyn.store import SqliteStore, create_store, open_store, sqlite_store

ROOT = Path(__file__).resolve().parents[2]


def write(store: SqliteStore, drive: str, run: str) -> None:
    facts = make_facts(drive=drive, run=run, frames=2)
    with store.stage(run) as stage:
        for number in range(2):
            stage.add(make_public_frame(number))
        store.write_drive(facts)


def pictures(folder: Path) -> set[str]:
    return {f"{path.parent.name}/{path.stem}" for path in folder.rglob("*.jpg")}


@pytest.fixture
def attempts(tmp_path: Path) -> list[Path]:
    """Return the folders of writers killed at every step, the last one of a writer that ended."""
    base, results = tmp_path / "base", tmp_path / "results"
    with create_store(base, organisation="town", network=make_network()) as store:
        write(store, "drive-1", "run-1")
    results.mkdir()
    subprocess.run(
        [sys.executable, str(ROOT / "tests/store/killed_writer.py"), str(base), str(results)],
        check=True,
        timeout=300,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return sorted(results.iterdir())


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
    commit = sqlite_store.SqliteStore._commit

    def interrupted(self: SqliteStore, *args: object) -> None:
        commit(self, *args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with create_store(tmp_path / "city", organisation="town", network=make_network()) as store:
        monkeypatch.setattr(sqlite_store.SqliteStore, "_commit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(store, "drive-1", "run-1")
        assert store.has_run("run-1")
        views = store.pictures("link-0/0")
        assert len(views) == 2
        assert all(store.picture_path(view.picture_id) for view in views)
