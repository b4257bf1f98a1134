"""The open condition index: ours, and not a standard's."""

from __future__ import annotations

from collections.abc import Sequence

from gatusyn.model import ConditionParams, DamageKind, Grade


def deduct(kind: DamageKind, share: float, params: ConditionParams) -> float:
    """Return the points, 0..100, that one damage alone takes off.

    ``100 * weight * min(1, share / full_share) ** curve_exponent``: concave, as the published
    deduct curves of ASTM D6433 are (0.04 % of low-severity potholes already take 11 points), but
    with figures of our own.

    Parameters
    ----------
    share
        Damaged share of the observed surface, 0..1, each part by its severity.
    """
    weight, full = params.of(kind)
    return 100.0 * weight * float(min(1.0, share / full) ** params.curve_exponent)


def combine(deducts: Sequence[float]) -> list[float]:
    """Return what each deduct takes off when they occur together, in the given order.

    The largest counts in full, the second by half, the third by a third: several damages on one
    place are not several times as bad (the rule behind RoadAI's published combined values).
    """
    order = sorted(range(len(deducts)), key=lambda i: -deducts[i])
    combined = [0.0] * len(deducts)
    left = 100.0
    for rank, i in enumerate(order, start=1):
        combined[i] = min(deducts[i] / rank, left)
        left -= combined[i]
    return combined


def grade_of(index: float, params: ConditionParams) -> Grade:
    """Return the grade, 1 (very good) to 5 (very poor), of an index 0..100."""
    for number, limit in enumerate(params.grade_limits, start=1):
        if index >= limit:
            return Grade.of_number(number)
    return Grade.VERY_POOR
