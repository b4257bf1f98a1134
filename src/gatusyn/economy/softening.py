"""Compiled loops that find multipliers at which the pieces' best plans, softened, are highest."""

from __future__ import annotations

from math import exp, log

import numpy as np

from gatusyn.economy.prepared import Floats
from gatusyn.model.compiled import compiled, compiled_loop

_FAR = 40.0
_STEPS, _HALVES, _TURNS = 60, 20, 400
_LITTLE, _SLOPE, _DAMPED = 1e-7, 1e-4, 1e-7


@compiled
def soften(
    value: Floats, use: Floats, multipliers: Floats, soft: float
) -> tuple[float, Floats, Floats]:
    """Return what the pieces' best plans come to, softened, and what they use of each row.

    Plans that come within ``soft`` of a piece's best take part in it.

    Parameters
    ----------
    value, use
        Of each piece's plans, [P, J] and [P, J, R].
    multipliers
        What use is worth, [R].

    Returns
    -------
        What all come to; what they use [R]; how fast that falls with each multiplier [R, R].
    """
    pieces, plans, rows = use.shape
    height, used, falls = 0.0, np.zeros(rows), np.zeros((rows, rows))
    share, mean, sharp = np.empty(plans), np.empty(rows), 1.0 / soft
    for piece in range(pieces):
        low, whole, several = np.inf, 0.0, -1
        for plan in range(plans):
            total = value[piece, plan]
            for row in range(rows):
                total += use[piece, plan, row] * multipliers[row]
            share[plan] = total
            low = min(low, total)
        for plan in range(plans):
            away = (share[plan] - low) * sharp
            share[plan] = exp(-away) if away < _FAR else 0.0
            several += share[plan] > 1e-9
            whole += share[plan]
        height += low - soft * log(whole)
        mean[:] = 0.0
        for plan in range(plans):
            if share[plan] > 0.0:
                share[plan] /= whole
                for row in range(rows):
                    mean[row] += share[plan] * use[piece, plan, row]
        used += mean
        if several:
            _add_falls(use[piece], share, mean, sharp, falls)
    return height, used, falls


@compiled_loop
def _add_falls(use: Floats, share: Floats, mean: Floats, sharp: float, falls: Floats) -> None:
    for plan in range(len(share)):
        if share[plan] > 0.0:
            for one in range(len(mean)):
                apart = share[plan] * sharp * (use[plan, one] - mean[one])
                for other in range(len(mean)):
                    falls[one, other] += apart * (use[plan, other] - mean[other])


@compiled
def highest_softened(
    value: Floats, use: Floats, allowed: Floats, near: Floats, most: float, soft: float
) -> Floats:
    """Return the multipliers at which the pieces' best plans, less what is allowed, are highest.

    Newton's method within bounds. (A library's loop took most of its time for sums of ten numbers
    that it gave to several threads.)

    Parameters
    ----------
    near
        Where to start; no multiplier is further away than by ``most``, in logarithms, [R].
    """
    rows = len(near)
    low, high = near * exp(-most), near * exp(most)
    best = near.copy()
    height, used, falls = soften(value, use, best, soft)
    height -= (best * allowed).sum()
    for _ in range(_STEPS):
        for row in range(rows):
            falls[row, row] = max(falls[row, row] * (1.0 + _DAMPED), 1e-30)
        step = _within(used - allowed, falls, low - best, high - best)
        slope = ((used - allowed) * step).sum()
        if slope <= _LITTLE * abs(height):
            break
        for _ in range(_HALVES):
            asked = best + step
            found, then_used, then_falls = soften(value, use, asked, soft)
            found -= (asked * allowed).sum()
            if found >= height + _SLOPE * slope:
                break
            step, slope = 0.5 * step, 0.5 * slope
        if found <= height:
            break
        best, height, used, falls = asked, found, then_used, then_falls
    return best


@compiled
def _within(slope: Floats, falls: Floats, low: Floats, high: Floats) -> Floats:
    """Return the step within bounds after which a sum is highest, given its slope and its bend."""
    rows = len(slope)
    step, left = np.zeros(rows), slope.copy()
    for _ in range(_TURNS):
        most = 0.0
        for row in range(rows):
            to = min(max(step[row] + left[row] / falls[row, row], low[row]), high[row])
            change = to - step[row]
            if change != 0.0:
                step[row] = to
                for other in range(rows):
                    left[other] -= falls[other, row] * change
                most = max(most, abs(change) / max(high[row] - low[row], 1e-30))
        if most < 1e-7:
            break
    return step
