"""Coordinate systems of deliveries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import CRS
from shapely import LineString

from gatusyn.geo import Projection
from gatusyn.model import NetworkError
from gatusyn.network.crs import parse_crs, place


def lines(*shapes: LineString) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def test_heights_are_left_out_of_the_system() -> None:
    assert parse_crs("n", "EPSG:5845", None).to_epsg() == 3006


def test_a_prj_file_is_recognised_and_has_its_area_of_use() -> None:
    crs = parse_crs("n", CRS(3006).to_wkt("WKT1_ESRI"), None)
    assert crs.to_epsg() == 3006
    assert crs.area_of_use is not None


@pytest.mark.parametrize("text", [None, ""])
def test_nothing_said(text: str | None) -> None:
    with pytest.raises(NetworkError, match="no coordinate system"):
        parse_crs("n", text, None)


def test_a_drawings_own_system_is_refused() -> None:
    text = 'LOCAL_CS["drawing",UNIT["metre",1]]'
    with pytest.raises(NetworkError, match="neither geographic nor projected"):
        parse_crs("n", text, None)


def test_feet_become_metres() -> None:
    # New York Long Island, US survey feet.
    feet = lines(LineString([(1_000_000, 200_000), (1_003_280.833, 200_000)]))
    placed = place("n", CRS(2263), feet)
    assert placed.epsg == 32618
    assert placed.geometries[0].length == pytest.approx(1000.0, rel=0.001)


def test_a_utm_zone_is_kept_for_the_whole_country() -> None:
    # Stockholm lies just east of zone 33.
    placed = place("n", CRS(32633), lines(LineString([(674_000, 6_580_000), (674_100, 6_580_000)])))
    assert placed.epsg == 32633


def test_one_stray_row_is_marked_and_the_rest_kept() -> None:
    good = LineString([(674_000, 6_580_000), (674_100, 6_580_000)])
    placed = place("n", CRS(3006), lines(good, LineString([(0, 0), (5, 5)]), good))
    assert placed.outside.tolist() == [False, True, False]


@given(st.floats(11.0, 24.0), st.floats(55.5, 69.0))
def test_degrees_in_sweden_become_sweref_and_come_back(lon: float, lat: float) -> None:
    line = LineString([(lon, lat), (lon + 0.01, lat + 0.01)])
    placed = place("n", CRS(4326), lines(line))
    assert placed.epsg == 3006
    back = Projection(3006).geometry_to_degrees(placed.geometries[0])
    assert back.equals_exact(line, 1e-8)
