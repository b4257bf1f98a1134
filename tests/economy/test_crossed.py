"""Plans that follow one plan along the first part of a street, and another along the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.economy.made_programmes import small_town

from gatusyn.economy import SolveParams, solve_programme
from gatusyn.economy.crossed import crossed
from gatusyn.economy.lone import stakes
from gatusyn.economy.prepared import prepare
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.tally import tally
from gatusyn.evaluate.programme import check_programme
from gatusyn.model import ProgrammeProblem


def street(sections: int) -> ProgrammeProblem:
    """Return one street of equal sections that need an overlay, in two years."""
    town = small_town(1, sections=sections, years=2)
    same = np.zeros(sections)
    return replace(
        town,
        sections=replace(
            town.sections,
            street=same.astype(np.int64),
            state=np.full_like(town.sections.state, 3),
            area_m2=same + 100.0,
            weight=same + 1.0,
            cost_sek_m2=np.tile([[50.0, 300.0]], (sections, 1)),
        ),
        mobilisation_sek=np.array([1_000.0, 10_000.0]),
        minimum_length_m=np.zeros(2),
    )


def test_streets_are_parted_where_an_eighth_of_the_money_is_spent() -> None:
    town = street(16)
    prepared = prepare(town)
    staked = stakes(prepared)
    nothing = np.full((16, 2), 2, np.int8)
    overlay = nothing.copy()
    overlay[8:, 0] = 1
    made = crossed(prepared, staked, overlay, [nothing])
    done = [(one[:, 0] == 1).nonzero()[0].tolist() for one in made]
    # All of the money is spent on the last eight: an eighth of it on each.
    assert sorted(done) == sorted(
        rows for cut in range(9, 16) for rows in (list(range(8, cut)), list(range(cut, 16)))
    )


def test_what_a_state_does_not_allow_is_dropped_where_plans_meet() -> None:
    prepared = prepare(street(8))
    staked = stakes(prepared)
    twice = np.full((8, 2), 1, np.int8)
    once = np.full((8, 2), 2, np.int8)
    once[:, 1] = 1
    for one in crossed(prepared, staked, only_allowed(prepared, staked, twice), [once]):
        assert tally(prepared, staked, one).fits.all()


def test_a_street_dearer_than_each_years_budget_is_done_over_years() -> None:
    town = street(16)
    whole = 16 * 100.0 * 300.0 + 10_000.0
    town = replace(town, budget_sek=np.full(2, 0.65 * whole))
    plan = solve_programme(town, params=SolveParams(exhaust=1))
    assert check_programme(town, plan).violations == ()
    assert (plan.choice == 1).any(axis=1).all()
