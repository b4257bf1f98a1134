"""Small problems, drawn at random, and the best plan of each found by plain search."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.evaluate.programme import check_programme
from gatusyn.model import (
    Aim,
    AimKind,
    Lock,
    LockKind,
    ProgrammeError,
    ProgrammeProblem,
    ProgrammeSections,
    StateSpace,
)


def small_space() -> StateSpace:
    """Return one family of six states, sealing and overlay."""
    return StateSpace(
        families=("local",),
        treatments=("sealing", "overlay"),
        index=np.array([[95.0, 80.0, 65.0, 50.0, 30.0, 10.0]]),
        next_state=np.array([[1, 2, 3, 4, 5, 5]], np.int32),
        after=np.array([[[-1, 0, 1, -1, -1, -1]], [[-1, -1, 0, 0, 0, 0]]], np.int32),
        cost_share=np.array([[[1.0, 0.5, 0.8, 1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0, 1.0, 1.2, 1.5]]]),
    )


def small_town(
    seed: int,
    *,
    sections: int = 4,
    years: int = 2,
    joining: bool = True,
    aim: Aim | None = None,
    share: float = 0.4,
    locks: bool = False,
) -> ProgrammeProblem:
    """Return a street and a lone section, with random states, surfaces and prices."""
    random = np.random.default_rng(seed)
    street = np.zeros(sections, np.int64)
    street[-1] = -1
    area = random.uniform(50, 150, sections).round(1)
    ids = tuple(f"s{row}" for row in range(sections))
    held: tuple[Lock, ...] = ()
    if locks:
        held = (
            Lock(section_id="s0", kind=LockKind.MUST, treatment="sealing", year=years - 1),
            Lock(section_id="s1", kind=LockKind.NEVER, treatment="overlay"),
            Lock(section_id="s2", kind=LockKind.NOT_BEFORE, year=1),
        )
    return ProgrammeProblem(
        space=small_space(),
        sections=ProgrammeSections(
            ids=ids,
            family=np.zeros(sections, np.int32),
            state=random.integers(1, 6, sections).astype(np.int32),
            area_m2=area,
            length_m=np.full(sections, 20.0),
            weight=random.choice([1.0, 2.0], sections),
            cost_sek_m2=np.column_stack(
                [random.choice([40.0, 60.0], sections), random.choice([150.0, 200.0], sections)]
            ),
            street=street,
            position=np.arange(sections),
        ),
        budget_sek=np.full(years, 12_000.0 if locks else 0.0)
        + random.uniform(0.5, 1.5, years) * share * 200 * area.sum() / years,
        mobilisation_sek=np.array([1_000.0, 4_000.0]) if joining else np.zeros(2),
        minimum_length_m=np.array([0.0, 40.0]) if joining else np.zeros(2),
        trigger_index=np.array([60.0]),
        target_index=np.array([75.0]),
        aim=aim or Aim(),
        locks=held,
        price_growth=0.02,
    )


def best_by_search(problem: ProgrammeProblem) -> float | None:
    """Try every plan there is with the verifier alone; None if none is valid."""
    cells = (len(problem.sections), problem.years)
    best: float | None = None
    better = max if problem.aim.kind is AimKind.BEST_CONDITION else min
    for flat in itertools.product((-1, 0, 1), repeat=cells[0] * cells[1]):
        checked = check_programme(problem, np.array(flat, np.int8).reshape(cells))
        if not checked.violations:
            best = checked.value if best is None else better(best, checked.value)
    return best


def refused(problem: object) -> str:
    """Return the message of a `ProgrammeError` that a call raises."""
    try:
        problem()  # type: ignore[operator]
    except ProgrammeError as error:
        return str(error)
    raise AssertionError("nothing was refused")


def shuffled(problem: ProgrammeProblem, order: NDArray[np.int64]) -> ProgrammeProblem:
    """Return the problem with its sections in another order."""
    one = problem.sections
    return replace(
        problem,
        sections=ProgrammeSections(
            ids=tuple(one.ids[row] for row in order),
            family=one.family[order],
            state=one.state[order],
            area_m2=one.area_m2[order],
            length_m=one.length_m[order],
            weight=one.weight[order],
            cost_sek_m2=one.cost_sek_m2[order],
            street=one.street[order],
            position=one.position[order],
        ),
    )
