"""What the places of a pass have in common, by generalised least squares with those of damages.

The errors are Gaussian processes along the street, so a pass's places are correlated the more, the
nearer they are to each other. How much does not depend on which damages they are of: it is worked
out once a window. Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006),
2.2 and 2.7.

Loops are compiled: what they find does not depend on how a library splits a matrix among cores.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gatusyn.findings.labels import count_of, grouped
from gatusyn.findings.likeness import Tracks
from gatusyn.findings.placed import Floats, Ints
from gatusyn.findings.positive import diagonal_of_inverse, factor, inverse, solve
from gatusyn.model.compiled import compiled


class PassErrors(NamedTuple):
    """The errors of n tracks' places, as they hang together within passes.

    Parameters
    ----------
    place_m
        Places against the middle of all: east, north [n, 2].
    rows, starts
        Rows of the tracks, pass by pass, and where each pass starts among them [passes + 1].
    pairs
        Where the pairs of each pass start, each track with each and with itself [passes + 1].
    inverse
        Of each pair, along and across: of the inverse covariance of the places [2, pairs].
    gain
        Of each pair, along and across: how much of what is left of the second's place says of the
        error of the first's [2, pairs].
    pull
        The inverse covariance times the places: east, north [n, 2].
    """

    place_m: Floats
    rows: Ints
    starts: Ints
    pairs: Ints
    inverse: Floats
    gain: Floats
    pull: Floats


@compiled
def unit_of(tracks: Tracks, row: int, axis: int) -> tuple[float, float]:
    """Return the unit vector along a track's heading (axis 0) or to its right: east, north."""
    east, north = tracks.along[row, 0], tracks.along[row, 1]
    return (east, north) if axis == 0 else (north, -east)


@compiled
def pass_errors_of(tracks: Tracks, place_m: Floats, passes: Ints, over_m: float) -> PassErrors:
    """Return what the tracks of each pass have in common.

    Parameters
    ----------
    passes
        The number of each track's pass, from 0.
    over_m
        Over which an error along the street is the same; half of it for one across.
    """
    rows, starts = grouped(passes)
    pairs = np.zeros(len(starts), np.int64)
    for number in range(len(starts) - 1):
        pairs[number + 1] = pairs[number] + (starts[number + 1] - starts[number]) ** 2
    place = _from_the_middle(place_m)
    of_inverse, gain = np.zeros((2, pairs[-1])), np.zeros((2, pairs[-1]))
    pull = np.zeros_like(place)
    for number in range(len(starts) - 1):
        own = rows[starts[number] : starts[number + 1]]
        for axis in range(2):
            shared = _shared(tracks, place, own, axis, over_m / (axis + 1.0))
            covariance = shared.copy()
            aside = np.empty(len(own))
            for at in range(len(own)):
                covariance[at, at] += tracks.own_m[own[at], axis] ** 2
                east, north = unit_of(tracks, own[at], axis)
                aside[at] = place[own[at], 0] * east + place[own[at], 1] * north
            weights = inverse(covariance)
            at = pairs[number]
            for one in range(len(own)):
                pulled = 0.0
                east, north = unit_of(tracks, own[one], axis)
                for other in range(len(own)):
                    of_inverse[axis, at] = weights[one, other]
                    pulled += weights[one, other] * aside[other]
                    for between in range(len(own)):
                        gain[axis, at] += shared[one, between] * weights[other, between]
                    at += 1
                pull[own[one], 0] += pulled * east
                pull[own[one], 1] += pulled * north
    return PassErrors(place, rows, starts, pairs, of_inverse, gain, pull)


@compiled
def _from_the_middle(place_m: Floats) -> Floats:
    """Return places against the middle of all: small numbers lose no digits."""
    result = place_m.copy()
    for axis in range(2):
        mean = 0.0
        for row in range(len(result)):
            mean += place_m[row, axis] / len(result)
        for row in range(len(result)):
            result[row, axis] -= mean
    return result


@compiled
def _shared(tracks: Tracks, place: Floats, own: Ints, axis: int, over_m: float) -> Floats:
    """Return the covariances of what a pass's places have in common."""
    result = np.empty((len(own), len(own)))
    for one in range(len(own)):
        for other in range(one + 1):
            apart = math.hypot(
                place[own[one], 0] - place[own[other], 0], place[own[one], 1] - place[own[other], 1]
            )
            common = tracks.common_m[own[one], axis] * tracks.common_m[own[other], axis]
            result[one, other] = result[other, one] = common * math.exp(-apart / over_m)
    return result


@compiled
def find_offsets(
    errors: PassErrors, tracks: Tracks, passes: Ints, labels: Ints, off: Floats, variance: Floats
) -> None:
    """Find what is wrong with the places of some passes.

    Parameters
    ----------
    passes
        Their numbers.
    labels
        The number of the damage that each track is of, from 0; of other passes it is -1.
    off
        Is filled with what is wrong: east, north [n, 2].
    variance
        Is filled with those of each track's damage's place, along and across [n, 2]; where it has
        no rows they are not worked out.
    """
    normal, pull = _normal(errors, tracks, passes, labels)
    factor(normal)
    solve(normal, pull)
    spread = diagonal_of_inverse(normal) if len(variance) else np.zeros((0, 3))
    for number in passes:
        start, end = errors.starts[number], errors.starts[number + 1]
        own = errors.rows[start:end]
        for axis in range(2):
            aside = np.empty(len(own))
            for at in range(len(own)):
                row = own[at]
                east, north = unit_of(tracks, row, axis)
                label = labels[row]
                aside[at] = (errors.place_m[row, 0] - pull[2 * label]) * east
                aside[at] += (errors.place_m[row, 1] - pull[2 * label + 1]) * north
                if len(variance):
                    variance[row, axis] = (
                        east**2 * spread[label, 0]
                        + north**2 * spread[label, 2]
                        + 2.0 * east * north * spread[label, 1]
                    )
            pair = errors.pairs[number]
            for at in range(len(own)):
                share = 0.0
                for other in range(len(own)):
                    share += errors.gain[axis, pair] * aside[other]
                    pair += 1
                east, north = unit_of(tracks, own[at], axis)
                off[own[at], 0] = share * east + (off[own[at], 0] if axis else 0.0)
                off[own[at], 1] = share * north + (off[own[at], 1] if axis else 0.0)


@compiled
def _normal(
    errors: PassErrors, tracks: Tracks, passes: Ints, labels: Ints
) -> tuple[Floats, Floats]:
    """Return the normal equations' matrix, its upper half, and right side.

    For the east and the north of each damage.
    """
    count = count_of(labels)
    normal, pull = np.zeros((2 * count, 2 * count)), np.zeros(2 * count)
    for number in passes:
        own = errors.rows[errors.starts[number] : errors.starts[number + 1]]
        for row in own:
            pull[2 * labels[row]] += errors.pull[row, 0]
            pull[2 * labels[row] + 1] += errors.pull[row, 1]
        for axis in range(2):
            pair = errors.pairs[number]
            for one in own:
                east, north = unit_of(tracks, one, axis)
                at = 2 * labels[one]
                for other in own:
                    weight = errors.inverse[axis, pair]
                    pair += 1
                    to = 2 * labels[other]
                    if to < at:
                        continue
                    other_east, other_north = unit_of(tracks, other, axis)
                    normal[at, to] += weight * east * other_east
                    normal[at, to + 1] += weight * east * other_north
                    normal[at + 1, to] += weight * north * other_east
                    normal[at + 1, to + 1] += weight * north * other_north
    return normal, pull
