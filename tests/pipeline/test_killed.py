"""A run killed at any moment leaves the store as it was, or complete."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.made_town import PARAMS

from gatusyn.cli.demo import settings_of
from gatusyn.pipeline import create_city, open_city
from gatusyn.simulate import TownFiles

KILLS = 3


def start(city: Path, video: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gatusyn.cli", "inspect", str(city), str(video)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def pictures(city: Path) -> set[str]:
    return {str(path.relative_to(city)) for path in (city / "media").rglob("*.jpg")}


def test_whole_or_absent_whenever_it_is_killed(small_town: TownFiles, tmp_path: Path) -> None:
    video, _ = small_town.drives[0]
    whole = tmp_path / "whole"
    create_city(whole, network=small_town.network, settings=settings_of(PARAMS)).store.close()
    began = time.monotonic()
    unharmed = start(whole, video)
    _, faults = unharmed.communicate(timeout=300)
    assert unharmed.returncode == 0, faults.decode()
    took_s = time.monotonic() - began

    city = tmp_path / "city"
    create_city(city, network=small_town.network, settings=settings_of(PARAMS)).store.close()
    moments = random.Random(3)
    for _ in range(KILLS):
        process = start(city, video)
        time.sleep(took_s * moments.uniform(0.2, 1.0))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        opened = open_city(city)
        drives = opened.store.drives()
        opened.store.close()
        assert len(drives) in (0, 1)

    final = start(city, video)
    _, faults = final.communicate(timeout=300)
    assert final.returncode == 0, faults.decode()
    after, before = open_city(city), open_city(whole)
    assert after.store.drives() == before.store.drives()
    assert after.store.findings() == before.store.findings()
    assert after.store.conditions() == before.store.conditions()
    after.store.close()
    before.store.close()
    assert {Path(name).name for name in pictures(city)} == {
        Path(name).name for name in pictures(whole)
    }
    assert len(pictures(city)) == len(pictures(whole))
