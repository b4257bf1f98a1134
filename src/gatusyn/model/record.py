"""What an engineer records of a damage: kind, measures, severity and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely import MultiPolygon

from gatusyn.model.damage import DamageKind


class SeverityReason(StrEnum):
    """The rule that a severity comes from; see the guide to damage records."""

    SINGLE_LINE = "single_line"
    BRANCHED = "branched"
    HEAVILY_BRANCHED = "heavily_branched"
    FAINT_NET = "faint_net"
    CLEAR_NET = "clear_net"
    PIECES_LOST = "pieces_lost"
    SMALL_HOLE = "small_hole"
    MEDIUM_HOLE = "medium_hole"
    LARGE_HOLE = "large_hole"
    SURFACE_LOST = "surface_lost"
    SURFACE_LOST_WIDELY = "surface_lost_widely"
    SOUND_PATCH = "sound_patch"
    CRACKED_PATCH = "cracked_patch"
    BROKEN_PATCH = "broken_patch"

    @property
    def severity(self) -> int:
        """The severity, 1 (slight) to 3 (severe)."""
        if self in _SLIGHT:
            return 1
        return 2 if self in _MODERATE else 3

    @property
    def words(self) -> str:
        """The rule in words."""
        return self.value.replace("_", " ")


_SLIGHT = frozenset(
    {
        SeverityReason.SINGLE_LINE,
        SeverityReason.FAINT_NET,
        SeverityReason.SMALL_HOLE,
        SeverityReason.SOUND_PATCH,
    }
)
_MODERATE = frozenset(
    {
        SeverityReason.BRANCHED,
        SeverityReason.CLEAR_NET,
        SeverityReason.MEDIUM_HOLE,
        SeverityReason.SURFACE_LOST,
        SeverityReason.CRACKED_PATCH,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DamageRecord:
    """One damage as an engineer would write it down.

    Parameters
    ----------
    footprint
        Its outline on the road, metres.
    length_m
        Of a longitudinal or transverse crack the length of its run; of all else the longest extent.
    area_m2
        Of a longitudinal or transverse crack its length times the width that a crack is taken to
        spoil; of all else the footprint's area.
    reason
        Why it has its severity.
    """

    kind: DamageKind
    footprint: MultiPolygon
    length_m: float
    area_m2: float
    reason: SeverityReason

    @property
    def severity(self) -> int:
        """The severity, 1 (slight) to 3 (severe)."""
        return self.reason.severity
