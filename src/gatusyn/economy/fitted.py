"""Plans of streets whose work costs more than a year's budget: a part of it in another year."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gatusyn.economy.crossed import crossed
from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Floats, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.short_projects import without_short
from gatusyn.economy.tally import Choice, tally

_TIMES = 3
"""So often a street is parted: into no more than so many parts and one."""
_DEAR = 10.0
"""So many times its price costs what a street alone uses too much, while it is parted."""


def fitted(
    prepared: Prepared,
    staked: Stakes,
    rows: Rows,
    choice: Choice,
    others: Sequence[Choice],
    multipliers: Floats,
    *,
    apart: Callable[[Choice], list[Choice]],
    most: int,
) -> list[Choice]:
    """Return plans in which streets that alone use more than is allowed keep within it.

    Prices do not part a street's work: all of it is best in the same year. Such streets follow the
    plan along their first part and another along the rest, or the plan in other years.

    Parameters
    ----------
    choice
        The plan that other streets follow.
    apart
        Returns a plan a year later, and a year sooner.
    most
        So many plans are returned at most, the best first: none where every street fits.
    """
    allowed = rows.allowed[: len(rows.budget)]
    price = np.maximum(multipliers[: len(allowed)], 1e-9)

    def over_and_priced(one: Choice) -> tuple[Floats, Floats]:
        value, use = rows.by_street(prepared, tally(prepared, staked, one))
        over = np.maximum(use[:, : len(allowed)] - allowed, 0.0) @ price
        return over, value + use @ multipliers

    large = np.flatnonzero(over_and_priced(choice)[0] > 0.0)
    if not large.size:
        return []
    base, found = choice, dict[int, dict[bytes, tuple[float, Choice]]]()
    others = [*_in_other_years(choice, prepared.problem.years, apart), *others]
    for _ in range(_TIMES):
        options = [base, *others, *crossed(prepared, staked, base, others)]
        judged = [over_and_priced(one) for one in options]
        over = np.stack([one[0][large] for one in judged])
        priced = np.stack([one[1][large] for one in judged])
        following = base.copy()
        for number, street in enumerate(large):
            members = prepared.chain == street
            best = int((priced[:, number] + _DEAR * over[:, number]).argmin())
            following[members] = options[best][members]
            fits = found.setdefault(int(street), {})
            for option in np.flatnonzero(over[:, number] <= 0.0):
                part = options[option][members]
                fits[part.tobytes()] = float(priced[option, number]), part
        base = following
    made = _plans(prepared, choice, found, most)
    return [without_short(prepared, staked, one) for one in made]


def _in_other_years(
    choice: Choice, years: int, apart: Callable[[Choice], list[Choice]]
) -> list[Choice]:
    """Return a plan a year later, two years later, and so on, and sooner as well."""
    later = sooner = choice
    made = []
    for _ in range(1, years):
        later = apart(later)[0]
        sooner = apart(sooner)[1]
        made += [later, sooner]
    return made


def _plans(
    prepared: Prepared,
    choice: Choice,
    found: dict[int, dict[bytes, tuple[float, Choice]]],
    most: int,
) -> list[Choice]:
    """Return the plan with each street's best in it, its second best, and so on."""
    made = [choice.copy() for _ in range(min(most, max(map(len, found.values()))))]
    for street, fits in found.items():
        members = prepared.chain == street
        ranked = sorted(fits.values(), key=lambda one: one[0])
        for number, plan in enumerate(made):
            if ranked:
                plan[members] = ranked[min(number, len(ranked) - 1)][1]
    return made
