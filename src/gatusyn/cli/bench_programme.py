"""``gatusyn bench programme``: how fast and how near the best, on a made-up town."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from gatusyn.cli.output import plain_console
from gatusyn.economy import SolveParams, solve_programme
from gatusyn.evaluate import check_programme, json_text, peer_programmes, write_text
from gatusyn.model import Aim, AimKind, Limit, ProgrammeError, ProgrammePlan, ProgrammeProblem
from gatusyn.simulate import made_paving_town


def bench_programme(
    *,
    sections: Annotated[
        int, typer.Option(help="Sections of 20 m in the made-up town.", min=10, max=1_000_000)
    ] = 45_000,
    treatments: Annotated[int, typer.Option(help="Kinds of treatment.", min=1, max=24)] = 8,
    years: Annotated[int, typer.Option(help="Years of the programme.", min=1, max=20)] = 10,
    joining: Annotated[
        bool,
        typer.Option(
            "--joining/--no-joining",
            help="Whether projects have a mobilisation and a minimum length.",
        ),
    ] = True,
    objective: Annotated[
        AimKind, typer.Option(help="What to aim at; least cost: a mean index of 60.")
    ] = AimKind.LEAST_DEBT,
    budget_share: Annotated[
        float | None,
        typer.Option(
            help="All budgets together, as a share of the need; a quarter, for least cost a half.",
            min=0.01,
            max=100.0,
        ),
    ] = None,
    closed: Annotated[
        list[int] | None,
        typer.Option(help="A year without any budget; may be given again.", min=1, max=20),
    ] = None,
    area_limit: Annotated[
        float | None,
        typer.Option(
            help="A third of the sections may use no more than this share of each year's budget.",
            min=0.0,
            max=1.0,
        ),
    ] = None,
    area_alone: Annotated[
        bool, typer.Option("--area-alone", help="There is no budget but that of the area.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Number that the town is drawn by.", min=0)] = 1,
    peers: Annotated[
        bool,
        typer.Option(
            "--peers", help="Give CP-SAT and HiGHS the same problem and ten times our time, too."
        ),
    ] = False,
    json: Annotated[
        Path | None, typer.Option(help="Write the figures and the plan to this file.")
    ] = None,
) -> None:
    """Measure the programme's time and its gap to the best possible, on a made-up town."""
    target = 60.0 if objective is AimKind.LEAST_COST else None
    problem = made_paving_town(
        sections=sections,
        treatments=treatments,
        years=years,
        joining=joining,
        aim=Aim(kind=objective, mean_index=target),
        budget_share=budget_share or (0.5 if objective is AimKind.LEAST_COST else 0.25),
        seed=seed,
    )
    problem = _without_money(problem, closed or [])
    problem = _with_area(problem, area_limit, alone=area_alone)
    compiled = _compile_seconds(made_paving_town(sections=30, years=2, joining=joining))
    plan, seconds, figures = _measured(problem)
    figures["compile_seconds"] = round(compiled, 3)
    violations = check_programme(problem, plan).violations
    figures["violations"] = list(violations)
    console = plain_console()
    console.print(
        f"{sections} sections x {treatments} treatments x {years} years, {objective.value}"
    )
    _print(console, "Gatusyn", figures)
    console.print(f"before that, {compiled:.1f} s of the processor to load compiled loops")
    console.print(f"{plan.projects} projects; checked: {violations or 'no violations'}")
    rows: list[dict[str, object]] = []
    if peers:
        for peer in peer_programmes(problem, seconds=10.0 * seconds):
            rows.append(peer)
            _print(console, str(peer["peer"]), peer)
    if json is not None:
        write_text(json, json_text(figures | {"peers": rows, "plan": _listed(problem, plan)}))
    if violations:
        raise ProgrammeError("programme", violations[0])


def _without_money(problem: ProgrammeProblem, closed: list[int]) -> ProgrammeProblem:
    """Return the problem with no budget in some years, counted from 1."""
    late = [year for year in closed if year > problem.years]
    if late:
        raise typer.BadParameter(
            f"there is no year {late[0]} in a programme of {problem.years}", param_hint="--closed"
        )
    is_closed = np.isin(np.arange(1, problem.years + 1), closed)
    return replace(problem, budget_sek=np.where(is_closed, 0.0, problem.budget_sek))


def _with_area(problem: ProgrammeProblem, share: float | None, *, alone: bool) -> ProgrammeProblem:
    """Return the problem with a limit for its first third of sections, if there is one."""
    if share is None:
        if alone:
            raise typer.BadParameter("give --area-limit too", param_hint="--area-alone")
        return problem
    inside = np.arange(len(problem.sections)) < len(problem.sections) // 3
    limit = Limit(name="area", sek=share * problem.budget_sek, sections=inside)
    budget = np.full(problem.years, np.inf) if alone else problem.budget_sek
    return replace(problem, budget_sek=budget, limits=(limit,))


def _measured(problem: ProgrammeProblem) -> tuple[ProgrammePlan, float, dict[str, object]]:
    """Solve a problem; return its plan, the seconds by the clock, and the figures."""
    start, used = time.perf_counter(), time.process_time()
    plan = solve_programme(problem)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    figures = _figures(problem, plan, seconds) | {"cpu_seconds": round(used, 3)}
    return plan, seconds, figures


def _compile_seconds(town: ProgrammeProblem) -> float:
    """Solve a tiny town, so that loops are compiled; return the processor's seconds that took."""
    start = time.process_time()
    solve_programme(town, params=SolveParams(exhaust=1))
    return time.process_time() - start


def _figures(problem: ProgrammeProblem, plan: ProgrammePlan, seconds: float) -> dict[str, object]:
    return {
        "sections": len(problem.sections),
        "treatments": len(problem.space.treatments),
        "years": problem.years,
        "aim": problem.aim.kind.value,
        "seconds": round(seconds, 3),
        "value": plan.value,
        "bound": plan.bound,
        "gap": plan.gap,
        "projects": plan.projects,
        "budget_sek": [one if np.isfinite(one) else None for one in problem.budget_sek.tolist()],
        "limits": {one.name: one.sek.tolist() for one in problem.limits},
        "cost_sek": plan.cost_sek.round(2).tolist(),
        "debt_sek": plan.debt_sek.round(2).tolist(),
    }


def _print(console: object, name: str, figures: dict[str, object]) -> None:
    cells = [f"{name:>8}"]
    for key, form in (
        ("seconds", ".2f"),
        ("cpu_seconds", ".2f"),
        ("value", ",.0f"),
        ("bound", ",.0f"),
        ("gap", ".2e"),
    ):
        value = figures.get(key)
        cells.append(f"{key} {format(value, form) if isinstance(value, float) else '-'}")
    note = figures.get("note")
    console.print("  ".join(cells) + (f"  ({note})" if note else ""))  # type: ignore[attr-defined]


def _listed(problem: ProgrammeProblem, plan: ProgrammePlan) -> list[dict[str, object]]:
    """Return the plan as rows: section, year (1 is the first) and treatment."""
    rows, years = np.nonzero(plan.choice >= 0)
    names, ids = problem.space.treatments, problem.sections.ids
    return [
        {"section": ids[row], "year": year + 1, "treatment": names[plan.choice[row, year]]}
        for row, year in zip(rows.tolist(), years.tolist(), strict=True)
    ]
