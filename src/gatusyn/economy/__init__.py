"""What the condition costs: debt, remaining life, treatments and the programme."""

from gatusyn.economy.programme import SolveParams, solve_programme

__all__ = ["SolveParams", "solve_programme"]
