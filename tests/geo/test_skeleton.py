"""Middle lines: as long as what they are the middle of, each cell once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from gatusyn.geo import rasterise, skeleton, strands_of

CELL_M = 0.05


@given(st.floats(0.0, 180.0), st.floats(1.5, 8.0), st.floats(0.2, 0.5))
@settings(max_examples=40, deadline=None)
def test_a_band_is_as_long_as_its_line(bearing: float, length: float, width: float) -> None:
    angle = np.radians(bearing)
    line = LineString([(0, 0), (length * np.sin(angle), length * np.cos(angle))])
    raster = rasterise(line.buffer(width / 2, cap_style="square"), bearing_deg=0.0, cell_m=CELL_M)
    longest, *_ = strands_of(raster.mask, shortest=0.0)
    ends = (longest[-1] - longest[0]) * CELL_M
    assert abs(float(np.hypot(*ends)) - length) < 0.8 * width + 0.1


def test_a_t_is_its_longest_way_and_its_stem() -> None:
    mask = np.zeros((120, 120), bool)
    mask[8:13, 5:115] = True
    mask[8:80, 58:63] = True
    strands = strands_of(mask, shortest=20)
    assert len(strands) == 2
    cells = np.concatenate(strands)
    assert len(np.unique(cells, axis=0)) == len(cells)
    assert all((np.abs(np.diff(strand, axis=0)).max(axis=1) == 1).all() for strand in strands)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_strands_lie_in_the_mask_and_fall_in_length(seed: int) -> None:
    mask = np.random.default_rng(seed).random((40, 40)) < 0.6
    strands = strands_of(mask, shortest=3.0)
    steps = [np.hypot(*np.diff(strand, axis=0).T).sum() for strand in strands]
    assert all(mask[tuple(strand.T)].all() for strand in strands)
    assert all(step >= 3.0 - 1e-9 for step in steps)
    assert np.all(np.diff(steps) <= 1e-9)


def test_nothing_has_no_middle() -> None:
    assert strands_of(np.zeros((10, 10), bool), shortest=0.0) == []


@given(st.integers(0, 10_000), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_a_line_without_a_branch_is_walked_as_the_search_would_go(seed: int, shortest: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((60, 40), bool)
    at = np.array([5, 20])
    for _ in range(int(rng.integers(1, 70))):
        mask[tuple(at)] = True
        at = np.clip(at + rng.integers((0, -1), (2, 2)), 2, 37)
    walked = strands_of(mask, shortest=float(shortest))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skeleton, "_only_way", lambda thin, cells: (np.zeros(0, np.int64), 0.0))
        searched = strands_of(mask, shortest=float(shortest))
    assert [one.tolist() for one in walked] == [one.tolist() for one in searched]
