"""What was marked by eye to train with: sound, and of training lines only."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
from training.data import PATCH, REPORT_LINES, ROAD, VALIDATION_LINES

from training import marks

TESTED = Path("training/labels/by_eye.json")


def test_points_are_pixels_of_the_photo() -> None:
    patches = marks.patches()
    shapes = [p for one in patches.values() for p in (*one.sure, *one.unsure)]
    assert len(patches) > 200
    assert sum(bool(one.sure) for one in patches.values()) > 80
    assert all(len(points) >= 3 for points in shapes)
    corners = np.concatenate([np.array(points) for points in shapes])
    assert corners.min() >= -1
    assert (corners <= (1024, 640)).all()


def test_no_frame_to_test_with_is_trained_on() -> None:
    tested = {frame["frame"] for frame in json.loads(TESTED.read_text("utf-8"))["frames"]}
    assert not tested & set(marks.patches())


def test_all_are_frames_of_training_lines(shared: Path) -> None:
    with (shared / "data/road/frames.csv").open(newline="", encoding="utf-8") as file:
        line_of = {row["frame"]: row["survey_line"] for row in csv.DictReader(file)}
    for name in marks.patches():
        assert line_of[name] not in (*REPORT_LINES, *VALIDATION_LINES)


def test_real_patches_are_a_tenth_darker_in_the_median(shared: Path) -> None:
    ratios = []
    for name, patches in marks.patches().items():
        if not patches.sure:
            continue
        photo = cv2.imread(str(shared / f"data/road/images/{name}.jpg"), cv2.IMREAD_GRAYSCALE)
        assert photo is not None
        for points in patches.sure:
            inside = np.zeros(photo.shape[:2], np.uint8)
            marks.draw(inside, [points], 1)
            near, beyond = (cv2.dilate(inside, np.ones((side, side))) > 0 for side in (11, 51))
            ratios.append(photo[inside > 0].mean() / photo[beyond & ~near].mean())
    low, middle, high = np.percentile(ratios, (25, 50, 75))
    assert (round(low, 2), round(middle, 2), round(high, 2)) == (0.81, 0.90, 0.94)
    assert 0.88 < (np.array(ratios) < 1.0).mean() < 0.91


def test_a_bit_is_set_and_cleared_inside_a_polygon_only() -> None:
    label = np.full((40, 60), ROAD, np.uint8)
    square = [[10, 10], [29, 10], [29, 19], [10, 19]]
    marks.draw(label, [square], PATCH)
    assert (label[10:20, 10:30] == ROAD | PATCH).all()
    assert (label == ROAD).sum() == 40 * 60 - 200
    marks.draw(label, [square], ROAD | PATCH, on=False)
    assert (label[10:20, 10:30] == 0).all()
