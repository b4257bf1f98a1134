"""Photos without places: what each shows, in metres and pixels, and how the counts add up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gatusyn.detect import OnnxDetector
from gatusyn.locate import Camera
from gatusyn.model import (
    CameraParams,
    CitySettings,
    DamageKind,
    DamageMap,
    Detection,
    FootageError,
    PixelClass,
)
from gatusyn.pipeline import PhotoResult, inspect_photos, write_photo_list

WIDTH, HEIGHT = 640, 360
SETTINGS = replace(CitySettings(), camera=CameraParams(height_m=2.0, pitch_deg=10.0))
CAMERA = Camera(params=SETTINGS.camera, width_px=WIDTH, height_px=HEIGHT)


class MadeDetector(OnnxDetector):
    """Sees a crack across the road 6 m ahead, and road where the picture is not black."""

    def __init__(self) -> None:
        self.thresholds = dict.fromkeys(PixelClass, 0.5)
        road = np.array([(5.9, -1.5), (5.9, 1.5), (6.2, 1.5), (6.2, -1.5)])
        self._outline = CAMERA.to_pixels(road)

    @property
    def version(self) -> str:
        return "made 1"

    def detect(self, image: np.ndarray) -> DamageMap:
        layers = np.zeros((4, HEIGHT, WIDTH), np.float32)
        layers[-1] = 1.0 if image.mean() > 10 else 0.0
        crack = Detection(pixel_class=PixelClass.CRACK, outline_px=self._outline, confidence=0.9)
        return DamageMap(probability=layers, detections=(crack,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, level in (("a.png", 90), ("dark.png", 0)):
        Image.new("RGB", (WIDTH, HEIGHT), (level, level, level)).save(tmp_path / name)
    (tmp_path / "bad.jpg").write_text("no picture")
    return tmp_path


def results_of(folder: Path, *, masks: Path | None = None) -> list[PhotoResult]:
    return list(inspect_photos(folder, detector=MadeDetector(), settings=SETTINGS, masks=masks))


def test_a_crack_across_the_view_is_measured_in_metres(folder: Path) -> None:
    (finding,) = next(one for one in results_of(folder) if one.name == "a.png").findings
    assert finding.record.kind is DamageKind.TRANSVERSE_CRACK
    assert finding.record.length_m == pytest.approx(3.0, abs=0.3)
    assert finding.ahead_m == pytest.approx(6.05, abs=0.1)
    assert finding.aside_m == pytest.approx(0.0, abs=0.1)
    (outline,) = finding.outlines_px
    pixels = np.array(outline).reshape(-1, 2)
    assert pixels.min(axis=0) == pytest.approx(MadeDetector()._outline.min(axis=0), abs=4)
    assert pixels.max(axis=0) == pytest.approx(MadeDetector()._outline.max(axis=0), abs=4)


def test_every_photo_is_listed_with_its_findings_or_a_reason(folder: Path) -> None:
    path = folder / "out" / "list.json"
    write_photo_list(path, results_of(folder), settings=SETTINGS, detector="made 1")
    listed = json.loads(path.read_text("utf-8"))
    assert listed["received"] == 3 == listed["accepted"] + listed["rejected"]
    assert listed["camera"]["height_m"] == 2.0
    by_name = {photo["photo"]: photo for photo in listed["photos"]}
    assert by_name["a.png"]["findings"][0]["kind"] == "transverse_crack"
    assert "reason" not in by_name["a.png"]
    assert by_name["dark.png"] == {
        "photo": "dark.png",
        "findings": [],
        "reason": "off_road (0 % road ahead)",
    }
    assert by_name["bad.jpg"]["findings"] == []
    assert by_name["bad.jpg"]["reason"].startswith("not_an_image")


def test_masks_are_written_on_the_way(folder: Path, tmp_path: Path) -> None:
    results_of(folder, masks=tmp_path / "masks")
    assert sorted(path.name for path in (tmp_path / "masks").iterdir()) == ["a.png", "dark.png"]


def test_a_camera_that_does_not_see_the_road_ahead_says_so(folder: Path) -> None:
    skyward = replace(SETTINGS, camera=CameraParams(pitch_deg=-10.0, horizontal_fov_deg=20.0))
    first = next(iter(inspect_photos(folder, detector=MadeDetector(), settings=skyward)))
    assert first.rejected is not None
    assert "would not see" in first.rejected.detail


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FootageError, match="no photos"):
        results_of(tmp_path)
