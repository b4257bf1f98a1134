"""The frames marked by eye: sound, and of no training line."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from training.data import REPORT_LINES, VALIDATION_LINES, road_rows

from gatusyn.evaluate import read_eye_labels

CLASSES = {
    *("crack", "crazing", "pothole", "surface_loss", "patch"),
    *("manhole", "sealed_joint", "other"),
}
FILE = Path(__file__).parents[2] / "training/labels/by_eye.json"
FRAMES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["frames"]


def test_every_frame_is_of_a_line_that_is_not_trained_on() -> None:
    assert {f["line"] for f in FRAMES} == {*REPORT_LINES, *VALIDATION_LINES}
    assert all(f["frame"].startswith(f["line"] + "_") for f in FRAMES)


def test_each_annotator_marked_a_frame_once_and_said_what_is_there() -> None:
    counts = Counter((f["annotator"], f["frame"]) for f in FRAMES)
    assert set(counts.values()) == {1}
    first = {f["frame"] for f in FRAMES if f["annotator"] == "a"}
    second = {f["frame"] for f in FRAMES if f["annotator"] == "b"}
    assert (len(first), len(second)) == (66, 20)
    assert second < first
    assert all(f["complete"] and f["note"] for f in FRAMES)


@pytest.mark.parametrize("marked", FRAMES, ids=lambda f: f"{f['frame']}-{f['annotator']}")
def test_polygons_lie_in_the_frame_and_have_known_classes(marked: dict[str, Any]) -> None:
    for polygon in marked["polygons"]:
        points = np.array(polygon["points"])
        assert polygon["class"] in CLASSES
        assert len(points) >= (3 if polygon["width_px"] is None else 2)
        assert (points >= 0).all()
        assert (points < marked["size_px"]).all()
        assert polygon["width_px"] is None or 1 <= polygon["width_px"] <= 32


def test_the_page_counts_what_is_in_the_file() -> None:
    page = FILE.with_name("README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| .* \| (\d+) \|$", page, re.MULTILINE)
    counts = Counter((f["annotator"], p["class"]) for f in FRAMES for p in f["polygons"])
    assert {name for name, _, _ in rows} == CLASSES
    for name, a, b in rows:
        assert (counts["a", name], counts["b", name]) == (int(a), int(b))


def test_the_package_reads_all_of_them() -> None:
    assert len(read_eye_labels(FILE)) == len(FRAMES)


@pytest.mark.shared
def test_the_frames_are_those_of_the_data_set(shared: Path) -> None:
    lines = {r["frame"]: r["survey_line"] for r in road_rows(shared / "data/road")}
    for marked in FRAMES:
        assert lines[marked["frame"]] == marked["line"]
        with Image.open(shared / f"data/road/images/{marked['frame']}.jpg") as photo:
            assert list(photo.size) == marked["size_px"]
