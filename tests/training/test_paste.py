"""Patches laid on real road: on the road, marked, and the same for the same seed."""

from __future__ import annotations

import cv2
import numpy as np
from training.data import CRACK, PATCH, ROAD, Picture
from training.paste import lay_patch


def lane() -> tuple[Picture, Picture]:
    """Return a grey frame 640 x 1024 px with a cracked lane that narrows towards the horizon."""
    image = np.full((640, 1024, 3), 130, np.uint8)
    label = np.zeros((640, 1024), np.uint8)
    corners = np.array([[200, 639], [820, 639], [560, 250], [470, 250]], np.int32)
    cv2.fillPoly(label, [corners], ROAD | CRACK)
    return image, label


def laid(seed: int) -> tuple[Picture, Picture]:
    image, label = lane()
    return lay_patch(np.random.default_rng(seed), image, label)


def test_a_patch_is_marked_and_covers_what_was_there() -> None:
    image, label = lane()
    patched = old = 0
    for seed in range(20):
        after, marked = laid(seed)
        inside = (marked & PATCH) > 0
        if not inside.any():
            assert (after == image).all()
            assert (marked == label).all()
            continue
        patched += 1
        # New asphalt covers all cracks, an old patch keeps them all.
        cracked = (marked[inside] & CRACK) > 0
        old += bool(cracked.any())
        assert cracked.any() == cracked[(label[inside] & CRACK) > 0].all()
        assert (marked[inside] & ROAD).all()
        assert (marked[~inside] == label[~inside]).all()
        assert np.abs(after[inside].astype(int) - 130).mean() > 1
    assert patched >= 10
    assert 0 < old < patched


def test_a_patch_lies_mostly_on_the_road() -> None:
    _, label = lane()
    for seed in range(20):
        _, marked = laid(seed)
        inside = (marked & PATCH) > 0
        if inside.any():
            assert ((label & ROAD) > 0)[inside].mean() >= 0.7


def test_the_same_seed_lays_the_same_patch() -> None:
    first, second = laid(4), laid(4)
    assert (first[0] == second[0]).all()
    assert (first[1] == second[1]).all()


def test_a_frame_without_road_stays_as_it_is() -> None:
    image = np.full((640, 1024, 3), 90, np.uint8)
    label = np.zeros((640, 1024), np.uint8)
    after, marked = lay_patch(np.random.default_rng(1), image, label)
    assert after is image
    assert marked is label
