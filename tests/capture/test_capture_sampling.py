from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatusyn.capture import sample_times
from gatusyn.capture.sampling import in_gap
from gatusyn.model import GroundTrack


def _ground(time_s: list[float], distance_m: list[float]) -> GroundTrack:
    time, distance = np.array(time_s), np.array(distance_m)
    nothing = np.zeros(time.size)
    return GroundTrack(
        time_s=time,
        easting_m=distance,
        northing_m=nothing,
        bearing_deg=nothing,
        speed_ms=nothing,
        sigma_m=nothing,
        distance_m=distance,
    )


def test_times_are_at_multiples_of_the_spacing() -> None:
    times = sample_times(_ground([0, 1, 2], [0, 10, 30]), spacing_m=5, max_gap_s=10)
    assert times.tolist() == pytest.approx([0, 0.5, 1, 1.25, 1.5, 1.75, 2])


def test_none_while_the_vehicle_stands() -> None:
    ground = _ground([0, 1, 100, 101], [0, 10, 10.5, 20])
    times = sample_times(ground, spacing_m=0.5, max_gap_s=600)
    assert not ((times > 1.001) & (times < 99.999)).any()


def test_none_in_gaps() -> None:
    ground = _ground([0, 1, 31, 32], [0, 10, 310, 320])
    times = sample_times(ground, spacing_m=5, max_gap_s=10)
    assert times.tolist() == pytest.approx([0, 0.5, 1, 31.5, 32])


def test_a_single_fix_gives_nothing() -> None:
    assert sample_times(_ground([5], [0]), spacing_m=5, max_gap_s=10).size == 0


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 20), st.floats(0, 60)), min_size=1, max_size=40),
    st.floats(0.5, 50),
)
def test_every_time_is_a_multiple_of_the_spacing_away(
    steps: list[tuple[float, float]], spacing_m: float
) -> None:
    time = np.concatenate([[0.0], np.cumsum([step[0] for step in steps])])
    distance = np.concatenate([[0.0], np.cumsum([step[1] for step in steps])])
    ground = _ground(time.tolist(), distance.tolist())
    times = sample_times(ground, spacing_m=spacing_m, max_gap_s=10)
    assert (np.diff(times) > 0).all()
    share = np.interp(times, time, distance) / spacing_m
    assert np.abs(share - np.round(share)).max(initial=0) < 1e-3
    assert times.size <= distance[-1] / spacing_m + 1


@pytest.mark.parametrize(
    ("time_s", "inside"),
    [(-0.4, False), (-0.6, True), (0.5, False), (5, True), (19.7, False), (20.6, True)],
)
def test_gaps_and_ends_of_a_track(time_s: float, inside: bool) -> None:
    assert in_gap(time_s, np.array([0.0, 1.0, 20.0]), max_gap_s=10) is inside
