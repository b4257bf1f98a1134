"""The town's sections as columns: families, chains over links, what is unknown, what is wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString
from tests.economy.made_stock import stock
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.economy import family_of, stock_of
from gatusyn.model import (
    DamageKind,
    EconomyParams,
    Extent,
    Grade,
    NetworkError,
    NetworkType,
    Reason,
    SectionCondition,
)

PARAMS = EconomyParams()


def condition(section_id: str, index: float | None) -> SectionCondition:
    reasons = (Reason(kind=DamageKind.CRAZING, severity=2, deduct=40.0, text=""),)
    return SectionCondition(
        section_id=section_id,
        period="2026",
        grade=Grade.UNKNOWN if index is None else Grade.FAIR,
        index=index,
        observed_share=0.9,
        observed_m2=100.0,
        frames=3,
        confidence=0.0 if index is None else 0.75,
        extents=(),
        reasons=reasons if index else (),
    )


@pytest.mark.parametrize(
    ("aadt", "functional_class", "name"),
    [
        (9000.0, None, "busy"),
        (2000.0, "7", "main"),
        (20.0, "1", "local"),
        (None, "3", "main"),
        (None, "residential", "local"),
        (None, None, "collector"),
    ],
)
def test_a_street_belongs_to_a_family_by_traffic_else_by_class(
    aadt: float | None, functional_class: str | None, name: str
) -> None:
    link = replace(street(), aadt=aadt, functional_class=functional_class)
    assert family_of(link, PARAMS) == name
    assert family_of(replace(link, network_type=NetworkType.CYCLE), PARAMS) == "path"


def test_sections_without_an_index_are_unknown_and_unpaved_ones_are_left_out() -> None:
    gravel = replace(street("b", east=EAST + 500), surface="Grus")
    network = network_of(street("a"), gravel)
    made = stock_of(network, [condition("a:0-1#0", 60.0), condition("a:0-1#1", None)], PARAMS)
    assert made.section_id.tolist() == [f"a:0-1#{i}" for i in range(5)]
    assert made.index[0] == 60.0
    assert np.isnan(made.index[1:]).all()
    assert made.index_sigma[0] == pytest.approx(8.0)
    assert np.isnan(made.damage_share[1:]).all()
    assert made.damage_points[0, list(DamageKind).index(DamageKind.CRAZING)] == 40.0
    (remark,) = made.remarks
    assert (remark.key, remark.values["sections"]) == ("unpaved", 5)


def test_a_known_interval_is_passed_in() -> None:
    network = network_of(street("a"))
    made = stock_of(network, [condition("a:0-1#0", 60.0)], PARAMS, sigma_of=lambda one: 3.5)
    assert made.index_sigma[0] == 3.5


def test_chains_go_on_over_links_of_one_street_whichever_way_they_are_drawn() -> None:
    first = replace(street("a"), street_name="Storgatan")
    # Drawn from its far end back to where the first one ends.
    second = replace(
        street("b"),
        street_name="Storgatan",
        line=LineString([(EAST, NORTH + 160.0), (EAST, NORTH + 100.0)]),
    )
    other = replace(
        street("c"),
        street_name="Sidogatan",
        line=LineString([(EAST, NORTH + 160.0), (EAST, NORTH + 200.0)]),
    )
    made = stock_of(network_of(first, second, other), [], PARAMS)
    assert made.chain.tolist() == [0] * 8 + [1] * 2
    assert made.position.tolist() == [0, 1, 2, 3, 4, 7, 6, 5, 0, 1]


def test_a_third_link_of_the_street_ends_the_chain() -> None:
    def arm(name: str, east: float, north: float) -> object:
        line = LineString([(EAST, NORTH), (EAST + east, NORTH + north)])
        return replace(street(name), street_name="Torget", line=line)

    arms = [arm("a", 40.0, 0.0), arm("b", -40.0, 0.0), arm("c", 0.0, 40.0)]
    made = stock_of(network_of(*arms), [], PARAMS)  # type: ignore[arg-type]
    assert len(set(made.chain.tolist())) == 3


def test_a_ring_is_one_chain() -> None:
    square = [(0, 0), (40, 0), (40, 40), (0, 40), (0, 0)]
    links = [
        replace(
            street(f"r{i}"),
            street_name="Ringen",
            line=LineString([(EAST + x, NORTH + y) for x, y in square[i : i + 2]]),
        )
        for i in range(4)
    ]
    made = stock_of(network_of(*links), [], PARAMS)
    assert made.chain.tolist() == [0] * 8
    assert sorted(made.position.tolist()) == list(range(8))


def test_extents_of_one_damage_are_added() -> None:
    parts = tuple(
        Extent(
            kind=DamageKind.POTHOLE,
            severity=severity,
            count=1,
            length_m=1.0,
            area_m2=1.0,
            share=0.01,
            along_share=0.05,
        )
        for severity in (1, 3)
    )
    known = replace(condition("a:0-1#0", 60.0), extents=parts)
    made = stock_of(network_of(street("a")), [known], PARAMS)
    shares = made.damage_share[0]
    assert shares[list(DamageKind).index(DamageKind.POTHOLE)] == pytest.approx(0.02)
    assert shares.sum() == pytest.approx(0.02)


def test_every_wrong_row_is_named_at_once() -> None:
    made = stock([50.0, 50.0, 50.0, 50.0])
    with pytest.raises(NetworkError) as caught:
        replace(
            made,
            area_m2=np.array([140.0, -3.0, math.nan, 140.0]),
            family=np.array([0, 0, -1, 0], np.int32),
            index=np.array([50.0, 50.0, 50.0, 120.0]),
            section_id=np.array(["s0", "s0", "s2", "s3"]),
        )
    said = str(caught.value)
    for words in (
        "row 1 (s0) has no width or length (area -3 m2)",
        "row 2 (s2) has no width or length (area nan m2)",
        "row 2 (s2) has no class (family -1)",
        "row 3 (s3) has index 120",
        "row 1 (s0) has the same id as row 0",
        "Correct or remove these rows.",
    ):
        assert words in said


def test_a_column_that_is_too_short_is_named() -> None:
    with pytest.raises(NetworkError, match="aadt does not have a value for each section"):
        replace(stock([50.0, 60.0]), aadt=np.array([1.0]))
