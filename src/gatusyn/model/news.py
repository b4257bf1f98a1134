"""What happens in a town as it happens: told to open maps, and to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NewsKind(StrEnum):
    """What a piece of news is about."""

    DRIVE_STARTED = "drive-started"
    VEHICLE = "vehicle"
    """Where the vehicle of a drive that is being looked at was."""
    DAMAGE_SEEN = "damage-seen"
    """Something in a frame of such a drive; what it is on the street is derived later."""
    DRIVE_DONE = "drive-done"
    DRIVE_FAILED = "drive-failed"
    FINDING_NEW = "finding-new"
    FINDING_GONE = "finding-gone"
    FINDING_REPAIRED = "finding-repaired"
    FINDING_REJECTED = "finding-rejected"
    FINDINGS_CHANGED = "findings-changed"
    """Once after each derivation, with how many of each."""


_HOUR_S = 3600.0

KEPT_S: Mapping[NewsKind, float] = {
    kind: 7 * 24 * _HOUR_S if kind.value.startswith("finding") else _HOUR_S for kind in NewsKind
}
"""How long news is kept, seconds: of drives for an hour, of what became of streets for a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One piece of news.

    Parameters
    ----------
    kind
        What it is about.
    time_s
        When it was told, seconds since 1970-01-01 UTC.
    about
        What there is to say, by name: texts and numbers; places as ``lon`` and ``lat``, WGS 84.
    number
        Rises with every piece in the store; 0 until it is there.
    """

    kind: NewsKind
    time_s: float
    about: Mapping[str, str | float | int | None] = field(default_factory=dict)
    number: int = 0
