"""Plans that differ a little from one that is known: projects end a section sooner or later."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Prepared
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.tally import Choice


def moved_ends(prepared: Prepared, staked: Stakes, choice: Choice, *, most: int) -> list[Choice]:
    """Return plans in which, where neighbours do unlike, one of them does as the other.

    Each plan changes one place of every street: the first where neighbours do unlike, the second,
    and so on; once the section before it and once the section after it.

    Parameters
    ----------
    most
        How many places of a street are tried at most.
    """
    before = prepared.previous
    ends = np.flatnonzero((before >= 0) & (choice != choice[before]).any(axis=1))
    # Layout rows of a chain rise along it, so a stable sort by chain keeps the places in order.
    ends = ends[np.argsort(prepared.chain[ends], kind="stable")]
    chain = prepared.chain[ends]
    first = np.searchsorted(chain, chain)
    rank = np.arange(len(ends)) - first
    made = []
    for number in range(min(most, int(rank.max(initial=-1)) + 1)):
        here = ends[rank == number]
        for to, of in ((here, before[here]), (before[here], here)):
            other = choice.copy()
            other[to] = choice[of]
            made.append(only_allowed(prepared, staked, other))
    return made
