import subprocess
from pathlib import Path

import gpxpy
import imageio_ffmpeg
import numpy as np
import pyproj
import pytest

from gatusyn.model.errors import TrackError
from gatusyn.simulate import SimulationParams, make_town, write_town, write_track
from gatusyn.simulate.drives import frame_poses, plan_drives, poses_at
from gatusyn.simulate.receiver import drift, record


def small_params(**changes: float) -> SimulationParams:
    values: dict[str, float] = {
        "seed": 5, "blocks_x": 1, "blocks_y": 1, "block_length_m": 50.0, "drives": 1,
        "fps": 0.5, "image_width_px": 320, "image_height_px": 180, "speed_ms": 12.0,
    }  # fmt: skip
    return SimulationParams(**{**values, **changes})  # type: ignore[arg-type]


def test_drives_are_smooth_slow_down_and_stop() -> None:
    town = make_town(SimulationParams(damage_density=0.0))
    for planned in plan_drives(town):
        motion = planned.motion
        step = np.hypot(*np.diff(motion.place, axis=0).T)
        assert step.max() <= town.params.speed_ms * 0.1 + 0.05
        assert motion.speed_ms.min() < 0.5
        assert np.abs(np.diff(motion.heading_deg)).max() < 6
        assert motion.time_s[-1] > 60


def test_the_vehicle_keeps_to_the_right() -> None:
    town = make_town(SimulationParams(damage_density=0.0))
    planned = plan_drives(town)[0]
    link = town.links[planned.links[0]]
    street = town.street_of(planned.links[0])
    place, heading, _ = planned.motion.at(np.array([4.0]))
    nearest = link.line[np.argmin(np.hypot(*(link.line - place[0]).T))]
    angle = np.radians(heading[0])
    right = np.array([np.cos(angle), -np.sin(angle)])
    assert (place[0] - nearest) @ right == pytest.approx(street.width_m / 4, abs=0.5)


def test_track_noise_has_the_statistics_asked_for() -> None:
    rng = np.random.default_rng(2)
    values = drift(rng, 40_000, 1.5, 20.0)
    assert values.std() == pytest.approx(1.5, rel=0.1)
    lagged = np.corrcoef(values[:-20, 0], values[20:, 0])[0, 1]
    assert lagged == pytest.approx(np.exp(-1), abs=0.1)
    params = SimulationParams(damage_density=0.0, gps_drift_sigma_m=0.0, gps_white_sigma_m=2.0)
    motion = plan_drives(make_town(params))[0].motion
    track = record(rng, motion, params)
    place, _, _ = motion.at(track.time_s)
    assert (track.place - place).std() == pytest.approx(2.0, rel=0.15)


@pytest.mark.parametrize("suffix", [".gpx", ".csv"])
def test_tracks_hold_the_clock_offset(tmp_path: Path, suffix: str) -> None:
    town = make_town(small_params(clock_offset_s=7.0, gps_white_sigma_m=0.0, gps_drift_sigma_m=0.0))
    planned = plan_drives(town)[0]
    path = tmp_path / f"track{suffix}"
    write_track(town, planned, path)
    if suffix == ".csv":
        rows = path.read_text(encoding="utf-8").splitlines()
        assert len(rows) == len(planned.track.time_s) + 1
        return
    with path.open(encoding="utf-8") as stream:
        points = gpxpy.parse(stream).tracks[0].segments[0].points
    assert len(points) == len(planned.track.time_s)
    assert points[0].time is not None
    assert (points[0].time - planned.start).total_seconds() == 7.0
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3006", always_xy=True)
    east, north = to_metres.transform(points[3].longitude, points[3].latitude)
    place, _, _ = planned.motion.at(np.array([3.0]))
    expected = place[0] + np.array(town.origin_m)
    assert np.hypot(*(np.array([east, north]) - expected)) < 0.01


def test_tracks_of_unknown_kind_are_refused(tmp_path: Path) -> None:
    town = make_town(small_params(damage_density=0.0))
    with pytest.raises(TrackError, match=r"\.gpx or \.csv"):
        write_track(town, plan_drives(town)[0], tmp_path / "track.kml")


def test_a_town_is_written_and_its_video_decodes(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    files = write_town(
        small_params(), tmp_path, on_progress=lambda done, total: heard.append((done, total)),
        workers=1,
    )  # fmt: skip
    town = make_town(small_params())
    planned = plan_drives(town)[0]
    count = planned.frame_count(town.params.fps)
    assert heard[-1] == (count, count)
    assert len(frame_poses(town, planned)[0]) == count
    video, track = files.drives[0]
    assert video.stem == track.stem
    assert all(path.stat().st_size > 0 for path in (video, track, files.network, files.truth))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(video),
               "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]  # fmt: skip
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 180, 320, 3)
    assert len(frames) == count
    assert frames.std() > 20


def test_a_mount_that_slips_is_another_mount_afterwards() -> None:
    params = small_params(
        camera_pitch_deg=4.0, camera_yaw_deg=3.0, camera_roll_deg=-2.0, camera_shake_deg=0.0,
        slip_share=0.5, slip_pitch_deg=5.0, slip_yaw_deg=-1.0, slip_roll_deg=2.5,
    )  # fmt: skip
    town = make_town(params)
    planned = plan_drives(town)[0]
    end = planned.motion.time_s[-1]
    times = np.array([0.2, 0.8]) * end
    _, headings, _ = planned.motion.at(times)
    (early, late), _ = poses_at(town, planned, times)
    assert (early.pitch_deg, early.roll_deg) == (4.0, -2.0)
    assert (late.pitch_deg, late.roll_deg) == (9.0, 0.5)
    assert early.heading_deg - headings[0] == pytest.approx(3.0)
    assert late.heading_deg - headings[1] == pytest.approx(2.0)
