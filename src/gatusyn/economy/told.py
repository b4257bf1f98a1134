"""A solved programme in the user's order and words."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.prepared import Floats, Prepared, worth_sek_m2
from gatusyn.economy.rows import Rows
from gatusyn.economy.tally import Choice, Tally
from gatusyn.model import NOTHING, AimKind, ProgrammePlan


def told(
    prepared: Prepared, counted: Tally, rows: Rows, bound: float | None, multipliers: Floats
) -> ProgrammePlan:
    """Return the plan with its sums, in the order in which the sections were given."""
    problem = prepared.problem
    none = len(problem.space.treatments)
    choice = np.empty_like(counted.choice)
    choice[prepared.rows] = np.where(counted.choice == none, NOTHING, counted.choice)
    value = float(rows.value(counted).sum())
    sign = -1.0 if problem.aim.kind is AimKind.BEST_CONDITION else 1.0
    if bound is not None:
        bound = min(bound, value)
        bound = sign * (bound if sign < 0 else max(bound, 0.0))
    debt, index = _course(prepared, counted.choice)
    prices = rows.prices(multipliers)
    krona = prices.krona
    return ProgrammePlan(
        choice=choice,
        value=sign * value,
        bound=bound,
        cost_sek=(counted.cost_sek + counted.mobilisation_sek).sum(axis=0),
        mobilisation_sek=counted.mobilisation_sek.sum(axis=0),
        projects=_projects(prepared, counted.choice),
        debt_sek=debt,
        mean_index=index,
        next_krona={
            name: np.where(rows.closed[row] > 0, 0.0, krona[row])
            for row, name in enumerate(prepared.budgets.names)
        }
        | ({"target": np.full(problem.years, prices.target)} if rows.has_target else {}),
    )


def _projects(prepared: Prepared, choice: Choice) -> int:
    none, steps = len(prepared.problem.space.treatments), prepared.steps
    count = int((choice != none).sum())
    for q in range(1, len(steps) - 1):
        here = choice[steps[q] : steps[q + 1]]
        before = choice[steps[q - 1] : steps[q - 1] + len(here)]
        count -= int(((here == before) & (here != none)).sum())
    return count


def _course(prepared: Prepared, choice: Choice) -> tuple[Floats, Floats]:
    """Return the debt and the mean index before the first year and after each."""
    problem, kinds, kind = prepared.problem, prepared.kinds, prepared.kind
    space = problem.space
    none = len(space.treatments)
    family, state = kinds.family[kind], kinds.state[kind]
    mass = prepared.area_m2 * kinds.weight[kind]
    debt, index = np.zeros(problem.years + 1), np.zeros(problem.years + 1)
    for year in range(problem.years + 1):
        debt[year] = (worth_sek_m2(problem, kinds, state, kind) * prepared.area_m2).sum()
        index[year] = (mass * space.index[family, state]).sum() / max(mass.sum(), 1e-12)
        if year == problem.years:
            break
        picked = choice[:, year].astype(np.int64)
        after = space.after[np.minimum(picked, none - 1), family, state]
        state = np.where((picked < none) & (after >= 0), after, state)
        state = space.next_state[family, state].astype(np.int64)
    return debt, index
