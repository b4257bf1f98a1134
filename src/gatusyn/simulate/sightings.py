"""What a camera on a vehicle sees of damages, as a detector would say it, without pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gatusyn.model import Detection, PixelClass

from .arrays import Floats
from .camera import Lens, Pose, project, projection
from .damage import Damage
from .motion import Motion, drift_along


@dataclass(frozen=True, slots=True, kw_only=True)
class SightParams:
    """What is unsure between a damage and the detector's words.

    All are assumptions except where a source is given.

    Parameters
    ----------
    height_m, pitch_deg, fov_deg : float
        What the mount was calibrated to: the chain is told these.
    height_off_m, pitch_off_deg, yaw_off_deg, roll_off_deg : float
        Standard deviations of what the calibration left, constant in a drive.
    shake_deg, shake_s : float
        Standard deviation and correlation time of the vehicle's pitch and roll against the road.
    dive_deg : float
        How far the nose goes down for each m/s² of braking, about what soft springs give.
    wider_px : float
        By how much an outline reaches beyond the damage.
    outline_px, shift_px : float
        Standard deviations of each corner of an outline, and of the outline as a whole.
    seen_near, seen_far : float
        Share of the looks at a damage that see it, from `near_m` to `far_m`.
    false_per_frame : float
        Mean number of detections of nothing.
    width_px, height_px : int
        Frame size.
    """

    height_m: float = 1.6
    pitch_deg: float = 8.0
    fov_deg: float = 66.0
    height_off_m: float = 0.04
    pitch_off_deg: float = 0.4
    yaw_off_deg: float = 0.4
    roll_off_deg: float = 0.4
    shake_deg: float = 0.3
    shake_s: float = 0.5
    dive_deg: float = 0.15
    wider_px: float = 2.0
    outline_px: float = 1.5
    shift_px: float = 2.0
    seen_near: float = 0.97
    seen_far: float = 0.85
    near_m: float = 4.0
    far_m: float = 12.0
    false_per_frame: float = 0.03
    width_px: int = 1280
    height_px: int = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One detection and what is true of it.

    Parameters
    ----------
    detection : Detection
        What the detector says.
    damage : int or None
        Index of the damage that it is of; None for one of nothing.
    clean_px : Polygon
        The outline without noise, in pixels.
    """

    detection: Detection
    damage: int | None
    clean_px: shapely.Polygon


class Mount:
    """A camera as it truly sits in one drive, and how the vehicle moves under it."""

    def __init__(self, rng: np.random.Generator, motion: Motion, params: SightParams) -> None:
        self.params = params
        self.lens = Lens(
            width_px=params.width_px, height_px=params.height_px, fov_deg=params.fov_deg
        )
        off = rng.normal(0.0, 1.0, 4)
        self._height_m = params.height_m + params.height_off_m * off[0]
        self._yaw_deg = params.yaw_off_deg * off[2]
        shake = [drift_along(rng, motion.time_s, params.shake_deg, params.shake_s) for _ in "pr"]
        braking = -np.gradient(motion.speed_ms, motion.time_s)
        dive = np.convolve(np.pad(braking, 5, mode="edge"), np.ones(11) / 11.0, "valid")
        self._pitch_deg = (
            params.pitch_deg + params.pitch_off_deg * off[1] + shake[0] + params.dive_deg * dive
        )
        self._roll_deg = params.roll_off_deg * off[3] + shake[1]
        self._motion = motion

    def heading(self, time_s: float) -> float:
        """Return the vehicle's true direction of travel, compass bearing in degrees."""
        _, heading, _ = self._motion.at(np.array([time_s]))
        return float(heading[0]) % 360.0

    def pose(self, time_s: float) -> Pose:
        """Return where the camera truly is and looks."""
        place, heading, _ = self._motion.at(np.array([time_s]))
        return Pose(
            x_m=float(place[0, 0]),
            y_m=float(place[0, 1]),
            height_m=self._height_m,
            heading_deg=float(heading[0]) + self._yaw_deg,
            pitch_deg=float(np.interp(time_s, self._motion.time_s, self._pitch_deg)),
            roll_deg=float(np.interp(time_s, self._motion.time_s, self._roll_deg)),
        )


class Scenery:
    """Damages, to be seen from anywhere."""

    def __init__(self, damages: Sequence[Damage], *, seed: int) -> None:
        self.damages = tuple(damages)
        self.shapes = np.array([damage.footprint for damage in damages], dtype=object)
        self._tree = shapely.STRtree(self.shapes)
        # Some are hard to see in every look.
        self._clear = np.random.default_rng([seed, 34]).uniform(0.85, 1.0, len(self.damages))

    def near(self, pose: Pose, *, ahead_m: float) -> list[int]:
        """Return the indexes of damages within reach of a camera, in order."""
        point = shapely.Point(pose.x_m, pose.y_m)
        return sorted(self._tree.query(point, predicate="dwithin", distance=ahead_m).tolist())

    def see(self, rng: np.random.Generator, pose: Pose, mount: Mount) -> list[Sighting]:
        """Return what the detector says of the frame that a camera takes here."""
        params, matrix = mount.params, projection(mount.lens, pose)
        ahead = _wedge(pose, reach_m=2.0 * params.far_m)
        frame = shapely.box(-0.5, -0.5, params.width_px - 0.5, params.height_px - 0.5)
        seen: list[Sighting] = []
        for index in self.near(pose, ahead_m=2.0 * params.far_m):
            part = shapely.intersection(self.shapes[index], ahead)
            distance = float(shapely.distance(part, shapely.Point(pose.x_m, pose.y_m)))
            if part.is_empty or rng.random() > self._clear[index] * _chance(distance, params):
                continue
            for piece in shapely.get_parts(part):
                if isinstance(piece, shapely.Polygon):
                    outline = _in_picture(piece, matrix, frame)
                    kind = self.damages[index].kind.pixel_class
                    seen += [_said(rng, kind, one, index, params) for one in outline]
        for _ in range(rng.poisson(params.false_per_frame)):
            seen += _of_nothing(rng, pose, matrix, frame, params)
        return seen


def true_place(shape_px: BaseGeometry, lens: Lens, pose: Pose) -> BaseGeometry:
    """Return where on the road, easting and northing, a shape of the picture truly is."""
    matrix = projection(lens, pose)[:, [0, 1, 3]]
    # The origin is moved to the camera: coordinates of millions of metres would cost digits.
    shift = np.array([[1.0, 0.0, pose.x_m], [0.0, 1.0, pose.y_m], [0.0, 0.0, 1.0]])
    inverse = np.linalg.inv(matrix @ shift)

    def place(pixels: Floats) -> Floats:
        ground = np.column_stack([pixels, np.ones(len(pixels))]) @ inverse.T
        return np.asarray(ground[:, :2] / ground[:, 2:] + (pose.x_m, pose.y_m), dtype=np.float64)

    placed: BaseGeometry = shapely.transform(shape_px, place)
    return placed


def _chance(distance_m: float, params: SightParams) -> float:
    places = (params.near_m, params.far_m, 2.0 * params.far_m)
    return float(np.interp(distance_m, places, (params.seen_near, params.seen_far, 0.0)))


def _wedge(pose: Pose, *, reach_m: float) -> shapely.Polygon:
    """Return the ground ahead that a camera may look at, easting and northing."""
    heading = math.radians(pose.heading_deg)
    ahead = np.array([math.sin(heading), math.cos(heading)])
    right = np.array([ahead[1], -ahead[0]])
    corners = ((1.5, -3.0), (reach_m, -reach_m), (reach_m, reach_m), (1.5, 3.0))
    origin = np.array([pose.x_m, pose.y_m])
    return shapely.Polygon([origin + far * ahead + side * right for far, side in corners])


def _in_picture(
    shape: shapely.Polygon, matrix: Floats, frame: shapely.Geometry
) -> list[shapely.Polygon]:
    ring = shapely.get_coordinates(shapely.segmentize(shape.exterior, 0.5))
    pixels, _ = project(matrix, np.column_stack([ring, np.zeros(len(ring))]))
    outline = shapely.make_valid(shapely.Polygon(pixels).simplify(0.5))
    parts = shapely.get_parts(shapely.intersection(outline, frame))
    return [one for one in parts if isinstance(one, shapely.Polygon) and one.area >= 30.0]


def _said(
    rng: np.random.Generator,
    kind: PixelClass,
    clean: shapely.Polygon,
    damage: int | None,
    params: SightParams,
) -> Sighting:
    ring = _unsure(rng, clean, params)
    sure = (0.6, 0.95) if damage is not None else (0.5, 0.7)
    return Sighting(
        detection=Detection(
            pixel_class=kind,
            outline_px=ring + rng.normal(0.0, params.shift_px, 2),
            confidence=float(rng.uniform(*sure)),
        ),
        damage=damage,
        clean_px=clean,
    )


def _unsure(rng: np.random.Generator, clean: shapely.Polygon, params: SightParams) -> Floats:
    """Return an outline's ring, a little too wide and uneven, as a network's is.

    Where a thin one would cut itself the corners stay: the outline of a region never does.
    """
    wide = shapely.get_exterior_ring(shapely.buffer(clean, params.wider_px))
    ring = shapely.get_coordinates(shapely.simplify(wide, 1.0))[:-1]
    moved = ring + rng.normal(0.0, params.outline_px, ring.shape)
    return np.asarray(moved if shapely.Polygon(moved).is_valid else ring, dtype=np.float64)


def _of_nothing(
    rng: np.random.Generator,
    pose: Pose,
    matrix: Floats,
    frame: shapely.Geometry,
    params: SightParams,
) -> list[Sighting]:
    heading = math.radians(pose.heading_deg)
    far, side = rng.uniform(params.near_m, params.far_m), rng.uniform(-3.0, 3.0)
    east = pose.x_m + far * math.sin(heading) + side * math.cos(heading)
    north = pose.y_m + far * math.cos(heading) - side * math.sin(heading)
    half = rng.uniform(0.15, 0.5, 2)
    shape = shapely.box(east - half[0], north - half[1], east + half[0], north + half[1])
    kind = list(PixelClass)[int(rng.integers(len(PixelClass)))]
    return [_said(rng, kind, one, None, params) for one in _in_picture(shape, matrix, frame)]
