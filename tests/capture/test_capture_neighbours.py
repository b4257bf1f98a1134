from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from gatusyn.capture import RawFrame, find_drives, open_drive
from gatusyn.capture.neighbours import Sampled, read_sampled
from gatusyn.capture.read_video import read_header
from gatusyn.model import CaptureParams, FootageError, GroundTrack, Track

Pixels = NDArray[np.uint8]
WriteVideo = Callable[..., Path]
Numbered = Callable[[int], list[Pixels]]
NumberOf = Callable[[Pixels], int]
T0 = 1_748_772_000.0


@pytest.fixture(scope="module")
def video(
    tmp_path_factory: pytest.TempPathFactory, write_video: WriteVideo, numbered: Numbered
) -> Path:
    """Return 4 s of numbered pictures, thirty a second."""
    path = tmp_path_factory.mktemp("video") / "drive.mp4"
    return write_video(path, numbered(120), fps=30, extra=("-movflags", "faststart"))


def sampled(path: Path, wanted_s: list[float], neighbour_s: float = 0.067) -> list[Sampled]:
    return list(read_sampled(path, read_header(path), wanted_s, neighbour_s=neighbour_s))


def numbers(one: Sampled, number_of: NumberOf) -> tuple[int, list[int]]:
    return number_of(one.image), [number_of(image) for _, image in one.neighbours]


def test_each_frame_comes_with_those_around_it(video: Path, number_of: NumberOf) -> None:
    items = sampled(video, [0.5, 1.0, 3.0])
    assert [one.index for one in items] == [0, 1, 2]
    assert [numbers(one, number_of) for one in items] == [
        (15, [13, 17]),
        (30, [28, 32]),
        (90, [88, 92]),
    ]
    assert [time_s for time_s, _ in items[1].neighbours] == pytest.approx([28 / 30, 32 / 30])


@pytest.mark.parametrize(("neighbour_s", "apart"), [(0.02, 1), (0.033, 1), (0.1, 3), (0.25, 8)])
def test_how_far_is_a_whole_number_of_frames(
    video: Path, number_of: NumberOf, neighbour_s: float, apart: int
) -> None:
    (one,) = sampled(video, [1.0], neighbour_s)
    assert numbers(one, number_of) == (30, [30 - apart, 30 + apart])


def test_the_ends_have_one_neighbour(video: Path, number_of: NumberOf) -> None:
    first, last = sampled(video, [0.0, 119 / 30])
    assert numbers(first, number_of) == (0, [2])
    assert numbers(last, number_of) == (119, [117])


def test_a_video_that_is_too_slow_has_none(
    tmp_path: Path, write_video: WriteVideo, numbered: Numbered, number_of: NumberOf
) -> None:
    path = write_video(tmp_path / "slow.mp4", numbered(10), fps=2)
    assert [numbers(one, number_of) for one in sampled(path, [1.0, 2.0])] == [(2, []), (4, [])]


def test_switched_off_there_are_none(video: Path, number_of: NumberOf) -> None:
    assert [numbers(one, number_of) for one in sampled(video, [0.5, 1.0], 0.0)] == [
        (15, []),
        (30, []),
    ]


def test_the_sampled_frames_are_the_same_with_and_without(video: Path, number_of: NumberOf) -> None:
    wanted = [float(value) for value in np.arange(0, 4, 0.013)]
    without, beside = sampled(video, wanted, 0.0), sampled(video, wanted)
    assert [(one.index, one.time_s) for one in without] == [
        (one.index, one.time_s) for one in beside
    ]
    for one in beside[2:-2]:
        number, around = numbers(one, number_of)
        assert around == [number - 2, number + 2]


def test_neighbours_across_dropped_frames_are_none(
    tmp_path: Path, video: Path, number_of: NumberOf
) -> None:
    path = tmp_path / "dropped.mkv"
    kept = "select='not(between(n,31,60))'"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(video), "-vf", kept]
    command += ["-fps_mode", "passthrough", "-c:v", "libx264", "-crf", "20", str(path)]
    subprocess.run(command, check=True)
    wanted = [29 / 30, 1.0, 61 / 30, 2.1]
    items = dict(numbers(one, number_of) for one in sampled(path, wanted))
    assert items == {29: [27], 30: [28], 61: [63], 63: [61, 65]}


def test_few_frames_are_held(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    from gatusyn.capture import neighbours as module

    kept = module._sort_in

    def counted(*arguments: object) -> None:
        kept(*arguments)  # type: ignore[arg-type]
        early, waiting = arguments[2:]
        held.append(len(early) + len(waiting))  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_sort_in", counted)
    assert len(sampled(video, [n / 30 for n in range(120)])) == 120
    assert max(held) <= 6


def test_what_was_read_before_a_break_comes_out(
    tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatusyn.capture import neighbours as module

    def breaking(*arguments: object) -> object:
        yield 0, 0.933, np.zeros((4, 4, 3), np.uint8)
        yield 1, 1.0, np.ones((4, 4, 3), np.uint8)
        raise FootageError("drive.mp4", "takes too long to decode")

    monkeypatch.setattr(module, "read_frames", breaking)
    items = read_sampled(video, read_header(video), [1.0, 2.0], neighbour_s=0.067)
    one = next(items)
    assert (one.index, len(one.neighbours)) == (0, 1)
    with pytest.raises(FootageError, match="too long"):
        next(items)


def test_a_drive_gives_raw_neighbours_on_the_tracks_clock(
    tmp_path: Path,
    write_video: WriteVideo,
    write_gpx: Callable[..., Path],
    numbered: Numbered,
    number_of: NumberOf,
    ground_of: Callable[[Track], GroundTrack],
) -> None:
    write_gpx(tmp_path / "drive.gpx", T0 + np.arange(40.0), np.arange(40) * 10.0)
    path = write_video(tmp_path / "drive.mp4", numbered(120), created_s=T0 + 5)
    opened = open_drive(find_drives(path)[0], CaptureParams())
    ground = ground_of(opened.track)
    items = list(opened.frames(ground, neighbour_s=0.1))
    alone = list(opened.frames(ground))
    assert [item.frame_id for item in items] == [item.frame_id for item in alone]
    for item in items[1:-1]:
        assert isinstance(item, RawFrame)
        assert [type(one) for one in item.neighbours] == [RawFrame, RawFrame]
        apart = [one.time_s - item.time_s for one in item.neighbours]
        assert apart == pytest.approx([-0.1, 0.1], abs=1e-3)
        assert number_of(item.neighbours[0].image) == number_of(item.image) - 1
    assert all(isinstance(item, RawFrame) and not item.neighbours for item in alone)
