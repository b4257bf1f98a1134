"""A plan a year later and a year sooner, by array operations: what the compiled loops must do."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.short_projects import only_allowed, without_short
from gatusyn.economy.tally import Choice


def a_year_apart(prepared: Prepared, staked: Stakes, rows: Rows, choice: Choice) -> list[Choice]:
    """Return a plan a year later, and a year sooner, as far as states, locks and budgets allow it.

    What then falls into a year whose budget is nothing is left out, and so are projects that become
    too short.
    """
    none = len(prepared.problem.space.treatments)
    later = np.full_like(choice, none)
    sooner = later.copy()
    later[:, 1:], sooner[:, :-1] = choice[:, :-1], choice[:, 1:]
    made = []
    for one in (later, sooner):
        one[rows.is_closed(prepared, one)] = none
        made.append(without_short(prepared, staked, only_allowed(prepared, staked, one)))
    return made
