from __future__ import annotations

import cv2
import numpy as np
import pytest

from gatusyn.model import Image
from gatusyn.privacy.borders import smear_px, widen
from gatusyn.privacy.boxes import no_candidates

BOX = np.array([100.0, 100.0, 200.0, 130.0, 1.0])


def street_with_plate() -> Image:
    picture = np.full((240, 320, 3), 90, np.uint8)
    picture[100:130, 100:200] = 230
    cv2.putText(picture, "ABC 123", (106, 124), 0, 0.75, (20, 20, 20), 2, cv2.LINE_AA)
    return picture


def moved(picture: Image, length_px: int, *, down: bool = False) -> Image:
    kernel = np.ones((length_px, 1) if down else (1, length_px)) / length_px
    return np.asarray(cv2.filter2D(picture, -1, kernel), np.uint8)


def grown(confidence: float, picture: Image, *, margin: float = 0.2) -> np.ndarray:
    candidate = BOX.copy()
    candidate[4] = confidence
    (result,) = widen(candidate[None], picture, threshold=0.5, margin=margin)
    return np.asarray(np.abs(result[:4] - BOX[:4]))


def test_a_sure_and_sharp_candidate_stays_as_it_is() -> None:
    np.testing.assert_allclose(grown(1.0, street_with_plate()), 0.0)


def test_the_less_sure_the_further_up_to_half_the_margin_once_more() -> None:
    picture = street_with_plate()
    np.testing.assert_allclose(grown(0.5, picture), [10.0, 3.0, 10.0, 3.0])
    np.testing.assert_allclose(grown(0.75, picture), [5.0, 1.5, 5.0, 1.5])


@pytest.mark.parametrize("length_px", [9, 15, 25])
def test_borders_grow_with_motion_along_it(length_px: int) -> None:
    picture = moved(street_with_plate(), length_px)
    across, _ = smear_px(picture, BOX)
    assert length_px / 2 <= across <= length_px
    assert grown(1.0, picture, margin=0.0)[0] == pytest.approx(across / 2)
    assert grown(1.0, picture, margin=0.01)[0] == pytest.approx(across / 2 - 1.0)
    assert grown(1.0, picture)[0] == 0.0, "the margin holds it already"
    assert smear_px(moved(street_with_plate(), length_px, down=True), BOX)[1] > across / 4


def test_what_motion_carried_beyond_the_box_is_within_the_hidden_part() -> None:
    shaken = moved(street_with_plate(), 21)
    columns = np.flatnonzero((np.abs(shaken[100:130].astype(int) - 90) > 40).any(axis=(0, 2)))
    assert columns.min() < BOX[0] - 3
    (wider,) = widen(BOX[None], shaken, threshold=0.5, margin=0.0)
    assert wider[0] <= columns.min()
    assert columns.max() < wider[2]


def test_a_smear_never_more_than_doubles_a_box() -> None:
    soft = cv2.GaussianBlur(street_with_plate(), (0, 0), 30).astype(np.uint8)
    assert (grown(1.0, soft, margin=0.0) <= [50.0, 15.0, 50.0, 15.0]).all()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_where_nothing_has_an_edge_nothing_is_smeared(level: int) -> None:
    assert smear_px(np.full((50, 50, 3), level, np.uint8), BOX) == (0.0, 0.0)
    assert len(widen(no_candidates(), street_with_plate(), threshold=0.5, margin=0.2)) == 0
