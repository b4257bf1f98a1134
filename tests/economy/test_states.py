"""Courses and states: the index falls with age, ageing is exact, rounding is bounded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatusyn.economy import section_states
from gatusyn.model import NOT_ALLOWED, Course, EconomyParams

PARAMS = EconomyParams()
STATES = section_states(PARAMS)
SPACE = STATES.space
courses = st.builds(
    Course,
    life_years=st.floats(2.0, 60.0),
    end_index=st.floats(10.0, 80.0),
    shape=st.floats(1.0, 4.0),
)


@given(courses, st.floats(0.0, 200.0), st.floats(0.0, 200.0))
def test_the_index_falls_with_age(course: Course, first: float, second: float) -> None:
    young, old = sorted((first, second))
    new, later = course.index_at([young, old])
    assert 0.0 <= later <= new <= 100.0
    assert course.index_at([0.0, course.life_years]) == pytest.approx([100.0, course.end_index])


@given(courses, st.floats(0.5, 99.5))
def test_age_and_index_are_each_others_inverse(course: Course, index: float) -> None:
    assert course.index_at(course.age_at(index)) == pytest.approx(index, abs=1e-6)


def test_a_year_on_the_grid_is_a_year_on_the_course() -> None:
    for f, family in enumerate(PARAMS.families.values()):
        course = PARAMS.course_of(family)
        state = STATES.place([100.0], [f])[0]
        for year in range(21):
            assert SPACE.index[f, state] == pytest.approx(float(course.index_at(year)))
            state = SPACE.next_state[f, state]


@given(st.floats(5.0, 100.0), st.integers(0, len(PARAMS.families) - 1))
def test_a_placed_section_is_off_by_no_more_than_said(index: float, family: int) -> None:
    (state,) = STATES.place([index], [family])
    assert STATES.course[state] == 0
    assert abs(SPACE.index[family, state] - index) <= STATES.index_error[family] + 1e-9


def test_a_section_of_unknown_index_has_no_state() -> None:
    with pytest.raises(ValueError, match="unknown index"):
        STATES.place([np.nan], [0])


def test_no_year_and_no_treatment_goes_the_wrong_way() -> None:
    assert (np.take_along_axis(SPACE.index, SPACE.next_state, 1) <= SPACE.index + 1e-9).all()
    for k in range(len(SPACE.treatments)):
        allowed = SPACE.after[k] != NOT_ALLOWED
        after = np.take_along_axis(SPACE.index, np.maximum(SPACE.after[k], 0), 1)
        assert (after[allowed] >= SPACE.index[allowed] - 1e-9).all()
        assert (SPACE.cost_share[k][allowed] > 0.0).all()


def test_sealing_gains_the_years_that_it_is_said_to() -> None:
    k = SPACE.treatments.index("crack_sealing")
    seal = PARAMS.treatments["crack_sealing"]
    (state,) = STATES.place([80.0], [2])
    sealed = SPACE.after[k, 2, state]
    assert SPACE.after[k, 2, sealed] == NOT_ALLOWED, "sealed again while it works"
    for _ in range(round(seal.life_years)):
        assert STATES.pace[sealed] == 0.5
        state, sealed = SPACE.next_state[2, state], SPACE.next_state[2, sealed]
    assert STATES.pace[sealed] == 1.0
    assert STATES.age_years[state] - STATES.age_years[sealed] == pytest.approx(4.0)


def test_a_repair_lifts_the_index_for_its_years_and_the_surface_grows_older() -> None:
    k = SPACE.treatments.index("pothole_repair")
    (state,) = STATES.place([60.0], [2])
    repaired = SPACE.after[k, 2, state]
    for _ in range(2):
        assert SPACE.index[2, repaired] == pytest.approx(SPACE.index[2, state] + 5.0)
        assert SPACE.after[k, 2, repaired] == NOT_ALLOWED, "repaired again while it holds"
        state, repaired = SPACE.next_state[2, state], SPACE.next_state[2, repaired]
    assert repaired == state, "repairs do not make a surface younger"


def test_a_new_surface_lives_as_long_as_its_treatment_says() -> None:
    k = SPACE.treatments.index("mill_overlay")
    (state,) = STATES.place([45.0], [3])
    state = SPACE.after[k, 3, state]
    years = 0
    while SPACE.index[3, state] > PARAMS.life_end_index:
        state, years = SPACE.next_state[3, state], years + 1
    assert years == np.ceil(25.0 * 17.5 / 18.5)


def test_debt_is_where_the_trigger_is_missed_and_a_repair_takes_none_away() -> None:
    free = STATES.at_work == -1
    for f, family in enumerate(PARAMS.families.values()):
        missed = SPACE.index[f] < family.trigger
        assert ((STATES.debt_sek_m2[f] > 0.0) == missed)[free].all()
        assert (STATES.debt_sek_m2[f][missed] > 0.0).all()
    k = SPACE.treatments.index("pothole_repair")
    (state,) = STATES.place([38.0], [2])
    repaired = SPACE.after[k, 2, state]
    assert SPACE.index[2, repaired] > 40.0
    assert STATES.debt_sek_m2[2, repaired] == STATES.debt_sek_m2[2, state] > 0.0
    two = np.array([2, 2])
    assert SPACE.bare(two, np.array([repaired, state])).tolist() == [state, state]


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 6), st.floats(0.0, 0.9))
def test_other_steps_and_paces_make_states_that_fit(steps: int, pace: float) -> None:
    seal = replace(PARAMS.treatments["crack_sealing"], hold_pace=pace)
    params = replace(
        PARAMS, steps_per_year=steps, treatments={**PARAMS.treatments, "crack_sealing": seal}
    )
    states = section_states(params)
    assert (states.space.index[:, states.space.next_state[0]] <= states.space.index + 1e-9).all()


def test_fitted_families_take_the_place_of_the_settings() -> None:
    slow = replace(PARAMS.families["main"], name="main, slow", life_years=20.0)
    states = section_states(PARAMS, families=[PARAMS.families["main"], slow])
    assert states.space.families == ("main", "main, slow")
    worn = states.place([60.0, 60.0], [0, 1])
    assert states.age_years[worn[1]] > states.age_years[worn[0]]
