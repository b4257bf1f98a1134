"""Where a street does an action, once each section pays a price for it: runs that are worth it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints, Prepared

_MOST_SECTIONS = 12
_NEVER = 1e15


class Runs:
    """The projects of some chains: each action by itself, over all sections of a chain.

    A section that does an action pays its price, a run costs one mobilisation and has its minimum
    length. (Runs of more sections than 12 are long enough here, which only makes the least less.)
    """

    def __init__(self, prepared: Prepared, chains: Ints, start: Floats) -> None:
        steps = prepared.steps
        places = int((np.diff(steps) > chains[0]).sum())
        self.parts = [
            steps[q] + chains[: np.searchsorted(chains, steps[q + 1] - steps[q])]
            for q in range(places)
        ]
        self.ends = np.concatenate([[0], np.cumsum([len(one) for one in self.parts])])
        self.rows = np.concatenate(self.parts)
        self.chain = np.concatenate([np.arange(len(one)) for one in self.parts])
        self.chains = len(chains)
        problem = prepared.problem
        kind = prepared.kind[self.rows]
        self.start = start[prepared.kinds.membership[kind]][:, :-1]
        self.length_m = prepared.length_m[self.rows]
        self.least_m = np.tile(problem.minimum_length_m, problem.years)
        musts = np.array([one.must for one in prepared.rules])[prepared.kinds.rules[kind]]
        self.held = np.repeat(musts >= 0, len(problem.space.treatments), axis=1)

    def best(self, price: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the least by chain, and what each section does in it, [n, T * K].

        Parameters
        ----------
        price
            What is paid for each action, shape [n, T * K]; negative where it is to be avoided.
        """
        least = np.zeros((self.chains, price.shape[1]))
        made: list[tuple[Floats, Floats, NDArray[np.int8]]] = []
        off: Floats = np.zeros((0, 0))
        on: Floats = np.zeros((0, 0))
        young: list[tuple[Floats, Floats, NDArray[np.bool_]]] = []
        for q in range(len(self.parts)):
            here = slice(self.ends[q], self.ends[q + 1])
            count = int(self.ends[q + 1] - self.ends[q])
            paid, length, held = price[here], self.length_m[here, None], self.held[here]
            off_now = np.minimum(off, on)[:count] if q else np.zeros(paid.shape)
            on_now = on[:count] - paid if q else np.full(paid.shape, _NEVER)
            runs = [(off_now + self.start[here] - paid, length + 0 * paid, held)]
            runs += [
                (cost[:count] - paid, run_m[:count] + length, kept[:count] | held)
                for cost, run_m, kept in young
            ]
            origin, young = np.zeros(paid.shape, np.int8), []
            for size, (cost, run_m, kept) in enumerate(runs, 1):
                enough = (run_m >= self.least_m - 1e-6) | kept | (size == _MOST_SECTIONS)
                better = enough & (cost < on_now)
                on_now = np.where(better, cost, on_now)
                origin[better] = size
                if size < _MOST_SECTIONS and not enough.all():
                    young.append((np.where(enough, _NEVER, cost), run_m, kept))
            off, on = off_now, on_now
            made.append((off, on, origin))
            after = len(self.parts[q + 1]) if q + 1 < len(self.parts) else 0
            least[after:count] = np.minimum(off, on)[after:]
        return np.asarray(least.sum(axis=1)), self._back(made)

    def _back(self, made: list[tuple[Floats, Floats, NDArray[np.int8]]]) -> NDArray[np.bool_]:
        """Return where something is done: -1 is nothing, 0 a run that is long enough already."""
        does = np.zeros(self.start.shape, bool)
        ahead = np.zeros((0, self.start.shape[1]), np.int8)
        for q in range(len(self.parts) - 1, -1, -1):
            off, on, origin = made[q]
            state = np.where(on < off, origin, np.int8(-1))
            count = len(ahead)
            here = state[:count]
            here = np.where(ahead == 0, origin[:count], here)
            state[:count] = np.where(ahead > 1, ahead - 1, here)
            does[self.ends[q] : self.ends[q + 1]] = state >= 0
            ahead = state
        return does
