"""Worst first: each year the worst stretches are mended, until the budgets are spent."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.tally import Choice, tally
from gatusyn.model import NOT_ALLOWED


def worst_first_choice(prepared: Prepared, staked: Stakes) -> Choice:
    """Return the choices of a plan that mends the worst stretches first, K for nothing."""
    problem = prepared.problem
    none = len(problem.space.treatments)
    choice = np.full((len(prepared.rows), problem.years), none, np.int8)
    choice = only_allowed(prepared, staked, choice)
    for year in range(problem.years):
        choice = _worst_of_year(prepared, staked, choice, year)
    return choice


def _states_at(prepared: Prepared, choice: Choice, year: int) -> Ints:
    """Return each section's state when a year begins."""
    space, kinds, kind = prepared.problem.space, prepared.kinds, prepared.kind
    none = len(space.treatments)
    family, state = kinds.family[kind], kinds.state[kind]
    for before in range(year):
        picked = choice[:, before].astype(np.int64)
        after = space.after[np.minimum(picked, none - 1), family, state]
        state = np.where((picked < none) & (after >= 0), after, state)
        state = space.next_state[family, state].astype(np.int64)
    return state


def _worst_of_year(prepared: Prepared, staked: Stakes, choice: Choice, year: int) -> Choice:
    problem, space, kinds = prepared.problem, prepared.problem.space, prepared.kinds
    kind, none = prepared.kind, len(prepared.problem.space.treatments)
    state = _states_at(prepared, choice, year)
    family = kinds.family[kind]
    index = space.index[family, state]
    due = (index < problem.trigger_index[family]) & (choice[:, year] == none)
    allowed = np.array([one.allowed[year] for one in prepared.rules])[kinds.rules[kind]]
    treatment = np.where(due, _mending(prepared, state), none)
    treatment = np.where(
        np.append(allowed.T, np.ones((1, len(kind)), bool), axis=0)[
            treatment, np.arange(len(kind))
        ],
        treatment,
        none,
    )
    stretch = _stretches(prepared, treatment)
    rows = np.flatnonzero(treatment < none)
    count = int(stretch.max(initial=-1)) + 1
    area = np.bincount(stretch[rows], prepared.area_m2[rows], count)
    badness = np.bincount(stretch[rows], (prepared.area_m2 * index)[rows], count) / area
    length = np.bincount(stretch[rows], prepared.length_m[rows], count)
    members = np.split(
        rows[np.argsort(stretch[rows], kind="stable")],
        np.cumsum(np.bincount(stretch[rows], minlength=count))[:-1],
    )
    cost = _cost(prepared, treatment, state, year)
    left = _left(prepared, staked, choice, year)
    member_of = kinds.membership[kind]
    for one in np.argsort(badness, kind="stable"):
        sections = members[one]
        what = int(treatment[sections[0]])
        if length[one] < problem.minimum_length_m[what] - 1e-6:
            continue
        counts = prepared.budgets.counts[:, member_of[sections], what]
        start = problem.mobilisation_sek[what] * problem.price_level[year]
        use = counts @ cost[sections] + counts[:, 0] * start
        if (use <= left).all():
            left = left - use
            choice[sections, year] = what
    return only_allowed(prepared, staked, choice)


def _mending(prepared: Prepared, state: Ints) -> Ints:
    """Return the cheapest treatment that reaches the target, or comes nearest to it."""
    problem, space, kinds = prepared.problem, prepared.problem.space, prepared.kinds
    family = kinds.family[prepared.kind]
    after = space.after[:, family, state]
    reached = np.where(after != NOT_ALLOWED, space.index[family, after], -1.0)
    enough = reached >= np.minimum(problem.target_index[family], reached.max(axis=0))
    price = kinds.price_sek_m2[prepared.kind].T * space.cost_share[:, family, state]
    usable = enough & (after != NOT_ALLOWED)
    return np.asarray(np.where(usable, price, np.inf).argmin(axis=0), np.int64)


def _stretches(prepared: Prepared, treatment: Ints) -> Ints:
    """Return the number of each section's row of neighbours with the same treatment."""
    previous = prepared.previous
    stretch = np.arange(len(treatment))
    for q in range(1, len(prepared.steps) - 1):
        rows = np.arange(prepared.steps[q], prepared.steps[q + 1])
        same = treatment[rows] == treatment[previous[rows]]
        stretch[rows[same]] = stretch[previous[rows[same]]]
    acts = treatment < len(prepared.problem.space.treatments)
    numbered = np.full(len(stretch), -1)
    numbered[acts] = np.unique(stretch[acts], return_inverse=True)[1]
    return numbered


def _cost(prepared: Prepared, treatment: Ints, state: Ints, year: int) -> Floats:
    problem, kinds = prepared.problem, prepared.kinds
    what = np.minimum(treatment, len(problem.space.treatments) - 1)
    price = kinds.price_sek_m2[prepared.kind, what]
    share = problem.space.cost_share[what, kinds.family[prepared.kind], state]
    return np.asarray(prepared.area_m2 * price * share * problem.price_level[year])


def _left(prepared: Prepared, staked: Stakes, choice: Choice, year: int) -> Floats:
    """Return what is left of each budget in a year, after what is chosen already."""
    counted = tally(prepared, staked, choice)
    spent = (counted.cost_sek + counted.mobilisation_sek)[:, year]
    none = np.zeros((*prepared.budgets.counts.shape[:2], 1))
    counts = np.concatenate([prepared.budgets.counts, none], axis=2)
    member = prepared.kinds.membership[prepared.kind]
    used = (counts[:, member, choice[:, year]] * spent).sum(axis=1)
    return np.asarray(prepared.budgets.sek[:, year] - used)
