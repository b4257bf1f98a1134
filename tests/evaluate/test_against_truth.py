"""The score counts what is near as found, and says what chance would have scored."""

from __future__ import annotations

import pytest
from shapely import Point, box
from tests.made_facts import look, seen
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.evaluate import DamageTruth, score_findings
from gatusyn.findings import derive_findings
from gatusyn.model import DamageKind, Finding, FindingParams, PixelClass, RecordParams

STREET = box(EAST - 4, NORTH, EAST + 4, NORTH + 100)


def pothole(north: float, *, size_m: float = 0.6) -> DamageTruth:
    return DamageTruth(
        kind=DamageKind.POTHOLE,
        footprint=Point(EAST + 1, NORTH + north).buffer(size_m / 2),
        size_m=size_m,
        length_m=size_m,
        area_m2=0.78 * size_m**2,
        severity=3 if size_m >= 0.45 else 2,
    )


def found_at(*norths: float, pixel_class: PixelClass = PixelClass.POTHOLE) -> tuple[Finding, ...]:
    observations = [("r", seen(f"f{north}", north, pixel_class=pixel_class)) for north in norths]
    looks = [("r", look(f"f{north}", north)) for north in norths]
    params = FindingParams(crack_min_confidence=0.0, pothole_min_confidence=0.0)
    return derive_findings(observations, looks, network_of(street()), params, RecordParams())


def test_found_missed_and_false() -> None:
    score = score_findings(
        found_at(22.0, 60.0), [pothole(20.0), pothole(80.0), pothole(81.0, size_m=0.2)], STREET
    )
    counts = score.by_class["pothole"]
    assert (counts.truth, counts.found, counts.called, counts.correct) == (2, 1, 2, 1)
    assert (counts.recall, counts.precision) == (0.5, 0.5)
    assert score.median_offset_m == pytest.approx(2.0, abs=0.01)


def test_another_class_does_not_count() -> None:
    score = score_findings(found_at(20.0, pixel_class=PixelClass.CRACK), [pothole(20.0)], STREET)
    assert score.by_class["pothole"].found == 0
    assert score.by_class["crack"].correct == 0
    assert score.by_class["all"].truth == 1


def test_damage_where_nobody_looked_is_not_missed() -> None:
    score = score_findings((), [pothole(20.0)], box(EAST - 4, NORTH + 50, EAST + 4, NORTH + 60))
    assert score.by_class["all"].truth == 0


def test_chance_is_the_share_of_the_road_near_damage() -> None:
    score = score_findings(found_at(20.0), [pothole(20.0)], STREET)
    near = STREET.intersection(Point(EAST + 1, NORTH + 20).buffer(3.3)).area / STREET.area
    assert score.chance_precision == pytest.approx(near, abs=0.01)
