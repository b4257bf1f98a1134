"""Which neighbours join where projects have a minimum length: runs that are long enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.joining import mobilisation
from gatusyn.economy.labels import Labels, PricedLabels
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared

_MOST_SECTIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """What each first action of a step's sections comes to when its run is long enough.

    Parameters
    ----------
    reached
        [n, T * K + 1]; infinite where it cannot be.
    origin
        How many sections the run had when it became long enough here; 0 if it was so before.
    """

    reached: Floats
    origin: NDArray[np.int8]


def join_long(
    prepared: Prepared, staked: Stakes, labels: Labels, priced: PricedLabels, prices: Prices
) -> Ints:
    """Return the label to choose for each section; runs of first actions are long enough.

    A run starts at the mobilisation and cannot end before it is long enough; then it can be left
    at any section. Later actions join where the neighbours' do; their length is not looked at.
    """
    start = mobilisation(prepared, staked, prices)
    member = prepared.kinds.membership[prepared.kind]
    width, steps = start.shape[1], prepared.steps
    years = prepared.problem.years
    least_m = np.append(np.tile(prepared.problem.minimum_length_m, years), 0.0)
    made: list[_Step] = []
    young: list[Floats] = []
    lengths: list[Floats] = []
    before = np.zeros(0)
    due = np.zeros((0, width))
    for q in range(len(steps) - 1):
        i, j = steps[q], steps[q + 1]
        count = j - i
        begin = start[member[i:j]]
        own = _dense(labels, priced, i, j, width, due if q else begin)
        length = prepared.length_m[i:j]
        lengths = [length, *(one[:count] + length for one in lengths[: _MOST_SECTIONS - 1])]
        closed = before[:count, None] if q else np.zeros((count, 1))
        runs = [own + begin + closed, *(one[:count] + own for one in young)]
        reached = own + made[-1].reached[:count] if q else np.full((count, width), np.inf)
        reached[:, -1] = own[:, -1] + closed[:, 0]
        origin = np.zeros((count, width), np.int8)
        young = []
        for size, run in enumerate(runs, 1):
            long_ = (lengths[size - 1][:, None] >= least_m - 1e-6) | (size == _MOST_SECTIONS)
            better = long_ & (run < reached)
            reached = np.where(better, run, reached)
            origin[better] = size
            if size < _MOST_SECTIONS and not long_.all():
                young.append(np.where(long_, np.inf, run))
        made.append(_Step(reached=reached, origin=origin))
        before = reached.min(axis=1)
        due = np.minimum(begin, reached - before[:, None])
        due[:, -1] = 0.0
        after = int(steps[q + 2] - j) if q + 2 < len(steps) else 0
        due = due[:after]
    return _back(prepared, labels, made)


def _dense(labels: Labels, priced: PricedLabels, i: int, j: int, width: int, due: Floats) -> Floats:
    """Return what each first action costs, with dues for the later ones, [n, width]."""
    a, b = labels.first[i], labels.first[j]
    row = labels.section[a:b] - i
    cost = priced.cost[a:b].copy()
    more = np.flatnonzero(priced.second[a:b] < width - 1)
    cost[more] += due[row[more], priced.second[a:b][more]]
    cost[more] += due[row[more], priced.third[a:b][more]]
    own = np.full((j - i, width), np.inf)
    own[row, labels.action[a:b]] = cost
    return own


def _back(prepared: Prepared, labels: Labels, made: list[_Step]) -> Ints:
    """Return the labels, chosen from the ends of the chains."""
    steps, width = prepared.steps, made[0].reached.shape[1]
    chosen = np.empty(len(prepared.rows), np.int64)
    action = np.zeros(0, np.int64)
    young = np.zeros(0, np.int64)
    code = labels.section * np.int64(width) + labels.action
    for q in range(len(steps) - 2, -1, -1):
        count = int(steps[q + 1] - steps[q])
        step = made[q]
        best = step.reached.argmin(axis=1)
        sizes = step.origin[np.arange(count), best].astype(np.int64)
        here = np.arange(len(action))
        # A run goes on: as part of one not yet long enough, or of one that was so before.
        stays = (young > 1) | ((young == 0) & (action < width - 1))
        best[here] = np.where(stays, action, best[here])
        sizes[here] = np.where(young > 1, young - 1, step.origin[here, best[here]].astype(np.int64))
        action, young = best, sizes
        rows = np.arange(steps[q], steps[q + 1])
        chosen[rows] = np.searchsorted(code, rows * np.int64(width) + action)
    return chosen
