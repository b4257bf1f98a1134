"""What the places of a pass have in common, by generalised least squares with those of damages.

The errors are Gaussian processes along the street, so a pass's places are correlated the more, the
nearer they are to each other. How much does not depend on which damages they are of: it is worked
out once, for all passes of a size together. Source: Rasmussen and Williams, Gaussian Processes for
Machine Learning (2006), 2.2 and 2.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from gatusyn.findings.placed import Floats, Ints, Placed
from gatusyn.model import FindingParams


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassErrors:
    """The errors of n tracks' places, as they hang together within passes.

    Parameters
    ----------
    place_m
        Places against the middle of all: east, north [n, 2].
    units
        Unit vectors along and across each heading [n, 2, 2]: which, then east and north.
    own_m
        Standard deviations, along and across, of what is a place's own [n, 2].
    first, second
        Tracks of one pass, each with each and with itself [pairs].
    weight
        Of each pair: the inverse of the places' covariance, east and north [pairs, 2, 2].
    gain
        Of each pair, along and across: how much of what is left of the second's place says of the
        error of the first's [pairs, 2].
    pull
        The inverse covariance times the places [n, 2].
    """

    place_m: Floats
    units: Floats
    own_m: Floats
    first: Ints
    second: Ints
    weight: Floats
    gain: Floats
    pull: Floats

    @classmethod
    def of(cls, placed: Placed, passes: Ints, params: FindingParams) -> PassErrors:
        """Return what the tracks of each pass have in common."""
        place = placed.place_m - placed.place_m.mean(axis=0)
        units = np.stack([placed.along, placed.right], axis=1)
        over_m = np.array([params.common_over_m, params.common_over_m / 2.0])[:, None, None]
        pull = np.zeros_like(place)
        pairs = []
        for rows in _by_size(passes):
            apart = np.hypot(*np.moveaxis(place[rows][:, :, None] - place[rows][:, None], -1, 0))
            common = placed.common_m[rows].swapaxes(1, 2)
            shared = common[..., :, None] * common[..., None, :] * np.exp(-apart[:, None] / over_m)
            covariance = shared.copy()
            every = np.arange(rows.shape[1])
            covariance[..., every, every] += placed.own_m[rows].swapaxes(1, 2) ** 2
            inverse = np.linalg.inv(covariance)
            unit = units[rows]
            along = (place[rows][:, :, None] * unit).sum(axis=-1)
            pulled = (inverse @ along.swapaxes(1, 2)[..., None])[..., 0].swapaxes(1, 2)
            pull[rows] = (unit * pulled[..., None]).sum(axis=2)
            size = (len(rows), rows.shape[1], rows.shape[1])
            weight = np.zeros((*size, 2, 2))
            for axis in (0, 1):
                towards = unit[:, :, axis]
                outer = towards[:, :, None, :, None] * towards[:, None, :, None, :]
                weight += outer * inverse[:, axis, :, :, None, None]
            pairs.append(
                (
                    np.broadcast_to(rows[:, :, None], size).ravel(),
                    np.broadcast_to(rows[:, None, :], size).ravel(),
                    weight.reshape(-1, 2, 2),
                    np.moveaxis(shared @ inverse, 1, -1).reshape(-1, 2),
                )
            )
        first, second, weight, gain = (np.concatenate(one) for one in zip(*pairs, strict=True))
        return cls(
            place_m=place,
            units=units,
            own_m=placed.own_m,
            first=first,
            second=second,
            weight=weight,
            gain=gain,
            pull=pull,
        )

    def rows(self, rows: Ints) -> PassErrors:
        """Return the same of some tracks: whole passes, in that order."""
        place = np.full(len(self.place_m), -1)
        place[rows] = np.arange(len(rows))
        own = np.flatnonzero(place[self.first] >= 0)
        return PassErrors(
            place_m=self.place_m[rows],
            units=self.units[rows],
            own_m=self.own_m[rows],
            first=place[self.first[own]],
            second=place[self.second[own]],
            weight=self.weight[own],
            gain=self.gain[own],
            pull=self.pull[rows],
        )

    def offsets(self, labels: Ints) -> Floats:
        """Return what is wrong with the places: east, north.

        Parameters
        ----------
        labels
            The number of the damage that each track is of.
        """
        return self._offsets(labels, _factor(self._normal(labels)))

    def offsets_and_variances(self, labels: Ints) -> tuple[Floats, Floats]:
        """Return the same, and the variances of each track's damage's place, along and across."""
        factor = _factor(self._normal(labels))
        spread, _ = lapack.dpotri(factor, lower=1)
        east, north = 2 * labels, 2 * labels + 1
        mixed = spread[north, east][:, None]
        units = self.units
        variance = (
            units[..., 0] ** 2 * spread[east, east][:, None]
            + units[..., 1] ** 2 * spread[north, north][:, None]
            + 2.0 * units[..., 0] * units[..., 1] * mixed
        )
        return self._offsets(labels, factor), np.asarray(variance, np.float64)

    def _normal(self, labels: Ints) -> Floats:
        """Return the normal equations' matrix: east and north of each damage."""
        count = int(labels.max()) + 1
        cell = labels[self.first] * count + labels[self.second]
        normal = np.empty((count, 2, count, 2))
        for one, other in ((0, 0), (0, 1), (1, 0), (1, 1)):
            sums = np.bincount(cell, self.weight[:, one, other], minlength=count**2)
            normal[:, one, :, other] = sums.reshape(count, count)
        return normal.reshape(2 * count, 2 * count)

    def _offsets(self, labels: Ints, factor: Floats) -> Floats:
        pulled = np.column_stack([np.bincount(labels, self.pull[:, axis]) for axis in (0, 1)])
        found, _ = lapack.dpotrs(factor, pulled.ravel(), lower=1)
        left = self.place_m - found.reshape(-1, 2)[labels]
        aside = (left[:, None, :] * self.units).sum(axis=-1)
        off = np.zeros_like(self.place_m)
        for axis in (0, 1):
            share = self.gain[:, axis] * aside[self.second, axis]
            sums = np.bincount(self.first, share, minlength=len(off))
            off += sums[:, None] * self.units[:, axis]
        return off


def _by_size(passes: Ints) -> list[Ints]:
    """Return the rows of passes, those of one size together: shape [passes, size]."""
    order = np.argsort(passes, kind="stable")
    starts = np.flatnonzero(np.diff(passes[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    return [
        order[starts[sizes == size][:, None] + np.arange(size)]
        for size in np.unique(sizes).tolist()
    ]


def _factor(normal: Floats) -> Floats:
    """Return the lower Cholesky factor: every damage was seen, so there is one."""
    factor, failed = lapack.dpotrf(normal, lower=1)
    assert not failed, "the places' covariances are not those of anything"
    return np.asarray(factor)
