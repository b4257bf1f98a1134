"""Why a drive cannot be used, as a code and figures: said later in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Figure = int | float | str
"""A count as an int, a measure as a float, a name as text."""


class DriveFault(StrEnum):
    """What is wrong with a drive, or came in its way."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NOT_A_VIDEO = "not_a_video"
    VIDEO_DAMAGED = "video_damaged"
    VIDEO_CODEC = "video_codec"
    """``codec``"""
    VIDEO_SLOW = "video_slow"
    VIDEO_LARGE = "video_large"
    """``width_px``, ``height_px``"""
    NO_FOOTAGE = "no_footage"
    SEVERAL_VIDEOS = "several_videos"
    """``count``"""
    NO_TRACK = "no_track"
    SEVERAL_TRACKS = "several_tracks"
    TRACK_UNREADABLE = "track_unreadable"
    TRACK_EMPTY = "track_empty"
    TRACK_TIMELESS = "track_timeless"
    TRACK_PLANNED = "track_planned"
    TRACK_POSITIONS = "track_positions"
    """``wrong`` of ``count``"""
    TRACK_SWAPPED = "track_swapped"
    TRACK_COLUMNS = "track_columns"
    TRACK_LARGE = "track_large"
    """``limit_mib``"""
    TRACK_JUMPS = "track_jumps"
    OUTSIDE_TOWN = "outside_town"
    OTHER_TIME = "other_time"
    PHOTOS_PLACELESS = "photos_placeless"
    """``placed`` of ``count``"""
    PHOTOS_TIMELESS = "photos_timeless"
    PHOTOS_UNREADABLE = "photos_unreadable"
    """``count``"""
    CHANGED = "changed"
    SEALED = "sealed"
    DAMAGED = "damaged"
    """Here, after it had come: it can be sent again."""
    LATE = "late"
    """``days``"""
    SAME = "same"
    KILLED = "killed"
    SERVICE = "service"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a drive is not used, without its words.

    Parameters
    ----------
    fault
        What is wrong.
    figures
        Those of the fault by name, as ``DriveFault`` lists them; ``tries`` where it was tried
        again and again.
    """

    fault: DriveFault = DriveFault.OTHER
    figures: Mapping[str, Figure] = field(default_factory=dict)
