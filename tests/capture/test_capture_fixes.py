from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gatusyn.capture.fixes import Fixes, clean_track, make_fixes
from gatusyn.model import (
    DriveRemark,
    Track,
    TrackError,
)

Floats = NDArray[np.float64]
T0 = 1_750_000_000.0


def _drive(count: int = 60, speed_ms: float = 10.0) -> Fixes:
    lat = 59.86 + np.arange(count) * speed_ms / 111_000
    rows = [(T0 + i, 17.64, float(lat[i]), float("nan")) for i in range(count)]
    return make_fixes(rows)


def _clean(fixes: Fixes) -> tuple[Track, tuple[DriveRemark, ...]]:
    return clean_track(fixes, source="drive.gpx", max_speed_ms=60.0)


def test_a_good_track_stays_as_it_is() -> None:
    track, remarks = _clean(_drive())
    assert len(track) == 60
    assert remarks == ()


def test_a_jump_of_500_km_is_left_out_and_counted() -> None:
    fixes = _drive()
    fixes.lat_deg[20:23] += 4.5
    track, remarks = _clean(fixes)
    assert len(track) == 57
    assert track.lat_deg.max() < 60
    assert len(remarks) == 1
    assert "3 of 60 fixes" in str(remarks[0])
    assert "501.5 km" in str(remarks[0])


def test_a_jump_at_the_beginning_is_left_out() -> None:
    fixes = _drive()
    fixes.lon_deg[0] = -3.0
    track, _ = _clean(fixes)
    assert len(track) == 59
    assert track.time_s[0] == T0 + 1


def test_a_long_gap_is_no_jump() -> None:
    fixes = _drive()
    fixes.time_s[30:] += 3600
    fixes.lat_deg[30:] += 0.2
    assert len(_clean(fixes)[0]) == 60


def test_a_track_that_contradicts_itself_is_refused() -> None:
    fixes = _drive()
    fixes.lat_deg[::2] += 4.5
    fixes.lat_deg[1::4] -= 4.5
    with pytest.raises(TrackError, match="contradicts itself: 30 of 60"):
        _clean(fixes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: replace(f, time_s=np.full(60, np.nan)), "no times"),
        (lambda f: replace(f, time_s=np.full(60, T0)), "the same time at every fix"),
        (lambda f: replace(f, time_s=np.arange(60.0)), "no dates"),
        (lambda f: replace(f, lon_deg=f.lat_deg, lat_deg=f.lon_deg + 90), "swapped"),
        (lambda f: replace(f, lon_deg=f.lon_deg * 40_000), "no degrees on the globe"),
        (lambda f: replace(f, lon_deg=f.lon_deg * 0, lat_deg=f.lat_deg * 0), "no degrees"),
    ],
)
def test_unusable_tracks_say_why(change: Callable[[Fixes], Fixes], words: str) -> None:
    with pytest.raises(TrackError, match=words) as caught:
        _clean(change(_drive()))
    assert caught.value.source == "drive.gpx"
    assert caught.value.remedy


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_fixes_are_refused(count: int) -> None:
    with pytest.raises(TrackError, match=r"no fixes|only one"):
        _clean(_drive(count))


def test_disorder_is_sorted_and_doubles_are_dropped_with_remarks() -> None:
    fixes = _drive()
    order = np.concatenate([np.arange(59, -1, -1), [5, 6]])
    columns = (fixes.time_s, fixes.lon_deg, fixes.lat_deg, fixes.accuracy_m)
    table = np.column_stack(columns)[order]
    shuffled = make_fixes([(t, lon, lat, sigma) for t, lon, lat, sigma in table.tolist()])
    track, remarks = _clean(shuffled)
    assert np.array_equal(track.time_s, fixes.time_s)
    assert np.array_equal(track.lat_deg, fixes.lat_deg)
    assert any("sorted" in str(remark) for remark in remarks)
    assert any("2 fixes with the time" in str(remark) for remark in remarks)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(T0, T0 + 500), st.just(float("nan")), st.floats()),
            st.one_of(st.floats(17.6, 17.7), st.floats()),
            st.one_of(st.floats(59.8, 59.9), st.floats()),
            st.floats(),
        ),
        max_size=30,
    )
)
def test_whatever_comes_in_a_track_is_in_order_on_the_globe_and_slow(
    rows: list[tuple[float, float, float, float]],
) -> None:
    try:
        track, _ = _clean(make_fixes(rows))
    except TrackError:
        return
    assert len(track) >= 2
    assert (np.diff(track.time_s) > 0).all()
    assert (np.abs(track.lat_deg) <= 90).all()
    north_m = np.abs(np.diff(track.lat_deg)) * 110_000
    assert (north_m - 20 <= 60 * np.diff(track.time_s) + 1).all()
