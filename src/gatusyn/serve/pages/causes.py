"""Why a drive or a frame is not used, in the reader's language: from codes and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gatusyn.model import (
    Cause,
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    Rejected,
    RejectReason,
    remark_words,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.reader import Reader
from gatusyn.serve.pages.words import REJECTIONS

_MOST_DETAILS: Final = 5
_TOLD_WHOLLY: Final = frozenset({RejectReason.NO_POSITION, RejectReason.OFF_NETWORK})
"""Reasons whose details say the same again, in English."""

FAULTS: Mapping[DriveFault, str] = {
    DriveFault.EMPTY: N_("A file is empty."),
    DriveFault.UNREADABLE: N_("A file cannot be read."),
    DriveFault.NOT_A_VIDEO: N_("The file is not a video, whatever its name says."),
    DriveFault.VIDEO_DAMAGED: N_("The video cannot be read: it was cut off or is damaged."),
    DriveFault.VIDEO_CODEC: N_("The video is coded as %(codec)s, which cannot be read."),
    DriveFault.VIDEO_SLOW: N_("The video takes too long to read."),
    DriveFault.VIDEO_LARGE: N_(
        "The pictures have %(width_px)s × %(height_px)s pixels, which is too large."
    ),
    DriveFault.NO_FOOTAGE: N_("There is no video and no photo among the files."),
    DriveFault.SEVERAL_VIDEOS: N_("The drive holds %(count)s videos."),
    DriveFault.NO_TRACK: N_("There is no track, so nobody knows where it was recorded."),
    DriveFault.SEVERAL_TRACKS: N_("More than one track could belong to it."),
    DriveFault.TRACK_UNREADABLE: N_("The track cannot be read."),
    DriveFault.TRACK_EMPTY: N_("The track has too few positions."),
    DriveFault.TRACK_TIMELESS: N_("The track has no usable times, so no picture can be placed."),
    DriveFault.TRACK_PLANNED: N_("The track is a planned route, not a recorded one."),
    DriveFault.TRACK_POSITIONS: N_(
        "%(wrong)s of the track's %(count)s positions are nowhere on the globe."
    ),
    DriveFault.TRACK_SWAPPED: N_("The track's latitude and longitude are swapped."),
    DriveFault.TRACK_COLUMNS: N_("The track's table lacks a column, or a row that can be read."),
    DriveFault.TRACK_LARGE: N_("The track's file is larger than %(limit_mib)s MiB."),
    DriveFault.TRACK_JUMPS: N_("The track jumps so much that it contradicts itself."),
    DriveFault.OUTSIDE_TOWN: N_("The drive lies outside the town's streets."),
    DriveFault.OTHER_TIME: N_("The track was recorded at another time than the pictures."),
    DriveFault.PHOTOS_PLACELESS: N_("Of %(count)s photos, %(placed)s have a position."),
    DriveFault.PHOTOS_TIMELESS: N_("The photos have no times, so they cannot be placed."),
    DriveFault.PHOTOS_UNREADABLE: N_("None of the %(count)s files is a photo that can be read."),
    DriveFault.CHANGED: N_("A file did not come as it was sent."),
    DriveFault.SEALED: N_("The footage could not be decrypted."),
    DriveFault.DAMAGED: N_("The files were damaged here after they had come."),
    DriveFault.LATE: N_("It waited longer than %(days)s days and was destroyed."),
    DriveFault.SAME: N_("The same files were sent before; they are looked at once only."),
    DriveFault.KILLED: N_("Looking at it was broken off in the middle."),
    DriveFault.SERVICE: N_("The service failed at it; the drive need not be at fault."),
    DriveFault.OTHER: N_("It cannot be used."),
}

_EXPORT = N_("Export the recorded track again, with positions and times.")
_RECORD = N_("Copy the file from the phone again, or record it anew.")
_CONVERT = N_("Convert the video to H.264, or let the camera record so.")
_TOWN = N_("Check that the drive belongs to this town.")
_ADMINISTRATOR = N_("The administrator must look into it: the service's log says more.")

REMEDIES: Mapping[DriveFault, str] = {
    DriveFault.EMPTY: _RECORD,
    DriveFault.UNREADABLE: _RECORD,
    DriveFault.NOT_A_VIDEO: N_("Send MP4, MOV, M4V, MKV, WebM or AVI."),
    DriveFault.VIDEO_DAMAGED: _RECORD,
    DriveFault.VIDEO_CODEC: _CONVERT,
    DriveFault.VIDEO_SLOW: _CONVERT,
    DriveFault.VIDEO_LARGE: N_("Record in 4K or less."),
    DriveFault.NO_FOOTAGE: N_("Send one video with its track, or photos."),
    DriveFault.SEVERAL_VIDEOS: N_("Send each video as a drive of its own, with its track."),
    DriveFault.NO_TRACK: N_("Send the drive's GPX, NMEA or CSV track with it."),
    DriveFault.SEVERAL_TRACKS: N_("Send only the track of this drive."),
    DriveFault.TRACK_UNREADABLE: _EXPORT,
    DriveFault.TRACK_EMPTY: _EXPORT,
    DriveFault.TRACK_TIMELESS: _EXPORT,
    DriveFault.TRACK_PLANNED: _EXPORT,
    DriveFault.TRACK_POSITIONS: N_("Export the track as WGS 84 latitude and longitude in degrees."),
    DriveFault.TRACK_SWAPPED: N_("Swap the two columns."),
    DriveFault.TRACK_COLUMNS: N_("Name the columns time, lat, lon (and file, for photos)."),
    DriveFault.TRACK_LARGE: N_("Cut it into one track for each drive."),
    DriveFault.TRACK_JUMPS: N_("Record the track again, with the phone where it sees the sky."),
    DriveFault.OUTSIDE_TOWN: _TOWN,
    DriveFault.OTHER_TIME: N_("Send the track of this drive, and check the camera's clock."),
    DriveFault.PHOTOS_PLACELESS: N_("Switch on the camera's location, or send the drive's track."),
    DriveFault.PHOTOS_TIMELESS: N_("Send a CSV table with the columns file, lat, lon."),
    DriveFault.PHOTOS_UNREADABLE: _RECORD,
    DriveFault.CHANGED: N_("Send it again."),
    DriveFault.SEALED: _ADMINISTRATOR,
    DriveFault.DAMAGED: N_("Send it again, and tell the administrator."),
    DriveFault.LATE: N_("Send it again, and tell the administrator."),
    DriveFault.KILLED: _ADMINISTRATOR,
    DriveFault.SERVICE: _ADMINISTRATOR,
}

TRIED = N_("It was tried %(tries)s times.")

MEASURED: Mapping[RejectReason, str] = {
    RejectReason.TOO_SMALL: N_("Shorter side %(span)s pixels; %(limit)s are needed."),
    RejectReason.NO_TRACK: N_("%(span)s seconds without a position; %(limit)s are allowed."),
    RejectReason.TOO_CLOSE: N_("%(span)s m after the one before; %(limit)s m are needed."),
    RejectReason.TOO_DARK: N_("Brightness %(span)s of 255; %(limit)s is needed."),
    RejectReason.BLURRED: N_("Sharpness %(span)s; %(limit)s is needed."),
    RejectReason.TURNING: N_("Turning %(span)s degrees a second; %(limit)s are allowed."),
    RejectReason.OFF_ROAD: N_("%(span)s %% of what lies ahead is road; %(limit)s %% are needed."),
}
"""What the figures of a reason are; of a share of the road in percent."""

ADVICE: Mapping[RejectReason, str] = {
    RejectReason.UNREADABLE: N_("The file may have been cut off: copy it again."),
    RejectReason.NOT_AN_IMAGE: N_("Other files lay among the photos."),
    RejectReason.TOO_SMALL: N_("Let the camera take larger pictures."),
    RejectReason.NO_POSITION: N_("Switch on the camera's location and clock."),
    RejectReason.NO_TRACK: N_("Start the track before the camera, and stop it after."),
    RejectReason.TOO_CLOSE: N_("Nothing to do: the place was seen already."),
    RejectReason.TOO_DARK: N_("Drive by day, or uncover the lens."),
    RejectReason.BLURRED: N_("Clean the lens and the windscreen, and fasten the mount."),
    RejectReason.TURNING: N_("Nothing to do: in a sharp turn no place is sure."),
    RejectReason.OFF_ROAD: N_("Point the camera at the road ahead."),
    RejectReason.OFF_NETWORK: N_("The town's network may lack this street."),
    RejectReason.UNCHECKED: N_("Such a frame is never shown: look at the service's log."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedSum:
    """The frames of a drive that were rejected for one reason.

    Parameters
    ----------
    words, measured, advice
        In the reader's language; ``measured`` is empty where nothing was.
    details
        Of some of them, in English, where the words and figures above do not say it all: what
        libraries said of a file.
    """

    words: str
    count: int
    measured: str
    advice: str
    details: Sequence[str]


def told(cause: Cause, reader: Reader) -> str:
    """Return why a drive is not used and what to do about it, in a reader's language."""
    figures = {name: _written(value, reader) for name, value in cause.figures.items()}
    parts = [reader.say(FAULTS[cause.fault]), reader.say(REMEDIES.get(cause.fault, ""))]
    if "tries" in figures:
        parts.insert(1, reader.say(TRIED))
    return " ".join(part % _Lenient(figures) for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRemark:
    """A remark on a drive.

    Parameters
    ----------
    language
        Of its words: the reader's, or English where it was noted before there were codes.
    """

    words: str
    language: str


def told_remarks(remarks: Iterable[DriveRemark], reader: Reader) -> tuple[ToldRemark, ...]:
    """Return a drive's remarks in a reader's language."""
    formats = reader.formats
    return tuple(
        ToldRemark(
            words=remark_words(
                one,
                say=reader.say,
                write=formats.number,
                moment=formats.moment,
                day=formats.date,
            ),
            language="en" if one.note is DriveNote.SAID else reader.language,
        )
        for one in remarks
    )


def rejected_sums(rejected: Iterable[Rejected], reader: Reader) -> tuple[RejectedSum, ...]:
    """Return a drive's rejected frames by reason, the most frequent first."""
    groups: dict[RejectReason, list[Rejected]] = {}
    for one in rejected:
        groups.setdefault(one.reason, []).append(one)
    sums = []
    for reason, frames in sorted(groups.items(), key=lambda own: -len(own[1])):
        measured = _measured(reason, frames, reader)
        is_told = bool(measured) or reason in _TOLD_WHOLLY
        sums.append(
            RejectedSum(
                words=reader.say(REJECTIONS[reason]),
                count=len(frames),
                measured=measured,
                advice=reader.say(ADVICE[reason]),
                details=[] if is_told else _details(frames),
            )
        )
    return tuple(sums)


def _details(frames: Sequence[Rejected]) -> list[str]:
    counted = Counter(one.detail for one in frames if one.detail)
    return [text for text, _ in counted.most_common(_MOST_DETAILS)]


def _measured(reason: RejectReason, frames: Sequence[Rejected], reader: Reader) -> str:
    measured = [one.figures for one in frames if {"value", "limit"} <= one.figures.keys()]
    if reason not in MEASURED or not measured:
        return ""
    scale, digits = (100.0, 0) if reason is RejectReason.OFF_ROAD else (1.0, 1)
    values = [one["value"] * scale for one in measured]
    write = reader.formats.number
    ends = dict.fromkeys(write(value, digits) for value in (min(values), max(values)))
    limit = write(measured[-1]["limit"] * scale, digits)
    return reader.say(MEASURED[reason]) % {"span": "–".join(ends), "limit": limit}


class _Lenient(dict[str, str]):
    """Figures of which one that was not noted is a dash: a sentence is told all the same."""

    def __missing__(self, name: str) -> str:
        return "–"


def _written(value: Figure, reader: Reader) -> str:
    if isinstance(value, str):
        return value
    is_whole = isinstance(value, int) or value == int(value)
    return reader.formats.number(value, 0 if is_whole else 1)
