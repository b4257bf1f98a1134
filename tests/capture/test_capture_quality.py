from __future__ import annotations

import cv2
import numpy as np
import pytest

from gatusyn.capture import judge
from gatusyn.model import CaptureParams, Image, RejectReason


@pytest.fixture
def road() -> Image:
    return np.random.default_rng(3).integers(60, 180, (360, 640, 3), dtype=np.uint8)


def test_a_textured_road_is_good(road: Image) -> None:
    assert judge(road, CaptureParams(), frame_id="a") is None


def test_night_is_too_dark(road: Image) -> None:
    verdict = judge((road // 20).astype(np.uint8), CaptureParams(), frame_id="a")
    assert verdict is not None
    assert verdict.reason is RejectReason.TOO_DARK
    assert "limit 25" in verdict.detail
    assert verdict.figures["value"] < verdict.figures["limit"] == 25.0


def test_a_smeared_frame_is_blurred(road: Image) -> None:
    smeared = cv2.GaussianBlur(road, (0, 0), 8).astype(np.uint8)
    verdict = judge(smeared, CaptureParams(), frame_id="a")
    assert verdict is not None
    assert verdict.reason is RejectReason.BLURRED


@pytest.mark.parametrize("size", [(1, 1), (2, 1000), (1000, 2), (50, 64)])
def test_odd_sizes_are_judged_too(size: tuple[int, int]) -> None:
    verdict = judge(np.full((*size, 3), 128, dtype=np.uint8), CaptureParams(), frame_id="a")
    assert verdict is not None
    assert verdict.reason is RejectReason.BLURRED
