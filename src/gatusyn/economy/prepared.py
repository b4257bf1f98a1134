"""A programme's problem in the order that it is solved in, with equal sections found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import (
    NOT_ALLOWED,
    LockKind,
    ProgrammeProblem,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Budgets:
    """The budgets as rows: the town's first, then the limits.

    Parameters
    ----------
    sek
        Shape [L, T].
    counts
        Whether a treatment counts for sections of a membership, shape [L, M, K].
    """

    names: tuple[str, ...]
    sek: Floats
    counts: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """What locks leave open for sections that share them.

    Parameters
    ----------
    allowed
        Whether a treatment may be done in a year, shape [T, K].
    must
        The treatment that must be done in a year, or -1, shape [T].
    """

    allowed: NDArray[np.bool_]
    must: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kinds:
    """Sections that differ in nothing but area: a column each, a row for each kind.

    Parameters
    ----------
    rules
        Row of the locks' rules.
    membership
        Which limits the section counts in, as a row.
    """

    family: Ints
    state: Ints
    rules: Ints
    membership: Ints
    weight: Floats
    price_sek_m2: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """The sections laid out so that the first of every chain of neighbours come first.

    A chain is a maximal row of neighbours. Layout rows ``steps[q] : steps[q + 1]`` are the
    sections at place q of their chains, the longest chain first; so a section at place q and row i
    of its step has its neighbour at row i of the next step, if the chain goes on.

    Parameters
    ----------
    rows
        The section's row in the problem, by layout row.
    chain
        Number of the chain, by layout row; the longest is 0.
    """

    problem: ProgrammeProblem
    rows: Ints
    steps: Ints
    chain: Ints
    kind: Ints
    area_m2: Floats
    length_m: Floats
    kinds: Kinds
    rules: tuple[Rules, ...]
    budgets: Budgets

    @property
    def chains(self) -> int:
        """How many chains there are."""
        return int(self.steps[1])

    @property
    def previous(self) -> Ints:
        """The layout row of each section's neighbour before it, or -1."""
        previous = np.full(len(self.rows), -1)
        for q in range(1, len(self.steps) - 1):
            count = self.steps[q + 1] - self.steps[q]
            previous[self.steps[q] : self.steps[q + 1]] = self.steps[q - 1] + np.arange(count)
        return previous


def prepare(problem: ProgrammeProblem) -> Prepared:
    """Lay a problem out; the order in which its sections were given leaves no trace."""
    rows, steps, chain = _layout(problem)
    sections = problem.sections
    rules_of, rules = _rules(problem)
    membership, budgets = _budgets(problem)
    columns: list[NDArray[Any]] = [
        sections.family.astype(np.int64),
        sections.state.astype(np.int64),
        rules_of,
        membership,
        _numbers(sections.cost_sek_m2),
        _numbers(sections.weight[:, None]),
    ]
    code = np.zeros(len(sections), np.int64)
    for column in columns:
        code = numbered(code * (int(column.max()) + 1) + column)[1]
    kind, one = code[rows], np.empty(int(code.max()) + 1, np.int64)
    # Of a kind the first section in the layout, which is written last.
    one[kind[::-1]] = rows[::-1]
    return Prepared(
        problem=problem,
        rows=rows,
        steps=steps,
        chain=chain,
        kind=kind,
        area_m2=sections.area_m2[rows],
        length_m=sections.length_m[rows],
        kinds=Kinds(
            family=columns[0][one],
            state=columns[1][one],
            rules=rules_of[one],
            membership=membership[one],
            weight=sections.weight[one].astype(np.float64),
            price_sek_m2=sections.cost_sek_m2[one].astype(np.float64),
        ),
        rules=rules,
        budgets=budgets,
    )


def _numbers(table: Floats) -> Ints:
    """Give equal rows the same number."""
    table = table + 0.0
    code, one = np.zeros(len(table), np.int64), np.zeros(len(table), np.int64)
    for column in table.T:
        one[code] = np.arange(len(table))
        # Prices mostly go together: what the columns before tell needs no sorting.
        if (column != column[one[code]]).any():
            values = np.unique(column, return_inverse=True)[1]
            code = numbered(code * (int(values.max()) + 1) + values)[1]
    return code


def _layout(problem: ProgrammeProblem) -> tuple[Ints, Ints, Ints]:
    sections = problem.sections
    name_rank = np.empty(len(sections), np.int64)
    name_rank[np.argsort(np.array(sections.ids), kind="stable")] = np.arange(len(sections))
    alone = sections.street < 0
    # Streets are told apart by their first name, so that their numbers leave no trace.
    _, street = np.unique(sections.street, return_inverse=True)
    first = np.full(int(street.max()) + 1, len(sections))
    np.minimum.at(first, street, name_rank)
    key = np.where(alone, name_rank, first[street])
    place = np.where(alone, 0, sections.position)
    order = np.lexsort((place, key, alone))
    key, place, alone = key[order], place[order], alone[order]
    new = np.ones(len(order), bool)
    new[1:] = alone[1:] | (key[1:] != key[:-1]) | (place[1:] != place[:-1] + 1)
    number = np.cumsum(new) - 1
    start = np.flatnonzero(new)
    length = np.diff(np.append(start, len(order)))
    rank = np.empty(len(length), np.int64)
    rank[np.argsort(-length, kind="stable")] = np.arange(len(length))
    within = np.arange(len(order)) - start[number]
    laid = np.lexsort((rank[number], within))
    steps = np.concatenate([[0], np.cumsum(np.bincount(within))])
    return order[laid], steps, rank[number][laid]


def _rules(problem: ProgrammeProblem) -> tuple[Ints, tuple[Rules, ...]]:
    """Return the row of its rules for each section, and the rules; row 0 is without locks."""
    years, treatments = problem.years, len(problem.space.treatments)
    rule_of = np.zeros(len(problem.sections), np.int64)
    rules = [
        Rules(allowed=np.ones((years, treatments), bool), must=np.full(years, -1, dtype=np.int64))
    ]
    if not problem.locks:
        return rule_of, tuple(rules)
    row_of = {name: row for row, name in enumerate(problem.sections.ids)}
    made: dict[int, Rules] = {}
    for lock in problem.locks:
        row = row_of[lock.section_id]
        one = made.setdefault(
            row, Rules(allowed=rules[0].allowed.copy(), must=rules[0].must.copy())
        )
        which = slice(None)
        if lock.treatment is not None:
            at = problem.space.treatments.index(lock.treatment)
            which = slice(at, at + 1)
        if lock.kind is LockKind.MUST:
            assert lock.year is not None
            one.must[lock.year] = problem.space.treatments.index(lock.treatment or "")
        else:
            one.allowed[: lock.year, which] = False
    numbers: dict[bytes, int] = {}
    for row in sorted(made, key=lambda row: problem.sections.ids[row]):
        key = made[row].allowed.tobytes() + made[row].must.tobytes()
        if key not in numbers:
            numbers[key] = len(rules)
            rules.append(made[row])
        rule_of[row] = numbers[key]
    return rule_of, tuple(rules)


def _budgets(problem: ProgrammeProblem) -> tuple[Ints, Budgets]:
    """Return each section's membership, and the budgets."""
    names = problem.space.treatments
    everyone = np.ones(len(problem.sections), bool)
    member = np.array(
        [everyone] + [everyone if one.sections is None else one.sections for one in problem.limits]
    )
    patterns, membership = np.unique(member, axis=1, return_inverse=True)
    counts = np.zeros((len(member), patterns.shape[1], len(names)), bool)
    counts[0] = True
    for row, limit in enumerate(problem.limits, 1):
        which = [one in (limit.treatments or names) for one in names]
        counts[row] = patterns[row][:, None] & np.array(which)
    return np.asarray(membership, np.int64).ravel(), Budgets(
        names=("budget", *(limit.name for limit in problem.limits)),
        sek=np.array([problem.budget_sek] + [limit.sek for limit in problem.limits]),
        counts=counts,
    )


def worth_sek_m2(problem: ProgrammeProblem, kinds: Kinds, states: Ints, of: Ints) -> Floats:
    """Return debt per m² of sections of kinds ``of`` in the given states, at today's prices."""
    share, enough, due = _ways_to_target(problem)
    family = kinds.family[of]
    price = kinds.price_sek_m2[of].T * share[:, family, states]
    cheapest = np.where(enough[:, family, states], price, np.inf).min(axis=0)
    return np.asarray(np.where(due[family, states], cheapest, 0.0))


def _ways_to_target(
    problem: ProgrammeProblem,
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what share of its price each treatment costs, and whether it does enough.

    Returns
    -------
        Both by treatment, family and state, [K, F, S], and whether any is due, [F, S].
    """
    space = problem.space
    family = np.arange(space.index.shape[0])[:, None]
    bare = space.bare(family, np.arange(space.index.shape[1])[None])
    after = space.after[:, family, bare]
    index = np.where(after != NOT_ALLOWED, space.index[family, after], -1.0)
    enough = (after != NOT_ALLOWED) & (
        index >= np.minimum(problem.target_index[family], index.max(axis=0))
    )
    due = space.index[family, bare] < problem.trigger_index[family]
    return space.cost_share[:, family, bare], enough, due


def numbered(code: Ints) -> tuple[Ints, Ints]:
    """Return the numbers that there are, in order, and the place of each among them."""
    most = int(code.max(initial=0)) + 1
    if most > 8 * len(code):
        there, place = np.unique(code, return_inverse=True)
        return there, np.asarray(place).ravel()
    is_there = np.zeros(most, bool)
    is_there[code] = True
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[code]
