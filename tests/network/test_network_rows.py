"""Rows become links, or are counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gatusyn.model import Direction
from gatusyn.network.rows import Attributes, Fault, Row, build_links

LINE = LineString([(0, 0), (100, 0)])


def broken_line(value: float) -> LineString:
    with np.errstate(invalid="ignore"):
        return LineString([(0, 0), (value, 1)])


def make_row(
    geometry: BaseGeometry | None = LINE,
    *,
    element_id: str = "a",
    start: float = 0.0,
    end: float = 1.0,
    outside: bool = False,
    is_road: bool = True,
    attributes: Attributes | None = None,
) -> Row:
    return Row(
        element_id=element_id,
        start_measure=start,
        end_measure=end,
        geometry=geometry,
        attributes=attributes or Attributes(),
        outside=outside,
        is_road=is_road,
    )


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (make_row(None), Fault.NO_GEOMETRY),
        (make_row(LineString()), Fault.NO_GEOMETRY),
        (make_row(Point(1, 2)), Fault.NOT_A_LINE),
        (make_row(Polygon([(0, 0), (1, 0), (1, 1)])), Fault.NOT_A_LINE),
        (make_row(broken_line(math.nan)), Fault.BAD_COORDINATES),
        (make_row(broken_line(math.inf)), Fault.BAD_COORDINATES),
        (make_row(LineString([(5, 5), (5, 5)])), Fault.NO_LENGTH),
        (make_row(outside=True), Fault.OUTSIDE),
        (make_row(element_id=""), Fault.NO_ID),
        (make_row(start=math.nan), Fault.NO_MEASURES),
        (make_row(start=0.5, end=0.5), Fault.BAD_MEASURES),
        (make_row(start=0.6, end=0.5), Fault.BAD_MEASURES),
        (make_row(start=-0.1), Fault.BAD_MEASURES),
        (make_row(end=1.1), Fault.BAD_MEASURES),
        (make_row(is_road=False), Fault.NOT_A_ROAD),
    ],
)
def test_a_broken_row_is_counted_and_the_good_one_kept(row: Row, fault: Fault) -> None:
    built = build_links([row, make_row(element_id="good")])
    assert dict(built.faults) == {fault: 1}
    assert [link.element_id for link in built.links] == ["good"]
    assert (built.received, built.accepted) == (2, 1)
    assert f"1 of 2 rows were left out: 1 {fault}." in built.remarks()


def test_nothing_left_out_nothing_said() -> None:
    assert build_links([make_row()]).remarks() == ()


def test_a_line_that_crosses_itself_is_fine() -> None:
    line = LineString([(0, 0), (100, 0), (50, 50), (50, -50)])
    assert build_links([make_row(line)]).links[0].line == line


def test_heights_are_dropped() -> None:
    link = build_links([make_row(LineString([(0, 0, 5), (10, 0, -99999)]))]).links[0]
    assert not link.line.has_z


def test_link_ids_name_element_and_measures() -> None:
    link = build_links([make_row(element_id="12:34", start=0.25, end=0.5)]).links[0]
    assert link.link_id == "12:34:0.25000000-0.50000000"


def test_parts_that_meet_are_joined() -> None:
    parts = MultiLineString([[(0, 0), (10, 0)], [(10, 0), (30, 0)]])
    built = build_links([make_row(parts)])
    assert [link.line for link in built.links] == [LineString([(0, 0), (10, 0), (30, 0)])]


def test_parts_that_are_apart_share_the_measures_by_length() -> None:
    parts = MultiLineString([[(0, 0), (10, 0)], [(50, 0), (80, 0)]])
    built = build_links([make_row(parts, start=0.2, end=1.0)])
    assert [(link.start_measure, link.end_measure) for link in built.links] == [
        (0.2, pytest.approx(0.4)),
        (pytest.approx(0.4), 1.0),
    ]
    assert built.accepted == built.received == 1


def test_a_repeated_row_is_left_out() -> None:
    built = build_links([make_row(), make_row()])
    assert len(built.links) == 1
    assert built.faults[Fault.REPEATED] == 1


def test_the_same_line_backwards_makes_a_two_way_link() -> None:
    with_limit = Attributes(direction=Direction.WITH, speed_forward_kmh=50.0)
    back = Attributes(direction=Direction.WITH, speed_forward_kmh=30.0)
    built = build_links(
        [make_row(attributes=with_limit), make_row(LINE.reverse(), attributes=back)]
    )
    (link,) = built.links
    assert link.direction is Direction.BOTH
    assert (link.speed_forward_kmh, link.speed_backward_kmh) == (50.0, 30.0)
    assert built.faults[Fault.OPPOSITE] == 1


def test_another_line_under_the_same_id_is_named() -> None:
    built = build_links([make_row(), make_row(LineString([(0, 9), (100, 9)]))])
    assert [link.link_id for link in built.links] == [
        "a:0.00000000-1.00000000",
        "a:0.00000000-1.00000000~2",
    ]
    assert "a:0.00000000-1.00000000~2" in built.remarks()[0]


@given(
    st.lists(
        st.builds(
            make_row,
            st.sampled_from(
                [LINE, None, Point(0, 0), LINE.reverse(), LineString([(0, 1), (9, 1)])]
            ),
            element_id=st.sampled_from(["a", "b", ""]),
            start=st.sampled_from([0.0, 0.5, math.nan]),
            end=st.sampled_from([0.5, 1.0, 2.0]),
        ),
        max_size=30,
    )
)
def test_received_is_accepted_and_rejected_and_ids_are_unique(rows: list[Row]) -> None:
    built = build_links(rows)
    assert built.received == len(rows) == built.accepted + sum(built.faults.values())
    assert len({link.link_id for link in built.links}) == len(built.links)
