"""Observations become findings: joined over frames and passes, believed when seen enough."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box
from tests.made_facts import look, seen
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.findings import derive_findings as derive_findings_of
from gatusyn.model import (
    Coverage,
    DamageKind,
    Finding,
    FindingParams,
    Network,
    Observation,
    PixelClass,
    RecordParams,
    Side,
)

NETWORK = network_of(street())
PARAMS = FindingParams(
    join_m=0.4,
    gate_sigmas=3.0,
    common_along_m=0.1,
    common_across_m=0.1,
    doubt=0.0,
    crack_min_confidence=0.4,
    pothole_min_confidence=0.4,
    patch_min_confidence=0.4,
    min_size_m=0.2,
)


def derive_findings(
    observations: Sequence[tuple[str, Observation]],
    looks: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
) -> tuple[Finding, ...]:
    return derive_findings_of(observations, looks, network, params, RecordParams())


def test_two_frames_of_one_pothole_are_one_finding() -> None:
    observations = [("r", seen("f1", 30.0)), ("r", seen("f2", 30.3, time_s=1.0))]
    looks = [("r", look("f1", 30.0)), ("r", look("f2", 30.0, time_s=1.0))]
    (finding,) = derive_findings(observations, looks, NETWORK, PARAMS)
    assert len(finding.observation_ids) == 2
    assert finding.area_m2 == pytest.approx(0.8 * 0.8)
    assert finding.section_id == "a:0-1#1"
    assert finding.measure == pytest.approx(0.3, abs=0.01)
    assert finding.side is Side.RIGHT
    assert (finding.first_seen_s, finding.last_seen_s) == (0.0, 1.0)


def test_seen_in_one_of_three_looks_is_not_believed() -> None:
    looks = [("r", look(name, 30.0)) for name in ("f1", "f2", "f3")]
    assert not derive_findings([("r", seen("f1", 30.0))], looks, NETWORK, PARAMS)
    (sure,) = derive_findings([("r", seen("f1", 30.0))], looks[:2], NETWORK, PARAMS)
    assert sure.confidence == pytest.approx(0.8 / 2)
    (doubted,) = derive_findings(
        [("r", seen("f1", 30.0))], looks[:1], NETWORK, replace(PARAMS, doubt=1.0)
    )
    assert doubted.confidence == pytest.approx(0.8 / 2)


def test_seen_once_where_one_frame_looked_is_believed() -> None:
    looks = [("r", look("f1", 30.0))]
    assert len(derive_findings([("r", seen("f1", 30.0))], looks, NETWORK, PARAMS)) == 1


def test_between_passes_the_distance_may_be_as_large_as_the_places_are_unsure() -> None:
    first = [("r", seen("f1", 30.0)), ("r", seen("f2", 30.0, time_s=1.0))]
    second = [
        ("r", seen("g1", 32.0, time_s=100.0)),
        ("r", seen("g2", 32.0, time_s=101.0)),
    ]
    looks = [("r", look(name, 30.0)) for name in ("f1", "f2", "g1", "g2")]
    (joined,) = derive_findings(first + second, looks, NETWORK, PARAMS)
    assert joined.area_m2 == pytest.approx(0.64), "the passes' shapes must not be added up"
    sure = [
        (run, seen(one.frame_id, one.offset_m, sigma_m=0.1, time_s=one.time_s))
        for run, one in first + second
    ]
    assert len(derive_findings(sure, looks, NETWORK, PARAMS)) == 2


def test_classes_at_one_place_are_different_things() -> None:
    observations = [
        ("r", seen(frame, 30.0, pixel_class=pixel_class))
        for frame in ("f1", "f2")
        for pixel_class in PixelClass
    ]
    looks = [("r", look("f1", 30.0)), ("r", look("f2", 30.0))]
    findings = derive_findings(observations, looks, NETWORK, PARAMS)
    assert {finding.kind.pixel_class for finding in findings} == set(PixelClass)


def test_a_later_drive_leaves_the_identity() -> None:
    looks = [("r", look("f1", 30.0))]
    before = derive_findings([("r", seen("f1", 30.0))], looks, NETWORK, PARAMS)
    later = [("r", seen("f1", 30.0)), ("s", seen("g1", 30.2, time_s=1e6))]
    after = derive_findings(later, [*looks, ("s", look("g1", 30.0))], NETWORK, PARAMS)
    assert [one.finding_id for one in after] == [one.finding_id for one in before]


@given(
    st.lists(
        st.tuples(st.floats(1, 99), st.floats(-3, 3), st.sampled_from(list(PixelClass))),
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_does_not_matter_and_no_observation_is_lost(
    places: list[tuple[float, float, PixelClass]], shuffler: random.Random
) -> None:
    observations = [
        ("r", seen(f"f{i}", north, east=east, pixel_class=pixel_class, time_s=float(i)))
        for i, (north, east, pixel_class) in enumerate(places)
    ]
    looks = [("r", look(f"f{i}", north)) for i, (north, _, _) in enumerate(places)]
    params = FindingParams(
        crack_min_confidence=0.0, pothole_min_confidence=0.0, patch_min_confidence=0.0
    )
    findings = derive_findings(observations, looks, NETWORK, params)
    used = [one for finding in findings for one in finding.observation_ids]
    assert set(used) == {(run, one.observation_id) for run, one in observations}
    shuffled = list(observations)
    shuffler.shuffle(shuffled)
    assert derive_findings(shuffled, looks, NETWORK, params) == findings


def test_the_nearest_view_decides_where_two_frames_looked() -> None:
    # The far frame stretches the crack to 4 m along the street, the near one sees it is 1.2 m.
    far = replace(seen("f1", 30.0, pixel_class=PixelClass.POTHOLE, side_m=2.0), time_s=0.0)
    near = seen("f2", 30.0, pixel_class=PixelClass.POTHOLE, side_m=0.6, time_s=1.0)
    looks = [("r", look("f1", 30.0)), ("r", look("f2", 30.0, time_s=1.0))]
    (finding,) = derive_findings([("r", far), ("r", near)], looks, NETWORK, PARAMS)
    assert finding.area_m2 == pytest.approx(0.36)
    # What only the far frame looked at comes from it.
    beside = [looks[0], ("r", look("f2", 20.0, time_s=1.0))]
    (finding,) = derive_findings([("r", far), ("r", near)], beside, NETWORK, PARAMS)
    assert finding.area_m2 == pytest.approx(4.0)


def test_an_l_of_two_cracks_is_two_findings_with_the_frames_that_saw_them() -> None:
    along = seen("f1", 30.0, pixel_class=PixelClass.CRACK)
    shape = box(EAST + 0.9, NORTH + 30, EAST + 1.1, NORTH + 34).union(
        box(EAST - 2.0, NORTH + 29.8, EAST + 1.1, NORTH + 30.0)
    )
    assert isinstance(shape, Polygon)
    bent = replace(along, footprint=shape)
    found = derive_findings([("r", bent)], [("r", look("f1", 30.0))], NETWORK, PARAMS)
    lengths = {one.kind: one.length_m for one in found}
    assert lengths == {
        DamageKind.LONGITUDINAL_CRACK: pytest.approx(4.0, abs=0.4),
        DamageKind.TRANSVERSE_CRACK: pytest.approx(3.0, abs=0.4),
    }
    assert all(one.observation_ids == (("r", bent.observation_id),) for one in found)
    assert len({one.finding_id for one in found}) == 2


def test_the_pass_that_had_the_damage_in_view_gives_its_shape() -> None:
    # From the other lane half of it is out of view, however often it is seen from there.
    half = [
        ("r", seen(f"f{i}", 29.5, side_m=1.0, time_s=float(i), confidence=0.9)) for i in range(3)
    ]
    whole = [("s", seen(f"g{i}", 30.0, side_m=2.0, time_s=1e3 + i)) for i in range(2)]
    looks = [("r", look(f"f{i}", 27.0, half_m=3.0)) for i in range(3)]
    looks += [("s", look(f"g{i}", 30.0)) for i in range(2)]
    (finding,) = derive_findings(half + whole, looks, NETWORK, replace(PARAMS, pass_gap_s=10.0))
    assert finding.area_m2 == pytest.approx(4.0)


def test_passes_of_a_coarse_drive_are_told_apart_by_the_way() -> None:
    times = {"f1": 0.0, "f2": 1.0, "g1": 100.0, "g2": 101.0}
    ways = {"f1": 0.0, "f2": 5.0, "g1": 300.0, "g2": 305.0}
    fine = [
        ("r", seen(name, 30.0 if name < "g" else 31.5, time_s=time_s, sigma_m=1.0))
        for name, time_s in times.items()
    ]
    coarse = [("r", replace(one, time_s=0.0, way_m=ways[one.frame_id])) for _, one in fine]
    looks = [("r", look(name, 30.0)) for name in times]
    (before,) = derive_findings(fine, looks, NETWORK, PARAMS)
    (after,) = derive_findings(coarse, looks, NETWORK, PARAMS)
    assert after == replace(before, first_seen_s=0.0, last_seen_s=0.0)
    at_once = [("r", replace(one, way_m=0.0)) for _, one in coarse]
    assert len(derive_findings(at_once, looks, NETWORK, PARAMS)) == 2, "in one pass they are two"
