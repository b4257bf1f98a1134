"""Streets whose work costs more than a year's budget are done in parts, or in other years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gatusyn.economy import solve_programme
from gatusyn.economy.fitted import fitted
from gatusyn.economy.joined import JoinedTown
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.prepared import Floats, prepare
from gatusyn.economy.rows import group_columns, group_sums, rows_of
from gatusyn.economy.short_projects import is_short
from gatusyn.economy.tally import Choice, tally
from gatusyn.simulate import made_paving_town

YEARS = 4


class Town:
    """A town that is treated in one year, with a share of its dearest street's cost a year."""

    def __init__(self, share: float) -> None:
        town = made_paving_town(sections=200, years=YEARS)
        once = replace(town, budget_sek=np.array([np.inf, 0.0, 0.0, 0.0]))
        plan = solve_programme(once)
        self.prepared = prepare(town)
        wanted = plan.choice[self.prepared.rows]
        self.choice = np.where(wanted < 0, len(town.space.treatments), wanted).astype(np.int8)
        self.allowed = share * self.spent(self.choice).max()
        self.prepared = prepare(replace(town, budget_sek=np.full(YEARS, self.allowed)))
        self.staked = stakes(self.prepared)
        self.rows = rows_of(self.prepared, self.staked)

    def spent(self, choice: Choice) -> Floats:
        """Return what each street costs each year."""
        counted = tally(self.prepared, stakes(self.prepared), choice)
        spent = counted.cost_sek + counted.mobilisation_sek
        return group_columns(self.prepared.chain, spent, self.prepared.chains)

    def debt(self, choice: Choice) -> Floats:
        """Return what each street adds to the aim."""
        counted = tally(self.prepared, self.staked, choice)
        return group_sums(self.prepared.chain, self.rows.value(counted), self.prepared.chains)

    def fitted(self) -> list[Choice]:
        """Return plans at a price of one for each krona."""
        staked, rows, ones = self.staked, self.rows, np.ones(YEARS)
        free = Prices(krona=np.zeros((1, YEARS)))
        town = JoinedTown(self.prepared, staked, rows, self.choice, lambda _: free, 0.0)
        return fitted(self.prepared, staked, rows, self.choice, [], ones, apart=town.apart, most=20)


@pytest.mark.parametrize("share", [0.4, 0.7])
def test_streets_that_are_too_dear_for_a_year_are_parted(share: float) -> None:
    town = Town(share)
    large = town.spent(town.choice).max(axis=1) > town.allowed
    assert large.any()
    assert not large.all()
    plans = town.fitted()
    assert len(plans) > 1
    other = ~large[town.prepared.chain]
    for plan in plans:
        assert (town.spent(plan)[large] <= town.allowed).all()
        assert (plan[other] == town.choice[other]).all()
        assert not is_short(town.prepared, plan).any()
    # The work is done all the same, most of it, and the best plan comes first.
    nothing = np.full_like(town.choice, len(town.prepared.problem.space.treatments))
    undone, best = town.debt(nothing)[large], town.debt(plans[0])[large]
    assert (best < 0.5 * undone).all()


def test_where_every_street_fits_there_is_nothing_to_part() -> None:
    assert Town(1.0).fitted() == []
