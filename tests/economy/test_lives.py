"""Lives and remaining life: cut at treatments, borrowed from the family, quantiles in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.economy.made_stock import stock

from gatusyn.economy import (
    QUANTILES,
    believe,
    cut_episodes,
    fit_lives,
    remaining_life,
    with_lives,
)
from gatusyn.model import EconomyParams, NetworkError, Stock, SurveyHistory

PARAMS = EconomyParams()
FAMILY = 2
COURSE = PARAMS.course_of(PARAMS.families["collector"])
TIMES = (2016.5, 2021.5, 2026.5)


def history(
    rows: list[int],
    times: list[float],
    index: list[float],
    treated: list[tuple[int, float]] | None = None,
    *,
    sigma: float = 3.0,
) -> SurveyHistory:
    done = treated or []
    return SurveyHistory(
        row=np.array(rows, np.int32),
        time_years=np.array(times, np.float64),
        index=np.array(index, np.float64),
        sigma=np.full(len(rows), sigma),
        treated_row=np.array([row for row, _ in done], np.int32),
        treated_years=np.array([when for _, when in done], np.float64),
    )


def surveyed(
    streets: NDArray[np.float64], ages: NDArray[np.float64]
) -> tuple[Stock, SurveyHistory]:
    """Return streets of ten sections with these lives and ages in 2016, and three exact surveys."""
    rows, times, index = [], [], []
    latest = []
    for s, (life, age) in enumerate(zip(streets, ages, strict=True)):
        course = replace(COURSE, life_years=float(life))
        for section in range(10):
            values = course.index_at(age + np.array(TIMES) - TIMES[0])
            rows += [10 * s + section] * 3
            times += list(TIMES)
            index += values.tolist()
            latest.append(float(values[-1]))
    return stock(latest, sigma=3.0, family=FAMILY), history(rows, times, index)


def test_a_recorded_treatment_and_a_jump_cut_a_section_and_noise_does_not() -> None:
    rows = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]
    times = [1.0, 2.0, 3.0] * 3 + [1.0]
    index = [80.0, 78.0, 76.0, 50.0, 95.0, 92.0, 70.0, 73.0, 69.0, 60.0]
    cut = cut_episodes(history(rows, times, index, treated=[(0, 1.5)]), PARAMS)
    assert cut.row.tolist() == [0, 1, 2]
    assert cut.index.tolist() == [78.0, 76.0, 95.0, 92.0, 70.0, 73.0, 69.0]
    assert cut.since_years.tolist() == [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 2.0]


def test_a_town_without_surveys_keeps_the_settings_lives() -> None:
    made = stock([80.0, 50.0, 30.0], family=FAMILY)
    lives = fit_lives(made, PARAMS)
    assert np.exp(lives.log_life) == pytest.approx(18.5, rel=0.01)
    family = PARAMS.families["collector"]
    open_left = np.sqrt(0.2**2 + family.life_spread**2 + PARAMS.section_spread**2)
    assert lives.log_sigma == pytest.approx(open_left, rel=0.1)
    assert lives.episodes.sum() == 0


def test_lives_are_fitted_and_a_street_borrows_from_its_family() -> None:
    lives = np.array([12.0, 12.0, 12.0, 12.0, 12.0, 20.0, 20.0, 12.0])
    made, surveys = surveyed(lives, np.array([2.0, 3.0, 4.0, 3.0, 2.0, 4.0, 5.0, 3.0]))
    fitted = fit_lives(made, PARAMS, surveys)
    typical = float(np.exp(fitted.family_log_life[FAMILY]))
    assert 11.0 < typical < 17.0, "moved from 18.5 towards the surveys"
    street = np.exp(fitted.log_life.reshape(-1, 10)[:, 0])
    assert 14.0 < street[5] < 21.0
    assert street[5] > street[0] + 2.0
    # A street that nobody surveyed before is its family's, and less sure than one that was.
    kept = surveys.row < 70
    without = replace(
        surveys,
        row=surveys.row[kept],
        time_years=surveys.time_years[kept],
        index=surveys.index[kept],
        sigma=surveys.sigma[kept],
    )
    other = fit_lives(made, PARAMS, without)
    assert other.log_life[70] == pytest.approx(other.family_log_life[FAMILY])
    assert other.log_sigma[70] > other.log_sigma[0]
    assert with_lives(PARAMS, other).families["collector"].life_years == pytest.approx(
        float(np.exp(other.family_log_life[FAMILY]))
    )


def test_the_order_of_surveys_does_not_matter() -> None:
    made, surveys = surveyed(np.array([12.0, 20.0]), np.array([3.0, 4.0]))
    order = np.random.default_rng(0).permutation(len(surveys.row))
    other = replace(
        surveys,
        row=surveys.row[order],
        time_years=surveys.time_years[order],
        index=surveys.index[order],
        sigma=surveys.sigma[order],
    )
    one, two = fit_lives(made, PARAMS, surveys), fit_lives(made, PARAMS, other)
    assert one.log_life == pytest.approx(two.log_life, rel=1e-9)


@pytest.mark.parametrize(
    ("index", "sigma", "said"),
    [
        ([80.0, 120.0], 3.0, "row 1: has an index"),
        ([float("nan"), 70.0], 3.0, "row 0: has an index"),
        ([80.0, 70.0], 0.0, "row 0: has a standard deviation"),
    ],
)
def test_a_wrong_survey_is_named(index: list[float], sigma: float, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        history([0, 0], [1.0, 2.0], index, sigma=sigma)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 100.0), min_size=2, max_size=20))
def test_quantiles_are_in_order_and_a_better_section_has_longer_to_go(index: list[float]) -> None:
    made = stock(sorted(index), sigma=4.0, family=FAMILY)
    left = remaining_life(made, believe(made), fit_lives(made, PARAMS), PARAMS)
    assert (left.years >= 0.0).all()
    assert (np.diff(left.years, axis=1) >= 0.0).all()
    assert (np.diff(left.at(0.5)) >= -0.1).all()


def test_a_sure_section_on_a_sure_course_has_its_course_years_left() -> None:
    sure = replace(
        PARAMS,
        survey_sigma=0.0,
        yearly_noise=0.0,
        section_spread=0.0,
        course_sigma=0.0,
        life_sigma_medium=0.0,
        families={name: replace(one, life_spread=0.01) for name, one in PARAMS.families.items()},
    )
    made = stock([80.0] * 20, sigma=0.1, family=FAMILY)
    left = remaining_life(made, believe(made), fit_lives(made, sure), sure)
    expected = float(COURSE.age_at(40.0) - COURSE.age_at(80.0))
    assert left.at(0.5) == pytest.approx(expected, rel=0.03)
    assert (left.at(0.95) - left.at(0.05)).max() < 1.5


def test_a_section_that_nobody_looked_at_has_its_familys_years_and_says_so() -> None:
    made = stock([90.0, 80.0, 70.0, 60.0] * 5 + [float("nan")] * 2, family=FAMILY)
    left = remaining_life(made, believe(made), fit_lives(made, PARAMS), PARAMS)
    assert left.is_estimated.tolist() == [False] * 20 + [True] * 2
    spread = left.at(QUANTILES[-1]) - left.at(QUANTILES[0])
    assert (spread[20:] > spread[:20].mean()).all()
    nothing = stock([float("nan")] * 2)
    none = remaining_life(nothing, believe(nothing), fit_lives(nothing, PARAMS), PARAMS)
    assert np.isnan(none.years).all()
