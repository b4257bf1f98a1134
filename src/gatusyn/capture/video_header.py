"""What ffmpeg says of a video, put in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gatusyn.model import DriveFault, FootageError

MAX_PIXELS = 40_000_000
"""Larger pictures are refused (8K has 33 million pixels)."""

MAX_SIDE_PX = 1920
"""Pictures are made smaller until their longer side is no longer than this."""

_EMPTY_WORDS = ("Error opening", "Terminating thread", "Task finished", "Conversion failed")
"""What ffmpeg says after it has said what is wrong."""

_CLOCK_UNSET_BEFORE_S = datetime(2005, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoHeader:
    """What a video says of itself.

    Parameters
    ----------
    duration_s
        None where the container does not say.
    width_px, height_px
        Size of the pictures as they are given: turned upright, with square pixels, and scaled
        down to ``MAX_SIDE_PX``.
    frames_per_s
        25 where the container does not say.
    created_s
        The container's time of creation, seconds since 1970-01-01 UTC; None where it has none, or
        where the camera's clock had not been set.
    demuxer
        The only reader that ffmpeg may use.
    """

    duration_s: float | None
    width_px: int
    height_px: int
    frames_per_s: float
    created_s: float | None
    demuxer: str


def demuxer_of(start: bytes) -> str | None:
    """Return the ffmpeg demuxer for a file's first 12 bytes; None if it is no video we read.

    A playlist that calls itself .mp4 could make ffmpeg open other files: so the content decides,
    and ffmpeg is not left to guess.
    """
    if start[4:8] in {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}:
        return "mov"
    if start.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if start.startswith(b"RIFF") and start[8:11] == b"AVI":
        return "avi"
    return None


def parse_header(lines: Sequence[str], *, source: str, demuxer: str) -> VideoHeader:
    """Return the header that ffmpeg printed for its input.

    Parameters
    ----------
    lines
        ffmpeg's standard error.
    source
        The file's name, for messages.
    demuxer
        As given to ffmpeg.

    Raises
    ------
    FootageError
        If ffmpeg could not open the file, or its pictures are missing or too large.
    """
    text = "\n".join(lines)
    if "Input #0" not in text:
        raise explain(source, lines)
    stream = next((line for line in lines if re.match(r"\s+Stream #0:.*: Video: ", line)), "")
    size = re.search(r"[ ,](\d{1,6})x(\d{1,6})[ ,\[]", stream + " ")
    if size is None or int(size[1]) * int(size[2]) == 0:
        raise FootageError(
            source,
            "has no pictures that can be read",
            "Check the file in a player.",
            fault=DriveFault.VIDEO_DAMAGED,
        )
    width, height = int(size[1]), int(size[2])
    if width * height > MAX_PIXELS:
        raise FootageError(
            source,
            f"has pictures of {width}x{height} pixels, too large",
            "Record in 4K or less.",
            fault=DriveFault.VIDEO_LARGE,
            figures={"width_px": width, "height_px": height},
        )
    aspect = re.search(r"\[SAR (\d+):(\d+) ", stream)
    if aspect and int(aspect[1]) > 0 and int(aspect[2]) > 0:
        width = round(width * min(max(int(aspect[1]) / int(aspect[2]), 0.25), 4.0))
    turn = re.search(r"rotation of (-?\d+)\.\d+ degrees", text)
    if turn and round(int(turn[1]) / 90) % 2:
        width, height = height, width
    scale = min(1.0, MAX_SIDE_PX / max(width, height))
    rate = re.search(r"([\d.]+) fps", stream)
    return VideoHeader(
        duration_s=_duration(text),
        width_px=max(round(width * scale), 1),
        height_px=max(round(height * scale), 1),
        frames_per_s=float(rate[1]) if rate and float(rate[1]) > 0 else 25.0,
        created_s=_created(text),
        demuxer=demuxer,
    )


def explain(source: str, lines: Sequence[str], *, known: str = "cannot be opened") -> FootageError:
    """Return what is wrong with a video, and what to do, from ffmpeg's own words.

    Parameters
    ----------
    source
        The file's name, for messages.
    lines
        ffmpeg's standard error.
    known
        What is wrong, as far as the caller knows.
    """
    text = "\n".join(lines)
    again = "Copy the file from the phone again, or take its track to another recording."
    if "moov atom not found" in text:
        problem = f"{known}: the moov atom is missing, so the recording was cut off"
        return FootageError(source, problem, again, fault=DriveFault.VIDEO_DAMAGED)
    codec = re.search(r"Codec \((\w+)[^)]*\) not on whitelist", text)
    if codec:
        return FootageError(
            source,
            f"is coded as {codec[1]}, which is not read",
            "Convert it to H.264.",
            fault=DriveFault.VIDEO_CODEC,
            figures={"codec": codec[1]},
        )
    if "Header missing" in text or "EBML header parsing failed" in text:
        problem = f"{known}: its beginning is damaged"
        return FootageError(source, problem, again, fault=DriveFault.VIDEO_DAMAGED)
    words = [re.sub(r"^(\[[^\]]*\] ?)+|file:\S*/", "", line) for line in lines]
    said = [word for word in words if ("rror" in word or "nvalid" in word) and len(word) < 160]
    cause = next((word for word in said if not word.startswith(_EMPTY_WORDS)), "no picture found")
    problem = f"{known} ({cause.rstrip('.')})"
    return FootageError(source, problem, again, fault=DriveFault.VIDEO_DAMAGED)


def _duration(text: str) -> float | None:
    found = re.search(r"^ +Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", text, re.MULTILINE)
    if found is None:
        return None
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    return seconds if seconds > 0 else None


def _created(text: str) -> float | None:
    found = re.search(r"^ +creation_time +: (\S+)$", text, re.MULTILINE)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = moment.timestamp()
    return seconds if seconds > _CLOCK_UNSET_BEFORE_S else None
