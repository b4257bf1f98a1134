"""Streets at prices: what sections pay for actions, each street's best plan, and a bound on all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.pace import ALL, ANSWERS
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.street_arrays import StreetArrays, Ways, priced, street_arrays
from gatusyn.economy.tally import Choice
from gatusyn.model import usable_cores

_GAP = 0.1
_GROWN = (0.5, 2.0)
"""What sections pay for an action changes by no more than these times when prices of money do."""
_FAR = 8.0
"""By more times than this what a start costs has become another thing."""
_PARTS = 16
_LEAST_SCALE, _ALIKE = 1e-3, 3.0
"""A mean mobilisation is taken to be no less, and by no more times another to be like another."""
_NEVER_PAID = 1e9
"""More than any section has to lose is paid for what no run is long enough for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetPlans:
    """The best plans found for some chains.

    Parameters
    ----------
    choice
        K for nothing, [N, T]; of sections of other chains, and where none was found, nothing but
        what is locked.
    found
        What the plan comes to, by chain; infinite where none was found.
    least
        No plan of the chain comes to less, by chain.
    """

    choice: Choice
    found: Floats
    least: Floats


class Paid(NamedTuple):
    """What sections pay for each action, and what a start costs there; nothing before the first."""

    price: Floats
    start: Floats | None


class Streets:
    """The chains of a town, with what their sections pay for each action.

    The prices of actions stay from call to call, as shares of what a start costs: these change
    little when prices of money do.

    Parameters
    ----------
    begin
        What part of a mobilisation a section is taken to pay before anything is known.
    """

    def __init__(self, prepared: Prepared, staked: Stakes, *, begin: float = 0.3) -> None:
        self.prepared, self.staked, self.begin_share = prepared, staked, begin
        self.arrays: StreetArrays = street_arrays(prepared, staked)
        none = len(prepared.problem.space.treatments)
        nothing = np.full((len(prepared.rows), prepared.problem.years), none, np.int8)
        self.idle = only_allowed(prepared, staked, nothing)
        self.closed = _closed(prepared)
        self.price: Floats = np.zeros(self.arrays.may.shape)
        self.begun = np.zeros(prepared.chains, bool)
        self.start: Floats | None = None
        self.priced: tuple[Prices, Ways] | None = None
        self.apart: Floats = np.zeros(prepared.chains)

    def even(self, prices: Prices, chains: Ints, *, rounds: int, soft: float, hard: float) -> None:
        """Better what the sections of some chains pay for each action.

        Parameters
        ----------
        rounds
            How often along each chain, to and fro.
        soft, hard
            What is told apart at first and at last, as shares of a mean mobilisation.
        """
        # Compiled code is loaded where it is needed: that takes half a second.
        from gatusyn.economy.evening import even_out

        ways = self._ways(prices)
        for alike, scale in self._scaled(ways, chains):
            new = alike[~self.begun[alike]]
            if new.size:
                self._begin(ways, new, scale)
            if rounds:
                softness = scale * np.geomspace(soft, hard, rounds)
                in_parts(alike, partial(even_out, ways, price=self.price, softness=softness))

    def best(
        self,
        prices: Prices,
        chains: Ints,
        *,
        listed: int,
        width: int,
        answers: int = ANSWERS,
        tried: Ints | int = ALL,
        known: Floats | None = None,
        idle: float = 0.0,
        sure: bool = False,
    ) -> StreetPlans:
        """Return the best plan of some chains; nothing but what is locked where none was found.

        Parameters
        ----------
        listed
            How many ways of a section are listed at most.
        width
            How many ways of a street are followed at most.
        answers
            To so many of them the next section's best ways are listed, too, where too few are.
        tried
            So many sets of a chain's actions are tried at most, of all alike or by chain of all;
            then it is given up.
        known
            What some plan of each chain comes to, by chain of all.
        idle
            Chains whose known plan is as near what their parts come to alone as the best plan last
            found there was, or by no more than so many times, are left as they are.
        sure
            Whether chains are given up where lists or plans are cut short: what is found is then
            known to be the best.
        """
        from gatusyn.economy.street_search import search

        count, ways = self.prepared.chains, self._ways(prices)
        found, least = np.full(count, np.inf), np.full(count, -np.inf)
        choice = self.idle[self.arrays.order]
        tries = np.full(count, tried, np.int64)
        limit = np.full(count, 1e12) if known is None else known + 1e-9 * np.abs(known) + 1e-6
        for alike, scale in self._scaled(ways, chains):
            work = partial(
                search, ways, price=self.price, known=limit, apart=self.apart, idle=idle,
                gap=_GAP * scale, listed=listed, answers=answers, width=width, tried=tries,
                sure=float(sure), choice=choice, found=found, least=least,
            )  # fmt: skip
            in_parts(alike, work)
        laid = np.empty_like(choice)
        laid[self.arrays.order] = choice
        return StreetPlans(choice=laid, found=found, least=least)

    def paid(self) -> Paid:
        """Return what sections pay for actions now, to come back to."""
        return Paid(price=self.price.copy(), start=self.start)

    def pay(self, paid: Paid) -> None:
        """Let sections pay for actions what they did."""
        self.price, self.start = paid.price.copy(), paid.start

    def _ways(self, prices: Prices) -> Ways:
        """Return the ways at prices; what sections pay for actions goes with what a start costs."""
        # Prices of actions are set at some prices of money, and then plans are looked for at them.
        if self.priced is None or self.priced[0] is not prices:
            self.priced = prices, priced(self.arrays, self.prepared, self.staked, prices)
        ways = self.priced[1]
        if self.start is not None and (ways.start != self.start).any():
            self._follow(ways.start / np.maximum(self.start, 1e-12), ways.start)
        self.start = ways.start
        return ways

    def _follow(self, grown: Floats, start: Floats) -> None:
        """Let what sections pay go with what a start costs, or begin anew if that is far off."""
        from gatusyn.economy.evening import follow_starts

        begun = self.begun[self.prepared.chain[self.arrays.order]]
        far = (grown < 1.0 / _FAR) | (grown > _FAR)
        times, first = np.clip(grown, *_GROWN), self._first(start)
        member, never = self.arrays.member, self.arrays.never
        follow_starts(member, never, begun, times, far, first, self.price)

    def _scaled(self, ways: Ways, chains: Ints) -> list[tuple[Ints, float]]:
        """Return chains whose starts cost alike, and a mean mobilisation there at prices.

        What is told apart in an area with a dear budget is all that there is in one without any.
        """
        usual = np.array(
            [
                one[~closed].mean() if not closed.all() else 0.0
                for one, closed in zip(ways.start, self.closed, strict=True)
            ]
        )
        if len(usual) == 1:
            return [(chains, max(float(usual[0]), _LEAST_SCALE))]
        chain = self.prepared.chain[self.arrays.order]
        mean = np.bincount(chain, usual[ways.member]) / np.bincount(chain)
        mean = np.maximum(mean, _LEAST_SCALE)[chains]
        step = np.round(np.log(mean) / np.log(_ALIKE))
        return [(chains[step == one], float(mean[step == one].mean())) for one in np.unique(step)]

    def _first(self, start: Floats) -> Floats:
        """Return what a section is taken to pay for each action before anything is known.

        Nothing in a year that is closed: there is no project that could be paid.
        """
        return np.where(self.closed, 0.0, self.begin_share * start)

    def _begin(self, ways: Ways, chains: Ints, scale: float) -> None:
        is_new = np.zeros(self.prepared.chains, bool)
        is_new[chains] = True
        new = np.repeat(is_new, np.diff(self.arrays.chain_start))
        first = self._first(ways.start)
        if is_new.all():
            # In place: a large town's prices are tens of megabytes.
            np.take(first, ways.member, axis=0, out=self.price)
        else:
            self.price[new] = first[ways.member[new]]
        self.price[self.arrays.never & new[:, None]] = max(1e5 * scale, _NEVER_PAID)
        self.begun[chains] = True


def _closed(prepared: Prepared) -> NDArray[np.bool_]:
    """Return which actions fall into a year in which their budget is nothing, [M, T * K]."""
    nothing = (prepared.budgets.sek == 0.0).astype(np.float64)
    counts = prepared.budgets.counts.astype(np.float64)
    closed = np.einsum("lt,lmk->mtk", nothing, counts) > 0.0
    return np.asarray(closed.reshape(len(closed), -1))


def in_parts(chains: Ints, work: Callable[[Ints], None]) -> None:
    """Do work for all chains, a part each on as many cores as there are."""
    cores = usable_cores()
    if cores < 2 or len(chains) < 2:
        work(chains)
        return
    parts = min(_PARTS, len(chains))
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, [chains[part::parts] for part in range(parts)]))
