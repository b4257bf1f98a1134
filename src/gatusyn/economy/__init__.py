"""What the condition costs: debt, remaining life, treatments and the programme."""

from gatusyn.economy.explain import SectionReason, Why, explain
from gatusyn.economy.programme import SolveParams, solve_programme
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
    "OwnPlan",
    "SectionReason",
    "SolveParams",
    "Why",
    "do_nothing",
    "explain",
    "over_budgets",
    "own_plan",
    "solve_programme",
    "worst_first",
]
