"""A bound on every plan of a street, minimum lengths and mobilisation in it."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.bound import Sections, price_links
from gatusyn.economy.joining import mobilisation
from gatusyn.economy.lone import Prices
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.runs import Runs
from gatusyn.economy.streets import Streets

_AT_ONCE = 60
_INERTIA = 0.7
_PATIENCE = 5
_NEVER = 1e15


def street_bound(streets: Streets, prices: Prices, known: Floats, *, rounds: int) -> Floats:
    """Return what no plan of each chain comes to less than.

    Sections are planned alone and pay a price for each action; for each action the chain's projects
    are planned alone and get the prices. The sum of what both come to at least is a bound at any
    prices. They begin with dues passed along the chain (`price_links`) and follow the difference
    between what sections and projects do, in steps of Polyak's length; the lists of plans stand for
    all while they are sought, and in the end all plans are looked at.

    Parameters
    ----------
    known
        What a plan of each chain comes to.
    """
    prepared = streets.prepared
    links = price_links(prepared, streets.staked, prices)
    least = np.asarray(np.bincount(prepared.chain, links.least, prepared.chains), np.float64)
    open_ = np.flatnonzero(known - least > 1e-6 * np.maximum(np.abs(known), 1.0))
    if not rounds or not open_.size:
        return least
    start = mobilisation(prepared, streets.staked, prices)
    price = np.zeros((len(prepared.rows), start.shape[1]))
    gained = np.zeros(prepared.chains)
    per_m2 = streets.lists.cost(prepared, streets.staked, prices)
    got = _received(streets, links.due)
    for first in range(0, len(open_), _AT_ONCE):
        chains = open_[first : first + _AT_ONCE]
        runs = Runs(prepared, chains, start)
        begin = (links.due - got)[runs.rows][:, :-1]
        sought = _Sought(streets, runs, per_m2, known[chains])
        price[runs.rows, :-1] = sought.prices(begin, rounds)
        gained[chains] = runs.best(price[runs.rows, :-1])[0]
    rows = np.flatnonzero(np.isin(prepared.chain, open_))
    alone = _alone(streets, prices, price, rows)
    sums = np.bincount(prepared.chain[rows], alone, prepared.chains) + gained
    least[open_] = np.maximum(least[open_], sums[open_])
    return np.asarray(least)


class _Sought:
    """A search for the prices of some chains' actions."""

    def __init__(self, streets: Streets, runs: Runs, per_m2: Floats, known: Floats) -> None:
        prepared, self.runs, self.known = streets.prepared, runs, known
        kind = prepared.kind[runs.rows]
        none = len(prepared.problem.space.treatments)
        self.cost = np.minimum(per_m2[kind] * prepared.area_m2[runs.rows][:, None], _NEVER)
        choice = streets.lists.choice[kind]
        years = choice.shape[2]
        action = np.where(choice < none, np.arange(years) * none + choice, years * none)
        most = int((choice < none).sum(axis=2).max(initial=1))
        self.action = np.sort(action, axis=2)[:, :, : max(most, 1)]

    def prices(self, begin: Floats, rounds: int) -> Floats:
        """Return the best prices found, [n, T * K]."""
        runs, price = self.runs, begin
        best, found = np.full(runs.chains, -np.inf), begin.copy()
        pace, idle = np.ones(runs.chains), np.zeros(runs.chains)
        way = np.zeros(begin.shape)
        for _ in range(rounds):
            height, slope = self._height(price)
            better = height > best + 1e-9
            rows = better[runs.chain]
            found[rows] = price[rows]
            best = np.maximum(best, height)
            idle = np.where(better, 0, idle + 1)
            pace = np.where(idle >= _PATIENCE, 0.6 * pace, pace)
            idle = np.where(idle >= _PATIENCE, 0, idle)
            way = slope + _INERTIA * way
            size = np.bincount(runs.chain, (way**2).sum(axis=1), runs.chains)
            step = pace * np.maximum(self.known - height, 0.0) / np.maximum(size, 1e-9)
            price = price + step[runs.chain][:, None] * way
        return found

    def _height(self, price: Floats) -> tuple[Floats, Floats]:
        """Return the bound of each chain, by its lists, and how it rises with the prices."""
        count, width = price.shape
        flat = np.concatenate([price, np.zeros((count, 1))], axis=1).ravel()
        row = np.arange(count)
        at = (row * (width + 1))[:, None, None] + self.action
        total = self.cost + flat[at].sum(axis=2)
        plan = total.argmin(axis=1)
        slope = np.zeros((count, width + 1))
        np.put_along_axis(slope, self.action[row, plan], 1.0, axis=1)
        least, does = self.runs.best(price)
        height = np.bincount(self.runs.chain, total[row, plan], self.runs.chains) + least
        return height, slope[:, :-1] - does


def _received(streets: Streets, due: Floats) -> Floats:
    """Return what sections get from the next, by action."""
    got = np.zeros_like(due)
    previous = streets.prepared.previous
    linked = np.flatnonzero(previous >= 0)
    got[previous[linked]] = due[linked]
    return got


def _alone(streets: Streets, prices: Prices, price: Floats, rows: Ints) -> Floats:
    """Return what sections come to at least, of all their plans, when they pay the prices."""
    prepared, staked = streets.prepared, streets.staked
    krona = staked.per_krona(prepared, prices)
    found = np.empty(len(rows))
    for first in range(0, len(rows), 2000):
        some = slice(first, first + 2000)
        sections = Sections.of(prepared, staked, prices, krona, rows[some])
        found[some] = sections.backward(price[rows[some]].ravel())[0][1]
    return found
