"""What is checked when a programme's problem is made: each fault is named, with its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.errors import ProgrammeError
from gatusyn.model.state_space import NOT_ALLOWED, StateSpace

if TYPE_CHECKING:
    from gatusyn.model.programme import Aim, Limit, Lock, ProgrammeSections

MAX_YEARS = 20
MAX_TREATMENTS = 100


def check_years(name: str, sek: NDArray[np.float64], years: int | None = None) -> None:
    """Raise unless there is a sum of at least 0 SEK (or no limit) for each of 1..20 years."""
    if sek.ndim != 1 or not 1 <= len(sek) <= MAX_YEARS:
        raise ProgrammeError(name, f"has {sek.size} years", f"Give one sum for 1 to {MAX_YEARS}.")
    if years is not None and len(sek) != years:
        raise ProgrammeError(name, f"has {len(sek)} years, not {years}", "Give a sum for each.")
    wrong = np.flatnonzero(~(sek >= 0.0))
    if wrong.size:
        year = int(wrong[0])
        raise ProgrammeError(
            f"{name}, year {year + 1}", f"is {sek[year]:g} SEK", "Give 0 or more, or infinity."
        )


def check_target(aim: Aim, sections: ProgrammeSections) -> None:
    """Raise if a weighted target is asked for and nothing weighs anything."""
    if (aim.mean_index is not None or aim.share is not None) and not (sections.weight > 0.0).any():
        raise ProgrammeError("weight", "is 0 everywhere", "A target needs sections that count.")


def check_sections(sections: ProgrammeSections, space: StateSpace) -> None:
    """Raise unless every section has a family, a state, a surface, a weight and all its prices."""
    count, treatments = len(sections.ids), len(space.treatments)
    if not count:
        raise ProgrammeError("sections", "there are none", "Inspect some streets first.")
    if not 1 <= treatments <= MAX_TREATMENTS:
        raise ProgrammeError(
            "treatments", f"there are {treatments}", f"Give 1 to {MAX_TREATMENTS}."
        )
    if sections.cost_sek_m2.shape != (count, treatments):
        raise ProgrammeError("sections, cost_sek_m2", "does not have a price for each treatment")
    families, states = space.index.shape
    for name, low, high in (("family", 0, families - 1), ("state", 0, states - 1)):
        column = _column(sections, name)
        _refuse(sections, name, (column < low) | (column > high), "is not one of the state space's")
    for name in ("area_m2", "length_m"):
        column = _column(sections, name)
        _refuse(sections, name, ~(np.isfinite(column) & (column > 0.0)), "must be above 0")
    weight = _column(sections, "weight")
    _refuse(sections, "weight", ~(np.isfinite(weight) & (weight >= 0.0)), "must be 0 or more")
    _check_prices(sections, space.treatments)
    _check_names(sections)


def _column(sections: ProgrammeSections, name: str) -> NDArray[np.float64]:
    column: NDArray[np.float64] = np.asarray(getattr(sections, name))
    if column.shape != (len(sections.ids),):
        raise ProgrammeError(f"sections, {name}", "does not have a value for each section")
    return column


def _refuse(sections: ProgrammeSections, name: str, wrong: NDArray[np.bool_], problem: str) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size:
        row = int(rows[0])
        value = getattr(sections, name)[row]
        raise ProgrammeError(
            f"section {sections.ids[row]} (row {row + 1})",
            f"{name} is {value:g}: it {problem}",
            f"{rows.size} such rows." if rows.size > 1 else "",
        )


def _check_prices(sections: ProgrammeSections, treatments: tuple[str, ...]) -> None:
    cost = sections.cost_sek_m2
    rows, columns = np.nonzero(~(np.isfinite(cost) & (cost >= 0.0)))
    if rows.size:
        row, name, value = int(rows[0]), treatments[columns[0]], cost[rows[0], columns[0]]
        what = f"is {value:g} SEK/m²" if np.isfinite(value) else "is missing"
        raise ProgrammeError(
            f"section {sections.ids[row]} (row {row + 1}), cost of {name}",
            what,
            "Give 0 SEK/m² or more for every treatment.",
        )


def _check_names(sections: ProgrammeSections) -> None:
    if len(set(sections.ids)) != len(sections.ids):
        seen: set[str] = set()
        for row, name in enumerate(sections.ids):
            if name in seen:
                raise ProgrammeError(f"section {name} (row {row + 1})", "comes twice")
            seen.add(name)
    street, position = _column(sections, "street"), _column(sections, "position")
    order = np.lexsort((position, street))
    street, position = street[order], position[order]
    twice = (street[1:] == street[:-1]) & (position[1:] == position[:-1]) & (street[1:] >= 0)
    if twice.any():
        row = int(order[np.flatnonzero(twice)[0] + 1])
        raise ProgrammeError(
            f"section {sections.ids[row]} (row {row + 1})",
            f"shares position {sections.position[row]} on street {sections.street[row]}",
            "Number the sections of a street one by one.",
        )


def check_triggers(space: StateSpace) -> None:
    """Raise if a treatment is allowed in no state of any family."""
    for name, table in zip(space.treatments, space.after, strict=True):
        if not (table != NOT_ALLOWED).any():
            raise ProgrammeError(
                f"treatment {name}",
                "is without trigger: no state of any family allows it",
                "Give it a trigger, or leave it out.",
            )


def check_debt(space: StateSpace, trigger: NDArray[np.float64]) -> None:
    """Raise if a state below its trigger allows no treatment: its debt could not be told."""
    below = space.index < trigger[:, None]
    helpless = below & (space.after == NOT_ALLOWED).all(axis=0)
    if helpless.any():
        family, state = (int(found[0]) for found in np.nonzero(helpless))
        raise ProgrammeError(
            f"family {space.families[family]}, state {state}",
            f"has index {space.index[family, state]:g}, below the trigger, and allows no treatment",
            "Let a treatment's trigger cover it.",
        )


def check_by_treatment(name: str, values: NDArray[np.float64], treatments: tuple[str, ...]) -> None:
    """Raise unless there is a value of 0 or more for each treatment."""
    if values.shape != (len(treatments),):
        raise ProgrammeError(name, f"has {values.size} values", "Give one for each treatment.")
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0.0)))
    if wrong.size:
        row = int(wrong[0])
        raise ProgrammeError(
            f"{name} of {treatments[row]}", f"is {values[row]:g}", "Give 0 or more."
        )


def check_family_levels(
    families: tuple[str, ...], trigger: NDArray[np.float64], target: NDArray[np.float64]
) -> None:
    """Raise unless each family has a trigger and a target at or above it."""
    if trigger.shape != (len(families),) or target.shape != (len(families),):
        raise ProgrammeError("trigger_index, target_index", "need one value for each family")
    wrong = np.flatnonzero(~((trigger >= 0.0) & (target >= trigger) & (target <= 100.0)))
    if wrong.size:
        row = int(wrong[0])
        raise ProgrammeError(
            f"family {families[row]}",
            f"has trigger {trigger[row]:g} and target {target[row]:g}",
            "Set 0 <= trigger <= target <= 100.",
        )


def check_limit(limit: Limit, sections: int, treatments: tuple[str, ...], years: int) -> None:
    """Raise unless a limit's years, sections and treatments are the problem's."""
    if limit.name == "budget" or not limit.name:
        raise ProgrammeError("limit", f"cannot be called '{limit.name}'", "Choose another name.")
    check_years(f"limit {limit.name}", limit.sek, years)
    if limit.sections is not None and limit.sections.shape != (sections,):
        raise ProgrammeError(f"limit {limit.name}", "does not say of each section if it counts")
    for name in limit.treatments or ():
        if name not in treatments:
            raise ProgrammeError(f"limit {limit.name}", f"there is no treatment '{name}'")


def check_locks(
    locks: tuple[Lock, ...], ids: tuple[str, ...], treatments: tuple[str, ...], years: int
) -> None:
    """Raise unless each lock names a section, treatment and year that exist, and none disagree."""
    known = set(ids) if locks else set()
    must: dict[tuple[str, int], str] = {}
    for row, lock in enumerate(locks):
        where = f"lock {row + 1} (section {lock.section_id}, {lock.kind.value})"
        if lock.section_id not in known:
            raise ProgrammeError(where, "there is no such section")
        if lock.treatment is not None and lock.treatment not in treatments:
            raise ProgrammeError(where, f"there is no treatment '{lock.treatment}'")
        if lock.kind.value == "never":
            if lock.year is not None:
                raise ProgrammeError(where, "has a year", "Leave it out: never is in no year.")
            continue
        if lock.year is None or not 0 <= lock.year < years:
            raise ProgrammeError(where, f"year {lock.year} is not one of 0..{years - 1}")
        if lock.kind.value == "must":
            if lock.treatment is None:
                raise ProgrammeError(where, "names no treatment", "Say which must be done.")
            if must.setdefault((lock.section_id, lock.year), lock.treatment) != lock.treatment:
                raise ProgrammeError(
                    where, f"another lock says {must[lock.section_id, lock.year]} for that year"
                )
    _check_bans(locks, must)


def _check_bans(locks: tuple[Lock, ...], must: dict[tuple[str, int], str]) -> None:
    """Raise if what must be done is banned by another lock."""
    by_section: dict[str, list[tuple[int, str]]] = {}
    for (section, year), treatment in must.items():
        by_section.setdefault(section, []).append((year, treatment))
    for row, lock in enumerate(locks):
        if lock.kind.value == "must":
            continue
        for year, treatment in by_section.get(lock.section_id, ()):
            early = lock.year is None or year < lock.year
            if early and lock.treatment in (None, treatment):
                raise ProgrammeError(
                    f"lock {row + 1} (section {lock.section_id}, {lock.kind.value})",
                    f"forbids {treatment} in year {year}, which another lock demands",
                    "Take one of the two away.",
                )
