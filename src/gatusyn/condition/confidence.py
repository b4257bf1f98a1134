"""How far a section's grade can be relied on, from what its models were measured to get right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import ConditionParams, DamageKind, PixelClass, Rates

Reals = NDArray[np.float64]

CLASSES = tuple(PixelClass)
CLASS_OF_KIND = tuple(CLASSES.index(kind.pixel_class) for kind in DamageKind)
"""For each kind of damage the place of its pixel class."""

#: What a grade is made of; a patch that was missed or wrongly seen changes it little.
_GRADED = tuple(CLASSES.index(name) for name in (PixelClass.CRACK, PixelClass.POTHOLE))
#: A model that nobody measured sees half of what is there, and half of what it says is there.
_UNMEASURED = Rates(precision=0.5, recall=0.5)


def look_rates(rates: Mapping[PixelClass, Rates]) -> Reals:
    """Return precision and recall [classes, 2] of one look by a model with these rates."""
    known = [rates.get(name, _UNMEASURED) for name in CLASSES]
    return np.array([(one.precision, one.recall) for one in known])


def seen_shares(recall: Reals, looks: NDArray[np.int64], params: ConditionParams) -> Reals:
    """Return the share of the damage that so many looks at a place see, shape [n, classes].

    Looks at one place are no independent trials: part of what one misses the next misses too
    (faint, stained, of a kind that the model does not know). With the recall r of one look and the
    share s of its misses that are common to all, a share s (1 - r) is never seen, and the rest is
    seen by each look with the probability that makes one look's recall r.

    Parameters
    ----------
    recall
        Mean of the looks, shape [n, classes].
    looks
        Shape [n].
    """
    never = params.common_misses * (1.0 - recall)
    each = np.minimum(recall / np.maximum(1.0 - never, 1e-9), 1.0)
    return (1.0 - never) * (1.0 - (1.0 - each) ** looks[:, None])


def grade_confidences(
    observed_share: Reals,
    looks: NDArray[np.int64],
    rates: Reals,
    area_m2: Reals,
    params: ConditionParams,
) -> Reals:
    """Return how much of the truth each grade is expected to rest on, 0..1, shape [n].

    It is the share of the surface that was looked at, times the share of the damage there that so
    many looks see, times the share of the damage found that is there. It is not the probability
    that the grade is right.

    Parameters
    ----------
    looks, rates
        As in ``Looked``.
    area_m2
        Of the damage found, by kind and severity, shape [n, 6, 3].
    """
    precision, recall = rates[:, _GRADED, 0], rates[:, _GRADED, 1]
    seen = seen_shares(recall, looks, params).mean(axis=1)
    of_kind = area_m2.sum(axis=2)
    found = np.stack([of_kind[:, np.equal(CLASS_OF_KIND, name)].sum(1) for name in _GRADED], axis=1)
    whole = found.sum(axis=1)
    right = np.ones_like(whole)
    np.divide((found * precision).sum(axis=1), whole, out=right, where=whole > 0.0)
    return np.where(looks > 0, observed_share * seen * right, 0.0)
