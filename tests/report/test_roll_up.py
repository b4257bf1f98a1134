"""Sections taken together: weighted by surface, sums conserved, the unknown left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_network import network_of, street
from tests.store.made_store import make_condition

from gatusyn.model import (
    DamageKind,
    Grade,
    SectionCondition,
    built_up,
    road_class,
    roll_up,
)

LINKS = (
    replace(street("a"), functional_class="4", is_built_up=True),
    replace(street("b", east=357_100.0), functional_class="8", is_built_up=False),
    replace(street("c", east=357_200.0)),
)
NETWORK = network_of(*LINKS)


def graded(indices: dict[str, float | None]) -> dict[str, SectionCondition]:
    return {
        name: make_condition(
            name,
            index=index,
            grade=Grade.UNKNOWN if index is None else Grade.POOR if index < 55 else Grade.GOOD,
        )
        for name, index in indices.items()
    }


def test_the_index_is_weighted_by_surface() -> None:
    wide = replace(NETWORK.sections[0], width_m=24.0)
    known = graded({wide.section_id: 20.0, "a:0-1#1": 80.0, "a:0-1#2": None})
    (group,) = roll_up((wide, *NETWORK.sections[1:5]), known, lambda _: "all")
    assert group.mean_index == pytest.approx((20.0 * 3 + 80.0) / 4)
    assert (group.sections, group.length_m, group.graded_m) == (5, 100.0, 40.0)
    assert (group.area_m2, group.graded_m2) == (24 * 20 + 4 * 160, 640.0)
    assert (group.worst, group.poor_sections) == (Grade.POOR, 1)


def test_extents_are_of_the_graded_surface_and_by_severity() -> None:
    known = graded({"a:0-1#0": 50.0, "a:0-1#1": 90.0, "a:0-1#2": None})
    known["a:0-1#1"] = replace(known["a:0-1#1"], extents=())
    (group,) = roll_up(NETWORK.sections[:5], known, lambda _: "all")
    (extent,) = group.extents
    assert (extent.kind, extent.severity, extent.count) == (DamageKind.POTHOLE, 2, 2)
    assert extent.area_m2 == pytest.approx(0.004 * 160)
    assert extent.share == pytest.approx(0.004 / 2)


def test_road_classes_and_areas_are_named_as_far_as_they_are_known() -> None:
    classes = roll_up(NETWORK.sections, {}, road_class(NETWORK))
    assert [one.name for one in classes] == ["class 4", "class 8", "car, no class"]
    areas = roll_up(NETWORK.sections, {}, built_up(NETWORK))
    assert [one.name for one in areas] == ["built-up", "outside built-up areas", "unknown"]
    assert all(one.mean_index is None and one.worst is Grade.UNKNOWN for one in areas)


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=15, max_size=15))
def test_the_parts_make_the_whole(indices: list[float | None]) -> None:
    ids = [section.section_id for section in NETWORK.sections]
    known = graded(dict(zip(ids, indices, strict=True)))
    (whole,) = roll_up(NETWORK.sections, known, lambda _: "all")
    parts = roll_up(NETWORK.sections, known, road_class(NETWORK))
    for figure in ("sections", "length_m", "area_m2", "graded_m", "graded_m2", "poor_sections"):
        assert sum(getattr(part, figure) for part in parts) == getattr(whole, figure)
    weighted = sum((part.mean_index or 0.0) * part.graded_m2 for part in parts)
    assert weighted == pytest.approx((whole.mean_index or 0.0) * whole.graded_m2)
    damaged = sum(extent.area_m2 for part in parts for extent in part.extents)
    assert damaged == pytest.approx(sum(extent.area_m2 for extent in whole.extents))
    assert sorted(place for part in parts for place in part.members) == list(range(15))
