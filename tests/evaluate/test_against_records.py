"""Kinds and measures against known ones: shares of length, and errors of those named right."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely import box
from tests.evaluate.test_against_truth import STREET, found_at
from tests.made_network import EAST, NORTH

from gatusyn.evaluate import DamageTruth, score_records
from gatusyn.model import DamageKind, Finding


def crack(north: float, length: float, kind: DamageKind) -> DamageTruth:
    return DamageTruth(
        kind=kind,
        footprint=box(EAST + 1, NORTH + north, EAST + 1.2, NORTH + north + length),
        size_m=length,
        length_m=length,
        area_m2=0.3 * length,
        severity=1,
    )


def finding(north: float, length: float, kind: DamageKind, *, measured: float) -> Finding:
    (made,) = found_at(north)
    shape = box(EAST + 1.5, NORTH + north, EAST + 1.7, NORTH + north + length)
    return replace(made, kind=kind, footprint=shape, length_m=measured, area_m2=0.3 * measured)


LONG, ACROSS = DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK


def test_the_share_of_the_length_that_is_named_right() -> None:
    truth = [crack(10.0, 6.0, LONG), crack(40.0, 2.0, ACROSS)]
    found = [
        finding(10.0, 4.5, LONG, measured=6.6),
        finding(14.5, 1.5, ACROSS, measured=1.5),
        finding(40.0, 2.0, ACROSS, measured=1.8),
    ]
    scores = score_records(found, truth, STREET)
    assert scores[LONG.value].type_share == pytest.approx(0.75, abs=0.02)
    assert scores["cracks"].type_share == pytest.approx((4.5 + 2.0) / 8.0, abs=0.02)
    assert scores[LONG.value].length_error == pytest.approx(0.1)
    assert scores[ACROSS.value].area_error == pytest.approx(0.1)
    assert scores[ACROSS.value].pairs == 1


def test_what_was_not_found_or_not_seen_whole_does_not_count() -> None:
    truth = [crack(10.0, 6.0, LONG), crack(50.0, 6.0, LONG), crack(98.0, 6.0, LONG)]
    found = [finding(10.0, 6.0, LONG, measured=6.0)]
    score = score_records(found, truth, STREET)[LONG.value]
    assert score.pairs == 1
    assert score.found_m == pytest.approx(6.0)
    nothing = score_records([], truth, STREET)["all"]
    assert nothing.pairs == 0
    assert nothing.length_error != nothing.length_error


def test_each_finding_is_the_pair_of_one_damage() -> None:
    truth = [crack(10.0, 2.0, LONG), crack(12.5, 2.0, LONG)]
    score = score_records([finding(10.0, 2.0, LONG, measured=2.0)], truth, STREET)[LONG.value]
    assert score.pairs == 1
    assert score.severity_share == 0.0
