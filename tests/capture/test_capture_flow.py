"""Motion between two frames: right where it is known, and never a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gatusyn.capture.flow import measure_flow
from gatusyn.capture.looks import FRAMES, Moment, choose_moments, read_flows
from gatusyn.capture.read_video import read_frames, read_header
from gatusyn.model import CalibrateParams, Flow, GroundTrack

Picture = NDArray[np.uint8]


def texture(width: int = 640, height: int = 360) -> Picture:
    noise = np.random.default_rng(5).normal(0, 1, (height, width)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3.0)
    grey = np.clip(120 + 250 * smooth, 0, 255).astype(np.uint8)
    return np.dstack([grey, grey, grey])


def moved(picture: Picture, x: float, y: float) -> Picture:
    matrix = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(
        cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def ground(*, speed_ms: float = 8.0, seconds: int = 300, bend: bool = True) -> GroundTrack:
    time_s = np.arange(float(seconds))
    bearing = np.where(bend & (time_s % 60 > 50), 90.0 * ((time_s % 60) - 50) / 10, 0.0)
    return GroundTrack(
        time_s=time_s,
        easting_m=np.zeros(seconds),
        northing_m=speed_ms * time_s,
        bearing_deg=bearing,
        speed_ms=np.full(seconds, speed_ms),
        sigma_m=np.ones(seconds),
        distance_m=speed_ms * time_s,
    )


@pytest.mark.parametrize("step", [(3.25, -1.5), (0.0, 0.0), (-14.0, 9.0)])
def test_a_shifted_picture_has_that_motion(step: tuple[float, float]) -> None:
    picture = texture()
    flow = measure_flow(picture, moved(picture, *step), time_s=7.0, apart_s=0.1)
    assert len(flow.before_px) > 150
    assert np.median(flow.after_px - flow.before_px, axis=0) == pytest.approx(step, abs=0.1)
    assert (flow.time_s, flow.apart_s, flow.width_px, flow.height_px) == (7.0, 0.1, 640, 360)
    assert flow.light == pytest.approx(120, abs=5)


def test_a_blank_picture_has_nothing_to_follow() -> None:
    blank = np.full((360, 640, 3), 90, np.uint8)
    assert measure_flow(blank, blank, time_s=0.0, apart_s=0.1).before_px.shape == (0, 2)


def test_large_frames_are_made_smaller_and_tiny_ones_do_not_break() -> None:
    large = texture(1920, 1080)
    assert measure_flow(large, large, time_s=0.0, apart_s=0.1).width_px == 1280
    tiny = texture(20, 16)
    assert len(measure_flow(tiny, tiny, time_s=0.0, apart_s=0.1).before_px) == 0


def test_a_flow_has_no_room_for_a_picture() -> None:
    picture = texture()
    flow = measure_flow(picture, moved(picture, 2, 0), time_s=0.0, apart_s=0.1)
    for field in fields(Flow):
        value = getattr(flow, field.name)
        assert isinstance(value, int | float) or value.shape == (len(flow.before_px), 2)


def test_moments_are_spread_with_more_in_bends() -> None:
    moments = choose_moments(ground(), CalibrateParams(), frames_per_s=30.0, max_gap_s=10.0)
    times = np.array([one.time_s for one in moments])
    assert 60 <= len(moments) <= 80
    assert (np.diff(times) > FRAMES * 0.09).all()
    bends = (times % 60) > 51
    assert bends.mean() > 1.2 * 9 / 60
    assert {round(one.apart_s * 30) for one in moments} == {3}


@pytest.mark.parametrize(
    ("speed_ms", "frames_per_s", "some"), [(8.0, 3.0, False), (3.0, 5.0, True), (1.0, 30.0, False)]
)
def test_too_few_frames_or_too_little_speed_give_no_moments(
    speed_ms: float, frames_per_s: float, some: bool
) -> None:
    moments = choose_moments(
        ground(speed_ms=speed_ms), CalibrateParams(), frames_per_s=frames_per_s, max_gap_s=10.0
    )
    assert bool(moments) is some


def test_a_long_drive_has_no_more_looks_than_asked_for() -> None:
    params = CalibrateParams(max_looks=50)
    moments = choose_moments(ground(seconds=20_000), params, frames_per_s=30.0, max_gap_s=10.0)
    assert 45 <= len(moments) <= 65


def test_seeking_gives_the_same_frames(
    tmp_path: Path,
    write_video: Callable[..., Path],
    numbered: Callable[[int], list[Picture]],
    number_of: Callable[[Picture], int],
) -> None:
    video = write_video(tmp_path / "v.mp4", numbered(100), fps=10, extra=("-g", "20"))
    header = read_header(video)
    wanted = [5.3, 5.4, 5.6]
    sought = list(read_frames(video, header, wanted, seek=True))
    plain = list(read_frames(video, header, wanted))
    assert [number_of(image) for _, _, image in sought] == [53, 54, 56]
    assert [number_of(image) for _, _, image in plain] == [53, 54, 56]
    assert [time for _, time, _ in sought] == pytest.approx(wanted, abs=0.002)


def test_flows_of_a_video_are_at_its_moments_and_broken_ones_are_left_out(
    tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    picture = texture(320, 192)
    frames = [moved(picture, 0.5 * number, 0.0) for number in range(60)]
    video = write_video(tmp_path / "v.mp4", frames, fps=10)
    header = read_header(video)
    moments = [Moment(time_s=time, apart_s=0.2) for time in (98.0, 101.0, 103.0, 105.9, 400.0)]
    flows = list(read_flows(video, header, moments, start_s=100.0, duration_s=6.0))
    assert [flow.time_s for flow in flows] == pytest.approx([101.1, 101.3, 103.1, 103.3], abs=0.01)
    for flow in flows:
        assert flow.apart_s == pytest.approx(0.2, abs=0.01)
        step = np.median(flow.after_px - flow.before_px, axis=0)
        assert step == pytest.approx([1.0, 0.0], abs=0.15)
    whole = video.read_bytes()
    video.write_bytes(whole[: len(whole) // 3])
    assert len(list(read_flows(video, header, moments, start_s=100.0, duration_s=6.0))) < 4
