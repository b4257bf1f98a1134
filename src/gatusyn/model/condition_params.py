"""The settings of the condition index."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from gatusyn.model.checks import require_between
from gatusyn.model.damage import DamageKind
from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionParams:
    """The open condition index (ours, not a standard's).

    Parameters
    ----------
    longitudinal_crack_weight, transverse_crack_weight, crazing_weight
        Deduct when the whole observed surface has that damage, as a share of the index.
    pothole_weight, surface_loss_weight, patch_weight
        Likewise.
    longitudinal_crack_full_share, transverse_crack_full_share, crazing_full_share
        Share of the observed surface from which the full weight is deducted.
    pothole_full_share, surface_loss_full_share, patch_full_share
        Likewise.
    severity_factors
        What a square metre of severity 1, 2 and 3 counts.
    curve_exponent
        Below that share the deduct grows with this power of it: small extents weigh more than
        their share, as in the published deduct curves.
    min_observed_share
        A section of which less was looked at is unknown.
    common_misses
        Share of what one look misses that every look misses: faint, stained or strange damage. Not
        measured, an assumption.
    grade_limits
        Lowest index of grades 1 to 4, falling; below the last it is grade 5.
    """

    longitudinal_crack_weight: float = 0.5
    longitudinal_crack_full_share: float = 0.35
    transverse_crack_weight: float = 0.5
    transverse_crack_full_share: float = 0.35
    crazing_weight: float = 0.8
    crazing_full_share: float = 0.35
    pothole_weight: float = 1.0
    pothole_full_share: float = 0.08
    surface_loss_weight: float = 0.8
    surface_loss_full_share: float = 0.2
    patch_weight: float = 0.3
    patch_full_share: float = 0.5
    severity_factors: tuple[float, float, float] = (0.33, 0.66, 1.0)
    curve_exponent: float = 0.5
    min_observed_share: float = 0.25
    common_misses: float = 0.5
    grade_limits: tuple[float, float, float, float] = (85.0, 70.0, 50.0, 30.0)

    def __post_init__(self) -> None:
        for kind in DamageKind:
            weight, full_share = self.of(kind)
            require_between(f"condition.{kind}_weight", weight, 0.0, 1.0)
            require_between(f"condition.{kind}_full_share", full_share, 0.001, 1.0)
        for factor in self.severity_factors:
            require_between("condition.severity_factors", factor, 0.0, 1.0)
        require_between("condition.curve_exponent", self.curve_exponent, 0.1, 1.0)
        require_between("condition.min_observed_share", self.min_observed_share, 0.0, 1.0)
        require_between("condition.common_misses", self.common_misses, 0.0, 1.0)
        limits = (100.0, *self.grade_limits, 0.0)
        if any(high <= low for high, low in pairwise(limits)):
            raise SettingsError(
                "condition.grade_limits", "are not falling between 100 and 0", "Order them."
            )

    def of(self, kind: DamageKind) -> tuple[float, float]:
        """Return a kind's weight and the share from which it is deducted in full."""
        return getattr(self, f"{kind}_weight"), getattr(self, f"{kind}_full_share")
