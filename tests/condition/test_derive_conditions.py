"""Sections: unknown where not looked at, graded where looked at, with reasons that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box
from tests.locate.test_footprints import CAMERA, pose
from tests.made_curves import CURVES
from tests.made_facts import look, seen
from tests.made_findings import finding
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.condition import derive_conditions, period_of
from gatusyn.findings import derive_findings
from gatusyn.locate import FrameGround, Ground, road_in_picture
from gatusyn.model import (
    ConditionMethod,
    ConditionParams,
    Coverage,
    DamageKind,
    Finding,
    FindingParams,
    Grade,
    LocateParams,
    Network,
    NetworkType,
    PixelClass,
    Pose,
    RecordParams,
    SectionCondition,
)

NETWORK = network_of(street())
PARAMS = ConditionParams()


def test_not_looked_at_is_unknown_and_sound_is_very_good() -> None:
    conditions = derive_conditions(
        (), [("r", look("f", 10.0, half_m=10.0))], NETWORK, PARAMS, CURVES
    )
    by_id = {one.section_id: one for one in conditions}
    assert len(conditions) == 5
    sound = by_id["a:0-1#0"]
    assert (sound.grade, sound.index) == (Grade.VERY_GOOD, 100.0)
    assert sound.observed_share == pytest.approx(1.0)
    assert sound.observed_m2 == pytest.approx(160.0)
    unseen = by_id["a:0-1#3"]
    assert (unseen.grade, unseen.index, unseen.confidence) == (Grade.UNKNOWN, None, 0.0)


def test_a_glimpse_is_not_enough() -> None:
    glimpse = [("r", look("f", 30.0, half_m=1.0))]
    graded = {
        one.section_id: one for one in derive_conditions((), glimpse, NETWORK, PARAMS, CURVES)
    }
    assert graded["a:0-1#1"].grade is Grade.UNKNOWN
    assert graded["a:0-1#1"].observed_share == pytest.approx(0.1)


def test_frames_that_overlap_count_a_square_metre_once() -> None:
    twice = [("r", look("f", 10.0, half_m=5.0)), ("r", look("g", 12.0, half_m=5.0))]
    graded = derive_conditions((), twice, NETWORK, PARAMS, CURVES)[0]
    assert graded.observed_m2 == pytest.approx(8 * 12.0)
    assert graded.frames == 2


def test_reasons_add_up_to_what_is_missing_from_100() -> None:
    looks = [("r", look("f", 10.0, half_m=10.0))]
    observations = [
        ("r", seen("f", 8.0, side_m=0.9)),
        ("r", seen("f", 14.0, pixel_class=PixelClass.CRACK, side_m=3.0)),
    ]
    findings = derive_findings(
        observations, looks, NETWORK, FindingParams(doubt=0.0), RecordParams()
    )
    graded = derive_conditions(findings, looks, NETWORK, PARAMS, CURVES)[0]
    assert {(extent.kind, extent.severity): extent.area_m2 for extent in graded.extents} == {
        (DamageKind.POTHOLE, 3): pytest.approx(0.81),
        (DamageKind.CRAZING, 2): pytest.approx(9.0, rel=0.03),
    }
    assert {extent.kind: extent.share for extent in graded.extents} == {
        DamageKind.POTHOLE: pytest.approx(0.81 / 160),
        DamageKind.CRAZING: pytest.approx(9.0 / 160, rel=0.03),
    }
    assert {extent.kind: extent.along_share for extent in graded.extents} == {
        DamageKind.POTHOLE: pytest.approx(1.0 / 20, abs=0.001),
        DamageKind.CRAZING: pytest.approx(3.0 / 20, rel=0.03),
    }
    assert graded.index is not None
    assert 100.0 - sum(reason.deduct for reason in graded.reasons) == graded.index
    assert [(one.kind, one.severity) for one in graded.reasons] == [
        (one.kind, one.severity) for one in graded.extents
    ]
    assert graded.index < 60.0


@pytest.mark.parametrize("method", list(ConditionMethod))
def test_both_values_are_there_and_the_chosen_one_is_the_grade_s(method: ConditionMethod) -> None:
    looks = [("r", look("f", 10.0, half_m=10.0))]
    damage = [
        finding(DamageKind.POTHOLE, 4.0),
        finding(DamageKind.LONGITUDINAL_CRACK, 10.0, along_m=16.0, across_m=0.1),
    ]
    params = replace(PARAMS, method=method)
    graded = derive_conditions(damage, looks, NETWORK, params, CURVES)[0]
    # A slight crack, general: 30; a local hole of severity 2: half of 15.
    assert graded.handbook_index == 62.5
    assert graded.handbook_grade is Grade.FAIR
    hole = CURVES.deduct_value(13, "M", np.array([100 / 160]))[0]
    crack = CURVES.deduct_value(10, "L", np.array([1600 / 160]))[0]
    both = CURVES.corrected_value(2, np.array([hole + crack]))[0]
    assert graded.deduct_index == pytest.approx(100.0 - max(both, hole + 2.0))
    by_handbook = method is ConditionMethod.HANDBOOK
    assert graded.method is method
    assert graded.index == (graded.handbook_index if by_handbook else graded.deduct_index)
    assert graded.grade is (Grade.FAIR if by_handbook else Grade.GOOD)
    assert ("handbook" in graded.index_name) is by_handbook
    assert 100.0 - sum(reason.deduct for reason in graded.reasons) == graded.index
    assert graded.index_interval is not None
    assert graded.index_interval[0] <= graded.index <= graded.index_interval[1]


def test_the_unseen_part_is_taken_to_be_as_the_seen_one_within_limits() -> None:
    half = [("r", look("f", 5.0, half_m=5.0))]
    whole = [("r", look("f", 10.0, half_m=10.0))]
    one = [finding(DamageKind.CRAZING, 5.0, along_m=2.0)]
    two = [*one, finding(DamageKind.CRAZING, 15.0, along_m=2.0)]
    seen_half = derive_conditions(one, half, NETWORK, PARAMS, CURVES)[0]
    seen_whole = derive_conditions(two, whole, NETWORK, PARAMS, CURVES)[0]
    assert seen_half.index == pytest.approx(seen_whole.index)
    limit = replace(PARAMS, min_observed_share=0.51)
    unknown = derive_conditions(one, half, NETWORK, limit, CURVES)[0]
    assert (unknown.grade, unknown.index, unknown.index_interval) == (Grade.UNKNOWN, None, None)
    assert (unknown.deduct_index, unknown.handbook_index) == (None, None)
    assert (unknown.handbook_grade, unknown.reasons) == (Grade.UNKNOWN, ())
    assert unknown.extents, "what was seen is told all the same"


def test_the_order_of_the_findings_changes_nothing() -> None:
    looks = [("r", look("f", 50.0, half_m=50.0))]
    damage = [
        finding(kind, 7.0 + 13 * place, along_m=1.0 + place, east=place / 5)
        for place, kind in enumerate(DamageKind)
    ]
    there = derive_conditions(damage, looks, NETWORK, PARAMS, CURVES)
    assert derive_conditions(damage[::-1], looks, NETWORK, PARAMS, CURVES) == there


def test_damage_across_a_border_is_shared_out() -> None:
    looks = [("r", look("f", 20.0, half_m=20.0))]
    observations = [("r", seen("f", 20.5, pixel_class=PixelClass.CRACK, side_m=4.0))]
    findings = derive_findings(
        observations, looks, NETWORK, FindingParams(doubt=0.0), RecordParams()
    )
    first, second, *_ = derive_conditions(findings, looks, NETWORK, PARAMS, CURVES)
    areas = [first.extents[0].area_m2, second.extents[0].area_m2]
    assert areas == pytest.approx([16 * 1.5 / 4, 16 * 2.5 / 4], rel=0.03)


def test_years_are_graded_apart() -> None:
    year = 365.25 * 86_400
    looks = [("r", look("f", 10.0)), ("s", replace(look("g", 10.0), time_s=year))]
    conditions = derive_conditions((), looks, NETWORK, PARAMS, CURVES)
    assert {one.period for one in conditions} == {period_of(0.0), period_of(year)}
    assert len(conditions) == 10


def test_a_look_from_the_street_says_nothing_of_the_path_beside_it() -> None:
    path = replace(street("path"), network_type=NetworkType.CYCLE)
    looks = [("r", look("f", 10.0, half_m=10.0))]
    conditions = derive_conditions((), looks, network_of(street(), path), PARAMS, CURVES)
    graded = {one.section_id: one.grade for one in conditions}
    assert graded["a:0-1#0"] is Grade.VERY_GOOD
    assert graded["path:0-1#0"] is Grade.UNKNOWN


def test_sections_of_other_road_keepers_are_not_graded() -> None:
    counted = tuple(replace(one, is_counted=at != 1) for at, one in enumerate(NETWORK.sections))
    network = replace(NETWORK, sections=counted)
    graded = derive_conditions((), [("r", look("f", 30.0, half_m=30.0))], network, PARAMS, CURVES)
    assert [one.section_id[-1] for one in graded] == ["0", "2", "3", "4"]


def shares(*looks: Coverage, network: Network = NETWORK) -> tuple[float, float, float]:
    """Return what of the first section was seen well, poorly and not at all."""
    graded = derive_conditions((), [("r", one) for one in looks], network, PARAMS, CURVES)[0]
    return graded.seen_well_share, graded.seen_poorly_share, graded.not_seen_share


def test_shares_are_told_by_how_well_it_was_seen_and_add_up() -> None:
    sharp, soft, blind = (
        replace(look(name, 10.0, half_m=half), sharpness=sharpness)
        for name, half, sharpness in (("f", 4.0, 0.6), ("g", 8.0, 0.30), ("h", 10.0, 0.1))
    )
    assert shares(sharp) == pytest.approx((0.4, 0.0, 0.6))
    assert shares(soft) == pytest.approx((0.0, 0.8, 0.2))
    assert shares(sharp, soft) == pytest.approx((0.4, 0.4, 0.2))
    assert shares(sharp, soft, blind) == pytest.approx((0.4, 0.4, 0.2))
    assert shares(blind) == pytest.approx((0.0, 0.0, 1.0))


def test_what_was_only_looked_at_blindly_is_unknown_and_in_the_dark_unsure() -> None:
    whole = look("f", 10.0, half_m=10.0)
    dark, night = replace(whole, light=50.0), replace(whole, light=25.0)
    by_light = [
        derive_conditions((), [("r", one)], NETWORK, PARAMS, CURVES)[0]
        for one in (whole, dark, night)
    ]
    assert [one.grade for one in by_light] == [Grade.VERY_GOOD, Grade.VERY_GOOD, Grade.UNKNOWN]
    assert 0.0 < by_light[1].confidence < 0.7 * by_light[0].confidence
    assert (by_light[2].frames, by_light[2].confidence, by_light[2].last_look_s) == (0, 0.0, None)


def test_it_is_said_on_which_day_it_was_last_looked_at() -> None:
    early, late = look("f", 10.0, time_s=50.0), look("g", 12.0, time_s=3 * 86_400.0 + 500.0)
    first, second, *_ = derive_conditions((), [("r", late), ("r", early)], NETWORK, PARAMS, CURVES)
    assert (first.last_look_s, second.last_look_s) == (3 * 86_400.0, None)


def test_the_other_lane_and_the_ground_under_parked_cars_are_not_seen() -> None:
    narrow = network_of(street())
    sections = tuple(replace(one, width_m=13.0) for one in narrow.sections)
    wide = replace(narrow, sections=sections)
    window = LocateParams(near_m=3.5, far_m=12.0, lateral_m=4.0)
    ground, view = Ground(wide, window), FrameGround.of(CAMERA, window)
    # A lane of 3.25 m beside 3.25 m of parked cars: the driver keeps 1.6 m right of the middle.
    poses = [pose(east=EAST + 1.6, north=NORTH + north) for north in np.arange(-12.0, 24.0, 2.0)]

    def seen_share(*cars: Polygon) -> float:
        looks = [
            ground.coverage(
                f"f{number}", view, one, seen_px=view.part_of(picture_without(cars, one))
            )
            for number, one in enumerate(poses)
        ]
        facts = [("r", one) for one in looks if one is not None]
        graded = derive_conditions((), facts, wide, PARAMS, CURVES)[0]
        assert graded.not_seen_share == pytest.approx(1.0 - graded.observed_share)
        return graded.observed_share

    alone = seen_share()
    assert alone == pytest.approx((1.6 + 4.0) / 13.0, abs=0.01), "to the middle, and 4 m aside"
    # Parked along the right edge for 10 of the section's 20 m: 2 m of them within the 4 m.
    parked = box(EAST + 3.6, NORTH + 5.0, EAST + 5.6, NORTH + 15.0)
    assert alone - seen_share(parked) == pytest.approx(10 * 2.0 / (20 * 13.0), abs=0.02)


def test_an_index_rests_on_the_part_looked_at_and_damage_beyond_is_told_all_the_same() -> None:
    own = replace(look("f", 10.0), footprint=box(EAST, NORTH, EAST + 4.0, NORTH + 20.0))
    whole = look("f", 10.0, half_m=10.0)
    here, there = (finding(DamageKind.CRAZING, 10.0, east=e, along_m=2.0) for e in (2.0, -2.0))

    def graded(one: Coverage, *findings: Finding) -> SectionCondition:
        return derive_conditions(findings, [("r", one)], NETWORK, PARAMS, CURVES)[0]

    alone, both = graded(own, here), graded(own, here, there)
    assert alone.index is not None
    assert alone.index < 100.0
    assert both.index == alone.index == graded(whole, here, there).index
    assert (alone.extents[0].count, both.extents[0].count) == (1, 2)
    assert both.extents[0].area_m2 == pytest.approx(2.0 * here.area_m2)
    assert both.extents[0].share == pytest.approx(here.area_m2 / 80.0)
    (only,) = graded(own, there).extents
    assert (only.count, only.share, graded(own, there).index) == (1, 0.0, 100.0)


def picture_without(cars: Sequence[Polygon], one: Pose) -> MultiPolygon:
    """Return the road in the picture of a pose that looks north, without what cars hide."""
    road = np.ones((72, 128), np.float32)
    for car in cars:
        corners = np.asarray(car.exterior.coords) - (one.easting_m, one.northing_m)
        ahead = np.maximum(corners[:, 1] - CAMERA.params.forward_of_antenna_m, 2.0)
        pixels = CAMERA.to_pixels(np.column_stack((ahead, corners[:, 0]))) / 10.0
        if np.ptp(ahead) > 0.0:
            stands = cv2.fillPoly(np.zeros((72, 128)), [np.rint(pixels).astype(np.int32)], (1,))
            # It rises: what lies above in the picture is hidden as well.
            road[np.cumsum(stands[::-1], axis=0)[::-1] > 0] = 0.0
    return road_in_picture(road, step_px=(10.0, 10.0))
