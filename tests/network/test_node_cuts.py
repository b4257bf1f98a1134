"""Links are cut where others end on them, and nowhere else."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from gatusyn.model import Link, NetworkType
from gatusyn.network.node_cuts import cut_at_ends

Line = list[tuple[float, float]]


def link(name: str, line: Line, start: float = 0.0, end: float = 1.0, **properties: Any) -> Link:
    return Link(
        link_id=f"{name}:{start:.8f}-{end:.8f}",
        element_id=name,
        start_measure=start,
        end_measure=end,
        line=LineString(line),
        **properties,
    )


STREET: Line = [(0, 0), (100, 0)]


def measures(links: list[Link], name: str) -> list[tuple[float, float]]:
    return [(a.start_measure, a.end_measure) for a in links if a.element_id == name]


@pytest.mark.parametrize("gap_m", [0.0, 0.02, -0.02])
def test_a_side_street_cuts_the_street_on_which_it_ends(gap_m: float) -> None:
    links = cut_at_ends([link("a", STREET, 0.2, 0.6), link("b", [(25, gap_m), (25, 60)])])
    assert measures(links, "a") == [(0.2, 0.3), (0.3, 0.6)]
    assert [one.link_id for one in links[:2]] == [
        "a:0.20000000-0.30000000",
        "a:0.30000000-0.60000000",
    ]
    assert [one.length_m for one in links[:2]] == pytest.approx([25.0, 75.0])
    assert measures(links, "b") == [(0.0, 1.0)]


@pytest.mark.parametrize(
    ("other", "properties"),
    [
        ([(50, -50), (50, 50)], {}),  # crosses without an end: a bridge
        ([(50, 0.5), (50, 50)], {}),  # ends beside it
        ([(0.1, 0), (0, 50)], {}),  # ends at its end
        ([(50, 0), (50, 50)], {"network_type": NetworkType.FOOT}),
    ],
)
def test_what_cuts_nothing(other: Line, properties: dict[str, Any]) -> None:
    links = [link("a", STREET), link("b", other, **properties)]
    assert cut_at_ends(links) == links


def test_paths_cut_paths() -> None:
    cycle = link("a", STREET, network_type=NetworkType.CYCLE)
    foot = link("b", [(50, 0), (50, 9)], network_type=NetworkType.FOOT)
    assert measures(cut_at_ends([cycle, foot]), "a") == [(0.0, 0.5), (0.5, 1.0)]


def test_a_link_that_ends_on_itself_is_left_whole() -> None:
    loop = link("a", [(0, 0), (100, 0), (100, 50), (50, 50), (50, 0)])
    crossing_itself = link("b", [(200, 0), (300, 0), (300, 50), (250, 50), (250, -50)])
    assert sum(one.length_m for one in cut_at_ends([loop])) == pytest.approx(loop.length_m)
    assert cut_at_ends([crossing_itself]) == [crossing_itself]


def test_several_ends_in_one_place_cut_once() -> None:
    links = cut_at_ends(
        [link("a", STREET), link("b", [(50, 0), (50, 9)]), link("c", [(50, 0), (50, -9)])]
    )
    assert measures(links, "a") == [(0.0, 0.5), (0.5, 1.0)]


def test_a_measure_that_cannot_be_told_apart_is_not_cut() -> None:
    short = link("a", STREET, 0.5, 0.500000001)
    assert cut_at_ends([short, link("b", [(50, 0), (50, 9)])])[0] == short


@given(st.lists(st.floats(0.0, 100.0), max_size=8))
def test_cut_links_tile_the_whole(places: list[float]) -> None:
    sides = [link(f"s{n}", [(place, 0), (place, 30 + n)]) for n, place in enumerate(places)]
    links = cut_at_ends([link("a", STREET), *sides])
    parts = [one for one in links if one.element_id == "a"]
    assert (parts[0].start_measure, parts[-1].end_measure) == (0.0, 1.0)
    assert all(a.end_measure == b.start_measure for a, b in pairwise(parts))
    assert all(a.line.coords[-1] == b.line.coords[0] for a, b in pairwise(parts))
    assert sum(one.length_m for one in parts) == pytest.approx(100.0)
    assert len({one.link_id for one in links}) == len(links)
    for place in places:
        assert (
            min(
                abs(one.line.coords[0][0] - place)
                for one in (*parts, link("e", [(100, 0), (101, 0)]))
            )
            <= 1.0
        )
