"""What the condition costs: debt, remaining life, treatments and the programme."""

from gatusyn.economy.belief import Belief, believe, drawn_indices
from gatusyn.economy.costs import Prices, Runs, billed_m2, cost_sek, joined_cost_sek, prices_of
from gatusyn.economy.debt import Debt, debt_of
from gatusyn.economy.debt_sums import NO_CAUSE, DebtSum, debt_by_damage, sum_debt, whole_debt
from gatusyn.economy.effects import (
    NO_TREATMENT,
    due_treatment,
    index_after,
    laid_share,
    meets_trigger,
)
from gatusyn.economy.states import SectionStates, section_states
from gatusyn.economy.stock import family_of, is_paved, stock_of

__all__ = [
    "NO_CAUSE",
    "NO_TREATMENT",
    "Belief",
    "Debt",
    "DebtSum",
    "Prices",
    "Runs",
    "SectionStates",
    "believe",
    "billed_m2",
    "cost_sek",
    "debt_by_damage",
    "debt_of",
    "drawn_indices",
    "due_treatment",
    "family_of",
    "index_after",
    "is_paved",
    "joined_cost_sek",
    "laid_share",
    "meets_trigger",
    "prices_of",
    "section_states",
    "stock_of",
    "sum_debt",
    "whole_debt",
]
