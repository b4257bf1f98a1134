from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.model import Image, RedactedRegion, RegionKind
from gatusyn.privacy.boxes import covered
from gatusyn.privacy.hide import hide

HEIGHT, WIDTH = 24, 32


def region(x1: int, y1: int, x2: int, y2: int) -> RedactedRegion:
    return RedactedRegion(kind=RegionKind.FACE, x1=x1, y1=y1, x2=x2, y2=y2, confidence=1.0)


regions = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 22), st.integers(1, 20), st.integers(1, 20)).map(
        lambda b: region(b[0], b[1], min(b[0] + b[2], WIDTH), min(b[1] + b[3], HEIGHT))
    ),
    max_size=5,
)


@given(regions, st.integers(0, 2**32 - 1))
def test_nothing_hidden_reaches_the_result(hidden: list[RedactedRegion], seed: int) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    mask = covered(hidden, width=WIDTH, height=HEIGHT)
    other = image.copy()
    other[mask] = random.integers(0, 256, (int(mask.sum()), 3), np.uint8)
    np.testing.assert_array_equal(hide(image, hidden, mask), hide(other, hidden, mask))


@given(regions)
def test_nothing_else_is_changed(hidden: list[RedactedRegion]) -> None:
    image = np.arange(HEIGHT * WIDTH * 3).astype(np.uint8).reshape(HEIGHT, WIDTH, 3)
    before = image.copy()
    mask = covered(hidden, width=WIDTH, height=HEIGHT)
    result = hide(image, hidden, mask)
    np.testing.assert_array_equal(result[~mask], image[~mask])
    np.testing.assert_array_equal(image, before)
    assert not np.shares_memory(result, image)


def test_each_region_is_one_colour_of_its_surroundings() -> None:
    image = np.full((HEIGHT, WIDTH, 3), (10, 20, 30), np.uint8)
    image[5:10, 5:10] = 255
    hidden = [region(4, 4, 12, 12)]
    result = hide(image, hidden, covered(hidden, width=WIDTH, height=HEIGHT))
    assert np.unique(result.reshape(-1, 3), axis=0).tolist() == [[10, 20, 30]]


def test_a_region_over_the_whole_picture_becomes_grey() -> None:
    image = np.full((HEIGHT, WIDTH, 3), 7, np.uint8)
    hidden = [region(0, 0, WIDTH, HEIGHT)]
    result = hide(image, hidden, covered(hidden, width=WIDTH, height=HEIGHT))
    assert set(np.unique(result)) == {128}


def plate(text: str) -> Image:
    """Return a plate of 200 x 48 px."""
    picture = np.full((48, 200, 3), 235, np.uint8)
    cv2.putText(picture, text, (14, 37), 0, 1.3, (20, 20, 20), 3, cv2.LINE_AA)
    return picture


def equal_in_blocks(picture: Image, like: Image, side: int) -> Image:
    """Return a picture whose blocks have the means of another's: what a mosaic keeps of both."""
    result = picture.astype(np.float64)
    for y in range(0, picture.shape[0], side):
        for x in range(0, picture.shape[1], side):
            block = np.s_[y : y + side, x : x + side]
            result[block] += like[block].mean((0, 1)) - picture[block].mean((0, 1))
    return np.clip(result, 0, 255).astype(np.uint8)


def in_street(part: Image, size: int = 600) -> tuple[Image, RedactedRegion]:
    """Return a street with a picture in its middle, and the region that covers it."""
    noise = np.random.default_rng(4).normal(110, 12, (size, size, 3))
    street = np.clip(noise, 0, 255).astype(np.uint8)
    high, wide = part.shape[:2]
    y, x = (size - high) // 2, (size - wide) // 2
    street[y : y + high, x : x + wide] = part
    return street, region(x, y, x + wide, y + high)


def hidden_part(street: Image, where: RedactedRegion) -> Image:
    mask = covered([where], width=street.shape[1], height=street.shape[0])
    return hide(street, [where], mask)[where.y1 : where.y2, where.x1 : where.x2]


def fine_correlation(one: Image, other: Image) -> float:
    """Return the correlation of what two pictures have in detail (without a blur of 8 px)."""
    details = [
        picture.astype(np.float64) - cv2.GaussianBlur(picture.astype(np.float64), (0, 0), 8)
        for picture in (one, other)
    ]
    if any(detail.std() < 1e-9 for detail in details):
        return 0.0
    return float(abs(np.corrcoef(details[0].ravel(), details[1].ravel())[0, 1]))


def test_two_plates_with_equal_block_means_cannot_be_told_apart() -> None:
    first = plate("ABC 123")
    second = equal_in_blocks(plate("XKW 978"), first, 8)
    assert np.abs(first.astype(int) - second).max() > 100
    results = [hidden_part(*in_street(one)) for one in (first, second)]
    np.testing.assert_array_equal(results[0], results[1])
    for one in (first, second):
        assert fine_correlation(results[0], one) == 0.0


@pytest.mark.parametrize("scale", [1, 2, 4, 8])
def test_a_large_face_keeps_no_more_blocks_than_a_small_one(scale: int) -> None:
    drawn = np.full((64, 64, 3), (90, 140, 200), np.uint8)
    cv2.circle(drawn, (20, 26), 6, (20, 20, 20), -1)
    cv2.circle(drawn, (44, 26), 6, (20, 20, 20), -1)
    cv2.ellipse(drawn, (32, 46), (14, 6), 0, 0, 180, (30, 30, 120), 3)
    face = cv2.resize(drawn, None, fx=scale, fy=scale).astype(np.uint8)
    result = hidden_part(*in_street(face))
    assert len(np.unique(result.reshape(-1, 3), axis=0)) == 1
    assert fine_correlation(result, face) == 0.0


@pytest.mark.parametrize("way", ["blur", "mosaic"])
def test_the_measure_sees_what_a_blur_and_a_mosaic_leave(way: str) -> None:
    original = plate("ABC 123")
    if way == "blur":
        left = cv2.GaussianBlur(original, (0, 0), 6)
    else:
        left = cv2.resize(cv2.resize(original, (25, 6), interpolation=cv2.INTER_AREA), (200, 48))
    assert fine_correlation(np.asarray(left, np.uint8), original) > 0.2
