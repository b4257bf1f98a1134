"""What is derived from the facts: findings, and the grade of each section."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from shapely import MultiPolygon, Polygon

from gatusyn.model.damage import DamageKind
from gatusyn.model.life import FindingState, Growth, VerdictKind
from gatusyn.model.network import Side
from gatusyn.model.record import SeverityReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One physical damage, seen in one or more frames. Derived.

    Parameters
    ----------
    finding_id
        First taken from its earliest observation; kept when it is derived again.
    kind
        What an engineer would record.
    footprint
        Outline on the road, easting and northing in the network's system, metres.
    sigma_along_m, sigma_across_m
        Standard deviations of the place along the link and across it.
    length_m, area_m2, severity_reason
        As in `DamageRecord`.
    confidence
        Probability that it is there, from the confidences and the number of sightings, 0..1.
    observation_ids
        As (run_id, observation_id), earliest first.
    first_seen_s, last_seen_s
        Seconds since 1970-01-01 UTC.
    sightings, looks
        Frames that saw it, of how many that looked at its place, before and after included.
    drives
        Drives that saw it.
    growth_m2_year, growth_sigma_m2_year
        How its area changes, and the standard deviation of that; None where too few passes or too
        short a time say so. ``growth`` says whether it is more than chance.
    is_confirmed
        Whether enough drives saw it, or a person said that it is right.
    gone_s, repaired_s
        The day (its start, UTC) from which it must be gone, not seen for so many looks; the day on
        which a patch was first seen in its place.
    said
        What a person said of it last.
    own_reason
        Its severity's reason by itself, where what lies beside or on it gives another.
    tile
        The tile in which it was derived.
    """

    finding_id: str
    kind: DamageKind
    footprint: Polygon | MultiPolygon
    sigma_along_m: float
    sigma_across_m: float
    confidence: float
    link_id: str
    element_id: str
    section_id: str
    offset_m: float
    measure: float
    side: Side
    length_m: float
    area_m2: float
    severity_reason: SeverityReason
    first_seen_s: float
    last_seen_s: float
    observation_ids: tuple[tuple[str, str], ...]
    sightings: int = 1
    looks: int = 1
    drives: int = 1
    growth: Growth = Growth.UNKNOWN
    growth_m2_year: float | None = None
    growth_sigma_m2_year: float | None = None
    is_confirmed: bool = False
    gone_s: float | None = None
    repaired_s: float | None = None
    said: VerdictKind | None = None
    own_reason: SeverityReason | None = None
    tile: int = 0

    @property
    def state(self) -> FindingState:
        """What is known of it now."""
        if self.said is VerdictKind.WRONG:
            return FindingState.REJECTED
        if self.repaired_s is not None:
            return FindingState.REPAIRED
        if self.gone_s is not None:
            return FindingState.GONE
        return FindingState.CONFIRMED if self.is_confirmed else FindingState.NEW

    @property
    def is_there(self) -> bool:
        """Whether it is there now, as far as is known."""
        return self.state in (FindingState.NEW, FindingState.CONFIRMED)

    def was_there(self, at_s: float) -> bool:
        """Say whether it was known to be there at a moment (seconds since 1970-01-01 UTC).

        What a person rejected never was, whenever that was said.
        """
        if self.state is FindingState.REJECTED or self.first_seen_s > at_s:
            return False
        return self.ended_s is None or self.ended_s > at_s

    @property
    def ended_s(self) -> float | None:
        """When it was known to be gone or repaired; None while it is there."""
        ends = [one for one in (self.gone_s, self.repaired_s) if one is not None]
        return min(ends) if ends else None

    @property
    def severity(self) -> int:
        """The severity, 1 (slight) to 3 (severe)."""
        return self.severity_reason.severity


class ConditionMethod(StrEnum):
    """How a section's index and grade come from its damage; see the guide to condition."""

    HANDBOOK = "handbook"
    DEDUCT = "deduct"


class Grade(Enum):
    """The first grade: 1 is best, 5 is worst, 0 is unknown; the word is always shown beside it."""

    UNKNOWN = (0, "unknown")
    VERY_GOOD = (1, "very good")
    GOOD = (2, "good")
    FAIR = (3, "fair")
    POOR = (4, "poor")
    VERY_POOR = (5, "very poor")

    @property
    def number(self) -> int:
        """1 (best) to 5 (worst), 0 for unknown."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The grade in words."""
        return self.value[1]

    @classmethod
    def of_number(cls, number: int) -> Grade:
        """Return the grade of a number 0..5; raise ``ValueError`` for any other."""
        for grade in cls:
            if grade.number == number:
                return grade
        raise ValueError(f"{number} is not a grade (0 to 5)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of one damage of one severity a section has, in the part that was looked at.

    Parameters
    ----------
    count
        Findings that touch the section.
    length_m
        Sum of their lengths within the section.
    area_m2
        Sum of their areas within the section.
    share
        Area as a share of the section's observed surface, 0..1.
    along_share
        Share of the section's observed length on which this damage is of this severity or worse,
        0..1; where several lie side by side, the length counts once.
    """

    kind: DamageKind
    severity: int
    count: int
    length_m: float
    area_m2: float
    share: float
    along_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one damage of one severity took off a section's index.

    Parameters
    ----------
    deduct
        Points off 100 after the damages are combined; a section's sum to what it lacks.
    """

    kind: DamageKind
    severity: int
    deduct: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionCondition:
    """The condition of one section in one period. Derived.

    Parameters
    ----------
    period
        The period's name, a calendar year as ``"2026"``.
    observed_share
        Share of the carriageway's area that was looked at, 0..1.
    observed_m2
        The same in square metres.
    seen_well_share
        What of the observed share was seen well; the rest was seen poorly: blurred, dark or far.
    last_look_s
        The start of the day (UTC) on which it was last looked at, seconds since 1970-01-01; None if
        it was not.
    grade, index
        By ``method``; the index is 100 (best) to 0, and None where the section was not looked at
        enough.
    confidence
        How much of the truth the grade is expected to rest on, 0..1; 0 where unknown.
    method
        Which of the two methods the grade, the index, the interval and the reasons are by.
    index_name
        The curves or the table behind the index; ``PCI`` with a standard's curves only.
    index_interval
        Lowest and highest index (95 %) that the section may have, for what was not looked at, was
        missed, or is not there; None where unknown.
    handbook_index, handbook_grade, deduct_index
        By either method, whichever is chosen.
    """

    section_id: str
    period: str
    grade: Grade
    index: float | None
    observed_share: float
    observed_m2: float
    frames: int
    confidence: float
    extents: tuple[Extent, ...]
    reasons: tuple[Reason, ...]
    method: ConditionMethod = ConditionMethod.DEDUCT
    index_name: str = ""
    index_interval: tuple[float, float] | None = None
    handbook_index: float | None = None
    handbook_grade: Grade = Grade.UNKNOWN
    deduct_index: float | None = None
    seen_well_share: float = 0.0
    last_look_s: float | None = None

    @property
    def seen_poorly_share(self) -> float:
        """Share of the carriageway's area that was looked at, and never well, 0..1."""
        return max(self.observed_share - self.seen_well_share, 0.0)

    @property
    def not_seen_share(self) -> float:
        """Share of the carriageway's area that nobody looked at, 0..1."""
        return max(1.0 - self.observed_share, 0.0)
