"""Calibration: what the error measures, and that fitting finds what was put in."""

from __future__ import annotations

import numpy as np
import pytest
from tests.evaluate.made_frames import HEIGHT, WIDTH, cell, frame, mask_of

from gatusyn.detect import Calibration, logit
from gatusyn.evaluate.regions import judged_regions
from gatusyn.evaluate.reliability import cells_of, fit_calibration, reliability
from gatusyn.model import Detection, PixelClass

CRACK = PixelClass.CRACK


def test_the_error_is_the_mean_distance_from_the_diagonal() -> None:
    probability = np.array([0.95] * 10 + [0.15] * 10)
    truth = np.array([True] * 5 + [False] * 5 + [False] * 10)
    found = reliability(probability, truth)
    assert [one.count for one in found.bins] == [10, 10]
    assert found.error == pytest.approx((0.15 + 0.45) / 2)
    assert reliability(np.array([1.0]), np.array([True])).error == 0.0


def test_fitting_finds_the_scaling_that_cells_were_drawn_with() -> None:
    random = np.random.default_rng(4)
    levels = random.uniform(0.02, 0.98, 20_000)
    real = Calibration(a=0.6, b=-0.8)
    truth = random.random(levels.size) < real.probability(levels)
    fitted = fit_calibration(levels, truth)
    assert fitted.a == pytest.approx(0.6, abs=0.05)
    assert fitted.b == pytest.approx(-0.8, abs=0.05)
    before = reliability(levels, truth).error
    assert reliability(fitted.probability(levels), truth).error < 0.3 * before


def test_a_scaling_keeps_the_order_and_the_plain_one_changes_nothing() -> None:
    levels = np.linspace(0.001, 0.999, 50)
    np.testing.assert_allclose(Calibration().probability(levels), levels)
    assert (np.diff(Calibration(a=0.3, b=2.0).probability(levels)) > 0).all()
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()


@pytest.mark.parametrize("truth", [[True, True], [False, False], [True, False]])
def test_cells_that_say_nothing_are_refused(truth: list[bool]) -> None:
    with pytest.raises(ValueError, match="right"):
        fit_calibration(np.array([0.1, 0.9]), np.array(truth))


def test_regions_are_held_to_the_share_of_them_that_is_damaged() -> None:
    truth = mask_of((2, *cell(5, 1)), (2, *cell(5, 2)))
    made = frame("a", truth, {CRACK: np.zeros((HEIGHT, WIDTH), np.float32)})

    def region(left: int, top: int, right: int, bottom: int) -> Detection:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return Detection(
            pixel_class=CRACK, outline_px=np.array(corners, np.float64), confidence=0.6
        )

    half_true, all_true = region(64, 160, 127, 191), region(40, 170, 80, 180)
    above, beyond = region(32, 40, 95, 100), region(0, 300, 255, 319)
    judged = judged_regions(made, [half_true, all_true, above, beyond])
    assert [one.true_share for one in judged] == [0.5, 1.0, 0.0]
    assert {one.confidence for one in judged} == {0.6}


def test_shares_can_be_fitted_too() -> None:
    random = np.random.default_rng(5)
    said = random.uniform(0.3, 0.95, 400)
    real = Calibration(a=1.5, b=-1.0)
    share = np.clip(real.probability(said) + random.normal(0.0, 0.05, said.size), 0.0, 1.0)
    fitted = fit_calibration(said, share)
    assert (fitted.a, fitted.b) == pytest.approx((1.5, -1.0), abs=0.1)


def test_only_cells_that_count_are_taken() -> None:
    probability = np.zeros((HEIGHT, WIDTH), np.float32)
    probability[cell(5, 1)] = 0.75
    marked = frame("a", mask_of((2, *cell(5, 1))), {CRACK: probability})
    unmarked = frame("b", mask_of(), {CRACK: probability})
    levels, truth = cells_of([marked, unmarked], CRACK)
    assert (levels.size, int(truth.sum())) == (48, 1)
    assert levels[truth].tolist() == [0.75]
    assert cells_of([marked, unmarked], CRACK, complete=True)[0].size == 96
