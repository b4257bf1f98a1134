"""Places of one delivery are found on the next, and never forced."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, affinity

from gatusyn.geo import cut_line
from gatusyn.model import CarryParams, Direction, Link, Loss, Network, NetworkParams, NetworkType
from gatusyn.network import CarriedOver, Carrier, LinkChange, compare, cut_sections

E, N = 357_000.0, 6_213_000.0
Coords = list[tuple[float, float]]


def link(
    name: str,
    *coords: tuple[float, float],
    measures: tuple[float, float] = (0.0, 1.0),
    kind: NetworkType = NetworkType.CAR,
    direction: Direction = Direction.BOTH,
) -> Link:
    """Return a link through coordinates given from a round place."""
    return Link(
        link_id=f"{name}:{measures[0]:.8f}-{measures[1]:.8f}",
        element_id=name,
        start_measure=measures[0],
        end_measure=measures[1],
        line=LineString([(E + x, N + y) for x, y in coords]),
        network_type=kind,
        direction=direction,
    )


def network(*links: Link) -> Network:
    return Network(epsg=3006, links=links, sections=cut_sections(links, NetworkParams()))


def carry(old: Network, new: Network, *, of: int = 0, step_m: float = 5.0) -> CarriedOver:
    """Carry places every few metres of one former link."""
    offsets = np.arange(step_m / 2, old.links[of].length_m, step_m)
    return Carrier(old, new, CarryParams()).carry(np.full(offsets.size, of), offsets)


def changes(old: Network, new: Network) -> dict[LinkChange, int]:
    found = compare(old, new, Carrier(old, new, CarryParams()))
    return {change: count for change, count in found.links.items() if count}


def split(whole: Link, *cuts: float, name: str | None = None) -> list[Link]:
    """Cut a link at measures; the parts keep its element id, or get names of their own."""
    parts = []
    for number, (first, last) in enumerate(pairwise((0.0, *cuts, 1.0))):
        span = whole.end_measure - whole.start_measure
        start, end = whole.start_measure + first * span, whole.start_measure + last * span
        element = whole.element_id if name is None else f"{name}{number}"
        part = replace(
            whole,
            link_id=f"{element}:{start:.8f}-{end:.8f}",
            element_id=element,
            start_measure=start if name is None else 0.0,
            end_measure=end if name is None else 1.0,
            line=cut_line(whole.line, first * whole.length_m, last * whole.length_m),
        )
        parts.append(part)
    return parts


STREET = link("a", (0, 0), (0, 100))


def test_an_unchanged_link_is_the_same_to_the_last_bit() -> None:
    old, new = network(STREET), network(link("z", (200, 0), (300, 0)), STREET)
    found = carry(old, new)
    assert (found.link == 1).all()
    assert found.by_id.all()
    assert (found.shift_m == 0.0).all()
    assert found.offset_m.tolist() == np.arange(2.5, 100, 5).tolist()
    assert changes(old, new) == {LinkChange.SAME: 1, LinkChange.NEW: 1}


@pytest.mark.parametrize("name", [None, "new"])
def test_a_split_link_is_found_in_its_parts(name: str | None) -> None:
    old, new = network(STREET), network(*split(STREET, 0.3, name=name))
    found = carry(old, new)
    assert found.found.all()
    assert found.by_id.all() == (name is None)
    assert (found.link == (np.arange(2.5, 100, 5) > 30.0)).all()
    assert (found.shift_m == 0.0).all()
    assert changes(old, new)[LinkChange.SPLIT] == 1


def test_merged_links_are_found_in_the_whole() -> None:
    old, new = network(*split(STREET, 0.3)), network(STREET)
    found = carry(old, new, of=1)
    assert found.found.all()
    assert found.offset_m == pytest.approx(np.arange(32.5, 100, 5))
    assert changes(old, new) == {LinkChange.MERGED: 2}


def test_a_link_digitised_the_other_way_turns_round() -> None:
    old, new = network(STREET), network(link("a", (0, 100), (0, 0)))
    found = carry(old, new)
    assert found.found.all()
    assert found.is_reversed.all()
    assert found.offset_m == pytest.approx(100.0 - np.arange(2.5, 100, 5))
    assert changes(old, new) == {LinkChange.REVERSED: 1}


def test_a_small_shift_moves_what_was_seen_with_the_line() -> None:
    old, new = network(STREET), network(link("a", (2, 0), (2, 100)))
    found = carry(old, new)
    assert found.found.all()
    assert found.shift_m == pytest.approx(np.tile([2.0, 0.0], (20, 1)))
    assert found.offset_m == pytest.approx(np.arange(2.5, 100, 5))
    assert changes(old, new) == {LinkChange.MOVED: 1}


@pytest.mark.parametrize(("name", "why"), [("a", Loss.TOO_FAR), ("b", Loss.CLOSED)])
def test_a_large_shift_is_not_forced(name: str, why: Loss) -> None:
    old, new = network(STREET), network(link(name, (30, 0), (30, 100)))
    found = carry(old, new)
    assert not found.found.any()
    assert {found.why(place) for place in range(found.loss.size)} == {why}
    assert changes(old, new) == {LinkChange.CLOSED: 1, LinkChange.NEW: 1}
    if why is Loss.TOO_FAR:
        assert found.moved_m == pytest.approx(30.0)


def test_renumbered_links_are_found_by_their_lines() -> None:
    old, new = network(STREET), network(replace(STREET, element_id="b", link_id="b"))
    found = carry(old, new)
    assert found.found.all()
    assert not found.by_id.any()
    assert changes(old, new) == {LinkChange.RENUMBERED: 1}


@pytest.mark.parametrize("aside_m", [3.0, 6.0, 9.0])
def test_a_closed_street_is_not_taken_for_the_cycle_path_beside_it(aside_m: float) -> None:
    path = link("c", (aside_m, 0), (aside_m, 100), kind=NetworkType.CYCLE)
    found = carry(network(STREET, path), network(path))
    assert not found.found.any()
    assert {found.why(place) for place in range(found.loss.size)} == {Loss.OTHER_TYPE}


def test_street_and_cycle_path_keep_apart_when_all_ids_change() -> None:
    path = link("c", (3, 0), (3, 100), kind=NetworkType.CYCLE)
    old = network(STREET, path)
    new = network(
        link("x", (2, 0), (2, 100), kind=NetworkType.CYCLE), link("y", (1.5, 0), (1.5, 100))
    )
    assert (carry(old, new, of=0).link == 1).all()
    assert (carry(old, new, of=1).link == 0).all()


def test_a_closed_carriageway_is_not_taken_for_the_other() -> None:
    one = link("a", (0, 0), (0, 100), direction=Direction.WITH)
    other = link("b", (-8, 100), (-8, 0), direction=Direction.WITH)
    for new in (network(other), network(replace(other, link_id="n", element_id="n"))):
        found = carry(network(one, other), new)
        assert not found.found.any()
        assert found.why(3) is Loss.TAKEN


def test_carriageways_keep_apart_when_all_ids_change_and_both_shift() -> None:
    def town(shift: float, names: str) -> Network:
        return network(
            link(names[0], (shift, 0), (shift, 100), direction=Direction.WITH),
            link(names[1], (shift - 6, 100), (shift - 6, 0), direction=Direction.WITH),
        )

    old, new = town(0.0, "ab"), town(-3.5, "xy")
    assert (carry(old, new, of=0).link == 0).all()
    assert (carry(old, new, of=1).link == 1).all()


def test_two_carriageways_drawn_as_one_line_are_both_found() -> None:
    old = network(
        link("a", (4, 0), (4, 100), direction=Direction.WITH),
        link("b", (-4, 100), (-4, 0), direction=Direction.WITH),
    )
    new = network(link("m", (0, 0), (0, 100)))
    assert carry(old, new, of=0).found.all()
    assert carry(old, new, of=1).found.all()
    assert changes(old, new)[LinkChange.MERGED] == 2


@pytest.mark.parametrize("angle_deg", [30.0, 60.0, 90.0])
@pytest.mark.parametrize("name", ["bridge", "renumbered"])
def test_a_closed_road_is_not_taken_for_the_bridge_over_it(angle_deg: float, name: str) -> None:
    road = link("road", (0, -50), (0, 50))
    bridge = link("bridge", (0, -80), (0, 80))
    turned = affinity.rotate(bridge.line, angle_deg, origin=Point(E, N))
    bridge = replace(bridge, line=turned)
    after = replace(bridge, link_id=name, element_id=name)
    found = carry(network(road, bridge), network(after), step_m=1.0)
    assert not found.found.any()
    assert carry(network(road, bridge), network(after), of=1).found.all()


def test_a_roundabout_for_a_crossing_keeps_the_arms() -> None:
    arms = [(0, 100), (100, 0), (0, -100), (-100, 0)]
    old = network(*(link(f"a{i}", (0, 0), arm) for i, arm in enumerate(arms)))
    ring = LineString(Point(E, N).buffer(14.0, quad_segs=16).exterior.coords)
    ends = [(0, 14), (14, 0), (0, -14), (-14, 0)]
    new = network(
        *(link(f"b{i}", end, arm) for i, (end, arm) in enumerate(zip(ends, arms, strict=True))),
        replace(link("ring", (0, 0), (1, 1)), line=ring),
    )
    for arm in range(4):
        found = carry(old, new, of=arm, step_m=1.0)
        along = np.arange(0.5, 100, 1.0)
        assert (found.link[along > 14.0] == arm).all()
        assert not found.found[along < 10.5].any()
    assert changes(old, new)[LinkChange.PARTLY_LOST] == 4


def test_a_shortened_street_does_not_draw_its_end_back() -> None:
    found = carry(network(STREET), network(link("a", (0, 0), (0, 60))), step_m=1.0)
    along = np.arange(0.5, 100, 1.0)
    assert found.found[along < 60].all()
    assert not found.found[along > 63].any()
    assert (found.shift_m == 0.0).all()
    assert Loss.CLOSED in {found.why(place) for place in np.flatnonzero(~found.found).tolist()}


def test_a_corner_that_shifts_loses_nothing() -> None:
    old = network(link("a", (0, 0), (0, 50), (50, 50)))
    new = network(link("n", (2, -2), (2, 48), (52, 48)))
    found = carry(old, new, step_m=1.0)
    along = np.arange(0.5, 100, 1.0)
    assert found.found[(along > 2) & (along < 98)].all()


def test_deliveries_in_different_systems_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="EPSG"):
        Carrier(network(STREET), replace(network(STREET), epsg=3011), CarryParams())


@given(
    cuts=st.lists(st.floats(0.02, 0.98), max_size=8, unique_by=lambda cut: round(cut, 2)),
    turns=st.lists(st.floats(-60.0, 60.0), min_size=1, max_size=6),
    renumber=st.booleans(),
)
def test_nothing_is_lost_when_a_network_is_split_at_random_places(
    cuts: list[float], turns: list[float], renumber: bool
) -> None:
    bearing = np.radians(np.cumsum(turns))
    steps = np.column_stack([np.sin(bearing), np.cos(bearing)]) * 40.0
    coords: Coords = [(0.0, 0.0), *map(tuple, np.cumsum(steps, axis=0).tolist())]
    whole = link("a", *coords)
    beside = replace(whole, link_id="c", element_id="c", network_type=NetworkType.CYCLE)
    old = network(whole, beside)
    new = network(*split(whole, *sorted(cuts), name="n" if renumber else None), beside)
    offsets = np.linspace(0.0, whole.length_m, 60)
    found = Carrier(old, new, CarryParams()).carry(np.zeros(60, dtype=np.int64), offsets)
    assert found.found.all()
    assert (found.shift_m == 0.0).all()
    for place, offset in enumerate(offsets.tolist()):
        part = new.links[found.link[place]]
        there = part.line.interpolate(found.offset_m[place])
        assert part.network_type is NetworkType.CAR
        assert there.distance(whole.line.interpolate(offset)) < 0.01
        if not renumber:
            assert part.measure_at(found.offset_m[place]) == pytest.approx(
                whole.measure_at(offset), abs=1e-4
            )
