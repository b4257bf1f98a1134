"""The deduct-value algorithm of ASTM D6433, for many sections at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.condition.curves import DISTRESS, SEVERITIES, DeductCurves, Units
from gatusyn.model import DamageKind

Reals = NDArray[np.float64]

LEAST = 2.0
"""A deduct value up to this is not counted in q."""

_FOOT_M = 0.3048
_LARGE_HOLE_M2, _HOLE_M2 = 0.76**2 * np.pi / 4.0, 0.47
_LINEAR = (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deducts:
    """What comes of the deduct values of n sections.

    Parameters
    ----------
    total
        Points off 100, shape [n].
    counted
        The deduct values that were kept, the last of them by m's fraction, shape [n, values].
    """

    total: Reals
    counted: Reals


def combine(values: Reals, curves: DeductCurves) -> Deducts:
    """Return the largest corrected deduct value of each section.

    With at most one value above 2 the total is their sum. Otherwise the floor(m) largest are kept,
    and the next by m's fraction, where m = 1 + (9/98) (100 - the largest), at most 10. Then the
    smallest value above 2 is set to 2 until one is left; each time the sum is corrected by the
    curve of q, the number above 2, and the largest of the corrected values counts.

    Parameters
    ----------
    values
        Deduct values 0..100 of each distress and severity, shape [n, values].
    """
    order = np.argsort(-values, axis=1, kind="stable")
    falling = np.take_along_axis(values, order, axis=1)
    allowed = np.minimum(1.0 + 9.0 / 98.0 * (100.0 - falling[:, :1]), 10.0)
    alone = (falling > LEAST).sum(axis=1) <= 1
    share = np.clip(allowed - np.arange(values.shape[1]), 0.0, 1.0)
    kept = np.where(alone[:, None], falling, falling * share)
    total = np.where(alone, kept.sum(axis=1), _largest_corrected(kept, curves))
    counted = np.empty_like(kept)
    np.put_along_axis(counted, order, kept, axis=1)
    return Deducts(total=np.minimum(total, 100.0), counted=counted)


def total_deducts(values: Reals, curves: DeductCurves) -> Reals:
    """Return ``combine``'s totals, shape [n]: quicker where most sections have one damage."""
    total: Reals = values.sum(axis=1)
    several = np.flatnonzero((values > LEAST).sum(axis=1) > 1)
    total[several] = combine(values[several], curves).total
    total[total > 100.0] = 100.0
    return total


def _largest_corrected(kept: Reals, curves: DeductCurves) -> Reals:
    """Return the largest corrected value over all q, of falling values [n, values]."""
    above = (kept > LEAST).sum(axis=1)
    sums = np.concatenate([np.zeros((len(kept), 1)), np.cumsum(kept, axis=1)], axis=1)
    rest = sums[:, -1] - np.take_along_axis(sums, above[:, None], axis=1)[:, 0]
    largest = np.zeros(len(kept))
    for q in range(1, int(above.max(initial=0)) + 1):
        rows = np.flatnonzero(above >= q)
        total = sums[rows, q] + LEAST * (above[rows] - q) + rest[rows]
        largest[rows] = np.maximum(largest[rows], curves.corrected_value(q, total))
    return largest


def distress_columns() -> tuple[tuple[int, str], ...]:
    """Return the distress and severity of each column of ``densities``."""
    return tuple((number, one) for number in sorted({*DISTRESS.values()}) for one in SEVERITIES)


def column_of(kind: DamageKind, severity: int) -> tuple[int, str]:
    """Return the distress and severity that a damage is counted as.

    What we call lost surface is gone: ravelling of high severity. Its severities 2 and 3 differ by
    area only, which the density has already.
    """
    if kind is DamageKind.SURFACE_LOSS:
        return DISTRESS[kind], "H"
    return DISTRESS[kind], SEVERITIES[severity - 1]


def quantity(kind: DamageKind, length_m: float, area_m2: float) -> float:
    """Return what the standard measures of one damage: metres, holes, or square metres.

    A hole of more than 760 mm diameter counts as its area over 0.47 m².
    """
    if kind in _LINEAR:
        return length_m
    if kind is DamageKind.POTHOLE:
        return max(area_m2 / _HOLE_M2, 1.0) if area_m2 > _LARGE_HOLE_M2 else 1.0
    return area_m2


def deduct_values(quantities: Reals, area_m2: Reals, curves: DeductCurves) -> Reals:
    """Return the deduct values of ``distress_columns``, shape [n, columns].

    Parameters
    ----------
    quantities
        By kind in the enum's order, then severity 1 to 3, in metric units, shape [n, 6, 3].
    area_m2
        The surface that they were found on, shape [n].
    """
    columns = distress_columns()
    # Column after column in memory, as they are filled and read: a third of the time.
    amounts = np.zeros((len(quantities), len(columns)), order="F")
    for row, kind in enumerate(DamageKind):
        for severity in (1, 2, 3):
            column = columns.index(column_of(kind, severity))
            amounts[:, column] += quantities[:, row, severity - 1] * _scale(kind, curves.units)
    amounts *= 100.0 / area_m2[:, None]
    values = np.zeros_like(amounts)
    for column, (distress, letter) in enumerate(columns):
        rows = np.flatnonzero(amounts[:, column])
        if rows.size:
            values[rows, column] = curves.deduct_value(distress, letter, amounts[rows, column])
    return values


def _scale(kind: DamageKind, units: Units) -> float:
    """Return what a density in m/m² or number/m² is multiplied by for the curves' units."""
    if units is Units.METRIC:
        return 1.0
    if kind in _LINEAR:
        return _FOOT_M
    return _FOOT_M**2 if kind is DamageKind.POTHOLE else 1.0


def split_total(deducts: Deducts, quantities: Reals) -> Reals:
    """Return what each kind and severity took off, shape [n, 6, 3]; a row sums to its total.

    The total is shared out in proportion to the deduct values that counted; within one distress
    that two kinds share, by their quantities.
    """
    columns = distress_columns()
    sums = deducts.counted.sum(axis=1)
    factor = np.divide(deducts.total, sums, out=np.zeros_like(sums), where=sums > 0.0)
    parts = np.zeros_like(quantities)
    of_column = np.zeros((len(quantities), len(columns)))
    places = {
        (row, severity): columns.index(column_of(kind, severity))
        for row, kind in enumerate(DamageKind)
        for severity in (1, 2, 3)
    }
    for (row, severity), column in places.items():
        of_column[:, column] += quantities[:, row, severity - 1]
    for (row, severity), column in places.items():
        own, whole = quantities[:, row, severity - 1], of_column[:, column]
        share = np.divide(own, whole, out=np.zeros_like(own), where=whole > 0.0)
        parts[:, row, severity - 1] = share * deducts.counted[:, column] * factor
    return parts
