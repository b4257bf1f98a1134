"""What sealing in time saves: the cheapest way to keep a street, with sealing and without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.costs import prices_of
from gatusyn.economy.effects import NO_TREATMENT
from gatusyn.economy.states import SectionStates
from gatusyn.model import NOT_ALLOWED, EconomyParams

Reals = NDArray[np.float64]
_PRECISION_SEK_M2 = 0.001
_MOST_ROUNDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upkeep:
    """The cheapest way to keep streets at their trigger or above for ever.

    Parameters
    ----------
    annuity_sek_m2
        What it costs, spread evenly over all years to come, from each state on, shape [F, S]; SEK
        a square metre and year, in prices of a large area, without the way there.
    choice
        What to do in each state; ``NO_TREATMENT`` for nothing, shape [F, S].
    """

    states: SectionStates
    annuity_sek_m2: Reals
    choice: NDArray[np.int32]

    def plan(self, family: int, state: int, years: int) -> list[tuple[int, str]]:
        """Return what is done in which of the years (0 is this one) from a state on."""
        space, done = self.states.space, []
        for year in range(years):
            k = int(self.choice[family, state])
            if k != NO_TREATMENT:
                done.append((year, space.treatments[k]))
                state = int(space.after[k, family, state])
            state = int(space.next_state[family, state])
        return done

    def mean_index(self, family: int, state: int, years: int) -> float:
        """Return the mean condition index over years, each after what is done in it."""
        space, indices = self.states.space, []
        for _ in range(years):
            k = int(self.choice[family, state])
            state = state if k == NO_TREATMENT else int(space.after[k, family, state])
            indices.append(float(space.index[family, state]))
            state = int(space.next_state[family, state])
        return float(np.mean(indices))


def cheapest_upkeep(
    states: SectionStates, params: EconomyParams, *, with_sealing: bool = True
) -> Upkeep:
    """Find the cheapest treatments for ever, by value iteration over the states.

    A section below its trigger must be treated; above, it may be. Costs of later years count less
    by ``discount_rate``; the annuity is the even yearly sum that is worth as much.

    Parameters
    ----------
    with_sealing
        Whether treatments that hold ageing off (``hold_pace`` below 1) may be used.
    """
    space = states.space
    trigger = np.array([[params.families[name].trigger] for name in space.families])
    must = space.index < trigger
    costs = prices_of(params).unit_sek_m2[:, None, None] * space.cost_share
    allowed = space.after != NOT_ALLOWED
    if not with_sealing:
        sealing = np.array([one.is_preventive for one in params.treatments_in_use])
        allowed = allowed & ~sealing[:, None, None]
    costs = np.where(allowed, costs, np.inf)
    after = np.maximum(space.after, 0)
    family = np.arange(len(space.families))[:, None]
    following = space.next_state[family[None], after]
    keep = 1.0 / (1.0 + params.discount_rate)
    value = np.zeros(space.index.shape)
    for _ in range(_MOST_ROUNDS):
        treated = costs + keep * value[family[None], following]
        idle = np.where(must, np.inf, keep * value[family, space.next_state])
        best = np.minimum(treated.min(axis=0), idle)
        change = float(np.abs(best - value).max())
        value = best
        if change < _PRECISION_SEK_M2 * (1.0 - keep):
            break
    choice = np.where(idle <= treated.min(axis=0), NO_TREATMENT, treated.argmin(axis=0))
    return Upkeep(
        states=states,
        annuity_sek_m2=value * (1.0 - keep),
        choice=choice.astype(np.int32),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SealingSaving:
    """Upkeep with sealing beside upkeep without.

    Parameters
    ----------
    saved_sek_m2
        What sealing in time saves from each state on, SEK a square metre and year, shape [F, S];
        never below 0: sealing may be done, and need not.
    """

    with_sealing: Upkeep
    without: Upkeep
    saved_sek_m2: Reals


def sealing_saving(states: SectionStates, params: EconomyParams) -> SealingSaving:
    """Compare the cheapest upkeep with and without treatments that hold ageing off."""
    sealed = cheapest_upkeep(states, params)
    plain = cheapest_upkeep(states, params, with_sealing=False)
    saved = np.maximum(plain.annuity_sek_m2 - sealed.annuity_sek_m2, 0.0)
    return SealingSaving(with_sealing=sealed, without=plain, saved_sek_m2=saved)
