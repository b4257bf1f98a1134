"""The settings of grades and indices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from gatusyn.model.checks import require_between
from gatusyn.model.condition import ConditionMethod
from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionParams:
    """How a section's damage becomes an index and a grade (docs/guides/condition.md).

    Parameters
    ----------
    method
        Which of the two methods grades, triggers and debt go by: `deduct` or `handbook`. Both
        values are stored and exported.
    deduct_curves
        A file with deduct curves (TOML or CSV), its path seen from the city's folder; not set takes
        ours.
    deduct_grade_limits
        Lowest index of grades 1 to 4 by the deduct method, falling; below the last it is grade 5.
    handbook_extent_limits
        Share of the section's length up to which a damage is local, and up to which moderate; from
        there it is general.
    handbook_points_1, handbook_points_2, handbook_points_3
        Points that a local, moderate and general damage of severity 1, 2 and 3 takes off. Ours: the
        handbook's own table is not public.
    handbook_reach_m
        The shortest stretch of street that one damage is taken to affect.
    handbook_grade_limits
        Lowest index of grades 1 to 4 by the handbook method.
    min_observed_share
        A section of which less was looked at is unknown; of the others, what was not looked at is
        taken to be as what was.
    common_misses
        Share of what one look misses that every look misses: faint, stained or strange damage. Not
        measured, an assumption.
    interval_draws, interval_seed
        How many times each section is drawn for the interval of its index, and with which seed.
    """

    method: ConditionMethod = ConditionMethod.DEDUCT
    deduct_curves: str | None = None
    deduct_grade_limits: tuple[float, float, float, float] = (85.0, 70.0, 55.0, 40.0)
    handbook_extent_limits: tuple[float, float] = (0.2, 0.5)
    handbook_points_1: tuple[float, float, float] = (5.0, 15.0, 30.0)
    handbook_points_2: tuple[float, float, float] = (15.0, 30.0, 50.0)
    handbook_points_3: tuple[float, float, float] = (30.0, 50.0, 80.0)
    handbook_reach_m: float = 1.0
    handbook_grade_limits: tuple[float, float, float, float] = (90.0, 77.5, 60.0, 35.0)
    min_observed_share: float = 0.25
    common_misses: float = 0.5
    interval_draws: int = 100
    interval_seed: int = 1

    def __post_init__(self) -> None:
        require_between("condition.min_observed_share", self.min_observed_share, 0.0, 1.0)
        require_between("condition.common_misses", self.common_misses, 0.0, 1.0)
        require_between("condition.handbook_reach_m", self.handbook_reach_m, 0.0, 20.0)
        require_between("condition.interval_draws", self.interval_draws, 40, 10_000)
        require_between("condition.interval_seed", self.interval_seed, 0, 2**32)
        for name in ("deduct_grade_limits", "handbook_grade_limits"):
            _require_rising(name, (0.0, *reversed(getattr(self, name)), 100.0), "falling")
        _require_rising("handbook_extent_limits", (0.0, *self.handbook_extent_limits, 1.0))
        self._require_points()

    def _require_points(self) -> None:
        """Check that what is worse or more takes off no less."""
        for severity, row in enumerate(self.handbook_points, start=1):
            name = f"condition.handbook_points_{severity}"
            for points in row:
                require_between(name, points, 0.0, 100.0)
            if any(high < low for low, high in pairwise(row)):
                raise SettingsError(name, "falls as a damage spreads", "Order it.")
        for severity, (slight, severe) in enumerate(pairwise(self.handbook_points), start=1):
            if any(high < low for low, high in zip(slight, severe, strict=True)):
                raise SettingsError(
                    f"condition.handbook_points_{severity + 1}",
                    f"takes off less than condition.handbook_points_{severity}",
                    "Raise it.",
                )

    @property
    def handbook_points(self) -> tuple[tuple[float, float, float], ...]:
        """Points by severity, then by extent."""
        return self.handbook_points_1, self.handbook_points_2, self.handbook_points_3

    def grade_limits(self, method: ConditionMethod) -> tuple[float, float, float, float]:
        """Return the lowest index of grades 1 to 4 by a method."""
        by_handbook = method is ConditionMethod.HANDBOOK
        return self.handbook_grade_limits if by_handbook else self.deduct_grade_limits


def _require_rising(name: str, limits: tuple[float, ...], word: str = "rising") -> None:
    if any(not low < high for low, high in pairwise(limits)):
        between = f"are not {word} between {limits[0]:g} and {limits[-1]:g}"
        raise SettingsError(f"condition.{name}", between, "Order them.")
