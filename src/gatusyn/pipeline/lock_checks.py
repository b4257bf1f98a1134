"""Checks what people settled against itself and the budget, and names the rows that are wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gatusyn.model import (
    NOTHING,
    FormFault,
    LockKind,
    ProgrammeError,
    ProgrammeProblem,
)
from gatusyn.pipeline.programme_course import course_of
from gatusyn.pipeline.programme_lists import WantedLock

_ONE_ORE = 0.005


def require_agreeing(wanted: Sequence[WantedLock]) -> None:
    """Check that no row forbids or replaces what another demands.

    Raises
    ------
    ProgrammeError
        Names both rows.
    """
    must: dict[tuple[str, int], WantedLock] = {}
    for one in wanted:
        if LockKind(one.kind) is not LockKind.MUST or one.year is None:
            continue
        first = must.setdefault((one.section.section_id, one.year), one)
        if first.treatment != one.treatment:
            raise one.row.fault(
                f"demands {one.treatment} in {one.year} where row {first.row.number} demands "
                f"{first.treatment} (section {one.section.section_id})",
                "Take one of the two away.",
                form=FormFault.STREET_TWICE,
            )
    demanded: dict[str, list[WantedLock]] = {}
    for own in must.values():
        demanded.setdefault(own.section.section_id, []).append(own)
    for one in wanted:
        if LockKind(one.kind) is LockKind.MUST:
            continue
        for other in demanded.get(one.section.section_id, ()):
            if _forbids(one, other):
                raise one.row.fault(
                    f"forbids {other.treatment} in {other.year}, which row {other.row.number} "
                    f"demands (section {one.section.section_id})",
                    "Take one of the two away.",
                    form=FormFault.STREET_TWICE,
                )


def _forbids(one: WantedLock, demanded: WantedLock) -> bool:
    if one.treatment not in (None, demanded.treatment):
        return False
    assert demanded.year is not None
    return one.year is None or demanded.year < one.year


def require_affordable(
    problem: ProgrammeProblem,
    wanted: Sequence[WantedLock],
    names: Mapping[str, int],
    *,
    first_year: int,
) -> None:
    """Check that the budget pays for what must be done.

    Parameters
    ----------
    names
        Row of the problem by section id.

    Raises
    ------
    ProgrammeError
        Names the year, its rows and the sums.
    """
    must = [one for one in wanted if LockKind(one.kind) is LockKind.MUST and one.year is not None]
    if not must:
        return
    choice = np.full((len(problem.sections), problem.years), NOTHING, np.int8)
    for one in must:
        assert one.year is not None
        row = names[one.section.section_id]
        choice[row, one.year - first_year] = problem.space.treatments.index(one.treatment or "")
    spent = course_of(problem, choice).yearly_sek
    for year in np.flatnonzero(spent > problem.budget_sek + _ONE_ORE).tolist():
        rows = sorted({one.row.number for one in must if one.year == first_year + year})
        told = ", ".join(map(str, rows[:5])) + (" ..." if len(rows) > 5 else "")
        raise ProgrammeError(
            f"{must[0].row.path}, row {told}",
            f"what must be done in {first_year + year} costs {_sek(spent[year])} SEK, and the "
            f"budget allows {_sek(problem.budget_sek[year])}",
            "Raise the budget, or move a row to another year.",
            form=FormFault.OVER_BUDGET,
            figures={
                "year": str(first_year + year),
                "cost_sek": float(spent[year]),
                "budget_sek": float(problem.budget_sek[year]),
            },
        )


def _sek(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")
