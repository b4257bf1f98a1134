"""Found, missed and false, against damage whose place is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.model import DamageKind, Finding, PixelClass


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageTruth:
    """A damage that is there.

    Parameters
    ----------
    footprint
        Easting and northing, metres, in the findings' system.
    size_m
        Its longest extent.
    length_m, area_m2
        What an engineer would measure, as in `DamageRecord`.
    severity
        1 (slight) to 3 (severe).
    """

    kind: DamageKind
    footprint: BaseGeometry
    size_m: float
    length_m: float
    area_m2: float
    severity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """Counts for the damage recognised from one class of pixels (or all).

    Parameters
    ----------
    truth
        Damage of at least the smallest size, on road that was looked at.
    found
        Of these, how many have a finding of their class near.
    called
        Findings.
    correct
        Of these, how many have a damage of their class near, of whatever size.
    """

    truth: int
    found: int
    called: int
    correct: int

    @property
    def recall(self) -> float:
        """Share of the damage that was found; NaN if there is none."""
        return self.found / self.truth if self.truth else float("nan")

    @property
    def precision(self) -> float:
        """Share of the findings that are right; NaN if there are none."""
        return self.correct / self.called if self.called else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthScore:
    """What was found against what is there.

    Parameters
    ----------
    by_class
        Each class, and ``"all"``; which kind of its class a finding is called does not count.
    chance_precision
        Share of places drawn at random on the looked-at road that have a damage (of the findings'
        mixture of classes) as near: what a blind finder would score.
    median_offset_m
        Median distance from a found damage's centre to the nearest finding's centre.
    """

    by_class: dict[str, ClassScore]
    chance_precision: float
    median_offset_m: float


def score_findings(
    findings: Sequence[Finding],
    truth: Sequence[DamageTruth],
    looked_at: BaseGeometry,
    *,
    tolerance_m: float = 3.0,
    smallest_m: float = 0.3,
    seed: int = 0,
) -> TruthScore:
    """Score findings against known damage.

    A damage is found if the centre of its footprint lies within the tolerance of a finding of its
    class; a finding is correct if its centre lies within the tolerance of a damage of its class.
    Only damage whose centre was looked at counts as missed.

    Parameters
    ----------
    looked_at
        The union of coverage, easting and northing, metres.
    """
    shapely.prepare(looked_at)
    by_class, offsets, chances = {}, [], []
    for name in PixelClass:
        there = [one for one in truth if one.kind.pixel_class is name]
        called = [one for one in findings if one.kind.pixel_class is name]
        due = [
            one
            for one in there
            if one.size_m >= smallest_m and looked_at.intersects(one.footprint.centroid)
        ]
        found = _near([one.footprint.centroid for one in due], called, tolerance_m)
        correct = _near([one.footprint.centroid for one in called], there, tolerance_m)
        by_class[name.value] = ClassScore(
            truth=len(due), found=int(found.sum()), called=len(called), correct=int(correct.sum())
        )
        if called:
            offsets += _offsets([one for one, hit in zip(due, found, strict=True) if hit], called)
            chances.append((len(called), _chance(there, looked_at, tolerance_m, seed)))
    scores = list(by_class.values())
    by_class["all"] = ClassScore(
        truth=sum(one.truth for one in scores),
        found=sum(one.found for one in scores),
        called=sum(one.called for one in scores),
        correct=sum(one.correct for one in scores),
    )
    total = sum(count for count, _ in chances)
    return TruthScore(
        by_class=by_class,
        chance_precision=sum(n * p for n, p in chances) / total if total else float("nan"),
        median_offset_m=float(np.median(offsets)) if offsets else float("nan"),
    )


def _near(
    centres: Sequence[BaseGeometry],
    others: Sequence[DamageTruth] | Sequence[Finding],
    tolerance_m: float,
) -> NDArray[np.bool_]:
    """Say for each centre whether a footprint of the others is within the tolerance."""
    hit = np.zeros(len(centres), dtype=bool)
    if centres and others:
        tree = STRtree([other.footprint for other in others])
        hit[tree.query(list(centres), predicate="dwithin", distance=tolerance_m)[0]] = True
    return hit


def _offsets(found: Sequence[DamageTruth], called: Sequence[Finding]) -> list[float]:
    if not found:
        return []
    tree = STRtree([one.footprint.centroid for one in called])
    _, distances = tree.query_nearest(
        [one.footprint.centroid for one in found], return_distance=True, all_matches=False
    )
    return [float(distance) for distance in distances]


def _chance(
    there: Sequence[DamageTruth], looked_at: BaseGeometry, tolerance_m: float, seed: int
) -> float:
    """Return the share of the looked-at road that is within the tolerance of a damage.

    Worked out on 20,000 random places of its bounding box.
    """
    random = np.random.default_rng(seed)
    west, south, east, north = looked_at.bounds
    drawn = np.column_stack(
        (random.uniform(west, east, 20_000), random.uniform(south, north, 20_000))
    )
    inside = shapely.contains_xy(looked_at, drawn)
    places = [shapely.Point(place) for place in drawn[inside]]
    return float(_near(places, there, tolerance_m).mean()) if places else float("nan")
