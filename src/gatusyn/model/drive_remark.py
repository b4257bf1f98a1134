"""What a person should know of a drive, as a code and figures: said later in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from gatusyn.model.drive_fault import Figure


class DriveNote(StrEnum):
    """What is remarked on a drive."""

    SAID = "said"
    """In ``words`` of a person, or of before there were codes."""
    COARSE = "coarse"
    FIXES_PLACELESS = "fixes_placeless"
    FIXES_TIMELESS = "fixes_timeless"
    FIXES_SORTED = "fixes_sorted"
    FIXES_DOUBLE = "fixes_double"
    FIXES_JUMP = "fixes_jump"
    FIXES_OFF_NETWORK = "fixes_off_network"
    ROWS_BROKEN = "rows_broken"
    SENTENCES_BROKEN = "sentences_broken"
    TRACK_ZONELESS = "track_zoneless"
    TRACK_TIMELESS = "track_timeless"
    CLOCKLESS = "clockless"
    CLOCK_AT_END = "clock_at_end"
    CLOCK_BY_TRACK = "clock_by_track"
    CLOCK_BY_OWN = "clock_by_own"
    VIDEO_ENDS = "video_ends"
    VIDEO_OUTSIDE = "video_outside"
    PHOTOS_SHIFTED = "photos_shifted"
    PHOTOS_TIMELESS = "photos_timeless"
    PHOTOS_ZONELESS = "photos_zoneless"
    VIEW_STATED = "view_stated"
    CAMERA_FOUND = "camera_found"
    CAMERA_UNLIKE = "camera_unlike"
    CAMERA_FRAMES_APART = "camera_frames_apart"
    CAMERA_UNCLEAR = "camera_unclear"
    MOUNT_SLIPPED = "mount_slipped"
    MOUNT_SHAKES = "mount_shakes"
    SKY = "sky"
    ROLLED_CLOCKWISE = "rolled_clockwise"
    ROLLED_ANTICLOCKWISE = "rolled_anticlockwise"
    ASIDE_RIGHT = "aside_right"
    ASIDE_LEFT = "aside_left"
    ROAD_CUT = "road_cut"
    VIEW_COVERED = "view_covered"
    SOFT = "soft"
    FRAMES_BLURRED = "frames_blurred"
    FRAMES_DARK = "frames_dark"
    ROAD_UNTOLD = "road_untold"


DRIVE_REMARKS: Mapping[DriveNote, str] = MappingProxyType(
    {
        DriveNote.SAID: "%(words)s",
        DriveNote.COARSE: "Made coarse: %(words)s",
        DriveNote.FIXES_PLACELESS: "%(source)s: %(left_out)s fixes without a position on the globe "
        "were left out.",
        DriveNote.FIXES_TIMELESS: "%(source)s: %(left_out)s fixes without a valid time were left "
        "out.",
        DriveNote.FIXES_SORTED: "%(source)s: the fixes were not in order of time and have been "
        "sorted.",
        DriveNote.FIXES_DOUBLE: "%(source)s: %(left_out)s fixes with the time of the one before "
        "were left out.",
        DriveNote.FIXES_JUMP: "%(source)s: %(left_out)s of %(count)s fixes were left out, because "
        "they jump (up to %(jump_km)s km between two fixes).",
        DriveNote.FIXES_OFF_NETWORK: "%(off)s of the track's %(count)s fixes are on no street of "
        "the network: %(placeless)s have no coordinates, %(far)s are far from every street, "
        "%(unfit)s are where no street fits the drive.",
        DriveNote.ROWS_BROKEN: "%(source)s: %(left_out)s rows that could not be read were left "
        "out.",
        DriveNote.SENTENCES_BROKEN: "%(source)s: %(left_out)s broken sentences were passed over.",
        DriveNote.TRACK_ZONELESS: "%(source)s: times without a time zone were taken as UTC.",
        DriveNote.TRACK_TIMELESS: "%(source)s: has no times; a speed of %(speed_ms)s m/s was "
        "assumed.",
        DriveNote.CLOCKLESS: "%(source)s: has no clock; video and track were taken to start "
        "together.",
        DriveNote.CLOCK_AT_END: "%(source)s: the video's time of creation was taken as the end of "
        "the recording.",
        DriveNote.CLOCK_BY_TRACK: "%(source)s: the video starts %(offset_s)s s after the track's "
        "start, found by comparing its motion with the track's speed (correlation %(fit)s, next "
        "best %(rival)s).",
        DriveNote.CLOCK_BY_OWN: "%(source)s: the video starts %(offset_s)s s later than its own "
        "clock says, found by comparing its motion with the track's speed (correlation %(fit)s, "
        "next best %(rival)s).",
        DriveNote.VIDEO_ENDS: "%(source)s: the last frame that could be read is at %(seen_s)s s of "
        "%(whole_s)s s; it was cut off, is damaged or takes too long to read.",
        DriveNote.VIDEO_OUTSIDE: "%(source)s: %(outside_s)s s of %(whole_s)s s lie outside the "
        "track and are not used.",
        DriveNote.PHOTOS_SHIFTED: "%(source)s: the photos have no time zone; %(offset_h)s h puts "
        "them on the track.",
        DriveNote.PHOTOS_TIMELESS: "%(source)s: the photos have no times; their order was taken "
        "from their names, and their day (%(taken_day)s) from the files.",
        DriveNote.PHOTOS_ZONELESS: "%(source)s: photo times without a time zone were taken as UTC.",
        DriveNote.VIEW_STATED: "The photos say that their view is %(stated_deg)s° wide, the "
        "settings %(settings_deg)s°: %(taken_deg)s° was taken.",
        DriveNote.CAMERA_FOUND: "The camera was found from the drive, at %(looks)s moments: height "
        "%(height_m)s ± %(height_error_m)s m, tilted down %(pitch_deg)s ± %(pitch_error_deg)s°, "
        "turned right %(yaw_deg)s ± %(yaw_error_deg)s°, rolled clockwise %(roll_deg)s ± "
        "%(roll_error_deg)s°, width of view %(view_deg)s ± %(view_error_deg)s° (95 %%).",
        DriveNote.CAMERA_UNLIKE: "That is unlike the settings: height %(height_m)s m, tilted down "
        "%(pitch_deg)s°, turned right %(yaw_deg)s°, rolled clockwise %(roll_deg)s°, width of view "
        "%(view_deg)s°.",
        DriveNote.CAMERA_FRAMES_APART: "The camera was taken as the settings say: no two frames "
        "are near enough to follow the road between them (photos, a video with few frames a "
        "second, or hardly any driving).",
        DriveNote.CAMERA_UNCLEAR: "The camera was taken as the settings say: the motion of the "
        "picture at %(looks)s moments was too little or too unclear to find it (a short drive, a "
        "dirty lens, darkness, a view blocked, or a camera that shakes).",
        DriveNote.MOUNT_SLIPPED: "The mount slipped at about %(slipped_s)s (tilted down "
        "%(pitch_deg)s° to %(later_pitch_deg)s°, turned right %(yaw_deg)s° to %(later_yaw_deg)s°, "
        "rolled clockwise %(roll_deg)s° to %(later_roll_deg)s°): what was seen before and after "
        "was placed each with its own values. Fasten it.",
        DriveNote.MOUNT_SHAKES: "The camera shakes: its tilt differs by %(shake_deg)s° from moment "
        "to moment, so places are less sure. Fasten it.",
        DriveNote.SKY: "%(share)s %% of the picture is above the horizon: tilt the camera down by "
        "about %(lower_deg)s°.",
        DriveNote.ROLLED_CLOCKWISE: "The camera is rolled %(whole_deg)s° clockwise: set it level.",
        DriveNote.ROLLED_ANTICLOCKWISE: "The camera is rolled %(whole_deg)s° anticlockwise: set it "
        "level.",
        DriveNote.ASIDE_RIGHT: "The camera points %(whole_deg)s° to the right of the way ahead: "
        "turn it forward.",
        DriveNote.ASIDE_LEFT: "The camera points %(whole_deg)s° to the left of the way ahead: turn "
        "it forward.",
        DriveNote.ROAD_CUT: "Only %(share)s %% of the road from %(near_m)s to %(far_m)s m ahead is "
        "in the picture.",
        DriveNote.VIEW_COVERED: "The lowest %(share)s %% of the picture does not move: bonnet, "
        "dashboard or dirt hides road there. Raise the camera or tilt it up a little.",
        DriveNote.SOFT: "The pictures are soft: clean the lens and the windscreen, and check the "
        "focus.",
        DriveNote.FRAMES_BLURRED: "%(share)s %% of the frames are too blurred: clean the lens and "
        "the windscreen, fasten the mount, check the focus.",
        DriveNote.FRAMES_DARK: "%(share)s %% of the frames are too dark: drive by day, or uncover "
        "the lens.",
        DriveNote.ROAD_UNTOLD: "The model does not tell road from the rest: frames off the road "
        "count as street.",
    }
)
"""In English: the source of the pages' translations."""

_DECIMALS: Mapping[str, int] = MappingProxyType(
    {"height_m": 2, "height_error_m": 2, "fit": 2, "rival": 2, "offset_h": 2}
)
MOMENTS = ("slipped_s",)
"""Figures that are moments, seconds since 1970-01-01 UTC."""
DAYS = ("taken_day",)
"""Figures that are days, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveRemark:
    """A remark on a drive without its words; as a text it is in English.

    Parameters
    ----------
    figures
        Those that the note's text names: a share is in percent; what is to be written with
        decimals is a float, one without them an int.
    """

    note: DriveNote
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the remark in English, for a terminal or a log."""
        return remark_words(self, say=str, write=_plain, moment=_utc, day=_utc_day)


class _Lenient(dict[str, str]):
    """Figures of which one that was not noted is a dash: a remark is told all the same."""

    def __missing__(self, name: str) -> str:
        return "–"


def remark_words(
    remark: DriveRemark,
    *,
    say: Callable[[str], str],
    write: Callable[[float, int], str],
    moment: Callable[[float], str],
    day: Callable[[float], str],
) -> str:
    """Return a remark in words.

    Parameters
    ----------
    say
        Translates a text of ``DRIVE_REMARKS``.
    write
        Writes a number with so many decimals.
    moment, day
        Write seconds since 1970-01-01 UTC.
    """
    told = _Lenient()
    for name, value in remark.figures.items():
        if isinstance(value, str):
            told[name] = value
        elif name in MOMENTS:
            told[name] = moment(value)
        elif name in DAYS:
            told[name] = day(value)
        else:
            told[name] = write(value, _DECIMALS.get(name, 1) if isinstance(value, float) else 0)
    return say(DRIVE_REMARKS[remark.note]) % told


def _plain(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def _utc(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"


def _utc_day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d}"
