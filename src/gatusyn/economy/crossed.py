"""Two plans in one: a street follows one of them along its first part, and the other from there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Floats, Prepared
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.tally import Choice, tally

_PARTS = 8


def crossed(
    prepared: Prepared, staked: Stakes, choice: Choice, others: Sequence[Choice]
) -> list[Choice]:
    """Return a plan along the first part of each street and another along the rest, and so on.

    Streets are parted where an eighth of the plan's money is spent, two eighths, and so on: so the
    work of a street that is dearer than a year's budget is spread over years, or done in part.
    """
    spent = tally(prepared, staked, choice).cost_sek.sum(axis=1)
    share = _spent_before(prepared, spent)
    made = []
    for other in others:
        for part in range(1, _PARTS):
            first = (share * _PARTS < part)[:, None]
            made.append(only_allowed(prepared, staked, np.where(first, choice, other)))
            made.append(only_allowed(prepared, staked, np.where(first, other, choice)))
    return made


def _spent_before(prepared: Prepared, spent: Floats) -> Floats:
    """Return what share of its street's money is spent before each section's middle."""
    # Where nothing is spent streets are parted evenly.
    spent, steps = spent + 1.0, prepared.steps
    before = 0.5 * spent
    for q in range(1, len(steps) - 1):
        here = slice(steps[q], steps[q + 1])
        last = slice(steps[q - 1], steps[q - 1] + steps[q + 1] - steps[q])
        before[here] += before[last] + 0.5 * spent[last]
    whole = np.bincount(prepared.chain, spent)[prepared.chain]
    return np.asarray(before / whole)
