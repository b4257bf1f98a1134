"""The road plane: geometry from a drawn lane, there and back, and labels that keep their bits."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from training.birdseye import (
    LANE_M,
    VIEWS,
    Geometry,
    View,
    back_in_picture,
    label_from_above,
    lane_geometry,
    line_geometries,
    pack_view,
    seen_from_above,
    to_picture,
)
from training.data import CRACK, PATCH, POTHOLE, ROAD, ROAD_UNKNOWN, Cache, Entry, open_cache

TRUE = Geometry(horizon_px=-90.0, vanishing_px=570.0, growth=1.4, lean=0.05)
WIDTH, HEIGHT = 1024, 640


def drawn_lane(geometry: Geometry) -> np.ndarray:
    """Return the lane of a straight flat road as a mask of a frame."""
    row = np.arange(HEIGHT)[:, None] - geometry.horizon_px
    beside = np.arange(WIDTH)[None] - (geometry.vanishing_px + geometry.lean * row)
    return np.asarray(np.abs(beside) <= geometry.growth * row / 2)


def test_a_drawn_lane_gives_back_horizon_and_width() -> None:
    found = lane_geometry(drawn_lane(TRUE))
    assert found is not None
    assert found.horizon_px == pytest.approx(TRUE.horizon_px, abs=2.0)
    assert found.vanishing_px == pytest.approx(TRUE.vanishing_px, abs=1.0)
    assert found.growth == pytest.approx(TRUE.growth, rel=0.01)
    assert found.lean == pytest.approx(TRUE.lean, abs=0.005)
    assert found.height_m == pytest.approx(LANE_M / 1.4, rel=0.01)


def test_a_lane_with_a_gap_gives_the_same_geometry() -> None:
    lane = drawn_lane(TRUE)
    lane[100:140] = False
    lane[200:260, :480] = False
    found = lane_geometry(lane)
    assert found is not None
    assert found.horizon_px == pytest.approx(TRUE.horizon_px, abs=6.0)


def test_a_frame_without_lane_tells_nothing() -> None:
    assert lane_geometry(np.zeros((HEIGHT, WIDTH), np.bool_)) is None
    assert lane_geometry(np.ones((HEIGHT, WIDTH), np.bool_)) is None


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_lane_is_as_wide_everywhere_from_above(view: View) -> None:
    label = np.where(drawn_lane(TRUE), np.uint8(ROAD), np.uint8(0))
    seen = label_from_above(label, TRUE, view)
    for row in range(10, view.rows * 2 // 3, 50):
        columns = np.flatnonzero(seen[row] & ROAD)
        assert len(columns) * view.cell_m == pytest.approx(LANE_M, abs=0.1)
        assert columns.mean() == pytest.approx((view.columns - 1) / 2, abs=0.05 / view.cell_m)


def test_a_cell_lies_where_the_pinhole_puts_it() -> None:
    view = View(columns=64, rows=100, cell_m=0.05, start_m=4.0)
    x, y, w = to_picture(TRUE, view) @ (31.5, 99.5, 1.0)
    # The middle of the near edge, 4 m ahead.
    row = 920.0 * TRUE.height_m / 4.0
    assert y / w == pytest.approx(TRUE.horizon_px + row)
    assert x / w == pytest.approx(TRUE.vanishing_px + TRUE.lean * row)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_what_is_seen_from_above_comes_back_to_its_place(view: View) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    cv2.circle(picture, (600, 420), 40, (255, 255, 255), -1)
    above = seen_from_above(picture, TRUE, view)
    layer = np.asarray(above[..., 0], np.float32) / 255.0
    again = back_in_picture(layer, TRUE, view, (WIDTH, HEIGHT)) > 0.5
    there = picture[..., 0] > 0
    assert (again & there).sum() / (again | there).sum() > 0.94


def test_labels_keep_their_bits() -> None:
    label = np.where(drawn_lane(TRUE), np.uint8(ROAD), np.uint8(ROAD_UNKNOWN))
    for left, bit in ((440, CRACK), (540, POTHOLE), (640, PATCH)):
        label[400:460, left : left + 60] |= np.uint8(bit)
    seen = label_from_above(label, TRUE, VIEWS["near"])
    # At the lane's side a cell may be partly road and partly unknown.
    assert set(np.unique(seen)) - {ROAD | ROAD_UNKNOWN} == set(np.unique(label))


def test_speckles_of_cracks_keep_their_share() -> None:
    generator = np.random.default_rng(5)
    lane = drawn_lane(TRUE)
    speckles = generator.random((HEIGHT, WIDTH)) < 0.1
    label = np.where(lane, ROAD + CRACK * speckles, 0).astype(np.uint8)
    seen = label_from_above(label, TRUE, VIEWS["near"])
    assert ((seen & CRACK) > 0)[(seen & ROAD) > 0].mean() == pytest.approx(0.1, abs=0.02)


def test_a_short_line_takes_the_median_and_packs(tmp_path: Path) -> None:
    label = np.where(drawn_lane(TRUE), np.uint8(ROAD), np.uint8(0))
    entries = [Entry(f"a{i}", "long", "real", HEIGHT, CRACK, CRACK) for i in range(5)]
    entries.append(Entry("b", "short", "real", HEIGHT, POTHOLE, POTHOLE))
    labels = np.stack([label] * 6)
    frames = np.repeat(labels[..., None], 3, axis=3)
    cache = Cache(entries, frames, labels, None)
    geometries = line_geometries([cache])
    assert geometries["short"] == geometries["long"]
    view = View(columns=32, rows=64, cell_m=0.2, detail=1)
    pack_view(cache, geometries, view, tmp_path / "train")
    packed = open_cache(tmp_path / "train")
    assert packed.frames.shape == (6, 64, 32, 3)
    assert [e.name for e in packed.entries] == [e.name for e in entries]
    assert packed.entries[0].height == 64
    assert packed.entries[5].holds == POTHOLE
    assert (packed.labels[0] & ROAD).any()
