"""Which neighbours join: the best first actions along each chain, mobilisation paid once a run."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.labels import Labels, PricedLabels
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared


def mobilisation(prepared: Prepared, staked: Stakes, prices: Prices) -> Floats:
    """Return what starting a project costs at these prices, shape [M, T * K + 1]."""
    krona = staked.per_krona(prepared, prices)[:, :, :-1]
    flat = (krona * prepared.problem.mobilisation_sek).reshape(len(krona), -1)
    return np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)


def join(
    prepared: Prepared, staked: Stakes, labels: Labels, priced: PricedLabels, prices: Prices
) -> Ints:
    """Return the label to choose for each section.

    Along a chain, what a section pays to start an action is what the neighbour before it would
    lose by doing the same, at most the mobilisation: for sections that act once this is exact.
    """
    start = mobilisation(prepared, staked, prices)
    member = prepared.kinds.membership[prepared.kind]
    reached = _forward(prepared, labels, priced, start, member)
    return _backward(prepared, labels, priced, start, member, reached)


def _forward(
    prepared: Prepared, labels: Labels, priced: PricedLabels, start: Floats, member: Ints
) -> Floats:
    steps, width = prepared.steps, start.shape[1]
    reached = np.empty_like(priced.cost)
    due = start[member[: steps[1]]]
    for q in range(len(steps) - 1):
        i, j = steps[q], steps[q + 1]
        after = steps[q + 2] - j if q + 2 < len(steps) else 0
        a, b = labels.first[i], labels.first[j]
        row = (labels.section[a:b] - i) * width
        first, second, third = row + labels.action[a:b], priced.second[a:b], priced.third[a:b]
        paid = due[: j - i].ravel()
        cost = priced.cost[a:b] + paid[first]
        more = np.flatnonzero(second < width - 1)
        second, third = row[more] + second[more], row[more] + third[more]
        cost[more] += paid[second] + paid[third]
        reached[a:b] = cost
        if not after:
            break
        least = np.minimum.reduceat(cost, labels.first[i:j] - a)
        excess = cost - least[labels.section[a:b] - i]
        due = start[member[j : j + after]]
        paid = np.full((j - i) * width, np.inf)
        paid[first] = excess
        np.minimum.at(paid, second, excess[more])
        np.minimum.at(paid, third, excess[more])
        due = np.minimum(due, paid.reshape(j - i, width)[:after])
        due[:, -1] = 0.0
    if q + 2 < len(steps):
        raise AssertionError
    return reached


def _backward(
    prepared: Prepared,
    labels: Labels,
    priced: PricedLabels,
    start: Floats,
    member: Ints,
    reached: Floats,
) -> Ints:
    steps, width = prepared.steps, start.shape[1]
    chosen = np.empty(len(prepared.rows), np.int64)
    ahead = np.zeros(0, np.int64)
    for q in range(len(steps) - 2, -1, -1):
        i, j = steps[q], steps[q + 1]
        a, b = labels.first[i], labels.first[j]
        section = labels.section[a:b] - i
        cost = reached[a:b].copy()
        if len(ahead):
            saved = np.zeros((j - i, width))
            rows = np.arange(len(ahead))
            ahead_start = start[member[j : j + len(ahead)]]
            for which in (labels.action, priced.second, priced.third):
                saved[rows, which[ahead]] = ahead_start[rows, which[ahead]]
            saved[:, -1] = 0.0
            saved = saved.ravel()
            base = section * width
            cost -= saved[base + labels.action[a:b]]
            cost -= saved[base + priced.second[a:b]] + saved[base + priced.third[a:b]]
        least = np.minimum.reduceat(cost, labels.first[i:j] - a)
        hit = np.flatnonzero(cost == least[section])
        new = np.ones(len(hit), bool)
        new[1:] = section[hit][1:] != section[hit][:-1]
        ahead = hit[new] + a
        chosen[i:j] = ahead
    return chosen
