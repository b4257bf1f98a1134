"""Programmes that cannot be: locks beyond a budget, and targets beyond reach."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.prepared import Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.tally import Tally
from gatusyn.model import AimKind, LockKind, ProgrammeError, ProgrammeProblem


def require_room(prepared: Prepared, rows: Rows, locked: Tally) -> None:
    """Check that what is locked costs no more than the budgets of its years.

    Raises
    ------
    ProgrammeError
        If it does; it names the costliest lock of the first such year.
    """
    problem, budgets = prepared.problem, prepared.budgets
    spent = locked.cost_sek + locked.mobilisation_sek
    member = prepared.kinds.membership[prepared.kind]
    for row, name in enumerate(budgets.names):
        counted = spent * rows.counts[row][member[:, None], locked.choice]
        over = np.flatnonzero(counted.sum(axis=0) > budgets.sek[row] + 0.005)
        if not over.size:
            continue
        year = int(over[0])
        costliest = int(prepared.rows[counted[:, year].argmax()])
        section = problem.sections.ids[costliest]
        number = next(
            place + 1
            for place, lock in enumerate(problem.locks)
            if lock.section_id == section and lock.kind is LockKind.MUST and lock.year == year
        )
        raise ProgrammeError(
            f"lock {number} (section {section}), year {year + 1}",
            f"what is locked costs {counted[:, year].sum():,.0f} SEK, and {name} allows"
            f" {budgets.sek[row, year]:,.0f}",
            "Raise that year's budget, or move a lock.",
        )


def unreached(problem: ProgrammeProblem, problem_text: str) -> ProgrammeError:
    """Return the error that says which target cannot be reached."""
    aim = problem.aim
    wanted = (
        f"a mean index of {aim.mean_index:g}"
        if aim.mean_index is not None
        else f"{aim.share:.0%} of the surface at index {aim.share_index:g}"
    )
    if aim.kind is not AimKind.LEAST_COST:
        wanted = "the budgets"
    return ProgrammeError(f"target, {wanted}", problem_text, "Lower it, or raise the budgets.")
