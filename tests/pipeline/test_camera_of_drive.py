"""A run places with the camera that was found, each moment with its own."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.run_cli import run_cli

from gatusyn.cli.demo import settings_of
from gatusyn.locate import Camera, kept
from gatusyn.model import (
    CalibrateParams,
    Calibration,
    CameraParams,
    CameraSpan,
    DriveNote,
    DriveRemark,
)
from gatusyn.pipeline import CameraOutcome, City, create_city, drive, inspect_drives
from gatusyn.pipeline.calibrate import draw_camera
from gatusyn.pipeline.stages import Stages
from gatusyn.simulate import TownFiles


@pytest.fixture
def city(small_town: TownFiles, tmp_path: Path) -> City:
    return create_city(tmp_path / "city", network=small_town.network, settings=settings_of(PARAMS))


def two_cameras(city: City, at_s: float) -> Calibration:
    """Return a camera that is a metre higher from a time on."""
    one = kept(city.settings.camera, CalibrateParams(), looks=20)
    (span,) = one.spans
    higher = replace(span.params, height_m=span.params.height_m + 1.0)
    return replace(
        one,
        found=True,
        spans=(replace(span, until_s=at_s), replace(span, from_s=at_s, params=higher)),
        remarks=(DriveRemark(note=DriveNote.MOUNT_SLIPPED),),
    )


def test_each_moment_is_placed_with_its_own_camera(
    city: City, short_drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outcome,) = inspect_drives(city, [short_drive], stages=made_stages()).outcomes
    assert outcome.facts is not None
    times = sorted(look.time_s for look in outcome.facts.coverage)
    half_s = times[len(times) // 2]
    monkeypatch.setattr(drive, "find_camera", lambda *_: two_cameras(city, half_s))
    other = replace(city, settings=replace(city.settings, calibrate=CalibrateParams(every_m=41.0)))
    (again,) = inspect_drives(other, [short_drive], stages=made_stages()).outcomes
    assert again.facts is not None
    assert not again.known
    assert DriveRemark(note=DriveNote.MOUNT_SLIPPED) in again.facts.remarks
    before = {one.frame_id: one for one in outcome.facts.observations}
    for seen in again.facts.observations:
        share = seen.area_m2 / before[seen.frame_id].area_m2
        height = PARAMS.camera_height_m
        expected = ((height + 1.0) / height) ** 2 if seen.time_s >= half_s else 1.0
        assert share == pytest.approx(expected, rel=0.02)


def test_few_frames_a_second_keep_the_settings_and_say_so(city: City, short_drive: Path) -> None:
    (outcome,) = inspect_drives(city, [short_drive], stages=made_stages()).outcomes
    assert outcome.facts is not None
    assert any("taken as the settings say" in str(remark) for remark in outcome.facts.remarks)
    off = replace(city, settings=replace(city.settings, calibrate=CalibrateParams(mode="off")))
    (silent,) = inspect_drives(off, [short_drive], stages=made_stages()).outcomes
    assert silent.facts is not None
    assert not any("settings say" in str(remark) for remark in silent.facts.remarks)
    assert [one.footprint for one in silent.facts.observations] == [
        one.footprint for one in outcome.facts.observations
    ]


def test_a_camera_that_sees_no_road_rejects_its_frames(
    city: City, short_drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = replace(city.settings.camera, pitch_deg=-10.0, horizontal_fov_deg=20.0)
    monkeypatch.setattr(drive, "find_camera", lambda *_: kept(up, CalibrateParams(), looks=20))
    (outcome,) = inspect_drives(city, [short_drive], stages=made_stages()).outcomes
    assert outcome.facts is not None
    assert not outcome.facts.frames
    assert {"this camera would not see the road ahead"} <= {
        one.detail for one in outcome.facts.rejected
    }


def test_stages_are_loaded_anew_only_where_the_horizon_is_elsewhere() -> None:
    asked: list[float] = []
    plain = made_stages()

    def reload(share: float) -> Stages:
        asked.append(share)
        return replace(plain, horizon_share=share, reload=reload)

    stages = replace(plain, horizon_share=0.3, reload=reload)
    assert stages.for_horizon(0.32) is stages
    other = stages.for_horizon(0.5)
    assert other.horizon_share == 0.5
    assert other.for_horizon(0.51) is other
    assert asked == [0.5]


def test_the_picture_shows_the_horizon_where_it_is() -> None:
    blurred = np.zeros((720, 1280, 3), np.uint8)
    camera = Camera(params=CameraParams(pitch_deg=5.0), width_px=1280, height_px=720)
    drawn = draw_camera(blurred, camera)
    assert not blurred.any()
    rows = np.flatnonzero(drawn[:, 100].any(axis=1))
    assert rows.mean() == pytest.approx(camera.horizon_px, abs=2.0)
    sky = Camera(params=CameraParams(pitch_deg=60.0), width_px=1280, height_px=720)
    assert draw_camera(blurred, sky).shape == blurred.shape


def test_the_command_says_what_was_kept_and_draws_on_a_blurred_frame(
    small_town: TownFiles,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    video, track = small_town.drives[0]
    picture = tmp_path / "camera.jpg"
    asked = (video, "--track", track, "--picture", picture)
    assert run_cli(monkeypatch, "calibrate", *asked) == 0
    said = capsys.readouterr().out
    assert "camera not found" in said
    assert "taken as the settings say" in said
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    assert drawn.shape == (360, 640, 3)


def test_the_command_prints_values_errors_and_lines_for_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    span = CameraSpan(
        from_s=-math.inf,
        until_s=math.inf,
        params=CameraParams(height_m=2.134, pitch_deg=3.26, roll_deg=-1.0),
        height_se_m=0.04,
        pitch_se_deg=0.12,
        yaw_se_deg=0.1,
        roll_se_deg=0.13,
        fov_se_deg=0.7,
        looks=60,
    )
    found = Calibration(
        spans=(span,),
        found=True,
        looks=60,
        residual_px=0.27,
        fitting_share=0.8,
        shake_deg=0.1,
        remarks=(DriveRemark(note=DriveNote.MOUNT_SHAKES),),
    )
    outcome = CameraOutcome(name="monday.mp4", calibration=found)
    monkeypatch.setattr("gatusyn.cli.calibrate.calibrate_drives", lambda *_, **__: [outcome])
    assert run_cli(monkeypatch, "calibrate", "monday.mp4") == 0
    said = capsys.readouterr().out
    assert "height above the road         2.13            0.040  m" in said
    lines = tomllib.loads(said[said.index("[camera]") : said.index("  note:")])
    assert lines["camera"]["height_m"] == 2.13
    assert lines["camera"]["roll_deg"] == -1.0
    assert CalibrateParams(**lines["calibrate"]).fov_sigma_deg == 0.7
    assert "note: The camera shakes" in said


def test_the_command_names_footage_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "calibrate", tmp_path / "no.mp4") == 4
    assert "no.mp4" in capsys.readouterr().err
