"""Kind, length and area of what was found, against damage whose measures are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.evaluate.against_truth import DamageTruth
from gatusyn.model import DamageKind, Finding, PixelClass

_STEP_M = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScore:
    """How well the damage of one kind that was found is named and measured.

    Parameters
    ----------
    found_m
        Length of the damages of the kind that have a finding of their class near.
    type_share
        Share of that length where the nearest such finding has the right kind.
    pairs
        Damages that are paired with a finding of their kind.
    length_error, area_error
        Median of |found - true| / true over the pairs.
    severity_share
        Share of the pairs whose severity is right.

    What there is nothing of is NaN.
    """

    found_m: float
    type_share: float
    pairs: int
    length_error: float
    area_error: float
    severity_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """One damage: how much of it is near a finding, how much of that is named right, its pair."""

    truth: DamageTruth
    near_share: float
    right_share: float
    pair: Finding | None


def score_records(
    findings: Sequence[Finding],
    truth: Sequence[DamageTruth],
    looked_at: BaseGeometry,
    *,
    tolerance_m: float = 3.0,
    smallest_m: float = 0.3,
) -> dict[str, RecordScore]:
    """Score the kinds and measures of findings against damage that was looked at whole.

    Kinds are compared place by place: at each of a grid of places on the damage, the nearest
    finding of its class within the tolerance is right or wrong, and the damage's length is shared
    out over the places. For measures, each damage is paired with at most one finding of its kind,
    and each finding with at most one damage, so that the sum of the distances between their centres
    is least, each unpaired damage counting as the tolerance (Kuhn 1955).

    Parameters
    ----------
    looked_at
        The union of coverage, easting and northing, metres.

    Returns
    -------
    dict
        The score of each kind, of ``"cracks"`` (longitudinal, transverse and crazing) and of
        ``"all"``.
    """
    inside = looked_at.buffer(0.1)
    due = [one for one in truth if one.size_m >= smallest_m and inside.covers(one.footprint)]
    judged: list[_Judged] = []
    for kind in DamageKind:
        there = [one for one in due if one.kind is kind]
        called = [one for one in findings if one.kind.pixel_class is kind.pixel_class]
        shares = [_shares(one, called, tolerance_m) for one in there]
        pairs = _pairs(there, [one for one in called if one.kind is kind], tolerance_m)
        judged += [
            _Judged(truth=one, near_share=near, right_share=right, pair=pair)
            for one, (near, right), pair in zip(there, shares, pairs, strict=True)
        ]
    scores = {
        kind.value: _score([one for one in judged if one.truth.kind is kind]) for kind in DamageKind
    }
    cracks = [one for one in judged if one.truth.kind.pixel_class is PixelClass.CRACK]
    return scores | {"cracks": _score(cracks), "all": _score(judged)}


def _shares(
    true: DamageTruth, called: Sequence[Finding], tolerance_m: float
) -> tuple[float, float]:
    """Return the shares of a damage's places that are near a finding, and near a right one."""
    if not called:
        return 0.0, 0.0
    west, south, east, north = true.footprint.bounds
    columns, rows = np.meshgrid(
        np.arange(west + _STEP_M / 2, east, _STEP_M), np.arange(south + _STEP_M / 2, north, _STEP_M)
    )
    places = shapely.points(columns.ravel(), rows.ravel())
    places = places[shapely.intersects(places, true.footprint)]
    if not len(places):
        places = np.array([true.footprint.representative_point()])
    tree = STRtree([one.footprint for one in called])
    (place, nearest), _ = tree.query_nearest(
        places, max_distance=tolerance_m, return_distance=True, all_matches=False
    )
    right = np.array([called[number].kind is true.kind for number in nearest], dtype=bool)
    return len(place) / len(places), float(right.sum()) / len(places)


def _pairs(
    there: Sequence[DamageTruth], called: Sequence[Finding], tolerance_m: float
) -> list[Finding | None]:
    """Return the finding that each damage is paired with."""
    pairs: list[Finding | None] = [None] * len(there)
    if not there or not called:
        return pairs
    truths = np.array([one.footprint.centroid.coords[0] for one in there])
    found = np.array([one.footprint.centroid.coords[0] for one in called])
    distance = np.hypot(*(truths[:, None] - found[None]).transpose(2, 0, 1))
    rows, columns = linear_sum_assignment(np.minimum(distance, tolerance_m))
    for row, column in zip(rows, columns, strict=True):
        if distance[row, column] < tolerance_m:
            pairs[row] = called[column]
    return pairs


def _score(judged: Sequence[_Judged]) -> RecordScore:
    pairs = [(one.truth, one.pair) for one in judged if one.pair is not None]
    found_m = sum(one.truth.length_m * one.near_share for one in judged)
    right_m = sum(one.truth.length_m * one.right_share for one in judged)
    return RecordScore(
        found_m=found_m,
        type_share=right_m / found_m if found_m else float("nan"),
        pairs=len(pairs),
        length_error=_median(
            [abs(found.length_m - true.length_m) / true.length_m for true, found in pairs]
        ),
        area_error=_median(
            [abs(found.area_m2 - true.area_m2) / true.area_m2 for true, found in pairs]
        ),
        severity_share=(
            float(np.mean([true.severity == found.severity for true, found in pairs]))
            if pairs
            else float("nan")
        ),
    )


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else float("nan")
