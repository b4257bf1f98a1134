"""Fits one mount, and each pair's own turn and shake, to what moved in many pairs of frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.two_views import LOCAL, Pairs, residuals, road_points

Floats = NDArray[np.float64]

_STEPS: Final = 20
_ENOUGH: Final = 1e-4
"""Steps end when they change no angle by more: a two hundredth of a degree. Coarser weights are
only on the way: ten times that does."""

_STEP: Final = 1e-5
_FAR_HEIGHTS: Final = 10.0
_ASIDE_HEIGHTS: Final = 2.0
"""Road is looked for so far ahead and aside, in heights of the lens: the lane and some more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """Unknowns and what is known of them.

    Parameters
    ----------
    shared
        Yaw, pitch, roll (radians), log of the focal length in widths, [4].
    local
        Each pair's own, [p, 7].
    covariance
        Of ``shared``, from the scatter between groups of pairs, [4, 4].
    local_sigma
        Standard deviations of the pairs' own unknowns while the shared ones are held, [p, 7].
    scale
        Standard deviation of a point's residual, in widths.
    fits
        Share of each pair's points that move as they should, [p].
    road
        Points of each pair taken for road that move as road does, [p].
    """

    shared: Floats
    local: Floats
    covariance: Floats
    local_sigma: Floats
    scale: float
    fits: Floats
    road: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prior:
    """What is known before anything is seen: means and standard deviations, [4] and [p, 7]."""

    shared: Floats
    shared_sigma: Floats
    local: Floats
    local_sigma: Floats


def adjust(
    pairs: Pairs,
    prior: Prior,
    *,
    start: Floats,
    start_local: Floats,
    groups: NDArray[np.int64],
    scales: tuple[float, ...],
) -> Fit:
    """Fit by Gauss and Newton's method with weights that leave out what moves otherwise.

    Each pair has unknowns of its own, so the normal equations are solved for the shared ones first
    (Triggs et al. 2000, "Bundle adjustment: a modern synthesis", section 6.1). Weights are Geman
    and McClure's. The covariance is the sandwich of clustered errors (Liang and Zeger 1986): it
    holds where pairs differ by more than their points' noise, as on bumps.

    Parameters
    ----------
    start, start_local
        Where to begin.
    groups
        Which pairs belong together (frames of one moment), [p].
    scales
        Scale of the weights in widths, stage by stage; the last is lowered to what the points
        allow.
    """
    shared, local = start.copy(), start_local.copy()
    state = _State(pairs, prior)
    for scale in scales:
        state.choose_road(shared, local)
        shared, local = state.settled(shared, local, scale, enough=10 * _ENOUGH)
    spread = state.spread(shared, local, scales[-1])
    state.choose_road(shared, local)
    scale = min(max(3.0 * spread, 1e-4), scales[-1])
    shared, local = state.settled(shared, local, scale, enough=_ENOUGH)
    covariance, local_sigma = state.covariance(shared, local, scale, groups)
    fits, road = state.shares(shared, local, scale)
    return Fit(
        shared=shared,
        local=local,
        covariance=covariance,
        local_sigma=local_sigma,
        scale=spread,
        fits=fits,
        road=road,
    )


@dataclass(slots=True)
class _State:
    pairs: Pairs
    prior: Prior
    road: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))

    def choose_road(self, shared: Floats, local: Floats) -> None:
        """Fix which points are road: a fit that could choose would put the road out of sight."""
        self.road = road_points(self.pairs, shared, local, far=_FAR_HEIGHTS, aside=_ASIDE_HEIGHTS)

    def weighted(self, shared: Floats, local: Floats, scale: float) -> tuple[Floats, Floats]:
        """Return residuals [p, n, 2] in scales, and weights [p, n, 1]."""
        error = residuals(self.pairs, shared, local, self.road) / scale
        weight = 1.0 / (1.0 + (error**2).sum(axis=-1)) ** 2
        return error, np.where(self.pairs.there, weight, 0.0)[..., None]

    def equations(
        self, shared: Floats, local: Floats, scale: float
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return the blocks of the normal equations: own, mixed, shared, and right-hand sides."""
        error, weight = self.weighted(shared, local, scale)
        slopes = []
        for index in range(LOCAL + 1):
            moved, other = local, shared
            if index < LOCAL:
                moved = local.copy()
                moved[:, index] += _STEP
            else:
                other = shared.copy()
                other[3] += _STEP
            after = residuals(self.pairs, other, moved, self.road) / scale
            slopes.append((after - error) / _STEP)
        count = len(self.pairs)
        slope = np.stack(slopes, axis=-1).reshape(count, -1, LOCAL + 1)
        heavy = np.broadcast_to(weight, error.shape).reshape(count, -1, 1)
        flat = error.reshape(count, -1, 1)
        # The mount's yaw, pitch and roll move points as the pair's own do.
        common = slope[:, :, [4, 5, 6, 7]]
        mine = slope[:, :, :LOCAL]
        turned = np.swapaxes(mine * heavy, 1, 2)
        # A scale is three standard deviations of a point.
        nine = 9.0
        own = nine * (turned @ mine) + np.eye(LOCAL) / self.prior.local_sigma[:, None, :] ** 2
        mixed = nine * (turned @ common)
        both = nine * (np.swapaxes(common * heavy, 1, 2) @ common)
        pull = (self.prior.local - local) / self.prior.local_sigma**2
        right = pull[:, :, None] - nine * (turned @ flat)
        common_right = -nine * (np.swapaxes(common * heavy, 1, 2) @ flat)
        return own, mixed, both, right, common_right

    def settled(
        self, shared: Floats, local: Floats, scale: float, *, enough: float
    ) -> tuple[Floats, Floats]:
        """Return the unknowns after as many steps as change them."""
        for _ in range(_STEPS):
            step, own = self.solve(shared, local, scale)
            shared, local = shared + step, local + own
            if np.abs(step).max() < enough:
                break
        return shared, local

    def solve(self, shared: Floats, local: Floats, scale: float) -> tuple[Floats, Floats]:
        """Return one step of the shared and of the pairs' own unknowns."""
        own, mixed, both, right, common_right = self.equations(shared, local, scale)
        inner = np.linalg.solve(own, np.concatenate([mixed, right], axis=-1))
        reduced = (both - np.swapaxes(mixed, 1, 2) @ inner[..., :4]).sum(axis=0)
        score = (common_right - np.swapaxes(mixed, 1, 2) @ inner[..., 4:]).sum(axis=0)[:, 0]
        precision = 1.0 / self.prior.shared_sigma**2
        reduced += np.diag(precision)
        score += precision * (self.prior.shared - shared)
        step = np.linalg.solve(reduced, score)
        step = np.clip(step, -0.1, 0.1)
        back = inner[..., 4] - inner[..., :4] @ step
        return step, np.clip(back, -0.2, 0.2)

    def covariance(
        self, shared: Floats, local: Floats, scale: float, groups: NDArray[np.int64]
    ) -> tuple[Floats, Floats]:
        """Return the covariance of the shared unknowns, and deviations of the pairs' own."""
        own, mixed, both, right, common_right = self.equations(shared, local, scale)
        inner = np.linalg.solve(own, np.concatenate([mixed, right], axis=-1))
        reduced = (both - np.swapaxes(mixed, 1, 2) @ inner[..., :4]).sum(axis=0)
        reduced += np.diag(1.0 / self.prior.shared_sigma**2)
        scores = (common_right - np.swapaxes(mixed, 1, 2) @ inner[..., 4:])[..., 0]
        names, place = np.unique(groups, return_inverse=True)
        summed = np.zeros((len(names), 4))
        np.add.at(summed, place, scores)
        count = len(names)
        meat = summed.T @ summed * (count / max(count - 2, 1))
        inverse = np.linalg.inv(reduced)
        meat += np.diag(1.0 / self.prior.shared_sigma**2)
        sigma = np.sqrt(np.diagonal(np.linalg.inv(own), axis1=1, axis2=2))
        return np.asarray(inverse @ meat @ inverse), np.asarray(sigma)

    def spread(self, shared: Floats, local: Floats, scale: float) -> float:
        """Return a robust standard deviation of the residuals, per coordinate."""
        error, _ = self.weighted(shared, local, scale)
        both = np.abs(error[self.road & self.pairs.there]).ravel()
        one = np.abs(error[~self.road & self.pairs.there][:, 0])
        every = np.concatenate([both, one])
        near = every[every < 1.0]
        return float(1.4826 * np.median(near) * scale) if near.size else scale

    def shares(self, shared: Floats, local: Floats, scale: float) -> tuple[Floats, Floats]:
        error, _ = self.weighted(shared, local, scale)
        good = (np.hypot(error[..., 0], error[..., 1]) < 1.0) & self.pairs.there
        count = np.maximum(self.pairs.there.sum(axis=1), 1)
        return good.sum(axis=1) / count, (good & self.road).sum(axis=1).astype(float)
