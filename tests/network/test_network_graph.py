"""Directed links: who follows whom, and how far it is."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString

from gatusyn.network.graph import LinkGraph, build_graph


def graph_of(
    *lines: list[tuple[float, float]], forward: list[bool] | None = None, one_way: bool = False
) -> LinkGraph:
    count = len(lines)
    geometries = np.empty(count, dtype=object)
    geometries[:] = [LineString(line) for line in lines]
    return build_graph(
        geometries,
        np.array(forward or [True] * count),
        np.array([not one_way] * count),
        u_turn_m=50.0,
    )


def test_ends_within_the_tolerance_are_joined() -> None:
    graph = graph_of([(0, 0), (10, 0)], [(10.3, 0), (20, 0)], [(20.9, 0), (30, 0)])
    assert set(graph.followers(0)) == {1, 2}
    assert set(graph.followers(2)) == {3}
    assert graph.reverse.tolist() == [1, 0, 3, 2, 5, 4]


def test_one_way_links_are_followed_one_way() -> None:
    graph = graph_of([(0, 0), (10, 0)], [(10, 0), (20, 0)], one_way=True)
    assert graph.followers(0) == (2,)
    assert graph.followers(2) == ()
    assert graph.reverse[0] == -1


def test_twin_lines_are_each_others_way_back() -> None:
    graph = graph_of([(0, 0), (10, 0)], [(10, 0), (0, 0)], one_way=True)
    assert graph.reverse[[0, 2]].tolist() == [2, 0]
    assert graph.reach(0, 100.0).cost_m[2] == 50.0


def test_the_shortest_way_counts_the_links_between() -> None:
    square = graph_of(
        [(0, 0), (100, 0)],
        [(100, 0), (100, 30), (200, 30), (200, 0)],
        [(100, 0), (200, 0)],
        [(200, 0), (300, 0)],
    )
    assert square.reach(0, 500.0).cost_m[6] == pytest.approx(100.0)
    assert square.way(0, 6, 500.0) == [4, 6]
    assert 6 not in square.reach(0, 50.0).cost_m or square.reach(0, 50.0).limit_m >= 100


def test_a_larger_limit_searches_again() -> None:
    graph = graph_of([(0, 0), (10, 0)], [(10, 0), (110, 0)], [(110, 0), (120, 0)])
    assert 4 not in graph.reach(0, 20.0).cost_m
    assert graph.reach(0, 200.0).cost_m[4] == pytest.approx(100.0)


def test_a_turn_in_a_dead_end_costs() -> None:
    graph = graph_of([(0, 0), (10, 0)], [(10, 0), (30, 0)])
    reach = graph.reach(0, 500.0)
    assert reach.cost_m[1] == 50.0
    assert reach.cost_m[3] == pytest.approx(20.0 + 50.0)


def test_twins_of_several_between_the_same_nodes_are_told_by_their_length() -> None:
    graph = graph_of(
        [(0, 0), (100, 0)],
        [(0, 0), (50, 80), (100, 0)],
        [(100, 0), (50, 80), (0, 0)],
        [(100, 0), (0, 0)],
        one_way=True,
    )
    assert graph.reverse[[0, 2, 4, 6]].tolist() == [6, 4, 2, 0]


def test_nothing_gives_an_empty_graph() -> None:
    assert graph_of().reverse.size == 0
