"""Cells: which count, and when one is called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluate.made_frames import HEIGHT, WIDTH, cell, frame, mask_of

from gatusyn.evaluate.cells import cell_levels, cut
from gatusyn.model import PixelClass

CRACK, POTHOLE = PixelClass.CRACK, PixelClass.POTHOLE


def test_the_top_and_what_is_not_mostly_lane_do_not_count() -> None:
    truth = mask_of()
    truth[256:, 0:20] = 0
    cells = frame("a", truth, {})
    assert cells.lane.shape == (10, 8)
    # 35 % of 320 rows is three and a half cells: four rows of cells are left out.
    assert not cells.lane[:4].any()
    assert cells.lane[4:8].all()
    # 20 of 32 columns are no lane in the lowest two rows of cells.
    assert cells.lane[8:, 0].tolist() == [False, False]
    assert cells.lane[8:, 1:].all()


def test_a_crack_needs_few_pixels_and_a_pothole_more() -> None:
    truth = mask_of((2, slice(160, 161), slice(32, 41)), (2, slice(192, 193), slice(32, 40)))
    truth[224:226, 64:96] |= 4
    truth[256:259, 64:96] |= 4
    cells = frame("a", truth, {})
    # 0.8 % of 1024 pixels is 8.2, and 8 % is 81.9.
    assert cells.truth[CRACK][5, 1]
    assert not cells.truth[CRACK][6, 1]
    assert not cells.truth[POTHOLE][7, 2]
    assert cells.truth[POTHOLE][8, 2]


def test_a_class_is_marked_wherever_it_is() -> None:
    truth = mask_of((2, slice(0, 1), slice(0, 1)))
    cells = frame("a", truth, {})
    assert cells.marked[CRACK]
    assert not cells.marked[POTHOLE]
    assert not cells.true(CRACK).any()


@given(
    share=st.floats(0.001, 1.0),
    threshold=st.floats(0.0, 1.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_level_answers_for_every_threshold(share: float, threshold: float, seed: int) -> None:
    values = np.random.default_rng(seed).random((64, 96)).astype(np.float32)
    called = cut(values >= np.float32(threshold)).mean(axis=2) >= share
    level = cell_levels(values, share)
    np.testing.assert_array_equal(level >= np.float32(threshold), called)


def test_some_of_the_cells_can_be_left_out() -> None:
    probability = np.zeros((HEIGHT, WIDTH), np.float32)
    probability[cell(5, 1)] = probability[cell(9, 1)] = 0.9
    cells = frame("a", mask_of(), {CRACK: probability})
    lower = np.zeros((10, 8), bool)
    lower[8:] = True
    assert cells.called(CRACK, 0.5).sum() == 2
    assert cells.within(lower).called(CRACK, 0.5).sum() == 1
    assert cells.level[CRACK][5, 1] == pytest.approx(0.9)
