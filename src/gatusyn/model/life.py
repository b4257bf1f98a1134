"""The life of findings: their states, what people say of them, and what became of their ids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely import MultiPolygon, Polygon

from gatusyn.model.damage import DamageKind


class FindingState(StrEnum):
    """What is known of a finding now; see the guide to findings."""

    NEW = "new"
    CONFIRMED = "confirmed"
    GONE = "gone"
    REPAIRED = "repaired"
    REJECTED = "rejected"


class Growth(StrEnum):
    """Whether a finding's area changes from pass to pass by more than passes differ by chance."""

    UNKNOWN = "unknown"
    GROWING = "growing"
    SHRINKING = "shrinking"


class VerdictKind(StrEnum):
    """What a person says of a finding."""

    RIGHT = "right"
    WRONG = "wrong"
    OTHER_KIND = "other_kind"
    WITHDRAWN = "withdrawn"
    """What was said before is taken back: nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person said of a finding. A fact; the last one on a finding holds.

    Parameters
    ----------
    finding_id, kind, footprint
        The finding as it was then: its id, what it was taken for, and where it lay.
    said_kind
        What it is instead, where the verdict is that.
    number
        Counts the organisation's verdicts; 0 until it is stored.
    """

    finding_id: str
    verdict: VerdictKind
    kind: DamageKind
    footprint: Polygon | MultiPolygon
    why: str
    by: str
    said_s: float
    said_kind: DamageKind | None = None
    number: int = 0


class IdentityChange(StrEnum):
    """What became of a finding's id when findings were derived again."""

    SPLIT = "split"
    MERGED = "merged"
    ENDED = "ended"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityEvent:
    """A line of the ledger of findings' ids. A fact.

    Parameters
    ----------
    finding_id
        What the line is about. ``SPLIT``: another finding was made of a part of it. ``MERGED``: it
        went into another. ``ENDED``: nothing that is believed is derived of it any more. ``BACK``:
        it is again.
    other_id
        The new part, or what it went into.
    kind, footprint
        Of the finding before the change; after it for ``BACK``.
    number
        Counts the organisation's lines; 0 until it is stored.
    """

    finding_id: str
    change: IdentityChange
    kind: DamageKind
    footprint: Polygon | MultiPolygon
    why: str
    changed_s: float
    other_id: str | None = None
    number: int = 0
