"""What looks show around a shape: one look that holds it says the same as all of them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import Polygon, box

from gatusyn.condition.looked import Looked


def looked(shapes: list[Polygon], looks_at: list[list[int]]) -> Looked:
    groups = np.empty(len(looks_at), dtype=object)
    groups[:] = [np.array(own, np.int64) for own in looks_at]
    none = np.zeros(len(looks_at))
    return Looked(
        surface=np.full(len(looks_at), None, dtype=object),
        looks_at=groups,
        shapes=np.array(shapes, dtype=object),
        area_m2=none,
        well_m2=none,
        looks=none.astype(np.int64),
        last_s=none,
        rates=none,
        seen=none,
    )


def seen(one: Looked, section: list[int], shapes: list[Polygon]) -> NDArray[np.float64]:
    asked = np.array(shapes, dtype=object)
    ground = one.ground(np.array(section, np.int64), asked)
    return np.asarray(shapely.area(shapely.intersection(ground, asked)), np.float64)


def test_of_a_shape_counts_what_any_look_at_its_section_shows() -> None:
    west, middle, east = box(0.0, 0.0, 4.0, 4.0), box(3.0, 0.0, 7.0, 4.0), box(6.0, 0.0, 9.0, 4.0)
    one = looked([west, middle, east], [[0, 1], [2], []])
    across, within, beyond = (box(x, 1.0, x + 1.0, 2.0) for x in (3.5, 1.0, 6.5))
    expected = [1.0, 1.0, 0.5, 1.0, 0.0]
    shapes = [across, within, beyond, beyond, within]
    assert seen(one, [0, 0, 0, 1, 2], shapes) == pytest.approx(expected)
    assert len(seen(one, [], [])) == 0
