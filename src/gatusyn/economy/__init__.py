"""What the condition costs: debt, remaining life, treatments and the programme."""

from gatusyn.economy.costs import Prices, billed_m2, cost_sek, ore_shares, prices_of
from gatusyn.economy.effects import (
    NO_TREATMENT,
    due_treatment,
    index_after,
    laid_share,
    meets_trigger,
)
from gatusyn.economy.states import SectionStates, section_states

__all__ = [
    "NO_TREATMENT",
    "Prices",
    "SectionStates",
    "billed_m2",
    "cost_sek",
    "due_treatment",
    "index_after",
    "laid_share",
    "meets_trigger",
    "ore_shares",
    "prices_of",
    "section_states",
]
