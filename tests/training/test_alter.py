"""Alterations and drawn negatives: of the right size, reproducible, and doing what they say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from training.alter import darkened, moved, overexposed
from training.data import CRACK, POTHOLE, ROAD, Picture
from training.roadless import roadless

CROP = 192


@pytest.fixture
def crop() -> Picture:
    picture = np.full((CROP, CROP, 3), 110, np.uint8)
    picture[:, ::16] = 200
    return picture


def test_motion_blur_keeps_brightness_and_blurs_along_one_line(crop: Picture) -> None:
    dot = np.zeros((CROP, CROP, 3), np.uint8)
    dot[100, 100] = 255
    for seed in range(10):
        generator = np.random.default_rng(seed)
        assert abs(moved(generator, crop).mean() - crop.mean()) < 1.5
        spread = np.argwhere(moved(np.random.default_rng(seed), dot)[..., 0] > 8)
        centred = spread - spread.mean(axis=0)
        across = np.linalg.svd(centred, compute_uv=False)[-1] / max(len(spread) ** 0.5, 1.0)
        assert across < 1.0
        assert 2 <= len(spread) <= 60


def test_overexposure_brightens_and_clips(crop: Picture) -> None:
    brightened = overexposed(np.random.default_rng(2), crop)
    assert brightened.mean() > crop.mean()
    assert brightened.dtype == np.uint8


def test_what_cannot_be_seen_at_night_is_not_asked_for(crop: Picture) -> None:
    label = np.full((CROP, CROP), ROAD | CRACK | POTHOLE, np.uint8)
    kept = []
    for seed in range(40):
        dark, asked = darkened(np.random.default_rng(seed), crop, label)
        assert dark.mean() < 0.5 * crop.mean()
        assert (asked & ROAD).all()
        kept.append(bool((asked & CRACK).any()))
        assert (label & CRACK).all()
        if dark.mean() > 0.2 * crop.mean():
            assert kept[-1]
    assert 0 < sum(kept) < len(kept)


def test_roadless_pictures_differ_by_seed_only() -> None:
    pictures = [roadless(np.random.default_rng(seed), 96) for seed in range(12)]
    again = [roadless(np.random.default_rng(seed), 96) for seed in range(12)]
    assert all((one == two).all() for one, two in zip(pictures, again, strict=True))
    assert all(one.shape == (96, 96, 3) and one.dtype == np.uint8 for one in pictures)
    assert len({one.tobytes() for one in pictures}) == 12
    assert max(cv2.absdiff(one, pictures[0]).mean() for one in pictures[1:]) > 20
