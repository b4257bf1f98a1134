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


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedRegion:
    """A hidden rectangle: pixels from ``x1, y1`` up to but without ``x2, y2``."""

    kind: RegionKind
    x1: int
    y1: int
    x2: int
    y2: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionRecord:
    """What the privacy stage did to a frame.

    Parameters
    ----------
    model
        Names and versions of the finders.
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
