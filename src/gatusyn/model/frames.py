"""A frame that may be stored and shown: what only the privacy stage may construct."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


class RegionKind(StrEnum):
    """What a hidden region is taken for."""

    FACE = "face"
    PLATE = "plate"
    OTHER = "other"


FOUND_KINDS = (RegionKind.FACE, RegionKind.PLATE)
"""What the finders look for; people mark other things, too."""


class Evidence(StrEnum):
    """In which frames of a video a finder saw what is hidden in one of them."""

    FRAME = "frame"
    """In the frame itself."""

    SUPPORTED = "supported"
    """Weakly in the frame itself, surely in the one just before or just after it."""

    BETWEEN = "between"
    """Not in the frame itself, but just before and just after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedRegion:
    """A hidden rectangle: pixels from ``x1, y1`` up to but without ``x2, y2``.

    Parameters
    ----------
    confidence
        The finder's, 0..1; 1 for what a person marked.
    marked
        Whether a person marked it: the finders had missed it.
    evidence
        How the finders found it, where they did.
    """

    kind: RegionKind
    x1: int
    y1: int
    x2: int
    y2: int
    confidence: float
    marked: bool = False
    evidence: Evidence = Evidence.FRAME


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionRecord:
    """What the privacy stage did to a frame.

    Parameters
    ----------
    model
        Names and hashes of the finders' models, how they look, and the settings.
    thresholds
        The confidence from which each kind is hidden.
    regions
        What was hidden.
    covered_share
        Share of the frame's pixels that was hidden, 0..1.
    """

    model: str
    thresholds: tuple[tuple[RegionKind, float], ...]
    regions: tuple[RedactedRegion, ...]
    covered_share: float

    @property
    def counts(self) -> dict[RegionKind, int]:
        """How many regions of each kind were hidden."""
        kinds = [region.kind for region in self.regions]
        return {kind: kinds.count(kind) for kind in RegionKind}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublicFrame:
    """A frame with nobody in it who can be recognised; the only kind that is ever stored.

    Parameters
    ----------
    frame_id
        The frame's name within its drive.
    time_s
        Seconds since 1970-01-01 UTC.
    image
        RGB, uint8 [height, width, 3].
    redaction
        What was hidden, and by what.
    """

    frame_id: str
    time_s: float
    image: Image
    redaction: RedactionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture as it lies in the store: what became of a ``PublicFrame``. Only the store makes it.

    Parameters
    ----------
    picture_id
        The store's name for it.
    jpeg
        The file's content.
    scale
        Stored width as a share of the frame's.
    width_px, height_px
        The frame's size.
    version
        How often it was rewritten.
    """

    picture_id: str
    frame_id: str
    time_s: float
    jpeg: bytes
    scale: float
    width_px: int
    height_px: int
    redaction: RedactionRecord
    version: int = 0
