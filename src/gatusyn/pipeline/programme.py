"""A town's programme: posed from its store and settings, solved, compared, and put in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

import numpy as np

from gatusyn.economy import DebtSum, debt_of, whole_debt
from gatusyn.model import (
    Basis,
    CitySettings,
    EconomyParams,
    NextKrona,
    PlannedProject,
    ProgrammeParams,
    ProgrammePlan,
    Remark,
    Scenario,
    SettingsError,
    TownProgramme,
)
from gatusyn.pipeline.chosen_plan import gap_of, value_of
from gatusyn.pipeline.city import City
from gatusyn.pipeline.debt import debt_parts
from gatusyn.pipeline.lives import fitted_families, town_lives
from gatusyn.pipeline.planned_projects import planned_projects
from gatusyn.pipeline.programme_course import course_of
from gatusyn.pipeline.programme_lists import (
    WantedLock,
    WantedTreatment,
    read_locks,
    read_own_list,
)
from gatusyn.pipeline.programme_problem import PosedProgramme, pose_programme
from gatusyn.pipeline.programme_scenarios import (
    BUDGET_SHARES,
    SolvedBudgets,
    scenarios_of,
    solve_budgets,
)
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.streets_out import streets_out
from gatusyn.pipeline.town_stock import TownStock, price_lines, read_stock


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeFiles:
    """The tables that a programme is made with."""

    locks: Path | None = None
    own_list: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """Of which town a programme was asked, by whom, and under which settings.

    Parameters
    ----------
    economy
        The city's, without the treatments that are not planned.
    own
        The town's own list, which the programme is compared with.
    """

    town: TownStock
    settings: CitySettings
    params: ProgrammeParams
    economy: EconomyParams
    name: str
    by: str
    now_s: float
    own: Sequence[WantedTreatment]


def make_programme(
    city: City,
    params: ProgrammeParams,
    *,
    name: str,
    by: str,
    now_s: float,
    files: ProgrammeFiles | None = None,
    compare: bool = True,
    budgets: Sequence[float] = BUDGET_SHARES,
    progress: Progress | None = None,
) -> tuple[TownProgramme, TownStock]:
    """Make a town's programme and compare it; nothing is stored.

    Parameters
    ----------
    params
        As in the city's settings, or changed by the user.
    name
        Empty for a programme that is not saved.
    compare
        Whether it is also worked out for other budgets and without sealing, which takes six times
        as long.
    budgets
        Those other budgets, as shares of its own.

    Returns
    -------
    tuple
        The programme, and the stock that it was made from.

    Raises
    ------
    ProgrammeError
        Names the setting, or the file and row, that is at fault.
    """
    steps, given = progress or SilentProgress(), files or ProgrammeFiles()
    steps.step("reading the town", 0, 0)
    town = read_stock(city)
    economy = planned_economy(city.settings.economy, params)
    locks, own = _tables_of(given, town, economy)
    posed = pose_programme(
        town,
        params,
        economy,
        families=fitted_families(town_lives(city, town), economy),
        locks=locks,
        first_year=params.first_year or int(town.period[:4]) + 1,
    )
    solved = solve_budgets(
        posed.problem,
        sealing=[one.name for one in economy.treatments_in_use if one.is_preventive and compare],
        others=budgets if compare else (),
        progress=steps,
    )
    asked = _Asked(
        town=town,
        settings=city.settings,
        params=params,
        economy=economy,
        name=name,
        by=by,
        now_s=now_s,
        own=own,
    )
    return _told_programme(asked, posed, solved), town


def _tables_of(
    given: ProgrammeFiles, town: TownStock, economy: EconomyParams
) -> tuple[Sequence[WantedLock], Sequence[WantedTreatment]]:
    """Return the locks and the town's own list, as far as they are given."""
    locks: Sequence[WantedLock] = ()
    own: Sequence[WantedTreatment] = ()
    if given.locks is not None:
        locks = read_locks(given.locks, town.network, economy)
    if given.own_list is not None:
        own = read_own_list(given.own_list, town.network, economy)
    return locks, own


def _told_programme(asked: _Asked, posed: PosedProgramme, solved: SolvedBudgets) -> TownProgramme:
    """Return the plan that was chosen in the town's words: its projects, prices and reasons."""
    town, all_costs = asked.town, asked.settings.economy
    plan, problem = solved.plan, posed.problem
    value = value_of(problem, solved.choice)
    debt = debt_of(town.stock, all_costs)
    course = course_of(problem, solved.choice)
    projects = planned_projects(posed, course, town, asked.economy.treatments_in_use)
    scenarios = scenarios_of(posed, solved, asked.own)
    return TownProgramme(
        name=asked.name,
        town=asked.settings.name,
        made_s=asked.now_s,
        made_by=asked.by,
        first_year=posed.first_year,
        budget_sek=tuple(sek if np.isfinite(sek) else None for sek in problem.budget_sek.tolist()),
        aim=asked.params.aim,
        value=value,
        bound=plan.bound,
        gap=gap_of(value, plan.bound),
        projects=projects,
        prices=price_lines(asked.economy),
        scenarios=_with_own_ore(scenarios, projects, posed.first_year),
        next_krona=_next_krona(posed, plan),
        out=streets_out(posed, course, town),
        basis=_basis(
            town, posed, asked.params, asked.settings, whole_debt(debt, town.stock, all_costs)
        ),
        debt=debt_parts(debt, town.stock, all_costs),
    )


def _next_krona(posed: PosedProgramme, plan: ProgrammePlan) -> tuple[NextKrona, ...]:
    """Return what another krona buys in each budget that limits the programme."""
    limited = {"budget", *(one.name for one in posed.problem.limits)}
    return tuple(
        NextKrona(budget=budget, gains=tuple(gains.tolist()))
        for budget, gains in plan.next_krona.items()
        if budget in limited
    )


def planned_economy(economy: EconomyParams, params: ProgrammeParams) -> EconomyParams:
    """Return the settings of costs and ageing without the treatments that are not planned.

    Raises
    ------
    SettingsError
        If none is left.
    """
    kept = {
        name: replace(one, in_use=one.in_use and name not in params.unplanned)
        for name, one in economy.treatments.items()
    }
    if not any(one.in_use for one in kept.values()):
        raise SettingsError("programme.unplanned", "leaves no treatment", "Name fewer.")
    return replace(economy, treatments=kept)


def _with_own_ore(
    scenarios: tuple[Scenario, ...], projects: Sequence[PlannedProject], first_year: int
) -> tuple[Scenario, ...]:
    """Return scenarios of which ours, the first, costs each year what its projects do."""
    ours = scenarios[0]
    ore = [0] * len(ours.cost_ore)
    for one in projects:
        ore[one.year - first_year] += one.ore
    return replace(ours, cost_ore=tuple(ore)), *scenarios[1:]


def _basis(
    town: TownStock,
    posed: PosedProgramme,
    params: ProgrammeParams,
    settings: CitySettings,
    whole: DebtSum,
) -> Basis:
    stock, economy = town.stock, settings.economy
    known = stock.is_known
    remarks = list(stock.remarks)
    if posed.is_estimated.any():
        sections = int(posed.is_estimated.sum())
        remarks.append(Remark(key="estimated", values={"sections": sections}))
    return Basis(
        period=town.period,
        index_name=town.index_name,
        graded_m=float(stock.length_m[known].sum()),
        graded_m2=float(stock.area_m2[known].sum()),
        ungraded_m=float(stock.length_m[~known].sum()),
        ungraded_m2=float(stock.area_m2[~known].sum()),
        debt_sek=whole.sek,
        debt_low_sek=whole.low_sek,
        debt_high_sek=whole.high_sek,
        network_version=town.network.version,
        derived_stamp=town.derived_stamp,
        settings={
            **_told("programme", params),
            **_told("economy", economy),
            "condition.method": settings.condition.method.value,
        },
        remarks=tuple(remarks),
    )


def _told(table: str, params: ProgrammeParams | EconomyParams) -> dict[str, str]:
    """Return settings as text by name; what is kept by name is told under it."""
    told: dict[str, str] = {}
    for item in fields(params):
        value = getattr(params, item.name)
        if not isinstance(value, Mapping):
            told[f"{table}.{item.name}"] = str(value)
            continue
        for key, entry in value.items():
            if not is_dataclass(entry):
                told[f"{table}.{item.name}.{key}"] = str(entry)
                continue
            of_entry = {one.name: getattr(entry, one.name) for one in fields(entry)}
            told[f"{table}.{item.name}.{key}"] = json.dumps(
                of_entry, ensure_ascii=False, default=str
            )
    return told
