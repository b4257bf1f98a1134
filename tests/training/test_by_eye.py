"""The frames marked by eye: sound, of no training line, and drawn as the scorer needs them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from training.data import CRACK, POTHOLE, REPORT_LINES, VALIDATION_LINES, road_rows
from training.labels.masks import BITS, drawn, marked_frames

CLASSES = {*BITS, "patch", "manhole", "sealed_joint", "other"}
FRAMES = marked_frames()


def square(kind: str, **changes: object) -> dict[str, Any]:
    polygon = {
        "class": kind,
        "points": [[2, 2], [5, 2], [5, 5], [2, 5]],
        "width_px": None,
        "in_lane": True,
        "unsure": False,
    }
    return {"size_px": [12, 10], "polygons": [polygon | changes]}


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
    page = (Path(__file__).parents[2] / "training/labels/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| .* \| (\d+) \|$", page, re.MULTILINE)
    counts = Counter((f["annotator"], p["class"]) for f in FRAMES for p in f["polygons"])
    assert {name for name, _, _ in rows} == CLASSES
    for name, a, b in rows:
        assert (counts["a", name], counts["b", name]) == (int(a), int(b))


@pytest.mark.parametrize(
    ("kind", "bit"),
    [("crack", CRACK), ("crazing", CRACK), ("pothole", POTHOLE), ("surface_loss", POTHOLE)],
)
def test_an_area_is_filled_with_its_bit(kind: str, bit: int) -> None:
    mask = drawn(square(kind), unsure=True)
    assert mask.shape == (10, 12)
    assert (mask[2:6, 2:6] == bit).all()
    assert (mask > 0).sum() == 16


def test_a_crack_is_a_line_of_its_width() -> None:
    mask = drawn(square("crack", points=[[0, 4], [11, 4]], width_px=3), unsure=True)
    assert (mask[3:6] == CRACK).all()
    assert not mask[:3].any()
    assert not mask[6:].any()


def test_what_is_no_damage_or_not_asked_for_is_not_drawn() -> None:
    assert not drawn(square("patch"), unsure=True).any()
    assert not drawn(square("crack", in_lane=False), unsure=True).any()
    assert not drawn(square("crack", unsure=True), unsure=False).any()
    assert drawn(square("crack", unsure=True), unsure=True).any()


@pytest.mark.shared
def test_the_frames_are_those_of_the_data_set(shared: Path) -> None:
    lines = {r["frame"]: r["survey_line"] for r in road_rows(shared / "data/road")}
    for marked in FRAMES:
        assert lines[marked["frame"]] == marked["line"]
        with Image.open(shared / f"data/road/images/{marked['frame']}.jpg") as photo:
            assert list(photo.size) == marked["size_px"]
