"""Give a programme's problem to general solvers, CP-SAT and HiGHS, as one whole-number model."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import NO_STREET, NOT_ALLOWED, AimKind, LockKind, ProgrammeProblem

_MOST_CELLS = 500_000

Row = tuple[list[tuple[int, float]], float, float]


@dataclass(slots=True, eq=False)
class _Model:
    """Binary variables, what each adds to a sum made small, and rows between bounds."""

    cost: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def add(self, cost: float = 0.0) -> int:
        self.cost.append(cost)
        return len(self.cost) - 1


def peer_programmes(problem: ProgrammeProblem, *, seconds: float) -> list[dict[str, object]]:
    """Return what each peer finds in the given time: seconds, value, bound, gap, or a note.

    The model follows each section through its states as a path; a project's start is a variable.
    Minimum lengths and locks other than ``NEVER`` are left out, which helps the peers.
    """
    cells = len(problem.sections) * len(problem.space.treatments) * problem.years
    if cells > _MOST_CELLS:
        note = f"left out: {cells} section-treatment-years make a model of many GB"
        at = time.perf_counter()
        return [_told(problem, name, at, None, None, note) for name in ("CP-SAT", "HiGHS")]
    model = _model(problem)
    return [_cp_sat(problem, model, seconds), _highs(problem, model, seconds)]


def _model(problem: ProgrammeProblem) -> _Model:
    if any(lock.kind is not LockKind.NEVER for lock in problem.locks) or problem.limits:
        raise ValueError("peers are given problems without limits, and no locks but never")
    model = _Model()
    spent: list[list[tuple[int, float]]] = [[] for _ in range(problem.years)]
    measured: list[tuple[int, float]] = []
    done: list[dict[tuple[int, int], list[int]]] = [
        _paths(problem, model, row, spent, measured) for row in range(len(problem.sections))
    ]
    _starts(problem, model, done, spent)
    worth: NDArray[np.float64] = np.zeros(problem.years)
    if problem.aim.kind is AimKind.LEAST_COST:
        worth = np.asarray((1.0 + problem.discount_rate) ** -np.arange(problem.years), np.float64)
        mass = float((problem.sections.area_m2 * problem.sections.weight).sum())
        assert problem.aim.mean_index is not None
        model.rows.append((measured, problem.aim.mean_index * mass, np.inf))
    for year, terms in enumerate(spent):
        for variable, sek in terms:
            model.cost[variable] += worth[year] * sek
        if np.isfinite(problem.budget_sek[year]):
            model.rows.append((terms, -np.inf, float(problem.budget_sek[year])))
    return model


def _paths(
    problem: ProgrammeProblem,
    model: _Model,
    row: int,
    spent: list[list[tuple[int, float]]],
    measured: list[tuple[int, float]],
) -> dict[tuple[int, int], list[int]]:
    """Add a section's ways as a path of edges; return its edges by year and treatment."""
    space, sections, level = problem.space, problem.sections, problem.price_level
    family, area = int(sections.family[row]), float(sections.area_m2[row])
    weight = float(sections.weight[row])
    barred = {
        space.treatments.index(lock.treatment)
        for lock in problem.locks
        if lock.section_id == sections.ids[row] and lock.treatment is not None
    }
    done: dict[tuple[int, int], list[int]] = {}
    reached: dict[int, list[int]] = {int(sections.state[row]): []}
    for year in range(problem.years):
        following: dict[int, list[int]] = {}
        for state, incoming in reached.items():
            leaving = []
            for treatment in range(-1, len(space.treatments)):
                after = state if treatment < 0 else int(space.after[treatment, family, state])
                if after == NOT_ALLOWED or treatment in barred:
                    continue
                edge = model.add()
                leaving.append(edge)
                if problem.aim.kind is AimKind.BEST_CONDITION:
                    model.cost[edge] -= weight * area * float(space.index[family, after])
                if treatment >= 0:
                    share = float(space.cost_share[treatment, family, state])
                    price = float(sections.cost_sek_m2[row, treatment]) * level[year]
                    spent[year].append((edge, area * price * share))
                    done.setdefault((year, treatment), []).append(edge)
                following.setdefault(int(space.next_state[family, after]), []).append(edge)
            flow = [(edge, 1.0) for edge in leaving] + [(edge, -1.0) for edge in incoming]
            model.rows.append((flow, 0.0, 0.0) if incoming else (flow, 1.0, 1.0))
        reached = following
    for state, incoming in reached.items():
        debt = _debt(problem, row, family, state) if problem.aim.kind is AimKind.LEAST_DEBT else 0
        for edge in incoming:
            model.cost[edge] += weight * area * debt
            measured.append((edge, weight * area * float(space.index[family, state])))
    return done


def _debt(problem: ProgrammeProblem, row: int, family: int, state: int) -> float:
    space = problem.space
    if space.surface is not None:
        state = int(space.surface[family, state])
    if space.index[family, state] >= problem.trigger_index[family]:
        return 0.0
    options = [
        (min(float(space.index[family, after]), float(problem.target_index[family])), -price)
        for after, price in zip(
            space.after[:, family, state],
            problem.sections.cost_sek_m2[row] * space.cost_share[:, family, state],
            strict=True,
        )
        if after != NOT_ALLOWED
    ]
    return -float(max(options)[1])


def _starts(
    problem: ProgrammeProblem,
    model: _Model,
    done: list[dict[tuple[int, int], list[int]]],
    spent: list[list[tuple[int, float]]],
) -> None:
    """Add what starts a project: done here, and not by the neighbour before."""
    sections = problem.sections
    at = {
        (int(street), int(position)): row
        for row, (street, position) in enumerate(
            zip(sections.street, sections.position, strict=True)
        )
        if street != NO_STREET
    }
    for row, edges in enumerate(done):
        before = at.get((int(sections.street[row]), int(sections.position[row]) - 1))
        for (year, treatment), mine in edges.items():
            sek = float(problem.mobilisation_sek[treatment]) * float(problem.price_level[year])
            if not sek:
                continue
            start = model.add()
            spent[year].append((start, sek))
            theirs = done[before].get((year, treatment), []) if before is not None else []
            terms = [(edge, 1.0) for edge in mine] + [(edge, -1.0) for edge in theirs]
            model.rows.append(([*terms, (start, -1.0)], -np.inf, 0.0))


def _told(
    problem: ProgrammeProblem,
    name: str,
    start: float,
    value: float | None,
    bound: float | None,
    note: str = "",
) -> dict[str, object]:
    sign = -1.0 if problem.aim.kind is AimKind.BEST_CONDITION else 1.0
    gap = None
    if value is not None and bound is not None:
        gap = abs(value - bound) / max(abs(value), 1e-9)
    return {
        "peer": name,
        "seconds": round(time.perf_counter() - start, 2),
        "value": None if value is None else sign * value,
        "bound": None if bound is None else sign * bound,
        "gap": gap,
        "note": note or ("" if value is not None else "no plan found in that time"),
    }


def _cp_sat(problem: ProgrammeProblem, model: _Model, seconds: float) -> dict[str, object]:
    start = time.perf_counter()
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return _told(
            problem,
            "CP-SAT",
            start,
            None,
            None,
            "not installed; python -m pip install ortools adds it",
        )
    made = cp_model.CpModel()
    variables = [made.new_bool_var("") for _ in model.cost]
    for terms, low, high in model.rows:
        whole = all(float(factor).is_integer() for _, factor in terms)
        scale = 1.0 if whole else 100.0
        total = cp_model.LinearExpr.weighted_sum(
            [variables[one] for one, _ in terms],
            [round(factor * scale) for _, factor in terms],
        )
        least = -(2**53) if low == -np.inf else int(np.floor(low * scale))
        most = 2**53 if high == np.inf else int(np.ceil(high * scale))
        made.add_linear_constraint(total, least, most)
    made.minimize(
        cp_model.LinearExpr.weighted_sum(variables, [round(one * 100) for one in model.cost])
    )
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.relative_gap_limit = 1e-6
    status = solver.solve(made)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    value = solver.objective_value / 100 if found else None
    return _told(problem, "CP-SAT", start, value, solver.best_objective_bound / 100)


def _highs(problem: ProgrammeProblem, model: _Model, seconds: float) -> dict[str, object]:
    start = time.perf_counter()
    try:
        import highspy
    except ImportError:
        return _told(
            problem,
            "HiGHS",
            start,
            None,
            None,
            "not installed; python -m pip install highspy adds it",
        )
    highs = highspy.Highs()
    highs.setOptionValue("log_to_console", "false")
    highs.setOptionValue("time_limit", float(seconds))
    passed = highspy.HighsLp()
    passed.num_col_, passed.num_row_ = len(model.cost), len(model.rows)
    passed.col_cost_ = np.array(model.cost)
    passed.col_lower_, passed.col_upper_ = np.zeros(len(model.cost)), np.ones(len(model.cost))
    passed.row_lower_ = np.array([low for _, low, _ in model.rows])
    passed.row_upper_ = np.array([high for _, _, high in model.rows])
    passed.integrality_ = [highspy.HighsVarType.kInteger] * len(model.cost)
    passed.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    counts = [len(terms) for terms, _, _ in model.rows]
    passed.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)])
    passed.a_matrix_.index_ = np.array([one for terms, _, _ in model.rows for one, _ in terms])
    passed.a_matrix_.value_ = np.array([one for terms, _, _ in model.rows for _, one in terms])
    highs.passModel(passed)
    highs.run()
    info = highs.getInfo()
    found = info.primal_solution_status == 2
    value = float(info.objective_function_value) if found else None
    bound = float(info.mip_dual_bound)
    return _told(problem, "HiGHS", start, value, bound if np.isfinite(bound) else None)
