"""How hard a programme is worked on."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveParams:
    """How hard a programme is worked on.

    Parameters
    ----------
    evaluations
        How often all kinds of sections are looked at while the budgets' prices are sought.
    groups
        Parts of the town that are told apart in that search.
    tolerance
        The search ends where no more than this share can be gained.
    keep
        How many of the plans found on the way the last choice picks from, street by street.
    exhaust
        Problems with at most this many plans are solved by looking at every one.
    """

    evaluations: int = 120
    groups: int = 40
    tolerance: float = 2e-5
    keep: int = 8
    exhaust: int = 200_000

    def __post_init__(self) -> None:
        require_between("evaluations", self.evaluations, 2, 1000)
        require_between("groups", self.groups, 1, 1000)
        require_between("tolerance", self.tolerance, 0.0, 0.1)
        require_between("keep", self.keep, 1, 100)
        require_between("exhaust", self.exhaust, 1, 1e8)
