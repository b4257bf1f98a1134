"""A city of the small made-up town, and the command line to run on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.run_cli import Run, runner

from gatusyn.cli.demo import settings_of
from gatusyn.model import CitySettings
from gatusyn.pipeline import Stages, create_city
from gatusyn.simulate import TownFiles


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command line, on a drive as it was made."""

    def stages(settings: CitySettings, *, folder: Path) -> Stages:
        return made_stages()

    monkeypatch.setattr("gatusyn.pipeline.inspect.load_stages", stages)
    return runner(monkeypatch, capsys)


@pytest.fixture
def city(small_town: TownFiles, tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    made = create_city(folder, network=small_town.network, settings=settings_of(PARAMS))
    made.store.close()
    return folder


def drive_in(folder: Path, town: TownFiles, name: str = "bad.mp4") -> tuple[Path, Path]:
    """Copy the town's drive into a folder under another name; return video and track."""
    folder.mkdir(exist_ok=True)
    video, track = town.drives[0]
    copied = folder / name
    shutil.copy(video, copied)
    shutil.copy(track, copied.with_suffix(".gpx"))
    return copied, copied.with_suffix(".gpx")
