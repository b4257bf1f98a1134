"""A run killed at any moment leaves the store as it was, or complete."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.pipeline.test_raw_walk import ROOT

from gatusyn.cli.demo import settings_of
from gatusyn.pipeline import create_city, inspect_drives, open_city
from gatusyn.simulate import TownFiles


def start(city: Path, video: Path) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline.walked_run", str(city), str(video), "whole"],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(city: Path, video: Path) -> None:
    opened = open_city(city)
    inspection = inspect_drives(opened, [video], stages=made_stages())
    opened.store.close()
    assert inspection.exit_code == 0, inspection.outcomes


def kill(city: Path, video: Path, *, staged: int) -> None:
    """Inspect, and kill it once it has staged that many pictures."""
    began_s = time.time()
    process = start(city, video)
    until = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < until:
        if len(pictures(city, since_s=began_s)) >= staged:
            break
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, "killed before it ended"


def pictures(city: Path, *, since_s: float = 0.0) -> list[str]:
    """Return the names of a city's pictures, staged or kept, that were written since a moment."""
    # Folders that go meanwhile are passed over.
    every = (Path(folder) / name for folder, _, names in os.walk(city / "media") for name in names)
    return sorted(
        path.name
        for path in every
        if path.suffix == ".jpg" and (since_s == 0.0 or written_s(path) >= since_s)
    )


def written_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # moved into place meanwhile
        return 0.0


def test_whole_or_absent_whenever_it_is_killed(
    small_town: TownFiles, short_drive: Path, tmp_path: Path
) -> None:
    whole, city = tmp_path / "whole", tmp_path / "city"
    for folder in (whole, city):
        create_city(folder, network=small_town.network, settings=settings_of(PARAMS)).store.close()
    run(whole, short_drive)
    assert len(pictures(whole)) > 5

    # With the first pictures staged, with half of them, and about when they are committed.
    for count in (1, len(pictures(whole)) // 2, len(pictures(whole))):
        kill(city, short_drive, staged=count)
        opened = open_city(city)
        assert len(opened.store.drives()) in (0, 1)
        opened.store.close()

    run(city, short_drive)
    after, before = open_city(city), open_city(whole)
    assert after.store.drives() == before.store.drives()
    assert after.store.findings() == before.store.findings() != ()
    assert after.store.conditions() == before.store.conditions()
    after.store.close()
    before.store.close()
    assert pictures(city) == pictures(whole)
