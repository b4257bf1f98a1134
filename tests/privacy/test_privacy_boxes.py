from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.model import RedactedRegion, RegionKind
from gatusyn.privacy.boxes import covered, no_candidates, regions_of, suppress

edges = st.floats(-50.0, 200.0)
sides = st.floats(0.5, 90.0)
boxes = st.lists(st.tuples(edges, edges, sides, sides, st.floats(0.0, 1.0)), max_size=12).map(
    lambda rows: np.array([[x, y, x + w, y + h, c] for x, y, w, h, c in rows]).reshape(-1, 5)
)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    wide = max(min(a[2], b[2]) - max(a[0], b[0]), 0.0)
    high = max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
    whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return float(wide * high / (whole - wide * high))


@given(boxes)
def test_suppression_keeps_the_best_and_drops_only_its_doubles(candidates: np.ndarray) -> None:
    kept = suppress(candidates, overlap=0.3)
    rows = {tuple(row) for row in candidates}
    assert all(tuple(row) in rows for row in kept)
    for i, a in enumerate(kept):
        assert all(overlap(a, b) <= 0.3 + 1e-9 for b in kept[i + 1 :])
    for row in candidates:
        assert any(
            tuple(row) == tuple(k) or (overlap(row, k) > 0.3 - 1e-9 and k[4] >= row[4])
            for k in kept
        )


@given(boxes, st.floats(0.0, 1.0))
def test_regions_hold_the_grown_candidates_and_stay_on_the_picture(
    candidates: np.ndarray, margin: float
) -> None:
    regions = regions_of(candidates, kind=RegionKind.FACE, margin=margin, width=160, height=90)
    for region in regions:
        assert 0 <= region.x1 < region.x2 <= 160
        assert 0 <= region.y1 < region.y2 <= 90
    for x1, y1, x2, y2, _ in candidates:
        middle = (x1 + x2) / 2, (y1 + y2) / 2
        if 0 < middle[0] < 160 and 0 < middle[1] < 90:
            left, right = max(x1 - margin * (x2 - x1), 0), min(x2 + margin * (x2 - x1), 160)
            assert any(
                r.x1 <= left and right <= r.x2 and r.y1 <= max(y1, 0) and min(y2, 90) <= r.y2
                for r in regions
            )


def test_margin_grows_each_side_by_its_share() -> None:
    candidates = np.array([[40.0, 20.0, 80.0, 30.0, 0.9]])
    (region,) = regions_of(candidates, kind=RegionKind.PLATE, margin=0.25, width=160, height=90)
    assert (region.x1, region.y1, region.x2, region.y2) == (30, 17, 90, 33)
    assert region.confidence == 0.9


def test_regions_outside_the_picture_are_left_out() -> None:
    candidates = np.array([[-40.0, 20.0, -10.0, 30.0, 0.9], [200.0, 20.0, 240.0, 30.0, 0.9]])
    assert regions_of(candidates, kind=RegionKind.FACE, margin=0.1, width=160, height=90) == ()
    assert regions_of(no_candidates(), kind=RegionKind.FACE, margin=0, width=9, height=9) == ()


def test_overlap_is_covered_once() -> None:
    regions = [
        RedactedRegion(kind=RegionKind.FACE, x1=0, y1=0, x2=10, y2=10, confidence=1.0),
        RedactedRegion(kind=RegionKind.PLATE, x1=5, y1=0, x2=15, y2=10, confidence=1.0),
    ]
    mask = covered(regions, width=100, height=50)
    assert mask.sum() == 150
    assert mask.shape == (50, 100)
