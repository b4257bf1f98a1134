"""Headers, frames and motion of video files, through ffmpeg."""

from __future__ import annotations

import subprocess
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np

from gatusyn.capture.decoder import Decoder, start_limited
from gatusyn.capture.ffmpeg_command import (
    MOTION_HEIGHT_PX,
    MOTION_WIDTH_PX,
    frame_graph,
    header_command,
    motion_graph,
    picture_command,
)
from gatusyn.capture.frames import Motion
from gatusyn.capture.video_header import VideoHeader, demuxer_of, explain, parse_header
from gatusyn.model import DriveFault, FootageError, Image

_HEADER_S: Final = 60.0
_PATIENCE_S: Final = 60.0
_SLOWEST: Final = 20.0
"""Seconds that a second of video may take (4K on a small machine takes about five)."""

_NO_PICTURE: Final = "has not one picture that can be decoded"
_ENDLESS_S: Final = 6 * 3600.0


def read_header(path: Path) -> VideoHeader:
    """Read what a video says of itself.

    Raises
    ------
    FootageError
        If the file is no video, is cut off, or cannot be opened.
    """
    try:
        with path.open("rb") as file:
            start = file.read(12)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FootageError(
            path, f"cannot be read ({reason})", "Check the path.", fault=DriveFault.UNREADABLE
        ) from error
    if not start:
        raise FootageError(
            path.name,
            "is empty (0 bytes)",
            "Copy the file from the phone again.",
            fault=DriveFault.EMPTY,
        )
    demuxer = demuxer_of(start)
    if demuxer is None:
        raise FootageError(
            path.name,
            "is not a video, whatever its name says",
            "Give MP4, MOV, M4V, MKV, WebM or AVI.",
            fault=DriveFault.NOT_A_VIDEO,
        )
    process = start_limited(header_command(_ffmpeg(), path, demuxer), cpu_s=_HEADER_S)
    try:
        _, said = process.communicate(timeout=_HEADER_S)
    except subprocess.TimeoutExpired as error:
        raise FootageError(
            path.name,
            f"could not be opened within {_HEADER_S:.0f} s",
            "Check it in a player.",
            fault=DriveFault.VIDEO_DAMAGED,
        ) from error
    finally:
        process.kill()
        process.communicate()
    lines = said.decode("utf-8", errors="replace").splitlines()
    return parse_header(lines, source=path.name, demuxer=demuxer)


def read_frames(
    path: Path, header: VideoHeader, wanted_s: Sequence[float], *, seek: bool = False
) -> Generator[tuple[int, float, Image], None, None]:
    """Give the frame nearest to each wanted time.

    Parameters
    ----------
    path, header
        The video.
    wanted_s
        Seconds since its start, strictly rising.
    seek
        Begin at the key frame before the first wanted time: for some frames of a long video.

    Yields
    ------
    tuple
        Index into ``wanted_s``, the frame's own time in seconds since the start of the video, and
        the frame, RGB uint8 [height, width, 3]. Two wanted times that share a frame get it once,
        under the later one.

    Raises
    ------
    FootageError
        If not one frame can be decoded, or decoding stops part of the way; the message says why.
    """
    if not wanted_s:
        return
    # The first frame later than half a frame before the wanted time is the nearest one.
    half_s = 0.5 / header.frames_per_s
    thresholds = np.asarray(wanted_s, dtype=np.float64) - half_s
    from_s = max(float(thresholds[0]) - half_s, 0.0) if seek else 0.0
    until_s = float(wanted_s[-1]) - from_s + 2.0
    graph = frame_graph([float(value) - from_s for value in thresholds], header)
    command = picture_command(
        _ffmpeg(), path, header.demuxer, from_s=from_s, until_s=until_s, fast=False
    )
    shape = (header.height_px, header.width_px, 3)
    reached_s, done = from_s, -1
    with Decoder(command, graph=graph, shape=shape, cpu_s=_allowance_s(until_s)) as decoder:
        while done + 1 < len(wanted_s):
            ahead_s = float(wanted_s[done + 1]) - reached_s
            item = _next(decoder, path, wait_s=_allowance_s(max(ahead_s, 0.0)))
            if item is None:
                if done < 0:
                    raise explain(path.name, decoder.said, known=_NO_PICTURE)
                return
            reached_s, image = item[0] + from_s, item[1]
            # ffmpeg compares with the rounded thresholds of the graph.
            passed = int(np.searchsorted(thresholds, reached_s + 1e-3, side="right"))
            done = max(passed - 1, done + 1)
            yield done, reached_s, image


def read_motion(path: Path, header: VideoHeader, *, rate_hz: float, until_s: float) -> list[Motion]:
    """Measure what moves in a video, without keeping a pixel of it.

    Parameters
    ----------
    path, header
        The video.
    rate_hz
        Moments a second.
    until_s
        Seconds of the video after which to stop.

    Raises
    ------
    FootageError
        If decoding hangs.
    """
    until_s = min(until_s, header.duration_s or _ENDLESS_S)
    command = picture_command(_ffmpeg(), path, header.demuxer, until_s=until_s, fast=True)
    shape = (MOTION_HEIGHT_PX, MOTION_WIDTH_PX)
    graph = motion_graph(rate_hz)
    motions: list[Motion] = []
    former: tuple[float, Image] | None = None
    with Decoder(command, graph=graph, shape=shape, cpu_s=_allowance_s(until_s)) as decoder:
        while (item := _next(decoder, path, wait_s=_PATIENCE_S)) is not None:
            if former is not None:
                motions.append(_motion(former, item))
            former = item
    return motions


def _motion(before: tuple[float, Image], after: tuple[float, Image]) -> Motion:
    light = float(after[1].mean())
    shift = light - float(before[1].mean())
    change = np.abs(after[1].astype(np.float32) - before[1] - shift).mean()
    return Motion(time_s=(before[0] + after[0]) / 2, change=float(change), light=light)


def _next(decoder: Decoder, path: Path, *, wait_s: float) -> tuple[float, Image] | None:
    try:
        return decoder.next(wait_s=wait_s)
    except TimeoutError as error:
        raise FootageError(
            path.name,
            f"takes too long to decode ({error})",
            "Convert it to H.264.",
            fault=DriveFault.VIDEO_SLOW,
        ) from error


def _allowance_s(video_s: float) -> float:
    return _PATIENCE_S + _SLOWEST * video_s


def _ffmpeg() -> str:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FootageError(
            "ffmpeg", "is not installed, so no video can be read", "Install imageio-ffmpeg."
        ) from error
