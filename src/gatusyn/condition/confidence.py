"""How far a section's grade can be relied on, from what its models were measured to get right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import ConditionParams, Extent, PixelClass, Rates

Reals = NDArray[np.float64]

#: What a grade is made of; a patch that was missed or wrongly seen changes it little.
_GRADED = (PixelClass.CRACK, PixelClass.POTHOLE)
#: A model that nobody measured sees half of what is there, and half of what it says is there.
_UNMEASURED = Rates(precision=0.5, recall=0.5)


def look_rates(rates: Mapping[PixelClass, Rates]) -> Reals:
    """Return precision and recall [classes, 2] of one look by a model with these rates."""
    known = [rates.get(name, _UNMEASURED) for name in _GRADED]
    return np.array([(one.precision, one.recall) for one in known])


def grade_confidence(
    observed_share: float,
    looks: Reals,
    extents: Sequence[Extent],
    params: ConditionParams,
    *,
    quality: Reals | None = None,
    poorly_seen_share: float = 0.0,
    well_from: float = 0.0,
) -> float:
    """Return how much of the truth a grade is expected to rest on, 0..1.

    It is the share of the surface that was looked at, times the share of the damage there that so
    many looks see, times the share of the damage found that is there. It is not the probability
    that the grade is right.

    Looks at one place are no independent trials: part of what one misses the next misses too
    (faint, stained, of a kind that the model does not know). With the recall r of one look and the
    share s of its misses that are common to all, a share s (1 - r) is never seen, and the rest is
    seen by each look with the probability that makes one look's recall r. A look of less quality
    sees so much less of that rest; so a poor look never takes from what a good one has seen. Where
    there were only poor looks, only they count.

    Parameters
    ----------
    observed_share
        All that was looked at, well or poorly.
    looks
        Precision and recall of each look, [looks, classes, 2].
    extents
        What was found.
    quality
        What each look finds of what a good one finds, 0..1, shape [looks]; None takes all as good.
    poorly_seen_share
        What of the observed share was looked at in looks of a quality below ``well_from`` only.
    """
    if not len(looks):
        return 0.0
    precision, recall = looks.mean(axis=0).T
    never = params.common_misses * (1.0 - recall)
    each = np.minimum(recall / np.maximum(1.0 - never, 1e-9), 1.0)
    worth = np.ones(len(looks)) if quality is None else quality

    def seen(chosen: Reals) -> float:
        missed = np.prod(1.0 - each * chosen[:, None], axis=0)
        return float(((1.0 - never) * (1.0 - missed)).mean())

    well = (observed_share - poorly_seen_share) * seen(worth)
    poorly = poorly_seen_share * seen(worth[worth < well_from])
    found = np.zeros(len(_GRADED))
    for extent in extents:
        if extent.kind.pixel_class in _GRADED:
            found[_GRADED.index(extent.kind.pixel_class)] += extent.area_m2
    right = float(found @ precision / found.sum()) if found.any() else 1.0
    return float((well + poorly) * right)
