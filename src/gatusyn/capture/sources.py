"""A drive before it is opened: which footage belongs to which track."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class DriveKind(StrEnum):
    """What the footage is."""

    VIDEO = "video"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveSource:
    """Footage and the track that belongs to it.

    Parameters
    ----------
    footage
        A video file, or a folder of photos.
    track
        The track's file; None where there is none, or more than one that could be it.
    kind
        What the footage is.
    name
        The footage's file or folder name.
    candidates
        Where it is not clear which track belongs to the footage: those that could.
    """

    footage: Path
    track: Path | None
    kind: DriveKind
    name: str
    candidates: tuple[Path, ...] = ()
