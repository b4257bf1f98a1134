"""Finds what one frame of a video misses by the frames just before and after it.

Two rules, both of which only ever add: what is found surely in both neighbours is hidden in between
(interpolation), and what is found weakly in the frame itself is believed if a neighbour shows it
surely (hysteresis, as Canny 1986 has it along an edge, here along time).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gatusyn.capture import RawFrame
from gatusyn.model import UncheckedError
from gatusyn.privacy.boxes import Candidates, no_candidates

WEAK_SHARE = 0.7
"""Share of the threshold from which a candidate is weak: hidden if a neighbour supports it."""

_TURN_PER_S = 0.6
"""Picture widths a second: a view of 66 degrees that turns by 40 degrees a second."""

_SHAKE = 0.015
"""Picture widths by which bumps take things off a steady course."""

_OWN_SIZE = 0.5
"""Sizes by which a box may be off besides: what is near moves fast, and finders are unsteady."""

_GROWTH = 0.4
_GROWTH_PER_S = 2.0
"""Change of size as a logarithm: the finders' own, and of coming close within half a second."""

_UNSURE = 0.1
"""Share of the way from before to after by which an interpolated box may be off."""

_BORDER = 0.003
"""Picture widths by which every interpolated box is grown."""

_NEVER = 1e6
_MOST_PAIRS = 1_000_000

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Find = Callable[[RawFrame], Candidates]
"""Returns the sure candidates of one kind in a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What the frame alone would have left to be seen, as boxes in its pixels.

    Parameters
    ----------
    between
        Not found in the frame, but before and after it; with the lower confidence of the two.
    supported
        Found weakly in the frame and surely beside it; with the weak confidence.
    """

    between: Candidates
    supported: Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What a neighbour shows surely, and the seconds between it and the frame."""

    boxes: Candidates
    apart_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """Where neighbours say that something is in the frame.

    Parameters
    ----------
    places
        The boxes; first those interpolated between two neighbours, then those that one shows.
    apart_s
        Seconds between each place and the frame: 0 for an interpolated one.
    borders_px
        By how much interpolated boxes are to be grown, across and down; as many as there are.
    """

    places: Candidates
    apart_s: Floats
    borders_px: Floats


def look_beside(frame: RawFrame, found: Candidates, weak: Candidates, find: Find) -> Added:
    """Look at a frame's neighbours for what is to be hidden in the frame, too.

    The later neighbour comes first: what a driving camera comes close to is largest there. The
    earlier one is looked at only if the later one shows what the frame does not.

    Parameters
    ----------
    frame
        With its neighbours, or without: then nothing is added.
    found, weak
        What was found in the frame itself, surely and less so.
    find
        Finds what is sure in a neighbour.

    Raises
    ------
    UncheckedError
        If there are so many candidates that the pictures must be made to fool the finder.
    """
    width = frame.image.shape[1]

    def sight(one: RawFrame) -> _Sight:
        return _Sight(boxes=find(one), apart_s=abs(one.time_s - frame.time_s))

    def missing(expected: _Expected) -> Indices:
        seen, _ = _pairs(expected.places, found, expected.apart_s, width=width)
        return np.setdiff1d(np.arange(len(expected.places)), seen)

    around = sorted(frame.neighbours, key=lambda one: -one.time_s)
    sights = [sight(one) for one in around[:1]]
    if not len(missing(_expected(sights, width=width))):
        return Added(between=no_candidates(), supported=no_candidates())
    sights += [sight(one) for one in around[1:]]
    expected = _expected(sights, width=width)
    left = missing(expected)
    _, supported = _pairs(expected.places[left], weak, expected.apart_s[left], width=width)
    interpolated = left[left < len(expected.borders_px)]
    between = expected.places[interpolated]
    between[:, 0:2] -= expected.borders_px[interpolated]
    between[:, 2:4] += expected.borders_px[interpolated]
    return Added(between=between, supported=weak[supported])


def _expected(sights: Sequence[_Sight], *, width: int) -> _Expected:
    """Return what neighbours show, the later one first, moved to the frame where both show it."""
    between, borders_px, rest = no_candidates(), np.empty((0, 2)), [one.boxes for one in sights]
    if len(sights) == 2:
        after, before = rest
        gap_s = sights[0].apart_s + sights[1].apart_s
        first, second = _pairs(before, after, np.full(len(before), gap_s), width=width)
        way = after[second] - before[first]
        between = before[first] + way * sights[1].apart_s / gap_s
        between[:, 4] = np.minimum(before[first, 4], after[second, 4])
        borders_px = _BORDER * width + _UNSURE * np.abs(way[:, 0:2] + way[:, 2:4]) / 2
        rest = [np.delete(after, second, axis=0), np.delete(before, first, axis=0)]
    apart_s = [np.full(len(boxes), one.apart_s) for one, boxes in zip(sights, rest, strict=True)]
    return _Expected(
        places=np.vstack([between, *rest]),
        apart_s=np.concatenate([np.zeros(len(between)), *apart_s]),
        borders_px=borders_px,
    )


def _pairs(
    boxes: Candidates, others: Candidates, seconds: Floats, *, width: int
) -> tuple[Indices, Indices]:
    """Pair boxes of two pictures that may be the same thing, each once, at the least cost.

    The cost is the squared distance of the middles plus that of the sizes' logarithms, each as a
    share of the most that is plausible; a pair beyond either is none.

    Parameters
    ----------
    seconds
        Time between the pictures, for each of ``boxes``.
    width
        The pictures' width in pixels.

    Returns
    -------
    tuple
        Indices into ``boxes`` and into ``others``, int [pairs] each.
    """
    if len(boxes) * len(others) > _MOST_PAIRS:
        raise UncheckedError("frame", f"could not be checked: {len(boxes)} places beside it")
    size, other_size = (np.maximum(one[:, 2:4] - one[:, 0:2], 1e-6) for one in (boxes, others))
    middle, other_middle = ((one[:, 0:2] + one[:, 2:4]) / 2 for one in (boxes, others))
    reach = (_SHAKE + _TURN_PER_S * seconds) * width + _OWN_SIZE * np.sqrt(size.prod(axis=1))
    way = np.linalg.norm(middle[:, None] - other_middle[None], axis=2) / reach[:, None]
    growth = np.abs(np.log(size[:, None] / other_size[None])).max(axis=2)
    growth /= (_GROWTH + _GROWTH_PER_S * seconds)[:, None]
    possible = (way <= 1) & (growth <= 1)
    first, second = linear_sum_assignment(np.where(possible, way**2 + growth**2, _NEVER))
    kept = possible[first, second]
    return first[kept], second[kept]
