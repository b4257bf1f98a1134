"""Check a programme from its problem and choices alone, sharing no code with what made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import (
    NOT_ALLOWED,
    NOTHING,
    AimKind,
    LockKind,
    ProgrammePlan,
    ProgrammeProblem,
)

_TOLERANCE_SEK = 0.005
_TOLERANCE_SHARE = 1e-9

Choice = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckedProgramme:
    """What a plan's choices come to, and everything that is wrong with it.

    Parameters
    ----------
    value
        What the problem's aim sums.
    cost_sek, mobilisation_sek
        All that is spent each year at its prices, and the part that is mobilisation, shape [T].
    section_cost_sek
        What is spent on each section each year, without mobilisation, shape [N, T].
    projects
        How many.
    debt_sek, mean_index
        Before the first year and after each, shape [T + 1].
    violations
        Sentences, each naming the section, year, budget or lock; empty for a valid plan.
    """

    value: float
    cost_sek: NDArray[np.float64]
    mobilisation_sek: NDArray[np.float64]
    section_cost_sek: NDArray[np.float64]
    projects: int
    debt_sek: NDArray[np.float64]
    mean_index: NDArray[np.float64]
    violations: tuple[str, ...]


def check_programme(
    problem: ProgrammeProblem, plan: ProgrammePlan | Choice, *, most: int = 100
) -> CheckedProgramme:
    """Recompute states, cost, debt and value from the choices; report every violation.

    Parameters
    ----------
    plan
        Choices alone, or a plan whose own figures are checked against them too.
    most
        Report no more violations than this.
    """
    choice = plan.choice if isinstance(plan, ProgrammePlan) else plan
    wrong = _shape_faults(problem, choice)
    if wrong:
        raise ValueError(wrong)
    states, during, section_cost, faults = _walk(problem, choice)
    projects = _projects(problem, choice)
    mobilised = np.zeros(problem.years)
    for year, treatment, _ in projects:
        mobilised[year] += problem.mobilisation_sek[treatment] * problem.price_level[year]
    cost = section_cost.sum(axis=0) + mobilised
    faults += _short_projects(problem, projects)
    faults += _broken_limits(problem, choice, section_cost, projects)
    faults += _broken_locks(problem, choice)
    faults += _missed_target(problem, states[:, -1])
    checked = CheckedProgramme(
        value=_value(problem, states, during, cost),
        cost_sek=cost,
        mobilisation_sek=mobilised,
        section_cost_sek=section_cost,
        projects=len(projects),
        debt_sek=np.array([_debt(problem, one).sum() for one in states.T]),
        mean_index=np.array([_mean_index(problem, one) for one in states.T]),
        violations=(),
    )
    if isinstance(plan, ProgrammePlan):
        faults += _differences(problem, plan, checked)
    return _with_violations(checked, faults[:most])


def _with_violations(checked: CheckedProgramme, faults: list[str]) -> CheckedProgramme:
    fields = {name: getattr(checked, name) for name in checked.__slots__}
    return CheckedProgramme(**(fields | {"violations": tuple(faults)}))


def _shape_faults(problem: ProgrammeProblem, choice: Choice) -> str:
    if choice.shape != (len(problem.sections), problem.years):
        return f"the choices have shape {choice.shape}, not one for each section and year"
    if choice.min() < NOTHING or choice.max() >= len(problem.space.treatments):
        return "the choices name a treatment that does not exist"
    return ""


def _walk(
    problem: ProgrammeProblem, choice: Choice
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], list[str]]:
    """Return states at each year's start and after its treatment, cost by section, and faults."""
    space, sections = problem.space, problem.sections
    family, state = sections.family.astype(np.int64), sections.state.astype(np.int64)
    musts = {(lock.section_id, lock.year) for lock in problem.locks if lock.kind is LockKind.MUST}
    states = np.zeros((len(sections), problem.years + 1), np.int64)
    during = np.zeros((len(sections), problem.years), np.int64)
    cost = np.zeros((len(sections), problem.years))
    faults: list[str] = []
    for year in range(problem.years):
        states[:, year] = state
        rows = np.flatnonzero(choice[:, year] != NOTHING)
        picked = choice[rows, year]
        after = space.after[picked, family[rows], state[rows]]
        share = space.cost_share[picked, family[rows], state[rows]]
        barred = after == NOT_ALLOWED
        for row in rows[barred]:
            if (sections.ids[row], year) not in musts:
                name = space.treatments[choice[row, year]]
                faults.append(
                    f"section {sections.ids[row]}, year {year + 1}: {name}'s trigger is not met"
                )
        share = np.where(barred, 1.0, share)
        after = np.where(barred, state[rows], after)
        price = sections.cost_sek_m2[rows, picked] * problem.price_level[year]
        cost[rows, year] = sections.area_m2[rows] * price * share
        state = state.copy()
        state[rows] = after
        during[:, year] = state
        state = space.next_state[family, state].astype(np.int64)
    states[:, problem.years] = state
    return states, during, cost, faults


def _projects(problem: ProgrammeProblem, choice: Choice) -> list[tuple[int, int, list[int]]]:
    """Return each project as year, treatment and its sections in order."""
    street, position = problem.sections.street, problem.sections.position
    order = sorted(range(len(street)), key=lambda row: (street[row], position[row]))
    projects: list[tuple[int, int, list[int]]] = []
    for year in range(problem.years):
        last = None
        for row in order:
            treatment = int(choice[row, year])
            if treatment == NOTHING:
                last = None
                continue
            here = (treatment, street[row], position[row])
            joined = street[row] >= 0 and last == (treatment, street[row], position[row] - 1)
            if joined:
                projects[-1][2].append(row)
            else:
                projects.append((year, treatment, [row]))
            last = here
    return projects


def _short_projects(
    problem: ProgrammeProblem, projects: list[tuple[int, int, list[int]]]
) -> list[str]:
    musts = {
        (lock.section_id, lock.year, lock.treatment)
        for lock in problem.locks
        if lock.kind is LockKind.MUST
    }
    faults = []
    for year, treatment, rows in projects:
        length = sum(float(problem.sections.length_m[row]) for row in rows)
        least = float(problem.minimum_length_m[treatment])
        if length >= least - 1e-6:
            continue
        name = problem.space.treatments[treatment]
        if any((problem.sections.ids[row], year, name) in musts for row in rows):
            continue
        faults.append(
            f"section {problem.sections.ids[rows[0]]}, year {year + 1}: a project of {name} is"
            f" {length:.1f} m, shorter than {least:.1f} m"
        )
    return faults


def _broken_limits(
    problem: ProgrammeProblem,
    choice: Choice,
    section_cost: NDArray[np.float64],
    projects: list[tuple[int, int, list[int]]],
) -> list[str]:
    everyone = np.ones(len(problem.sections), bool)
    names = problem.space.treatments
    limits = [("budget", problem.budget_sek, everyone, names)]
    for limit in problem.limits:
        members = everyone if limit.sections is None else limit.sections
        limits.append((limit.name, limit.sek, members, limit.treatments or names))
    faults = []
    for limit_name, sek, members, treatments in limits:
        counted = np.isin(choice, [names.index(one) for one in treatments]) & members[:, None]
        spent = (section_cost * counted).sum(axis=0)
        for year, treatment, rows in projects:
            if members[rows[0]] and names[treatment] in treatments:
                spent[year] += problem.mobilisation_sek[treatment] * problem.price_level[year]
        for year in np.flatnonzero(spent > sek + _TOLERANCE_SEK).tolist():
            faults.append(
                f"{limit_name}, year {year + 1}: {spent[year]:.2f} SEK is spent of {sek[year]:.2f}"
            )
    return faults


def _broken_locks(problem: ProgrammeProblem, choice: Choice) -> list[str]:
    rows = {name: row for row, name in enumerate(problem.sections.ids)} if problem.locks else {}
    faults = []
    for lock in problem.locks:
        chosen = choice[rows[lock.section_id]]
        which = chosen != NOTHING
        if lock.treatment is not None:
            which = chosen == problem.space.treatments.index(lock.treatment)
        must = lock.kind is LockKind.MUST
        if bool(which[lock.year]) if must else not which[: lock.year].any():
            continue
        faults.append(
            f"section {lock.section_id}: the lock {lock.kind.value} {lock.treatment or 'any'}"
            f" (year {lock.year}) is not kept"
        )
    return faults


def _debt(problem: ProgrammeProblem, state: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each section's debt in a state, SEK at today's prices."""
    space, sections = problem.space, problem.sections
    family = sections.family
    if space.surface is not None:
        state = space.surface[family, state].astype(np.int64)
    after = space.after[:, family, state]
    allowed = after != NOT_ALLOWED
    reached = np.where(allowed, space.index[family, np.maximum(after, 0)], -1.0)
    wanted = np.minimum(problem.target_index[family], reached.max(axis=0))
    price = sections.cost_sek_m2.T * space.cost_share[:, family, state]
    cheapest = np.where(allowed & (reached >= wanted), price, np.inf).min(axis=0)
    due = space.index[family, state] < problem.trigger_index[family]
    return np.asarray(np.where(due, cheapest, 0.0) * sections.area_m2)


def _mean_index(problem: ProgrammeProblem, state: NDArray[np.int64]) -> float:
    mass = problem.sections.area_m2 * problem.sections.weight
    index = problem.space.index[problem.sections.family, state]
    return float((mass * index).sum() / max(mass.sum(), 1e-12))


def _value(
    problem: ProgrammeProblem,
    states: NDArray[np.int64],
    during: NDArray[np.int64],
    cost: NDArray[np.float64],
) -> float:
    sections = problem.sections
    if problem.aim.kind is AimKind.LEAST_DEBT:
        return float((sections.weight * _debt(problem, states[:, -1])).sum())
    if problem.aim.kind is AimKind.LEAST_COST:
        worth = (1.0 + problem.discount_rate) ** -np.arange(problem.years)
        return float((cost * worth).sum())
    mass = sections.area_m2 * sections.weight
    index = problem.space.index[sections.family[:, None], during]
    return float((mass[:, None] * index).sum())


def _missed_target(problem: ProgrammeProblem, state: NDArray[np.int64]) -> list[str]:
    aim = problem.aim
    if aim.kind is not AimKind.LEAST_COST:
        return []
    if aim.mean_index is not None:
        reached, wanted = _mean_index(problem, state), aim.mean_index
    else:
        assert aim.share is not None
        assert aim.share_index is not None
        mass = problem.sections.area_m2 * problem.sections.weight
        good = problem.space.index[problem.sections.family, state] >= aim.share_index
        reached, wanted = float((mass * good).sum() / max(mass.sum(), 1e-12)), aim.share
    if reached >= wanted - _TOLERANCE_SHARE * max(wanted, 1.0):
        return []
    return [f"the target is {wanted:g}, and {reached:.6g} is reached"]


def _differences(
    problem: ProgrammeProblem, plan: ProgrammePlan, checked: CheckedProgramme
) -> list[str]:
    """Return where a plan's own figures are not what its choices come to."""
    faults = []
    for name in ("value", "cost_sek", "mobilisation_sek", "debt_sek", "mean_index", "projects"):
        told, found = getattr(plan, name), getattr(checked, name)
        if not np.allclose(told, found, rtol=1e-9, atol=_TOLERANCE_SEK):
            faults.append(f"{name}: the plan says {told}, its choices come to {found}")
    if plan.bound is None:
        return faults
    slack = 1e-9 * max(abs(plan.bound), 1.0)
    best_is_high = problem.aim.kind is AimKind.BEST_CONDITION
    beyond = plan.bound - checked.value if not best_is_high else checked.value - plan.bound
    if beyond > slack:
        faults.append(f"bound: {plan.bound} is not a bound, the value is {checked.value}")
    return faults
