"""Drives over made-up roads, sent through the chain from fixes and detections to observations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gatusyn.capture.sampling import sample_times
from gatusyn.geo import Projection, polygons_of
from gatusyn.locate import Camera, FrameGround, Ground, PoseFinder, smooth_track
from gatusyn.model import CitySettings, Coverage, Network, Observation, Pose, Track
from gatusyn.network import Matcher
from gatusyn.network.sections import cut_sections
from gatusyn.simulate.damage import Damage
from gatusyn.simulate.motion import Driver, Motion, drive
from gatusyn.simulate.receiver import drift
from gatusyn.simulate.road_damage import scatter_damage
from gatusyn.simulate.roads import Roads, make_roads, network_links
from gatusyn.simulate.route import cover_links
from gatusyn.simulate.sightings import Mount, Scenery, Sighting, SightParams, true_place

Floats = NDArray[np.float64]

EPSG = 3006
_FIRST_DAY_S = 1_780_000_000.0
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Errors of the fixes and of the clock.

    Parameters
    ----------
    sigma_m
        Standard deviation of a fix, per axis.
    correlation_s
        Correlation time of the fixes' errors (first-order Gauss-Markov); 0 makes them white.
    clock_off_s, clock_jitter_s
        Standard deviations of the frames' times against the fixes': of a drive, and of a frame.
    says_accuracy
        Whether the track holds ``sigma_m``.
    """

    sigma_m: float = 3.0
    correlation_s: float = 0.0
    clock_off_s: float = 0.1
    clock_jitter_s: float = 0.02
    says_accuracy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is true of one observation.

    Parameters
    ----------
    damage
        Index of the damage; None for a false alarm.
    part
        Where on the road that what was observed truly is; easting, northing.
    distance_m
        From the lens to the middle of that part.
    """

    damage: int | None
    part: BaseGeometry
    distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseError:
    """How far a pose was off: metres along the direction of travel, right of it, and degrees."""

    time_s: float
    along_m: float
    right_m: float
    turned_deg: float
    pose: Pose


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTown:
    """Roads, what lies on them, and the network of the delivery with what is built from it."""

    roads: Roads
    scenery: Scenery
    network: Network
    matcher: Matcher
    ground: Ground
    settings: CitySettings

    @property
    def damages(self) -> tuple[Damage, ...]:
        """The damages; observations' truth names them by index."""
        return self.scenery.damages


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePass:
    """One drive over all roads.

    Parameters
    ----------
    truth
        By ``observation_id``.
    looks
        In how many frames each damage's middle was within the looked-at road, by its index.
    poses
        Of the accepted frames.
    received
        Frames taken, those rejected included.
    """

    run_id: str
    observations: tuple[Observation, ...]
    coverage: tuple[Coverage, ...]
    truth: Mapping[str, Seen]
    looks: Mapping[int, int]
    poses: tuple[PoseError, ...]
    received: int


def make_town(
    seed: int, settings: CitySettings, *, per_lane_km: float = 40.0, line_sigma_m: float = 0.0
) -> MadeTown:
    """Make the roads of a seed with their damages, and the network as delivered."""
    roads = make_roads(seed)
    links = tuple(network_links(roads, line_sigma_m=line_sigma_m, seed=seed))
    network = Network(epsg=EPSG, links=links, sections=cut_sections(links, settings.network))
    return MadeTown(
        roads=roads,
        scenery=Scenery(scatter_damage(roads, seed=seed, per_lane_km=per_lane_km), seed=seed),
        network=network,
        matcher=Matcher(network, settings.match),
        ground=Ground(network, settings.locate),
        settings=settings,
    )


def camera_settings(sight: SightParams) -> CitySettings:
    """Return settings of a town whose camera was calibrated to what the made-up one is."""
    base = CitySettings()
    camera = replace(
        base.camera,
        height_m=sight.height_m,
        pitch_deg=sight.pitch_deg,
        horizontal_fov_deg=sight.fov_deg,
    )
    return replace(base, camera=camera)


def make_pass(
    town: MadeTown,
    *,
    seed: int,
    number: int,
    receiver: Receiver,
    sight: SightParams,
) -> MadePass:
    """Drive every road once and send what was seen through the chain.

    The route, the driver, the mount and what is seen depend on the seed and the pass's number;
    errors of another receiver are those of the same draw, scaled.
    """
    rng = np.random.default_rng([seed, 41, number])
    motion = drive(
        rng, cover_links(rng, town.roads.arcs(rng)), rng.uniform(8.0, 12.0), driver=Driver()
    )
    mount = Mount(rng, motion, sight)
    started = _FIRST_DAY_S + number * _DAY_S
    track = record_track(np.random.default_rng([seed, 42, number]), motion, receiver, started)
    clock = np.random.default_rng([seed, 43, number])
    off = receiver.clock_off_s * float(clock.normal())
    settings = town.settings
    smooth = smooth_track(track, Projection(EPSG), settings.locate)
    finder = PoseFinder(
        town.network,
        smooth,
        town.matcher.match(smooth).track,
        settings.locate,
        max_gap_s=settings.capture.max_gap_s,
        default_width_m=settings.network.default_width_m,
    )
    camera = Camera(params=settings.camera, width_px=sight.width_px, height_px=sight.height_px)
    run = _Run(town, FrameGround.of(camera, settings.locate), mount, f"pass-{number:02d}")
    times = sample_times(
        smooth, spacing_m=settings.capture.spacing_m, max_gap_s=settings.capture.max_gap_s
    )
    for at, time_s in enumerate(times.tolist()):
        true_s = time_s - started + off + receiver.clock_jitter_s * float(clock.normal())
        true_s = min(max(true_s, 0.0), float(motion.time_s[-1]))
        frame_rng = np.random.default_rng([seed, 44, number, at])
        run.frame(frame_rng, at, finder.at(f"f{at:06d}", time_s), true_s)
    return run.result(len(times))


def record_track(
    rng: np.random.Generator, motion: Motion, receiver: Receiver, started_s: float
) -> Track:
    """Record a motion once a second, with the receiver's errors."""
    time = np.arange(0.0, motion.time_s[-1], 1.0)
    place, _, _ = motion.at(time)
    if receiver.correlation_s > 0.0:
        place = place + drift(rng, len(time), receiver.sigma_m, receiver.correlation_s)
    else:
        place = place + rng.normal(0.0, receiver.sigma_m, place.shape)
    lon, lat = Projection(EPSG).to_degrees(place[:, 0], place[:, 1])
    said = receiver.sigma_m if receiver.says_accuracy else np.nan
    return Track(
        source="made.gpx",
        time_s=time + started_s,
        lon_deg=lon,
        lat_deg=lat,
        accuracy_m=np.full(len(time), said),
    )


class _Run:
    """Takes a pass's frames one by one."""

    def __init__(self, town: MadeTown, view: FrameGround, mount: Mount, run_id: str) -> None:
        self._town, self._view, self._mount, self._run_id = town, view, mount, run_id
        self._observations: list[Observation] = []
        self._coverage: list[Coverage] = []
        self._truth: dict[str, Seen] = {}
        self._looks: Counter[int] = Counter()
        self._poses: list[PoseError] = []

    def frame(self, rng: np.random.Generator, number: int, pose: object, true_s: float) -> None:
        """See one frame from where the camera truly is, and place it where the chain thinks."""
        true = self._mount.pose(true_s)
        if not isinstance(pose, Pose):
            return
        frame_id = f"f{number:06d}"
        self._poses.append(_pose_error(pose, true.x_m, true.y_m, self._mount.heading(true_s)))
        self._count_looks(true_s)
        sightings = self._town.scenery.see(rng, true, self._mount)
        look = self._town.ground.coverage(frame_id, self._view, pose)
        self._coverage += [look] if look is not None else []
        count = 0
        for sighting in sightings:
            for one in self._town.ground.observations(
                frame_id, (sighting.detection,), self._view, pose, number=number
            ):
                named = replace(one, observation_id=f"{number:06d}/{count}")
                self._observations.append(named)
                self._truth[named.observation_id] = self._seen(named, sighting, true_s)
                count += 1

    def _count_looks(self, true_s: float) -> None:
        params, pose = self._town.settings.locate, self._mount.pose(true_s)
        east, north = np.sin(np.radians(pose.heading_deg)), np.cos(np.radians(pose.heading_deg))
        for index in self._town.scenery.near(pose, ahead_m=2.0 * params.far_m):
            middle = shapely.centroid(self._town.damages[index].footprint)
            off = (middle.x - pose.x_m, middle.y - pose.y_m)
            ahead, right = off[0] * east + off[1] * north, off[0] * north - off[1] * east
            if params.near_m <= ahead <= params.far_m and abs(right) <= params.lateral_m:
                self._looks[index] += 1

    def _seen(self, observation: Observation, sighting: Sighting, true_s: float) -> Seen:
        """Return where that part of the sighting truly is that the observation is of."""
        parts = polygons_of(sighting.clean_px.intersection(self._view.window_px))
        said = shapely.Polygon(np.reshape(observation.outline_px, (-1, 2))).centroid
        part = min(parts, key=lambda one: one.distance(said), default=sighting.clean_px)
        true = self._mount.pose(true_s)
        place = true_place(part, self._mount.lens, true)
        reach = shapely.distance(place.centroid, shapely.Point(true.x_m, true.y_m))
        return Seen(damage=sighting.damage, part=place, distance_m=float(reach))

    def result(self, received: int) -> MadePass:
        """Return what was seen, once every frame has been taken."""
        return MadePass(
            run_id=self._run_id,
            observations=tuple(self._observations),
            coverage=tuple(self._coverage),
            truth=self._truth,
            looks=self._looks,
            poses=tuple(self._poses),
            received=received,
        )


def _pose_error(pose: Pose, east: float, north: float, heading_deg: float) -> PoseError:
    ahead = (np.sin(np.radians(heading_deg)), np.cos(np.radians(heading_deg)))
    off = (pose.easting_m - east, pose.northing_m - north)
    return PoseError(
        time_s=pose.time_s,
        along_m=float(off[0] * ahead[0] + off[1] * ahead[1]),
        right_m=float(off[0] * ahead[1] - off[1] * ahead[0]),
        turned_deg=float((pose.bearing_deg - heading_deg + 180.0) % 360.0 - 180.0),
        pose=pose,
    )
