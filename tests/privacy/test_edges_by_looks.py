"""A candidate's edges lie where the looks at it see them on average."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.privacy.test_second_look import Doubting

from gatusyn.model import RegionKind
from gatusyn.privacy.finders import NetworkFinder
from gatusyn.privacy.second_look import CheckedFinder
from gatusyn.privacy.strips import Pass


@pytest.mark.parametrize(
    ("kind", "sure", "left", "right"),
    [
        (0, (0.9, 0.7), 3.0, 0.0),  # one look closer
        (0, (0.5, 0.5, 0.6), 2.0, 2.0),  # one mirrored besides: its left is the picture's right
        (0, (0.9, 0.0, 0.7), 0.0, 3.0),  # the closer look sees none: it says nothing of edges
        (1, (0.9, 0.8, 0.95), 2.0, 2.0),
        (1, (0.99, 0.98), 3.0, 0.0),
    ],
)
def test_edges_are_where_the_looks_see_them_on_average(
    kind: int, sure: tuple[float, ...], left: float, right: float
) -> None:
    (plain,) = edges_found(kind, sure, wider_px=0.0)
    (wider,) = edges_found(kind, sure, wider_px=6.0)
    moved = (wider - plain) * [-1, -1, 1, 1]
    np.testing.assert_allclose(moved, [left, 0.0, right, 0.0], atol=0.02)


def edges_found(kind: int, sure: tuple[float, ...], *, wider_px: float) -> NDArray[np.float64]:
    session = Doubting(kind, sure, wider_px=wider_px)
    finder = NetworkFinder(session=session, model="m", passes=(Pass(top=0, bottom=1, scale=1),))
    picture = np.full((320, 640, 3), 120, np.uint8)
    thresholds = {RegionKind.FACE: 0.4, RegionKind.PLATE: 0.7}
    found = CheckedFinder(finder=finder).find(picture, thresholds=thresholds)
    return found[(RegionKind.FACE, RegionKind.PLATE)[kind]][:, :4]
