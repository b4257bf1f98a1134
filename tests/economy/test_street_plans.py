"""Compiled loops that follow plans: the same as array operations on all sections."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.economy.made_year_apart import a_year_apart

from gatusyn.economy import SolveParams, solve_programme
from gatusyn.economy.joined import JoinedTown
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.mix import best_mix
from gatusyn.economy.prepared import prepare
from gatusyn.economy.rows import group_sums, rows_of
from gatusyn.economy.tally import Choice, tally
from gatusyn.model import Aim, AimKind, Lock, LockKind, ProgrammeProblem
from gatusyn.simulate import made_paving_town


def _town(kind: AimKind) -> ProgrammeProblem:
    town = made_paving_town(
        sections=300,
        years=5,
        seed=2,
        aim=Aim(kind=kind, mean_index=60.0 if kind is AimKind.LEAST_COST else None),
    )
    budget = town.budget_sek.copy()
    budget[2] = 0.0
    treatment = town.space.treatments[0]
    locked = Lock(section_id=town.sections.ids[4], kind=LockKind.MUST, treatment=treatment, year=1)
    return replace(town, budget_sek=budget, locks=(locked,))


def _joined(town: ProgrammeProblem, *, rich: float = 1.0) -> tuple[JoinedTown, Choice]:
    """Return a town that keeps no plan yet, and a good plan of it, had it so many times more."""
    prepared = prepare(town)
    staked = stakes(prepared)
    rows = rows_of(prepared, staked)
    richer = replace(town, budget_sek=rich * town.budget_sek)
    plan = solve_programme(richer, params=SolveParams(exhaust=1)).choice[prepared.rows]
    choice = np.where(plan < 0, len(town.space.treatments), plan).astype(np.int8)
    free = Prices(krona=np.zeros((1, town.years)))
    joined = JoinedTown(prepared, staked, rows, choice, lambda _: free, 0.0)
    return joined, choice


@pytest.mark.parametrize("kind", list(AimKind))
def test_sums_and_moved_plans_are_those_of_all_sections(kind: AimKind) -> None:
    town = _town(kind)
    joined, choice = _joined(town)
    prepared, staked, rows = joined.prepared, joined.staked, joined.rows
    joined.keep_apart(choice)
    expected = a_year_apart(prepared, staked, rows, choice)
    for number, other in enumerate(expected):
        assert (joined.plans.kept[number] == other).all()
        counted = tally(prepared, staked, other)
        value, use = rows.by_street(prepared, counted)
        spent = (counted.cost_sek + counted.mobilisation_sek).sum(axis=1)
        assert joined.plans.values[number] == pytest.approx(value, abs=1e-3)
        assert joined.plans.uses[number] == pytest.approx(use, abs=1e-3)
        whole = group_sums(prepared.chain, spent, prepared.chains)
        assert joined.plans.spent[number] == pytest.approx(whole)
        barred = rows.is_barred(prepared, counted).astype(np.float64)
        barred = group_sums(prepared.chain, barred, len(whole))
        assert (joined.plans.barred[number] == (barred > 0.0)).all()


def test_what_streets_do_in_the_best_mix_is_what_bounds_the_plans_kept() -> None:
    town = _town(AimKind.LEAST_DEBT)
    joined, choice = _joined(town, rich=2.0)
    nothing = np.full_like(choice, len(town.space.treatments))
    for some in (nothing, choice):
        joined.keep_apart(some)
    multipliers = np.full(len(joined.rows.allowed), 1e-4)
    pool = joined.plans.judged()
    weights, _ = best_mix(pool, multipliers)
    mostly, besides = joined.plans.of_best_mix(multipliers)
    split = np.flatnonzero((weights > 1e-9).sum(axis=1) == 2)
    assert len(split)
    kept, chain = np.stack(joined.plans.kept), joined.prepared.chain
    for street in range(len(weights)):
        own = chain == street
        shown = [(kept[:, own] == one[own]).all(axis=(1, 2)) for one in (mostly, besides)]
        assert shown[0][weights[street].argmax()]
        if street in split:
            assert (shown[0] | shown[1])[weights[street] > 1e-9].all()
