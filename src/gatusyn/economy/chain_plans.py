"""The best plan of each chain at given prices, found and proved from short lists of ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.bound import LinkPrices, Sections
from gatusyn.economy.joining import mobilisation
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.tally import Choice
from gatusyn.economy.ways import ragged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainPlans:
    """What each chain comes to at least, and the best plan that was found.

    Parameters
    ----------
    least
        No plan of the chain comes to less, in the aim's units, [chains].
    found
        What the best plan comes to, [chains].
    choice
        The best plan, K for nothing, [N, T].
    """

    least: Floats
    found: Floats
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Listed:
    """Ways of the sections of one step, sorted by section."""

    row: Ints
    choice: Choice
    cost: Floats
    excess: Floats


@dataclass(slots=True, kw_only=True, eq=False)
class _Step:
    choice: Choice
    row: Ints
    total: Floats
    back: Ints


def best_of_chains(
    prepared: Prepared,
    staked: Stakes,
    prices: Prices,
    links: LinkPrices,
    known: tuple[Choice, Floats],
    *,
    most: int,
) -> ChainPlans:
    """Go through short lists of each section's ways, and join them along the chains.

    With links priced, a way whose section comes to more than its least by some excess is in no plan
    of the chain that comes to less than the chain's bound and that excess. So ways are listed up
    to the excess at which the chain would come to what a known plan does; or, where they are
    too many, to a smaller one, which still raises the bound.

    Parameters
    ----------
    known
        A plan, and what it comes to by chain.
    most
        How many ways of a section are listed.
    """
    count = prepared.chains
    low = np.asarray(np.bincount(prepared.chain, links.least, count), np.float64)
    reach = np.maximum(known[1] - low, 0.0)
    work = _Chains(prepared, staked, prices, links, low, known[1], reach, most)
    return work.run(known[0])


class _Chains:
    def __init__(
        self,
        prepared: Prepared,
        staked: Stakes,
        prices: Prices,
        links: LinkPrices,
        low: Floats,
        high: Floats,
        reach: Floats,
        most: int,
    ) -> None:
        self.prepared, self.staked, self.prices, self.links = prepared, staked, prices, links
        self.low, self.high, self.reach, self.most = low, high, reach, most
        self.start = mobilisation(prepared, staked, prices)
        self.krona = staked.per_krona(prepared, prices)
        self.none = len(prepared.problem.space.treatments)
        self.years = prepared.problem.years
        self.member = prepared.kinds.membership[prepared.kind]

    def run(self, known: Choice) -> ChainPlans:
        prepared, steps = self.prepared, self.prepared.steps
        tail = self._tails()
        made: list[_Step] = []
        found = np.full(prepared.chains, np.inf)
        end = np.full(prepared.chains, -1)
        last = np.zeros(prepared.chains, np.int64)
        for q in range(len(steps) - 1):
            listed = self._list(q)
            step = self._extend(q, listed, made[-1] if made else None, tail)
            made.append(step)
            after = int(steps[q + 2] - steps[q + 1]) if q + 2 < len(steps) else 0
            ended = np.flatnonzero(step.row >= after)
            order = ended[np.lexsort((step.total[ended], step.row[ended]))]
            rows, first = np.unique(step.row[order], return_index=True)
            found[rows], end[rows], last[rows] = step.total[order[first]], order[first], q
        choice = self._trace(made, found, end, last, known)
        least = np.minimum(np.minimum(found, self.high), self.low + self.reach)
        return ChainPlans(least=least, found=np.minimum(found, self.high), choice=choice)

    def _tails(self) -> Floats:
        """Return what the sections after each come to at least, [N]."""
        steps, tail = self.prepared.steps, np.zeros(len(self.prepared.rows))
        for q in range(len(steps) - 3, -1, -1):
            after = int(steps[q + 2] - steps[q + 1])
            ahead = slice(steps[q + 1], steps[q + 2])
            tail[steps[q] : steps[q] + after] = tail[ahead] + self.links.least[ahead]
        return tail

    def _received(self, q: int) -> Floats:
        """Return what the sections of a step get from the next, by action."""
        steps = self.prepared.steps
        got = np.zeros((int(steps[q + 1] - steps[q]), self.links.due.shape[1]))
        if q + 2 < len(steps):
            got[: int(steps[q + 2] - steps[q + 1])] = self.links.due[steps[q + 1] : steps[q + 2]]
        return got

    def _list(self, q: int) -> _Listed:
        """List the ways of a step's sections whose excess is within reach."""
        i, j = self.prepared.steps[q], self.prepared.steps[q + 1]
        net = (self.links.due[i:j] - self._received(q)).ravel()
        sections = Sections.of(self.prepared, self.staked, self.prices, self.krona, np.arange(i, j))
        beyond = sections.backward(net)
        reach = self.reach[: j - i]
        row = np.arange(j - i)
        node = sections.years[0].unit_nodes[:-1]
        cost, charged = np.zeros(j - i), np.zeros(j - i)
        choice = np.full((j - i, self.years), self.none, np.int8)
        least = self.links.least[i:j]
        for t, one in enumerate(sections.years):
            edges = one.first[node + 1] - one.first[node]
            edge = ragged(one.first[node], edges)
            of = np.repeat(np.arange(len(node)), edges)
            charge = charged[of] + net[sections.action[t][edge]]
            paid = cost[of] + sections.cost[t][edge]
            excess = paid + charge + beyond[t][0][edge] - least[row[of]]
            keep = np.flatnonzero(excess <= reach[row[of]] + 1e-6)
            of, edge = of[keep], edge[keep]
            row, choice = row[of], choice[of]
            choice[:, t] = one.treatment[edge]
            cost, charged, node = paid[keep], charge[keep], one.target[edge]
            row, choice, cost, charged, node = self._cap(
                row, choice, cost, charged, node, excess[keep], 4 * self.most
            )
        total = cost + sections.last[node]
        excess = total + charged - least[row]
        row, choice, cost, excess, _ = self._cap(
            row, choice, total, excess, node, excess, self.most
        )
        return _Listed(row=row, choice=choice, cost=cost, excess=excess)

    def _cap(
        self,
        row: Ints,
        choice: Choice,
        cost: Floats,
        other: Floats,
        node: Ints,
        excess: Floats,
        most: int,
    ) -> tuple[Ints, Choice, Floats, Floats, Ints]:
        """Leave out the ways with the largest excess where a section has too many."""
        counts = np.bincount(row, minlength=1)
        if counts.max(initial=0) <= most:
            return row, choice, cost, other, node
        order = np.lexsort((excess, row))
        place = np.arange(len(row)) - np.concatenate([[0], np.cumsum(counts)])[row[order]]
        out = order[place >= most]
        np.minimum.at(self.reach, row[out], np.maximum(excess[out], 0.0))
        keep = np.sort(order[place < most])
        keep = keep[np.argsort(row[keep], kind="stable")]
        return row[keep], choice[keep], cost[keep], other[keep], node[keep]

    def _extend(self, q: int, listed: _Listed, before: _Step | None, tail: Floats) -> _Step:
        """Find the best way to reach each listed way from those of the neighbours before."""
        i, j = self.prepared.steps[q], self.prepared.steps[q + 1]
        start = self.start[self.member[i:j]][:, :-1].reshape(j - i, self.years, self.none)
        start = np.concatenate([start, np.zeros((j - i, self.years, 1))], axis=2)
        years = np.arange(self.years)
        due = start[listed.row[:, None], years, listed.choice]
        if before is None:
            total, back = listed.cost + due.sum(axis=1), np.full(len(listed.row), -1)
        else:
            total, back = self._best_before(listed, before, due, j - i)
        got = np.concatenate(
            [
                self._received(q)[:, :-1].reshape(j - i, self.years, self.none),
                np.zeros((j - i, self.years, 1)),
            ],
            axis=2,
        )[listed.row[:, None], years, listed.choice].sum(axis=1)
        bound = total - got + tail[i + listed.row]
        limit = np.minimum(self.high, self.low + self.reach)[listed.row]
        keep = np.flatnonzero(bound <= limit + 1e-6)
        return _Step(
            choice=listed.choice[keep], row=listed.row[keep], total=total[keep], back=back[keep]
        )

    def _best_before(
        self, listed: _Listed, before: _Step, due: Floats, rows: int
    ) -> tuple[Floats, Ints]:
        first = np.searchsorted(before.row, np.arange(rows))
        counts = np.searchsorted(before.row, np.arange(rows), side="right") - first
        pairs = counts[listed.row]
        total = np.full(len(listed.row), np.inf)
        back = np.full(len(listed.row), -1)
        some = np.flatnonzero(pairs)
        if not some.size:
            return total, back
        theirs = ragged(first[listed.row[some]], pairs[some])
        mine = np.repeat(some, pairs[some])
        cost = before.total[theirs]
        for t in range(self.years):
            cost += np.where(before.choice[theirs, t] == listed.choice[mine, t], 0.0, due[mine, t])
        begins = np.concatenate([[0], np.cumsum(pairs[some])[:-1]])
        least = np.minimum.reduceat(cost, begins)
        hit = np.flatnonzero(cost == np.repeat(least, pairs[some]))
        _, one = np.unique(mine[hit], return_index=True)
        total[some] = least + listed.cost[some]
        back[some] = theirs[hit[one]]
        return total, back

    def _trace(
        self, made: list[_Step], found: Floats, end: Ints, last: Ints, known: Choice
    ) -> NDArray[np.int8]:
        choice, steps = known.copy(), self.prepared.steps
        at = np.where(found < self.high - 1e-6, end, -1)
        chains = np.flatnonzero(at >= 0)
        for q in range(len(steps) - 2, -1, -1):
            here = chains[last[chains] >= q]
            way = at[here]
            choice[steps[q] + here] = made[q].choice[way]
            at[here] = made[q].back[way]
        return choice
