"""Thresholds are chosen on other folds than those that they are scored on."""

from __future__ import annotations

import pytest
from training.privacy.folds import THRESHOLDS, Scored, chosen, line, together

from gatusyn.evaluate import Recall


def scored(hidden: int, boxes: int, besides: float, photos: int) -> Scored:
    return Scored({"all": Recall(hidden=hidden, boxes=boxes)}, besides, photos)


def test_folds_add_up_by_photos_and_boxes() -> None:
    one = together([scored(3, 4, 0.01, 10), scored(1, 6, 0.0, 30)])
    assert (one.recalls["all"].hidden, one.recalls["all"].boxes) == (4, 10)
    assert one.besides == pytest.approx(0.0025)


def test_the_lowest_threshold_within_the_limit_is_chosen() -> None:
    sweeps = [{t: scored(1, 1, 0.02 * (1 - t), 10) for t in THRESHOLDS} for _ in range(2)]
    assert chosen(sweeps, besides=0.0081) == 0.6
    assert chosen(sweeps, besides=0.0) == THRESHOLDS[-1]


def test_a_row_says_how_many_how_sure_and_what_besides() -> None:
    row = line("0.5", scored(19, 20, 0.0012, 8))
    assert row == "| 0.5 | all 19/20 | 0.76 to 0.99 | 0.12 % |"
