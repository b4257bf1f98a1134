from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from gatusyn.capture.decoder import Decoder, start_limited
from gatusyn.capture.read_video import read_frames, read_header, read_motion
from gatusyn.capture.video_header import demuxer_of, explain, parse_header
from gatusyn.model import Cause, DriveFault, FootageError

Pixels = NDArray[np.uint8]
WriteVideo = Callable[..., Path]
Numbered = Callable[[int], list[Pixels]]
NumberOf = Callable[[Pixels], int]


@pytest.fixture(scope="session")
def video(
    tmp_path_factory: pytest.TempPathFactory, write_video: WriteVideo, numbered: Numbered
) -> Path:
    """Return 12 s of numbered pictures, ten a second."""
    path = tmp_path_factory.mktemp("video") / "drive.mp4"
    return write_video(
        path, numbered(120), created_s=1748772000.0, extra=("-movflags", "faststart")
    )


def test_the_header_is_read(video: Path) -> None:
    header = read_header(video)
    assert header.duration_s == pytest.approx(12.0)
    assert (header.width_px, header.height_px) == (128, 96)
    assert header.frames_per_s == 10
    assert header.created_s == 1748772000.0


@pytest.mark.parametrize("suffix", [".mov", ".mkv", ".avi", ".m4v"])
def test_other_containers(
    tmp_path: Path, suffix: str, write_video: WriteVideo, numbered: Numbered, number_of: NumberOf
) -> None:
    path = write_video(tmp_path / f"a{suffix}", numbered(20))
    header = read_header(path)
    assert header.duration_s == pytest.approx(2.0, abs=0.11)
    got = [(index, number_of(image)) for index, _, image in read_frames(path, header, [0.5, 1.5])]
    assert got == [(0, 5), (1, 15)]


def test_each_wanted_time_gets_its_nearest_frame(video: Path, number_of: NumberOf) -> None:
    wanted = [0.0, 0.31, 0.39, 1.0, 5.04, 5.06, 11.9]
    items = list(read_frames(video, read_header(video), wanted))
    assert [index for index, _, _ in items] == list(range(7))
    assert [number_of(image) for _, _, image in items] == [0, 3, 4, 10, 50, 51, 119]
    assert [time_s for _, time_s, _ in items] == pytest.approx([0, 0.3, 0.4, 1, 5, 5.1, 11.9])
    assert all(image.flags.writeable for _, _, image in items)


def test_wanted_times_that_share_a_frame_get_it_once(video: Path, number_of: NumberOf) -> None:
    items = list(read_frames(video, read_header(video), [1.0, 1.01, 1.02, 2.0]))
    assert [(index, number_of(image)) for index, _, image in items] == [(2, 10), (3, 20)]


def test_thousands_of_wanted_times_fit(video: Path) -> None:
    wanted = [float(value) for value in np.linspace(0, 11.9, 20_000)]
    assert len(list(read_frames(video, read_header(video), wanted))) == 120


def test_nothing_wanted_starts_nothing(video: Path) -> None:
    assert list(read_frames(video, read_header(video), [])) == []


def test_turned_video_comes_upright(tmp_path: Path, video: Path, number_of: NumberOf) -> None:
    path = tmp_path / "turned.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-display_rotation", "90"]
    subprocess.run([*command, "-i", str(video), "-c", "copy", str(path)], check=True)
    header = read_header(path)
    assert (header.width_px, header.height_px) == (96, 128)
    (_, _, image), *_ = read_frames(path, header, [2.3])
    assert image.shape == (128, 96, 3)
    assert number_of(np.rot90(image, -1)) == 23


def test_large_video_is_made_smaller(tmp_path: Path, write_video: WriteVideo) -> None:
    picture = np.full((1440, 2560, 3), 90, dtype=np.uint8)
    path = write_video(tmp_path / "large.mp4", [picture] * 3)
    header = read_header(path)
    assert (header.width_px, header.height_px) == (1920, 1080)
    assert next(iter(read_frames(path, header, [0.1])))[2].shape == (1080, 1920, 3)


def test_a_video_without_its_index_was_cut_off(
    tmp_path: Path, write_video: WriteVideo, numbered: Numbered
) -> None:
    whole = write_video(tmp_path / "whole.mp4", numbered(60)).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FootageError, match=r"moov atom is missing.*cut off") as caught:
        read_header(path)
    assert caught.value.source == "cut.mp4"


def test_a_video_that_breaks_off_gives_its_beginning(
    tmp_path: Path, video: Path, number_of: NumberOf
) -> None:
    whole = video.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    header = read_header(path)
    assert header.duration_s == pytest.approx(12.0)
    wanted = [float(value) for value in np.arange(0, 12, 0.5)]
    items = list(read_frames(path, header, wanted))
    assert 4 < len(items) < 20
    good = [number_of(image) == round(time_s * 10) for _, time_s, image in items[:-1]]
    assert all(good)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"hello, this is a text and no video at all", "is not a video"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", "is not a video"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "is not a video"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 500, "cannot be opened"),
        (b"\x1aE\xdf\xa3" + b"\xff" * 500, "cannot be opened"),
        (b"RIFF\x00\x00\x00\x00AVI " + b"\x00" * 500, "cannot be opened|no pictures"),
        (b"RIFF\x00\x00\x00\x00WAVE" + b"\x00" * 500, "is not a video"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "drive.mp4"
    path.write_bytes(data)
    with pytest.raises(FootageError, match=words):
        read_header(path)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    sound = ["-f", "lavfi", "-i", "sine=duration=1"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *sound, str(path)], check=True)
    with pytest.raises(FootageError, match="no pictures"):
        read_header(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FootageError, match="cannot be read"):
        read_header(tmp_path / "none.mp4")


def test_huge_pictures_are_refused() -> None:
    lines = [
        "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'a.mp4':",
        "  Duration: 00:00:04.00, start: 0.000000, bitrate: 48 kb/s",
        "  Stream #0:0: Video: h264 (High) (avc1 / 0x31637661), yuv420p, 30000x30000, 25 fps",
    ]
    with pytest.raises(FootageError, match="30000x30000 pixels, too large"):
        parse_header(lines, source="a.mp4", demuxer="mov")


def test_pixels_that_are_not_square_are_made_so() -> None:
    lines = [
        "Input #0, avi, from 'a.avi':",
        "  Duration: N/A, start: 0.000000, bitrate: 48 kb/s",
        "  Stream #0:0: Video: mjpeg, yuv420p, 720x576 [SAR 64:45 DAR 16:9], 25 tbr",
        "      creation_time   : 1970-01-01T00:00:00.000000Z",
    ]
    header = parse_header(lines, source="a.avi", demuxer="avi")
    assert (header.width_px, header.height_px) == (1024, 576)
    assert header.duration_s is None
    assert header.created_s is None
    assert header.frames_per_s == 25


def test_a_codec_that_is_not_read_is_named() -> None:
    said = ["[mov @ 0x1] Codec (prores) not on whitelist 'h264'", "Error opening input"]
    fault = explain("a.mov", said)
    assert "prores" in fault.problem
    assert fault.cause == Cause(fault=DriveFault.VIDEO_CODEC, figures={"codec": "prores"})


def test_a_codec_off_the_list_is_refused(
    tmp_path: Path, write_video: WriteVideo, numbered: Numbered
) -> None:
    path = write_video(tmp_path / "a.mkv", numbered(5), extra=("-c:v", "ffv1"))
    with pytest.raises(FootageError, match="ffv1"):
        list(read_frames(path, read_header(path), [0.1]))


def test_closing_ends_the_process(video: Path) -> None:
    before = _children()
    with closing(read_frames(video, read_header(video), [0.0, 1.0, 2.0, 11.0])) as frames:
        next(frames)
        assert len(_children()) == len(before) + 1
    assert _children() == before


def test_what_is_said_after_the_last_picture_is_heard() -> None:
    late = ["/bin/sh", "-c", "exec 1>&-; /bin/sleep 0.4; echo why >&2"]
    with Decoder(late, graph="null", shape=(4, 4, 3), cpu_s=5) as decoder:
        assert decoder.next(wait_s=20.0) is None
        assert "why" in decoder.said


def _children() -> set[str]:
    found = set()
    for task in Path("/proc/self/task").iterdir():
        found.update((task / "children").read_text().split())
    return found


def test_a_decoder_that_hangs_is_given_up() -> None:
    began = time.monotonic()
    with (
        Decoder(["sleep", "30"], graph="null", shape=(4, 4, 3), cpu_s=5) as decoder,
        pytest.raises(TimeoutError, match="no picture"),
    ):
        decoder.next(wait_s=0.2)
    assert time.monotonic() - began < 5


def test_memory_and_written_files_are_limited(tmp_path: Path) -> None:
    target = tmp_path / "written"
    for code in ("bytearray(4 * 2**30)", f"open({str(target)!r}, 'w').write('x' * 99999)"):
        process = start_limited([sys.executable, "-c", f"input(); {code}"], cpu_s=20)
        process.communicate(b"go\n")
        assert process.returncode != 0
    assert not target.exists() or target.stat().st_size == 0


def test_motion_has_no_pixels_and_sees_the_stop(
    tmp_path: Path, write_video: WriteVideo, numbered: Numbered
) -> None:
    pictures = numbered(20)
    path = write_video(tmp_path / "a.mp4", [*pictures, *[pictures[-1]] * 20])
    motions = read_motion(path, read_header(path), rate_hz=4, until_s=100)
    moving = [motion.change for motion in motions if motion.time_s < 1.9]
    standing = [motion.change for motion in motions if motion.time_s > 2.4]
    assert len(moving) > 4
    assert len(standing) > 4
    assert min(moving) > 5 * max(standing)


def test_demuxers_are_known_by_content() -> None:
    assert demuxer_of(b"\x00\x00\x00\x18ftypmp42") == "mov"
    assert demuxer_of(b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x00") == "matroska"
    assert demuxer_of(b"RIFF\x10\x00\x00\x00AVI ") == "avi"
    assert demuxer_of(b"") is None
