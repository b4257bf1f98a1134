"""What the condition costs: debt, remaining life, treatments and the programme."""

from gatusyn.economy.belief import Belief, believe, drawn_indices
from gatusyn.economy.costs import Prices, billed_m2, cost_sek, prices_of, section_prices
from gatusyn.economy.debt import Debt, debt_of
from gatusyn.economy.debt_sums import NO_CAUSE, DebtSum, debt_by_damage, sum_debt, whole_debt
from gatusyn.economy.effects import (
    NO_TREATMENT,
    due_treatment,
    index_after,
    laid_share,
    meets_trigger,
)
from gatusyn.economy.episodes import Episodes, cut_episodes
from gatusyn.economy.explain import SectionReason, Why, explain
from gatusyn.economy.programme import solve_programme
from gatusyn.economy.refit import Lives, fit_lives, with_lives
from gatusyn.economy.remaining_life import QUANTILES, RemainingLife, remaining_life
from gatusyn.economy.sealing import SealingSaving, Upkeep, cheapest_upkeep, sealing_saving
from gatusyn.economy.solve_params import SolveParams
from gatusyn.economy.states import SectionStates, section_states
from gatusyn.economy.stock import family_of, is_paved, stock_of
from gatusyn.economy.strategies import (
    HALF_TO_DOUBLE,
    OwnPlan,
    do_nothing,
    over_budgets,
    own_plan,
    worst_first,
)

__all__ = [
    "HALF_TO_DOUBLE",
    "NO_CAUSE",
    "NO_TREATMENT",
    "QUANTILES",
    "Belief",
    "Debt",
    "DebtSum",
    "Episodes",
    "Lives",
    "OwnPlan",
    "Prices",
    "RemainingLife",
    "SealingSaving",
    "SectionReason",
    "SectionStates",
    "SolveParams",
    "Upkeep",
    "Why",
    "believe",
    "billed_m2",
    "cheapest_upkeep",
    "cost_sek",
    "cut_episodes",
    "debt_by_damage",
    "debt_of",
    "do_nothing",
    "drawn_indices",
    "due_treatment",
    "explain",
    "family_of",
    "fit_lives",
    "index_after",
    "is_paved",
    "laid_share",
    "meets_trigger",
    "over_budgets",
    "own_plan",
    "prices_of",
    "remaining_life",
    "sealing_saving",
    "section_prices",
    "section_states",
    "solve_programme",
    "stock_of",
    "sum_debt",
    "whole_debt",
    "with_lives",
    "worst_first",
]
