"""What people say of stored pictures: missed regions, removals, holds. Facts, without pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gatusyn.model.frames import RedactedRegion, RegionKind


class RemovalCause(StrEnum):
    """Why a picture was taken away."""

    REQUEST = "request"
    RETENTION = "retention"
    SAME_MOMENT = "same_moment"
    """Another picture of the moment was removed, or had something marked in it."""


class HoldSubject(StrEnum):
    """What a hold names."""

    PICTURE = "picture"
    SECTION = "section"
    FINDING = "finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A region that the finders had missed and a person hid. A fact.

    Parameters
    ----------
    region
        In the frame's pixels.
    model
        The finders that had looked at the picture: the miss is theirs.
    marked_by, marked_s
        Who, as the program was told, and when.
    """

    picture_id: str
    drive_id: str
    frame_id: str
    region: RedactedRegion
    model: str
    marked_by: str
    marked_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A picture that was taken away; what was measured in it stays. A fact.

    Parameters
    ----------
    time_s
        When the picture was taken.
    reason
        In words: why, or the rule of retention.
    """

    picture_id: str
    drive_id: str
    frame_id: str
    time_s: float
    cause: RemovalCause
    reason: str
    removed_by: str
    removed_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What is needed (a claim, a case): pictures that neither retention nor a request removes.

    Parameters
    ----------
    number
        Names the hold.
    subject_id
        The picture, section or finding.
    until_s
        The hold ends by itself at this moment, seconds since 1970-01-01 UTC.
    frames
        (drive_id, frame_id) of the pictures that the subject had when the hold was placed: these
        stay held even where the network or the findings change.
    released_s
        When it was ended by hand; None if it was not.
    """

    number: int
    subject: HoldSubject
    subject_id: str
    reason: str
    until_s: float
    placed_by: str
    placed_s: float
    frames: frozenset[tuple[str, str]] = frozenset()
    released_s: float | None = None

    def holds_at(self, now_s: float) -> bool:
        """Say whether it holds at a moment."""
        return self.released_s is None and now_s < self.until_s


@dataclass(frozen=True, slots=True, kw_only=True)
class MissCount:
    """How often people found something that a version of the finders had missed.

    Parameters
    ----------
    frames
        Frames in the store that this version looked at.
    hidden
        Regions that it hid in them.
    missed
        Marked by people, by kind.
    """

    model: str
    frames: int
    hidden: int
    missed: Mapping[RegionKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveTrace:
    """What the store knows of a drive's times and places, as retention sees it.

    Parameters
    ----------
    ended_s
        When the drive ended; the day only, once it was made coarse.
    is_fine
        Whether some of it can be made coarse.
    is_held
        Whether one of its pictures is under a hold.
    """

    drive_id: str
    ended_s: float
    is_fine: bool
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """A stored picture as retention sees it.

    Parameters
    ----------
    time_s
        When it was taken.
    shown
        Whether its run is the newest of its drive.
    on_current
        Whether its run was placed on the current network, so that its findings are known.
    observation_ids
        What was seen in it.
    """

    picture_id: str
    run_id: str
    drive_id: str
    frame_id: str
    time_s: float
    shown: bool
    on_current: bool
    observation_ids: tuple[str, ...]
