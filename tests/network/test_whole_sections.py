"""Widths where the source has none, whose sections are counted, and junctions by topology."""

from __future__ import annotations

from typing import Any

import pytest
from shapely import LineString

from gatusyn.model import Direction, Link, NetworkParams, NetworkType, Section, SettingsError
from gatusyn.network import cut_sections
from gatusyn.network.assumed import assumed_width_m, is_counted, remarks

Line = list[tuple[float, float]]
STREET: Line = [(0, 0), (100, 0)]


def link(name: str = "a", line: Line = STREET, **properties: Any) -> Link:
    values = {"start_measure": 0.0, "end_measure": 1.0, **properties}
    return Link(link_id=name, element_id=name, line=LineString(line), **values)


@pytest.mark.parametrize(
    ("properties", "width"),
    [
        ({"functional_class": "4"}, 7.0),
        ({"functional_class": "5"}, 7.0),
        ({"functional_class": "6"}, 5.5),
        ({"functional_class": "secondary_link"}, 7.0),
        ({"functional_class": "residential"}, 5.5),
        ({"functional_class": "2", "direction": Direction.WITH}, 3.5),
        ({}, 6.5),
        ({"network_type": NetworkType.CYCLE, "functional_class": "2"}, 2.5),
    ],
)
def test_widths_by_class_and_kind(properties: dict[str, Any], width: float) -> None:
    assert assumed_width_m(link(**properties), NetworkParams()) == width


def test_a_width_that_is_known_is_not_assumed() -> None:
    (first, *_) = cut_sections([link(functional_class="8", width_m=4.25)], NetworkParams())
    assert (first.width_m, first.width_is_assumed) == (4.25, False)


@pytest.mark.parametrize(
    ("keepers", "keeper", "counted"),
    [
        ((), "state (Trafikverket)", True),
        (("municipal",), "municipal (Kiruna)", True),
        (("Kiruna",), "municipal (Kiruna)", True),
        (("kiruna ",), "municipal (Kiruna)", True),
        (("municipal (Kiruna)",), "municipal (Kiruna)", True),
        (("municipal",), "state (Trafikverket)", False),
        (("municipal",), None, False),
        (("municipal", "unknown"), None, True),
        (("private",), "private", True),
    ],
)
def test_whose_sections_are_counted(
    keepers: tuple[str, ...], keeper: str | None, counted: bool
) -> None:
    params = NetworkParams(road_keepers=keepers)
    own = link(road_keeper=keeper)
    assert is_counted(own, params) is counted
    assert {section.is_counted for section in cut_sections([own], params)} == {counted}


def test_an_empty_road_keeper_is_refused() -> None:
    with pytest.raises(SettingsError, match="road_keepers"):
        NetworkParams(road_keepers=("municipal", " "))


def test_what_is_assumed_and_not_counted_is_said() -> None:
    links = [link("a", functional_class="3"), link("b", width_m=6.0, road_keeper="state")]
    said = remarks(links, NetworkParams(road_keepers=("unknown",)))
    assert said[0].startswith(
        "1 of 2 links (0.1 km) have no width; it is assumed by class and kind (7 m;"
    )
    assert said[1].startswith("1 of 2 links (0.1 km) are of other road keepers than unknown")
    assert remarks(links[1:], NetworkParams()) == ()


def arms_of(**properties: Any) -> list[Link]:
    ways = (("E", 1, 0), ("N", 0, 1), ("W", -1, 0))
    return [link(name, [(0, 0), (60 * x, 60 * y)], **properties) for name, x, y in ways]


def in_junction(*links: Link) -> list[str]:
    sections: tuple[Section, ...] = cut_sections(links, NetworkParams())
    return [section.section_id for section in sections if section.is_junction]


def test_sections_at_a_crossing_are_in_a_junction() -> None:
    arms = [
        link(n, [(0, 0), (60 * x, 60 * y)]) for n, x, y in (("E", 1, 0), ("N", 0, 1), ("W", -1, 0))
    ]
    assert in_junction(*arms) == ["E#1", "N#1", "W#1"]


def test_a_bend_of_two_links_is_no_junction() -> None:
    assert in_junction(link("a"), link("b", [(100, 0), (100, 80)])) == []


def test_a_bridge_and_the_road_below_make_no_junction() -> None:
    assert in_junction(link("over"), link("under", [(50, -50), (50, 50)])) == []


def test_a_path_that_reaches_a_bend_makes_no_junction_of_the_street() -> None:
    path = link("path", [(100, 0), (100, -40)], network_type=NetworkType.FOOT)
    assert in_junction(link("a"), link("b", [(100, 0), (100, 80)]), path) == []


def test_paths_make_junctions_among_themselves() -> None:
    kinds = {"network_type": NetworkType.CYCLE}
    arms = [
        link(n, [(0, 0), (40 * x, 40 * y)], **kinds)
        for n, x, y in (("E", 1, 0), ("N", 0, 1), ("W", -1, 0))
    ]
    assert in_junction(*arms) == ["E#1", "N#1", "W#1"]


def test_all_of_a_roundabout_is_in_a_junction() -> None:
    assert len(in_junction(link("ring", is_roundabout=True))) == 5
