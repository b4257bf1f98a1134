"""What looks show of a surface is told strip by strip only where it is what all of them show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Point, Polygon, affinity, box
from shapely.geometry.base import BaseGeometry

from gatusyn.condition.strips import are_convex, within_strip_by_strip


def within(looks: Sequence[BaseGeometry], surface: BaseGeometry) -> bool:
    few = np.empty(1, dtype=object)
    few[0] = np.arange(len(looks))
    return bool(within_strip_by_strip(column(looks), few, column([surface]))[0])


def column(shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    return np.array([*shapes, None], dtype=object)[:-1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 360.0))
def test_what_lies_within_looks_strip_by_strip_is_shown_whole(seed: int, turned: float) -> None:
    rng = np.random.default_rng(seed)
    surface = LineString([(0.0, 0.0), (20.0, 0.0)]).buffer(3.5, cap_style="flat")
    looks = [
        affinity.rotate(box(at, off - 4.0, at + 8.5, off + 4.0), rng.normal(0.0, 2.0))
        for at, off in zip(rng.uniform(-8.0, 19.0, 9), rng.normal(0.0, 0.4, 9), strict=True)
    ]
    surface, *looks = (
        affinity.translate(affinity.rotate(one, turned, origin=(0.0, 0.0)), 3e5, 6.2e6)
        for one in (surface, *looks)
    )
    if within(looks, surface):
        assert shapely.union_all(looks).buffer(1e-6).covers(surface)


def test_strips_may_be_of_several_looks_and_a_gap_or_a_dent_is_none() -> None:
    surface = LineString([(0.0, 0.0), (0.0, 20.0)]).buffer(3.5, cap_style="flat")
    near, far = box(-4.0, -1.0, 4.0, 11.0), box(-4.0, 8.0, 4.0, 21.0)
    assert within([near, far], surface)
    assert not within([near], surface)
    assert not within([near, affinity.translate(far, 0.0, 2.6)], surface)
    assert not within([box(-9.0, -9.0, 9.0, 30.0).difference(box(-1.0, 7.0, 9.0, 8.0))], surface)
    bent = LineString([(0.0, 0.0), (0.0, 10.0), (3.0, 20.0)]).buffer(3.5, cap_style="flat")
    assert not within([box(-9.0, -9.0, 9.0, 30.0)], bent), "it has more corners: it is not told"
    assert not within([], surface)


@pytest.mark.parametrize(
    ("shape", "convex"),
    [
        (box(0.0, 0.0, 2.0, 1.0), True),
        (box(0.0, 0.0, 2.0, 1.0).reverse(), True),
        (Point(0.0, 0.0).buffer(2.0), True),
        (Polygon([(0.0, 0.0), (4.0, 0.0), (1.0, 1.0), (0.0, 4.0)]), False),
        (Point(0.0, 0.0).buffer(2.0).difference(Point(0.0, 0.0).buffer(1.0)), False),
        (MultiPolygon([box(0.0, 0.0, 1.0, 1.0), box(3.0, 0.0, 4.0, 1.0)]), False),
    ],
)
def test_a_shape_without_a_dent_turns_to_one_side(shape: BaseGeometry, convex: bool) -> None:
    others = [box(9.0, 9.0, 10.0, 10.0), shape, box(-9.0, 0.0, -8.0, 2.0)]
    assert are_convex(column(others)).tolist() == [True, convex, True]
