"""Command lines and filter graphs for ffmpeg, under the limits that a stranger's file needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gatusyn.capture.video_header import MAX_PIXELS, VideoHeader

MOTION_WIDTH_PX = 96
MOTION_HEIGHT_PX = 54

_CODECS = (
    "h264,hevc,mpeg4,mjpeg,vp8,vp9,av1,libdav1d,libvpx,libvpx-vp9,"
    "mpeg2video,mpeg1video,h263,msmpeg4v3"
)


def header_command(ffmpeg: str, path: Path, demuxer: str) -> list[str]:
    """Return the command that prints a video's header and reads no picture."""
    return [ffmpeg, "-nostdin", "-hide_banner", *_input(path, demuxer)]


def picture_command(
    ffmpeg: str, path: Path, demuxer: str, *, until_s: float, fast: bool, from_s: float = 0.0
) -> list[str]:
    """Return the command that writes raw pictures to standard output.

    The filter graph is read from standard input: it may be longer than a command line can be.

    Parameters
    ----------
    ffmpeg, path, demuxer
        The program, the video and its reader.
    until_s
        Seconds after the first picture at which to stop.
    fast
        Leave out what only makes pictures prettier (and frames that no other frame needs).
    from_s
        Seconds of the video at which to begin; times are then counted from there.
    """
    hurry = ["-skip_frame", "noref", "-skip_loop_filter", "all"] if fast else []
    quiet = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"]
    start = ["-ss", f"{from_s:.3f}"] if from_s > 0 else []
    stop = [*start, "-t", f"{until_s:.3f}"]
    output = ["-map", "0:v:0", "-/filter:v", "pipe:0", "-fps_mode", "passthrough"]
    raw = ["-c:v", "rawvideo", "-f", "rawvideo", "pipe:1"]
    return [ffmpeg, *quiet, *hurry, *stop, *_input(path, demuxer), *output, *raw]


def frame_graph(thresholds_s: Sequence[float], header: VideoHeader) -> str:
    """Return the graph that passes the first frame at or after each threshold, as RGB.

    A frame that passes several thresholds at once comes once. ``showinfo`` logs each frame's time.

    Parameters
    ----------
    thresholds_s
        Seconds since the start of the video, rising, at least one.
    header
        Gives the size of the pictures.
    """
    passed = _count_expression([f"{value:.4f}" for value in thresholds_s])
    rule = f"if(gt(st(0,{passed}),ld(1)),1+0*st(1,ld(0)),0)"
    size = f"{header.width_px}:{header.height_px}"
    return f"select='{rule}',showinfo=checksum=0,scale={size}:flags=area,format=rgb24"


def motion_graph(rate_hz: float) -> str:
    """Return the graph that passes small grey pictures at about ``rate_hz`` a second."""
    step = 0.96 / rate_hz
    rule = f"isnan(prev_selected_t)+gte(t-prev_selected_t,{step:.4f})"
    size = f"{MOTION_WIDTH_PX}:{MOTION_HEIGHT_PX}"
    return f"select='{rule}',showinfo=checksum=0,scale={size}:flags=area,format=gray"


def _input(path: Path, demuxer: str) -> list[str]:
    # The prefix keeps a file named like a protocol ("concat:...") a file.
    limits = ["-protocol_whitelist", "file", "-f", demuxer, "-an", "-sn", "-dn"]
    limits += ["-max_pixels", str(MAX_PIXELS), "-codec_whitelist", _CODECS]
    if demuxer == "mov":
        limits += ["-enable_drefs", "0"]
    # Not resolved: a link to a file in memory leads to a name that cannot be opened.
    return [*limits, "-i", f"file:{path.absolute()}"]


def _count_expression(values: Sequence[str], first: int = 0) -> str:
    """Return an expression for how many sorted values the time ``t`` has reached.

    A balanced tree of comparisons: a thousand wanted frames cost ten comparisons a frame.
    """
    if not values:
        return str(first)
    middle = len(values) // 2
    before = _count_expression(values[:middle], first)
    after = _count_expression(values[middle + 1 :], first + middle + 1)
    return f"if(lt(t,{values[middle]}),{before},{after})"
