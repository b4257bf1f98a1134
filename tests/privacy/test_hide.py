from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.model import RedactedRegion, RegionKind
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
