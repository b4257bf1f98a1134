"""One drive, from its footage to committed facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from shapely import Polygon, STRtree, points, total_bounds

from gatusyn import __version__
from gatusyn.capture import DegreeBox, DriveSource, OpenDrive, RawFrame, open_drive
from gatusyn.geo import Projection
from gatusyn.locate import (
    CALIBRATION_VERSION,
    Camera,
    FrameGround,
    Ground,
    PoseFinder,
    lens_remarks,
    measure_look,
    road_in_picture,
    smooth_track,
)
from gatusyn.model import (
    Calibration,
    CameraParams,
    CitySettings,
    Coverage,
    DamageMap,
    DriveFacts,
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    GroundTrack,
    MatchedTrack,
    Network,
    Observation,
    Pose,
    PublicFrame,
    RedactedRegion,
    Rejected,
    RejectReason,
    SeenFrame,
    TrackError,
    UncheckedError,
    UnmatchedReason,
)
from gatusyn.network import Matcher, Matching
from gatusyn.pipeline.camera import find_camera
from gatusyn.pipeline.city import City
from gatusyn.pipeline.news import news_of_drive
from gatusyn.pipeline.progress import Progress
from gatusyn.pipeline.stages import Stages
from gatusyn.pipeline.timing import StageClock
from gatusyn.store import PictureStage

_BOX_MARGIN_M = 500.0
_WHY = {
    UnmatchedReason.NO_PLACE: "placeless",
    UnmatchedReason.NO_LINK_NEAR: "far",
    UnmatchedReason.NO_LINK_FITS: "unfit",
}


@dataclass(frozen=True, slots=True)
class Town:
    """The network with what is built from it once for all drives."""

    network: Network
    matcher: Matcher
    ground: Ground

    @classmethod
    def of(cls, network: Network, settings: CitySettings) -> Town:
        """Build the indexes of a network."""
        return cls(network, Matcher(network, settings.match), Ground(network, settings.locate))


def inspect_drive(
    city: City,
    town: Town,
    source: DriveSource,
    *,
    stages: Stages,
    progress: Progress,
    clock: StageClock,
) -> tuple[DriveFacts | None, bool]:
    """Inspect a drive and commit what was seen.

    Returns
    -------
    tuple
        The committed facts and False; or None and True if the same run is in the store already.

    Raises
    ------
    GatusynError
        If the drive cannot be used or not be stored; the store is then as it was.
    """
    settings, network = city.settings, town.network
    progress.step(f"{source.name}: reading", 0, 0)
    with clock.time("open"):
        drive = open_drive(source, settings.capture, network_box=_degree_box(network))
        run_id = run_identity(drive.drive_id, settings, stages, network.version)
        if city.store.has_run(run_id):
            return None, True
    with clock.time("match"):
        ground = smooth_track(drive.track, Projection(network.epsg), settings.locate)
        matching = town.matcher.match(ground)
        matched = matching.track
        _require_in_town(drive, ground, matched, network)
        poses = PoseFinder(
            network,
            ground,
            matched,
            settings.locate,
            max_gap_s=settings.capture.max_gap_s,
            default_width_m=settings.network.default_width_m,
        )
    progress.step(f"{source.name}: finding the camera", 0, 0)
    with clock.time("calibrate"):
        calibration = find_camera(drive, ground, settings)
    marked = city.store.ledger.marked_in(drive.drive_id)
    total = len(drive.sample_times(ground))
    with (
        news_of_drive(city.store.news, source.name, network.epsg, frames=total) as news,
        city.store.stage(run_id) as pictures,
    ):
        look = _Look(settings, calibration, stages, poses, town.ground, pictures, marked, clock)
        sampled = drive.frames(ground, neighbour_s=settings.privacy.neighbour_s)
        frames = clock.each("decode", sampled)
        for item in _told(frames, progress, source.name, total):
            pose = look.at(item)
            if pose is not None:
                news.at(pose, look.just_seen, look.received)
        facts = look.facts(drive, run_id, network.version, ground, matching)
        with clock.time("store"):
            city.store.write_drive(facts)
        news.done(facts)
    return facts, False


def run_identity(
    drive_id: str, settings: CitySettings, stages: Stages, network_version: str
) -> str:
    """Return the id of a run: the same drive inspected in the same way has the same one."""
    parts = (
        __version__,
        drive_id,
        network_version,
        stages.detector.version,
        stages.redactor.version,
        CALIBRATION_VERSION,
        *(
            repr(params)
            for params in (
                settings.camera,
                settings.calibrate,
                settings.capture,
                settings.privacy,
                settings.detect,
                settings.locate,
                settings.match,
                settings.keep_pictures,
            )
        ),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


@dataclass(slots=True)
class _Look:
    """Takes a drive's frames one by one and keeps what was seen."""

    settings: CitySettings
    calibration: Calibration
    stages: Stages
    poses: PoseFinder
    ground: Ground
    pictures: PictureStage
    marked: Mapping[str, Sequence[RedactedRegion]]
    clock: StageClock
    received: int = 0
    frames: list[SeenFrame] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    views: dict[tuple[int, int, CameraParams], FrameGround] = field(default_factory=dict)
    sees_road: bool = True
    seen_before: int = 0

    @property
    def just_seen(self) -> Sequence[Observation]:
        """What was seen in the frame that was accepted last."""
        return self.observations[self.seen_before :]

    def at(self, item: RawFrame | Rejected) -> Pose | None:
        """Take one frame, counted once whatever happens to it; return its pose if it is used."""
        self.received += 1
        self.seen_before = len(self.observations)
        if isinstance(item, RawFrame):
            pose = self.poses.at(item.frame_id, item.time_s)
            result = self._seen(item, pose) if isinstance(pose, Pose) else pose
        else:
            result = item
        if result is None:
            return self.frames[-1].pose
        self.rejected.append(result)
        return None

    def _seen(self, raw: RawFrame, pose: Pose) -> Rejected | None:
        missed = self.marked.get(raw.frame_id, ())
        height, width = raw.image.shape[:2]
        view = self._view(raw.time_s, width, height)
        if view.window_px.is_empty:
            return Rejected(
                frame_id=raw.frame_id,
                reason=RejectReason.OFF_ROAD,
                detail="this camera would not see the road ahead",
            )
        # Kept until the horizon moves: a mount that has slipped needs them loaded anew.
        self.stages = self.stages.for_horizon(view.camera.horizon_px / height)
        try:
            with self.clock.time("blur"):
                frame = self.stages.redactor.redact(raw, marked=missed)
        except UncheckedError as error:
            return Rejected(
                frame_id=raw.frame_id, reason=RejectReason.UNCHECKED, detail=error.problem
            )
        with self.clock.time("detect"):
            damage = self.stages.detector.detect(frame.image)
        self.sees_road = damage.sees_road
        road = view.share_of(damage.road, step_px=damage.step_px)
        seen = view.part_of(road_in_picture(damage.road, step_px=damage.step_px))
        if road < self.settings.locate.min_road_share or seen.is_empty:
            return Rejected(
                frame_id=frame.frame_id,
                reason=RejectReason.OFF_ROAD,
                detail=f"{100 * road:.0f} % road ahead",
                figures={"value": road, "limit": self.settings.locate.min_road_share},
            )
        self._keep(frame, damage, view, pose, seen_px=seen)
        return None

    def _keep(
        self,
        frame: PublicFrame,
        damage: DamageMap,
        view: FrameGround,
        pose: Pose,
        *,
        seen_px: Polygon,
    ) -> None:
        """Place what was seen in a frame and what was looked at; keep the frame and its picture."""
        with self.clock.time("locate"):
            self.observations += self.ground.observations(
                frame.frame_id, damage.detections, view, pose, number=len(self.frames)
            )
            look = self.ground.coverage(
                frame.frame_id,
                view,
                pose,
                seen_px=seen_px,
                measures=measure_look(frame.image, seen_px),
            )
            self.coverage += [look] if look is not None else []
        self.frames.append(
            SeenFrame(
                frame_id=frame.frame_id,
                pose=pose,
                redaction=frame.redaction,
                width_px=view.camera.width_px,
                height_px=view.camera.height_px,
            )
        )
        if self.settings.keep_pictures:
            with self.clock.time("store"):
                self.pictures.add(frame)

    def facts(
        self,
        drive: OpenDrive,
        run_id: str,
        network_version: str,
        ground: GroundTrack,
        matching: Matching,
    ) -> DriveFacts:
        """Return what was seen, once every frame has been taken."""
        return DriveFacts(
            drive_id=drive.drive_id,
            run_id=run_id,
            name=drive.name,
            network_version=network_version,
            detector_version=self.stages.detector.version,
            started_s=float(ground.time_s[0]),
            ended_s=float(ground.time_s[-1]),
            distance_m=_distance_m(ground, matching.track),
            received=self.received,
            frames=tuple(self.frames),
            rejected=tuple(self.rejected),
            observations=tuple(self.observations),
            coverage=tuple(self.coverage),
            rates=self.stages.detector.rates,
            remarks=(
                *drive.remarks,
                *self.calibration.remarks,
                *lens_remarks(self.rejected, self.received),
                *_unmatched_remark(ground, matching),
                *self._road_remark(),
            ),
        )

    def _road_remark(self) -> tuple[DriveRemark, ...]:
        if self.sees_road:
            return ()
        return (DriveRemark(note=DriveNote.ROAD_UNTOLD),)

    def _view(self, time_s: float, width: int, height: int) -> FrameGround:
        params = self.calibration.at(time_s).params
        if (width, height, params) not in self.views:
            camera = Camera(params=params, width_px=width, height_px=height)
            self.views[width, height, params] = FrameGround.of(camera, self.settings.locate)
        return self.views[width, height, params]


def _told(
    items: Iterable[RawFrame | Rejected], progress: Progress, name: str, total: int
) -> Iterator[RawFrame | Rejected]:
    for done, item in enumerate(items, start=1):
        yield item
        progress.step(f"{name}: looking", done, total)


def _require_in_town(
    drive: OpenDrive, ground: GroundTrack, matched: MatchedTrack, network: Network
) -> None:
    """Raise ``TrackError`` if no part of the drive is on the town's streets."""
    if matched.matched.any():
        return
    tree = STRtree([link.line for link in network.links])
    places = points(ground.easting_m, ground.northing_m)
    _, distances = tree.query_nearest(places, return_distance=True, all_matches=False)
    raise TrackError(
        drive.track.source,
        f"is outside the town: its nearest fix is {_far(float(np.min(distances)))} from a street",
        "Is it the right city, and are latitude and longitude in their places?",
        fault=DriveFault.OUTSIDE_TOWN,
    )


def _degree_box(network: Network) -> DegreeBox:
    """Return west, south, east, north of the network in degrees, with a margin around it."""
    west, south, east, north = total_bounds([link.line for link in network.links])
    lon, lat = Projection(network.epsg).to_degrees(
        np.array([west, west, east, east]) + _BOX_MARGIN_M * np.array([-1, -1, 1, 1]),
        np.array([south, north, south, north]) + _BOX_MARGIN_M * np.array([-1, 1, -1, 1]),
    )
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _far(distance_m: float) -> str:
    return f"{distance_m:.0f} m" if distance_m < 2000 else f"{distance_m / 1000:.0f} km"


def _distance_m(ground: GroundTrack, matched: MatchedTrack) -> float:
    """Return metres driven between fixes that are both on the network."""
    on = matched.matched
    return float(np.diff(ground.distance_m)[on[1:] & on[:-1]].sum())


def _unmatched_remark(ground: GroundTrack, matching: Matching) -> tuple[DriveRemark, ...]:
    fixes = dict.fromkeys(UnmatchedReason, 0)
    for stretch in matching.unmatched:
        fixes[stretch.reason] += stretch.last - stretch.first + 1
    off = sum(fixes.values())
    figures: dict[str, Figure] = {_WHY[reason]: count for reason, count in fixes.items()}
    figures |= {"off": off, "count": len(ground)}
    remark = DriveRemark(note=DriveNote.FIXES_OFF_NETWORK, figures=figures)
    return (remark,) if off else ()
