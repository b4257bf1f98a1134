"""Plan the drives of a town: motion, track and camera poses, without filming them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from .arrays import Floats
from .camera import Lens, Pose
from .motion import Motion, drive
from .receiver import Track, record
from .route import plan_route, split_route
from .town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """A planned drive.

    Parameters
    ----------
    name : str
        Stem of its files.
    start : datetime
        Start of the video, UTC.
    motion : Motion
        Where the camera truly is.
    track : Track
        What the receiver says.
    links : tuple of int
        Indices of the links driven, in order.
    """

    name: str
    start: datetime
    motion: Motion
    track: Track
    links: tuple[int, ...]

    def frame_count(self, fps: float) -> int:
        """Return the number of frames of its video."""
        return int(self.motion.time_s[-1] * fps)


def plan_drives(town: Town) -> tuple[Drive, ...]:
    """Plan the drives that together cover every driven street in both directions."""
    params = town.params
    planned: list[Drive] = []
    start = datetime(2026, 5, 11, 8, 0, tzinfo=UTC)
    for number, part in enumerate(split_route(plan_route(town), params.drives), start=1):
        rng = np.random.default_rng([params.seed, 8, number])
        motion = drive(rng, part, params.speed_ms)
        planned.append(
            Drive(
                name=f"drive-{number}",
                start=start,
                motion=motion,
                track=record(rng, motion, params),
                links=tuple(arc.link for arc in part),
            )
        )
        start += timedelta(seconds=float(np.ceil(motion.time_s[-1])) + 600)
    return tuple(planned)


def lens_of(town: Town) -> Lens:
    """Return the lens that the town's settings describe."""
    params = town.params
    return Lens(
        width_px=params.image_width_px,
        height_px=params.image_height_px,
        fov_deg=params.camera_fov_deg,
    )


def frame_poses(town: Town, planned: Drive) -> tuple[list[Pose], list[float]]:
    """Return the camera's pose and the speed in m/s at every frame of a drive."""
    params = town.params
    return poses_at(town, planned, np.arange(planned.frame_count(params.fps)) / params.fps)


def poses_at(
    town: Town, planned: Drive, times: Floats, *, seed: int | None = None
) -> tuple[list[Pose], list[float]]:
    """Return the camera's pose and the speed in m/s at times in seconds of a drive, shape (n,).

    Parameters
    ----------
    town, planned : Town, Drive
        The town and one of its drives.
    times : ndarray, shape (n,)
        Seconds since the video's start.
    seed : int, optional
        Of the camera's shaking; by default the drive's own.
    """
    params = town.params
    own = [int(planned.name.rpartition("-")[2])]
    rng = np.random.default_rng([params.seed, 9, *own, *([] if seed is None else [seed])])
    places, headings, speeds = planned.motion.at(times)
    slipped = times >= params.slip_share * planned.motion.time_s[-1]
    poses = []
    for place, heading, speed, slip in zip(places, headings, speeds, slipped, strict=True):
        shake = params.camera_shake_deg * min(1.0, float(speed) / 3.0)
        tilt = rng.normal(0.0, 1.0, 2) * shake
        poses.append(
            Pose(
                x_m=float(place[0]),
                y_m=float(place[1]),
                height_m=params.camera_height_m,
                heading_deg=float(heading) + params.camera_yaw_deg + slip * params.slip_yaw_deg,
                pitch_deg=params.camera_pitch_deg + float(tilt[0]) + slip * params.slip_pitch_deg,
                roll_deg=params.camera_roll_deg + float(tilt[1]) + slip * params.slip_roll_deg,
            )
        )
    return poses, [float(speed) for speed in speeds]
