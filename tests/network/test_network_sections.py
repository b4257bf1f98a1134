"""Sections tile their link exactly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, hausdorff_distance
from shapely.ops import substring

from gatusyn.model import Link, NetworkParams, NetworkType
from gatusyn.network import cut_sections
from gatusyn.network.sections import section_counts

COORDINATES = st.tuples(
    st.floats(min_value=100_000, max_value=900_000), st.floats(6_000_000, 7_500_000)
)
STEPS = st.tuples(st.floats(-150, 150), st.floats(-150, 150)).filter(
    lambda step: abs(step[0]) + abs(step[1]) > 0.1
)


@st.composite
def lines(draw: st.DrawFn) -> LineString:
    start = np.array(draw(COORDINATES))
    steps = np.array(draw(st.lists(STEPS, min_size=1, max_size=12)))
    return LineString(np.vstack((start, start + np.cumsum(steps, axis=0))))


def make_link(line: LineString, *, number: int = 0, start: float = 0.0, end: float = 1.0) -> Link:
    return Link(
        link_id=f"e{number}:{start:.8f}-{end:.8f}",
        element_id=f"e{number}",
        start_measure=start,
        end_measure=end,
        line=line,
    )


@given(
    st.lists(lines(), min_size=1, max_size=5),
    st.floats(5.0, 60.0),
    st.tuples(st.floats(0.0, 0.4), st.floats(0.6, 1.0)),
)
def test_sections_tile_each_link(
    geometries: list[LineString], wanted_m: float, measures: tuple[float, float]
) -> None:
    links = [
        make_link(line, number=k, start=measures[0], end=measures[1])
        for k, line in enumerate(geometries)
    ]
    params = NetworkParams(section_length_m=wanted_m)
    sections = cut_sections(links, params)
    assert sections == cut_sections(links, params)
    assert len({section.section_id for section in sections}) == len(sections)
    for link in links:
        own = [section for section in sections if section.link_id == link.link_id]
        assert own[0].start_m == 0.0
        assert own[-1].end_m == link.length_m
        assert own[0].start_measure == link.start_measure
        assert own[-1].end_measure == pytest.approx(link.end_measure, abs=1e-12)
        assert own[0].line.coords[0] == link.line.coords[0]
        assert own[-1].line.coords[-1] == link.line.coords[-1]
        for before, after in pairwise(own):
            assert before.end_m == after.start_m
            assert before.end_measure == after.start_measure
            assert before.line.coords[-1] == pytest.approx(after.line.coords[0], abs=1e-6)
        for section in own:
            assert section.start_measure < section.end_measure
            assert section.line.length == pytest.approx(section.length_m, abs=1e-4)
            expected = substring(link.line, section.start_m, section.end_m)
            assert hausdorff_distance(section.line, expected) < 1e-4


@given(st.floats(0.5, 5000.0), st.floats(5.0, 100.0))
def test_parts_are_near_the_wanted_length(length_m: float, wanted_m: float) -> None:
    part = length_m / section_counts(np.array([length_m]), wanted_m)[0]
    if length_m >= wanted_m:
        assert 2 / 3 * wanted_m - 1e-9 <= part <= 3 / 2 * wanted_m + 1e-9
    else:
        assert part == length_m


def test_a_link_is_independent_of_its_neighbours() -> None:
    one = make_link(LineString([(0, 0), (30, 5), (90, 5)]))
    other = make_link(LineString([(5e5, 7e6), (5e5, 7e6 + 130)]), number=1)
    params = NetworkParams()
    assert cut_sections([one, other], params) == cut_sections([one], params) + cut_sections(
        [other], params
    )


def test_ids_count_from_one() -> None:
    sections = cut_sections([make_link(LineString([(0, 0), (41, 0)]))], NetworkParams())
    assert [section.section_id for section in sections] == [
        "e0:0.00000000-1.00000000#1",
        "e0:0.00000000-1.00000000#2",
    ]


def test_width_is_the_links_or_assumed_by_its_type() -> None:
    line = LineString([(0, 0), (20, 0)])
    kinds = [NetworkType.CAR, NetworkType.CYCLE, NetworkType.CAR]
    widths = [None, None, 7.25]
    links = [
        Link(
            link_id=str(k),
            element_id=str(k),
            start_measure=0.0,
            end_measure=1.0,
            line=line,
            network_type=kind,
            width_m=width,
        )
        for k, (kind, width) in enumerate(zip(kinds, widths, strict=True))
    ]
    sections = cut_sections(links, NetworkParams(default_width_m=6.0, default_path_width_m=2.0))
    assert [(s.width_m, s.width_is_assumed) for s in sections] == [
        (6.0, True),
        (2.0, True),
        (7.25, False),
    ]


def test_no_links_no_sections() -> None:
    assert cut_sections([], NetworkParams()) == ()
