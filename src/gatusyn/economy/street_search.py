"""The best plan of each street at given prices: neighbours that do alike share a mobilisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.joining import mobilisation
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.plan_lists import PlanLists
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.tally import Choice

Singles = NDArray[np.float32]
_LONGEST_RUN = 255
_SLOTS = 2
_AT_ONCE = 100
_AHEAD = 2
_NEVER = 1e12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetPlans:
    """The best plans found for some chains.

    Parameters
    ----------
    choice
        K for nothing, [N, T]; of sections of other chains, and where none was found, as it was.
    found
        What the plan comes to, by chain; infinite where none was found.
    least
        No plan of the chain put together from the lists comes to less, by chain.
    """

    choice: Choice
    found: Floats
    least: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """Sections at one place of their chains, J plans each.

    Parameters
    ----------
    done, paid
        What a plan does, and what each of that costs to start, [n, J, T * K + 1].
    total
        Cost with all mobilisation, [n, J].
    slots
        Some actions of which this section alone is too short a run.
    ahead_m
        Length of the following sections, none to ``_AHEAD - 1`` of them, [n, _AHEAD].
    """

    rows: Ints
    choice: Choice
    done: Singles
    paid: Singles
    total: Floats
    slots: tuple[_Slot, ...]
    ahead_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slot:
    """At most one action of each plan whose run must go on.

    Parameters
    ----------
    does
        The action, [n, J, T * K + 1].
    level
        For how many sections at least, up to ``_AHEAD``; 0 where the plan has none, [n, J].
    """

    does: Singles
    level: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Guide:
    """What must follow each plan at least.

    Parameters
    ----------
    least
        Whatever is done next, [n, J].
    more
        How much more where the run of a slot's action must go on, by slot [n, J, 1 + _AHEAD]: for
        no, one, ... more sections.
    """

    least: Floats
    more: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _States:
    """Ways to come to a plan of a section, sorted by row; ``young`` counts a short run so far."""

    row: Ints
    plan: Ints
    young: NDArray[np.uint8]
    total: Floats
    back: Ints


class StreetSearch:
    """Looks for the best plans of chains.

    A plan costs mobilisation for all that its neighbour before it does not do. From the end of the
    chains back, the least that can follow each plan is found; of minimum lengths it is regarded
    that one of the runs that are too short goes on for a few sections. Then from the beginning the
    best ways are followed, with how long each run is, as many as ``width``; what is left out is
    noted by what it would come to at least.
    """

    def __init__(
        self,
        prepared: Prepared,
        staked: Stakes,
        lists: PlanLists,
        unit: Ints,
        prices: Prices,
    ) -> None:
        self.prepared, self.lists, self.unit = prepared, lists, unit
        self.start = _exact_in_singles(mobilisation(prepared, staked, prices), prepared)
        self.per_m2 = lists.cost(prepared, staked, prices)
        self.musts = np.array([one.must for one in prepared.rules]) >= 0
        self.none = len(prepared.problem.space.treatments)
        self.years = prepared.problem.years

    def best(self, chains: Ints, choice: Choice, *, width: int, most: float = 0.1) -> StreetPlans:
        """Return the best plans.

        Parameters
        ----------
        chains
            Which, rising.
        choice
            A plan for the others, [N, T].
        most
            Ways that come to more than the least without minimum lengths by this share of it, or
            by three mobilisations, are not followed.
        """
        plan, found, least = choice.copy(), np.full(len(chains), np.inf), np.zeros(len(chains))
        # As many chains at once as leave a step's tables in the processor's cache.
        for first in range(0, len(chains), _AT_ONCE):
            here = slice(first, first + _AT_ONCE)
            found[here], least[here] = self._best_of(chains[here], plan, width, most)
        return StreetPlans(choice=plan, found=found, least=least)

    def _best_of(
        self, chains: Ints, choice: Choice, width: int, most: float
    ) -> tuple[Floats, Floats]:
        """Write the best plans of some chains, and return what they and all come to at least."""
        steps = [self._step(q, chains) for q in range(self._places(chains))]
        guides = self._guides(steps)
        root = (steps[0].total + guides[0].least + _begun(steps[0], guides[0])).min(axis=1)
        dear = 3.0 * float(self.start.max(initial=0.0))
        follow = _Follower(self, steps, guides, chains, root + most * np.abs(root) + dear, width)
        made, found, least = follow.run()
        follow.trace(made, found, choice)
        return found, least

    def _places(self, chains: Ints) -> int:
        return int((np.diff(self.prepared.steps) > chains[0]).sum()) if chains.size else 0

    def _step(self, q: int, chains: Ints) -> _Step:
        i, j = self.prepared.steps[q], self.prepared.steps[q + 1]
        rows = i + chains[: np.searchsorted(chains, j - i)]
        unit = self.unit[rows]
        choice = self.lists.choice[unit]
        count, plans = choice.shape[:2]
        start = self.start[self.prepared.kinds.membership[self.prepared.kind[rows]]]
        done = np.zeros((count, plans, start.shape[1]), np.float32)
        action = np.where(
            choice < self.none, np.arange(self.years) * self.none + choice, start.shape[1] - 1
        )
        np.put_along_axis(done, action, 1.0, axis=2)
        done[:, :, -1] = 0.0
        paid = done * start[:, None, :].astype(np.float32)
        cost = self.per_m2[unit] * self.prepared.area_m2[rows][:, None]
        total = cost + paid.sum(axis=2, dtype=np.float64)
        ahead_m = self._ahead_m(q, rows)
        return _Step(
            rows=rows,
            choice=choice,
            done=done,
            paid=paid,
            total=total,
            slots=self._slots(rows, choice, action, done.shape, ahead_m),
            ahead_m=ahead_m,
        )

    def _ahead_m(self, q: int, rows: Ints) -> Floats:
        steps, ahead = self.prepared.steps, np.zeros((len(rows), _AHEAD))
        for place in range(1, _AHEAD):
            ahead[:, place] = ahead[:, place - 1]
            if q + place + 1 >= len(steps):
                continue
            after = rows - steps[q] + steps[q + place]
            on = np.flatnonzero(after < steps[q + place + 1])
            ahead[on, place] += self.prepared.length_m[after[on]]
        return ahead

    def _slots(
        self,
        rows: Ints,
        choice: Choice,
        action: Ints,
        shape: tuple[int, ...],
        ahead_m: Floats,
    ) -> tuple[_Slot, ...]:
        least_m = np.append(self.prepared.problem.minimum_length_m, 0.0)
        if not least_m.any():
            return ()
        lacks = least_m[choice] - self.prepared.length_m[rows][:, None, None] - 1e-6
        held = self.musts[self.prepared.kinds.rules[self.prepared.kind[rows]]]
        lacks[np.broadcast_to(held[:, None, :], lacks.shape)] = 0.0
        number = np.cumsum(lacks > 0.0, axis=2)
        slots = []
        for slot in range(_SLOTS):
            row, plan, year = np.nonzero((lacks > 0.0) & (number == slot + 1))
            if not row.size:
                break
            does, level = np.zeros(shape, np.float32), np.zeros(shape[:2], np.int64)
            does[row, plan, action[row, plan, year]] = 1.0
            level[row, plan] = _levels(lacks[row, plan, year], ahead_m[row])
            slots.append(_Slot(does=does, level=level))
        return tuple(slots)

    def _saved(self, before: Singles, step: _Step) -> Singles:
        """Return what neighbours save when both do the same, [n, plans before, plans]."""
        return np.asarray(np.matmul(before, step.paid.transpose(0, 2, 1)))

    def _guides(self, steps: list[_Step]) -> list[_Guide]:
        """Return what must follow the plans of each step."""
        last = steps[-1]
        guides = [_at_the_end(last)]
        for q in range(len(steps) - 2, -1, -1):
            step, ahead, guide = steps[q], steps[q + 1], guides[-1]
            count = len(ahead.rows)
            saved = self._saved(step.done[:count], ahead)
            onward = self._onward(saved, step.done[:count], ahead, guide)
            here = _at_the_end(step)
            here.least[:count] = onward.min(axis=2)
            self._force(step, here, ahead, guide, saved, onward)
            guides.append(here)
        return guides[::-1]

    def _force(
        self,
        step: _Step,
        here: _Guide,
        ahead: _Step,
        guide: _Guide,
        saved: Singles,
        onward: Singles,
    ) -> None:
        """Find how much more follows where runs must go on."""
        count = len(ahead.rows)
        does = ahead.done.transpose(0, 2, 1)
        plain = _single(ahead.total + guide.least)[:, None, :] - saved if step.slots else onward
        for slot, more in zip(step.slots, here.more, strict=True):
            kept = np.matmul(slot.does[:count], does) > 0.5
            has = slot.level[:count] > 0
            for level in range(1, int(slot.level.max(initial=0)) + 1):
                then = onward
                if level > 1:
                    further = np.zeros(ahead.done.shape, np.float32)
                    for other, theirs in zip(ahead.slots, guide.more, strict=True):
                        further += other.does * theirs[:, :, level - 1, None]
                    then = np.matmul(slot.does[:count], further.transpose(0, 2, 1)) + plain
                    then = np.maximum(then, onward)
                forced = np.where(kept, then, np.float32(_NEVER)).min(axis=2)
                added = np.minimum(forced - here.least[:count], _NEVER)
                more[:count, :, level] = np.where(has, added, 0.0)

    def _onward(self, saved: Singles, before: Singles, ahead: _Step, guide: _Guide) -> Singles:
        """Return what comes of each plan after each plan before it, [n, plans before, plans]."""
        onward = _single(ahead.total + guide.least)[:, None, :] - saved
        most = None
        for slot, more in zip(ahead.slots, guide.more, strict=True):
            goes_on = np.matmul(before, slot.does.transpose(0, 2, 1)) > 0.5
            begun = np.take_along_axis(more, slot.level[:, :, None], axis=2)[:, :, 0]
            added = np.where(goes_on, np.float32(0.0), _single(begun)[:, None, :])
            most = added if most is None else np.maximum(most, added)
        return onward if most is None else onward + most


def _single(values: Floats) -> Singles:
    """Return sums in single precision: half the memory; they guide, and are right to 1e-6."""
    return np.asarray(values, np.float32)


def _levels(lacks: Floats, ahead_m: Floats) -> Ints:
    """Return for how many sections at least a run that lacks so many m must go on."""
    return np.asarray((lacks[:, None] > ahead_m).sum(axis=1))


def _at_the_end(step: _Step) -> _Guide:
    """Return what follows if nothing does: a run that is too short cannot end."""
    more = []
    for slot in step.slots:
        never = np.zeros((*slot.level.shape, 1 + _AHEAD))
        never[:, :, 1:] = np.where(slot.level > 0, _NEVER, 0.0)[:, :, None]
        more.append(never)
    return _Guide(least=np.zeros(step.total.shape), more=tuple(more))


def _begun(step: _Step, guide: _Guide) -> Floats:
    """Return what more follows plans whose runs all begin with them."""
    most = np.zeros(step.total.shape)
    for slot, more in zip(step.slots, guide.more, strict=True):
        begun = np.take_along_axis(more, slot.level[:, :, None], axis=2)[:, :, 0]
        most = np.maximum(most, begun)
    return most


class _Follower:
    def __init__(
        self,
        search: StreetSearch,
        steps: list[_Step],
        guides: list[_Guide],
        chains: Ints,
        limit: Floats,
        width: int,
    ) -> None:
        self.search, self.steps, self.guides = search, steps, guides
        self.limit, self.width = limit, width
        self.least, self.found = limit.copy(), np.full(len(chains), np.inf)
        prepared = search.prepared
        self.least_m = np.append(prepared.problem.minimum_length_m, 0.0)
        self.reached_m = np.zeros((len(steps) + 1, len(chains)))
        for q, step in enumerate(steps):
            count = len(step.rows)
            self.reached_m[q + 1, :count] = self.reached_m[q, :count] + prepared.length_m[step.rows]

    def run(self) -> tuple[list[_States], Floats, Floats]:
        """Follow the best ways from the first sections to the last."""
        made: list[_States] = []
        for q, step in enumerate(self.steps):
            states = self._begun(step) if not made else self._gone_on(q, step, made[-1])
            made.append(states)
            after = len(self.steps[q + 1].rows) if q + 1 < len(self.steps) else 0
            ended = states.row >= after
            np.minimum.at(self.found, states.row[ended], states.total[ended])
        return made, self.found, np.minimum(self.least, self.found)

    def _begun(self, step: _Step) -> _States:
        estimate = step.total + self.guides[0].least + _begun(step, self.guides[0])
        row, plan = np.nonzero(estimate <= self.limit[:, None])
        same = np.zeros((len(row), self.search.years), bool)
        none = np.zeros(same.shape, np.uint8)
        return self._kept(
            0, step, row, plan, same, none, step.total[row, plan], np.full(len(row), -1)
        )

    def _gone_on(self, q: int, step: _Step, before: _States) -> _States:
        count = len(step.rows)
        here = np.flatnonzero(before.row < count)
        row, plan = before.row[here], before.plan[here]
        first = np.searchsorted(row, np.arange(count))
        place = np.arange(len(row)) - first[row]
        shape = count, int(place.max(initial=0)) + 1, step.done.shape[2]
        done = np.zeros(shape, np.float32)
        done[row, place] = self.steps[q - 1].done[row, plan]
        total = np.full(shape[:2], np.inf, np.float32)
        total[row, place] = before.total[here]
        saved = self.search._saved(done, step)
        onward = self.search._onward(saved, done, step, self.guides[q])
        estimate = total[:, :, None] + onward
        young = before.young[here]
        if young.any():
            self._forbid(estimate, step, row, place, young, done)
        estimate = estimate.reshape(count, -1)
        limit = _single(self.limit[:count])
        places = 3 * self.width
        if estimate.shape[1] > places:
            nearest = np.partition(estimate, places, axis=1)[:, places]
            self.least[:count] = np.minimum(self.least[:count], nearest)
            limit = np.minimum(limit, nearest)
        at, pair = np.nonzero(estimate <= limit[:, None])
        from_place, to = np.divmod(pair, step.total.shape[1])
        source = first[at] + from_place
        theirs = self.steps[q - 1].choice[before.row[here][source], plan[source]]
        same = theirs == step.choice[at, to]
        come_to = before.total[here[source]] + step.total[at, to] - saved[at, from_place, to]
        return self._kept(q, step, at, to, same, young[source], come_to, here[source])

    def _forbid(
        self,
        estimate: Singles,
        step: _Step,
        row: Ints,
        place: Ints,
        young: NDArray[np.uint8],
        done: Singles,
    ) -> None:
        """Set to infinity what would end a run that is too short."""
        bound = np.zeros(done.shape, np.float32)
        years = np.repeat(young > 0, self.search.none, axis=1)
        bound[row, place, :-1] = done[row, place, :-1] * years
        kept = np.matmul(bound, step.done.transpose(0, 2, 1))
        estimate[kept < bound.sum(axis=2)[:, :, None] - 0.5] = np.inf

    def _kept(
        self,
        q: int,
        step: _Step,
        row: Ints,
        plan: Ints,
        same: NDArray[np.bool_],
        young: NDArray[np.uint8],
        total: Floats,
        back: Ints,
    ) -> _States:
        """Return the best states, each once; note what the best of those left out comes to."""
        choice = step.choice[row, plan]
        young, lacks = self._grown(q, step, row, choice, same, young)
        estimate = total + self._ahead(q, step, row, plan, choice, lacks)
        after = len(self.steps[q + 1].rows) if q + 1 < len(self.steps) else 0
        allowed = np.flatnonzero(
            ((row < after) | ~young.any(axis=1)) & (estimate <= self.limit[row])
        )
        code = _codes(row, plan, young)
        order = allowed[np.lexsort((estimate[allowed], code[allowed]))]
        once = order[np.unique(code[order], return_index=True)[1]]
        once = once[np.lexsort((estimate[once], row[once]))]
        first = np.searchsorted(row[once], np.arange(len(step.rows)))
        place = np.arange(len(once)) - first[row[once]]
        out = once[place == self.width]
        self.least[row[out]] = np.minimum(self.least[row[out]], estimate[out])
        keep = once[place < self.width]
        return _States(
            row=row[keep], plan=plan[keep], young=young[keep], total=total[keep], back=back[keep]
        )

    def _ahead(
        self, q: int, step: _Step, row: Ints, plan: Ints, choice: Choice, lacks: Floats
    ) -> Floats:
        """Return what must follow states at least, with the runs that must go on."""
        guide, none = self.guides[q], self.search.none
        most = np.zeros(len(row))
        state, year = np.nonzero(lacks > 0.0)
        level = _levels(lacks[state, year], step.ahead_m[row[state]])
        action = year * none + choice[state, year]
        for slot, more in zip(step.slots, guide.more, strict=True):
            bound = slot.does[row[state], plan[state], action] > 0.0
            one = state[bound]
            np.maximum.at(most, one, more[row[one], plan[one], level[bound]])
        return guide.least[row, plan] + most

    def _grown(
        self,
        q: int,
        step: _Step,
        row: Ints,
        choice: Choice,
        same: NDArray[np.bool_],
        young: NDArray[np.uint8],
    ) -> tuple[NDArray[np.uint8], Floats]:
        """Return how many sections each run that is still too short has, and what it lacks, m."""
        if not self.least_m.any():
            return np.zeros(choice.shape, np.uint8), np.zeros(choice.shape)
        acts = choice < self.search.none
        count = np.where(same, np.where(young > 0, young + 1, 0), 1) * acts
        length = (
            self.reached_m[q + 1, row][:, None]
            - self.reached_m[np.maximum(q + 1 - count.astype(np.int64), 0), row[:, None]]
        )
        held = self.search.musts[
            self.search.prepared.kinds.rules[self.search.prepared.kind[step.rows]]
        ]
        lacks = self.least_m[choice] - length - 1e-6
        lacks[(count == 0) | held[row] | (count >= _LONGEST_RUN)] = 0.0
        return np.where(lacks > 0.0, count, 0).astype(np.uint8), np.maximum(lacks, 0.0)

    def trace(self, made: list[_States], found: Floats, choice: Choice) -> None:
        """Write the choices of the best states, from the ends of the chains back."""
        at = np.full(len(found), -1)
        for q in range(len(made) - 1, -1, -1):
            states, step = made[q], self.steps[q]
            after = len(self.steps[q + 1].rows) if q + 1 < len(made) else 0
            ended = np.flatnonzero((states.row >= after) & (states.total <= found[states.row]))
            at[states.row[ended]] = ended
            here = np.flatnonzero(at[: len(step.rows)] >= 0)
            one = at[here]
            choice[step.rows[here]] = step.choice[here, states.plan[one]]
            at[here] = states.back[one]


def _exact_in_singles(start: Floats, prepared: Prepared) -> Floats:
    """Round mobilisation down a little, so that sums of a plan's are exact in single precision."""
    years = prepared.problem.years
    most = float(start.max(initial=0.0)) * years
    if most == 0.0:
        return start
    grain = 2.0 ** (np.ceil(np.log2(most)) - 23)
    return np.asarray(np.floor(start / grain) * grain)


def _codes(row: Ints, plan: Ints, young: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Give equal states equal numbers, and others, as good as surely, others."""
    code = row.astype(np.uint64) * np.uint64(1 << 20) + plan.astype(np.uint64)
    factor = 0x9E3779B97F4A7C15
    for t, column in enumerate(young.T):
        odd = (factor * (2 * t + 3)) % 2**64 | 1
        code = code + column.astype(np.uint64) * np.uint64(odd)
    return code
