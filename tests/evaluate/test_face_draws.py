"""The interval of a recall when frames are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gatusyn.evaluate import PrivacyEvaluation, middle_95
from gatusyn.evaluate.privacy import Hit
from gatusyn.evaluate.read_people import TrueBox
from gatusyn.model import RegionKind

FACE = RegionKind.FACE


def evaluation(frames: Sequence[Sequence[float]]) -> PrivacyEvaluation:
    """Return what was measured on frames, each with the hidden shares of its faces."""
    truth = TrueBox(kind=FACE, box=(0, 0, 10, 14))
    hits = [
        Hit(frame=f"f{number}", truth=truth, share=share, night=False, distance_m=9.0)
        for number, shares in enumerate(frames)
        for share in shares
    ]
    return PrivacyEvaluation(
        redactor="made",
        accepted=len(frames),
        rejected=(),
        hits=tuple(hits),
        unsure=0,
        besides={FACE: 0.0, RegionKind.PLATE: 0.0},
        without_photo=0,
    )


def test_faces_of_a_frame_go_together() -> None:
    apart = evaluation([[share] for share in [1.0] * 40 + [0.0] * 40])
    together = evaluation([[1.0] * 10] * 4 + [[0.0] * 10] * 4)
    for done in (apart, together):
        assert done.parts(FACE)["all"]["all"].share == 0.5
    low, high = middle_95(apart.resampled(FACE)) or (0.0, 0.0)
    assert (low, high) == pytest.approx((0.39, 0.61), abs=0.02)
    wide_low, wide_high = middle_95(together.resampled(FACE)) or (0.0, 0.0)
    assert wide_high - wide_low > 2.5 * (high - low)


def test_two_on_the_same_frames_are_compared_draw_by_draw() -> None:
    better = evaluation([[1.0, 1.0], [1.0, 0.0]] * 10)
    worse = evaluation([[1.0, 0.0], [0.0, 0.0]] * 10)
    difference = better.resampled(FACE) - worse.resampled(FACE)
    assert difference == pytest.approx(np.full(2000, 0.5))


def test_nine_tenths_count_as_hidden_and_half_as_found() -> None:
    done = evaluation([[1.0, 0.9, 0.89, 0.5, 0.49, 0.0]])
    assert done.parts(FACE)["all"]["all"].hidden == 2
    assert done.half_hidden(FACE).hidden == 4


def test_without_faces_there_is_no_interval() -> None:
    assert middle_95(evaluation([[]]).resampled(FACE)) is None
