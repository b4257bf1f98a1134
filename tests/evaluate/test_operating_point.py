"""Thresholds: what each aim chooses, and how the choice does elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from tests.evaluate.made_frames import HEIGHT, WIDTH, cell, frame, mask_of

from gatusyn.evaluate.cells import FrameCells
from gatusyn.evaluate.operating_point import THRESHOLDS, best_threshold, operating_points, sweep
from gatusyn.model import PixelClass

CRACK = PixelClass.CRACK


def said(name: str, true: int, levels: list[float]) -> FrameCells:
    """Return a frame whose first ``true`` columns are cracked and called with some levels."""
    probability = np.zeros((HEIGHT, WIDTH), np.float32)
    for column, level in enumerate(levels):
        probability[cell(5, column)] = level
    return frame(name, mask_of(*((2, *cell(5, c)) for c in range(true))), {CRACK: probability})


def line(name: str, right: float, wrong: float) -> list[FrameCells]:
    """Return frames in which the cracked cells are called at one level and two more at another."""
    return [said(f"{name}{n}", n, [right] * n + [wrong] * 2) for n in (1, 2, 3, 4)]


def test_the_extent_chooses_the_threshold_that_leaves_out_what_is_wrong() -> None:
    frames = line("a", right=0.72, wrong=0.38)
    scores = sweep(frames, CRACK)
    assert list(scores) == list(THRESHOLDS)
    assert scores[0.5].f1 == 1.0
    assert scores[0.5].extent_error == 0.0
    assert scores[0.2].extent_bias == pytest.approx(2 / 48)
    assert scores[0.9].extent_bias < 0
    # Of the thresholds that are as good, one with good neighbours on both sides.
    assert best_threshold(scores, "extent_error") == 0.45
    assert best_threshold(scores, "f1") == 0.45


def test_held_out_lines_show_what_a_choice_is_worth_elsewhere() -> None:
    easy, other = line("a", right=0.72, wrong=0.38), line("b", right=0.32, wrong=0.04)
    points = operating_points([*easy, *other], CRACK, groups=["a"] * 4 + ["b"] * 4)
    point = points["extent_error"]
    # Chosen on a, nothing of b is called; chosen on b, two cells too many of a are.
    assert point.held_out_error == pytest.approx((2.5 / 48 + 2 / 48) / 2)
    assert point.held_out_bias == pytest.approx((-2.5 / 48 + 2 / 48) / 2)
    alone = operating_points(easy, CRACK, groups=["a"] * 4)
    assert alone["f1"].threshold == 0.45
    assert alone["f1"].held_out_error is None
