"""What moves in a made-up street, seen by a camera, without a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import CameraParams, Flow, GroundTrack
from gatusyn.simulate.camera import Lens, Pose, project, projection

SIZE = (1280, 720)
APART_S = 0.1


def straight_track(*, seconds: int = 400, speed_ms: float = 8.0) -> GroundTrack:
    """Return a drive to the north, with a right-angled bend of 5 s every 40 s."""
    time_s = np.arange(float(seconds))
    bearing = 90.0 * np.floor(time_s / 40.0) + 18.0 * np.clip(time_s % 40.0 - 35.0, 0.0, 5.0)
    angle = np.radians(bearing)
    steps = speed_ms * np.column_stack([np.sin(angle), np.cos(angle)])
    place = np.concatenate([[[0.0, 0.0]], np.cumsum(steps[:-1], axis=0)])
    return GroundTrack(
        time_s=time_s,
        easting_m=place[:, 0],
        northing_m=place[:, 1],
        bearing_deg=bearing % 360.0,
        speed_ms=np.full(seconds, speed_ms),
        sigma_m=np.ones(seconds),
        distance_m=speed_ms * time_s,
    )


def flow_at(
    time_s: float,
    mount: CameraParams,
    rng: np.random.Generator,
    *,
    speed_ms: float = 8.0,
    turn_deg_s: float = 0.0,
    noise_px: float = 0.2,
    wrong_share: float = 0.1,
    shake_deg: float = 0.1,
    sharpness: float = 200.0,
) -> Flow:
    """Return the flow of points on the road and on what stands beside it."""
    lens = Lens(width_px=SIZE[0], height_px=SIZE[1], fov_deg=mount.horizontal_fov_deg)
    road = np.column_stack([rng.uniform(-5, 5, 500), rng.uniform(2, 25, 500), np.zeros(500)])
    walls = np.column_stack(
        [
            rng.choice([-1.0, 1.0], 500) * rng.uniform(6, 20, 500),
            rng.uniform(4, 80, 500),
            rng.uniform(0, 9, 500),
        ]
    )
    points = np.concatenate([road, walls])
    turn = turn_deg_s * APART_S
    middle = np.radians(turn / 2.0)
    moved = speed_ms * APART_S * np.array([np.sin(middle), np.cos(middle)])
    seen = []
    for place, heading in (((0.0, 0.0), 0.0), (moved, turn)):
        tilt = rng.normal(0.0, shake_deg, 2)
        pose = Pose(
            x_m=float(place[0]),
            y_m=float(place[1]),
            height_m=mount.height_m,
            heading_deg=heading + mount.yaw_deg,
            pitch_deg=mount.pitch_deg + float(tilt[0]),
            roll_deg=mount.roll_deg + float(tilt[1]),
        )
        seen.append(project(projection(lens, pose), points))
    (before, depth), (after, later) = seen
    inside = (depth > 0.5) & (later > 0.5) & _inside(before) & _inside(after)
    before, after = before[inside], after[inside]
    after = after + rng.normal(0.0, noise_px, after.shape)
    wrong = rng.random(len(after)) < wrong_share
    after[wrong] += rng.uniform(-25, 25, (int(wrong.sum()), 2))
    return Flow(
        time_s=time_s,
        apart_s=APART_S,
        width_px=SIZE[0],
        height_px=SIZE[1],
        before_px=before,
        after_px=after,
        sharpness=sharpness,
        light=120.0,
    )


def flows_along(
    track: GroundTrack,
    mount: CameraParams,
    *,
    seed: int = 1,
    every_s: float = 7.0,
    noise_px: float = 0.2,
    wrong_share: float = 0.1,
    shake_deg: float = 0.1,
    sharpness: float = 200.0,
) -> list[Flow]:
    """Return flows spread over a track from ``straight_track``."""
    rng = np.random.default_rng(seed)
    flows = []
    for time_s in np.arange(2.0, track.time_s[-1] - 2.0, every_s):
        turning = 35.5 < time_s % 40.0 < 39.5
        flows.append(
            flow_at(
                float(time_s),
                mount,
                rng,
                speed_ms=float(track.speed_ms[0]),
                turn_deg_s=18.0 if turning else 0.0,
                noise_px=noise_px,
                wrong_share=wrong_share,
                shake_deg=shake_deg,
                sharpness=sharpness,
            )
        )
    return flows


def _inside(pixels: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(((pixels >= 0) & (pixels < np.array(SIZE))).all(axis=1))
