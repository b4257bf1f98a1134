"""Parts of the figures: by distance, rows, light and line."""

from __future__ import annotations

import numpy as np
import pytest
from tests.evaluate.made_frames import HEIGHT, WIDTH, cell, frame, mask_of

from gatusyn.evaluate.breakdown import breakdown
from gatusyn.evaluate.cells import FrameCells
from gatusyn.evaluate.light import Light, is_night, light_of, terciles
from gatusyn.locate import Camera
from gatusyn.model import CameraParams, PixelClass

CRACK = PixelClass.CRACK
DAY = Light(brightness=120.0, contrast=40.0)


def cracked(name: str, rows: list[int], called: list[int]) -> FrameCells:
    probability = np.zeros((HEIGHT, WIDTH), np.float32)
    for row in called:
        probability[cell(row, 3)] = 0.9
    return frame(name, mask_of(*((2, *cell(row, 3)) for row in rows)), {CRACK: probability})


def test_rows_tell_near_from_far_where_no_camera_is_known() -> None:
    parts = breakdown([cracked("a", [4, 9], [9])], [DAY], {CRACK: 0.5})
    recall = {one.label: one.score.recall for one in parts if one.by == "rows"}
    assert recall == {"far (upper rows)": 0.0, "middle rows": 0.0, "near (lower rows)": 1.0}
    assert sum(p.score.cells_true for p in parts if p.by == "rows") == 2


def test_distances_are_metres_ahead_on_the_road() -> None:
    params = CameraParams(height_m=1.5, pitch_deg=6.0, horizontal_fov_deg=60.0)
    made = cracked("a", [4, 5, 6, 7, 8, 9], [9])
    parts = breakdown([made], [DAY], {CRACK: 0.5}, camera=params)
    by_distance = [one for one in parts if one.by == "distance"]
    assert sum(one.score.cells_true for one in by_distance) == 6
    camera = Camera(params=params, width_px=WIDTH, height_px=HEIGHT)
    ((ahead, _),) = camera.to_ground(np.array([[3 * 32 + 15.5, 9 * 32 + 15.5]]))
    (hit,) = [one for one in by_distance if one.score.recall > 0]
    low, high = (float(word) for word in hit.label.removesuffix(" m").split(" to "))
    assert low <= ahead < high


def test_light_and_lines_part_the_frames() -> None:
    frames = [cracked(f"{i}", [5], [5] if i < 3 else []) for i in range(6)]
    lights = [Light(brightness=200.0 - 30 * i, contrast=30.0 + i) for i in range(6)]
    lines = ["x", "x", "x", "y", "y", "y"]
    parts = breakdown(frames, lights, {CRACK: 0.5}, groups=lines)
    found = {(one.by, one.label): one.score for one in parts}
    assert found["group", "x"].recall == 1.0
    assert found["group", "y"].recall == 0.0
    assert found["group", "x"].recall_interval == (1.0, 1.0)
    assert found["brightness", "high"].recall == 1.0
    assert found["brightness", "low"].recall == 0.0
    assert found["time of day", "night"].frames == 1
    # The two brightest frames are of one line: nothing to resample.
    assert found["brightness", "high"].recall_interval is None


def test_light_is_that_of_the_lower_part() -> None:
    image = np.zeros((90, 60, 3), np.uint8)
    image[:30] = 255
    image[30:] = 50
    light = light_of(image)
    assert light.brightness == pytest.approx(50.0)
    assert light.contrast == pytest.approx(0.0)
    assert is_night(light)
    assert terciles([1.0, 2.0, 3.0]) == ["low", "middle", "high"]
