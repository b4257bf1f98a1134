"""Paint the ground of a window: what lies flat, seen from above."""

from dataclasses import dataclass

import cv2
import numpy as np

from gatusyn.model import PixelClass

from .arrays import Image, Plane
from .brush import Outlines, cut_out, darken, fill, near, stroke, unit_ring
from .ground_damage import paint_damages
from .ground_patch import paint_patches
from .light import Light
from .noise import NoiseBank, Window, coarse, refined, sample
from .plan import GroundPlan, rings
from .town import Decoy, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundScene:
    """Everything that the ground's painter needs.

    Parameters
    ----------
    town : Town
        With damages and decoys.
    plan : GroundPlan
        Shapes.
    noise : NoiseBank
        Texture.
    light : Light
        Sun and weather.
    shadows : Outlines
        Shadows on the ground.
    contacts : Outlines
        What stands low over the ground and darkens it, such as cars.
    marking_wear : float
        Share of the paint that is worn off, 0 to 1.
    marking_colour : tuple of int
        Colour of the paint.
    """

    town: Town
    plan: GroundPlan
    noise: NoiseBank
    light: Light
    shadows: Outlines
    contacts: Outlines
    marking_wear: float
    marking_colour: tuple[int, int, int]


def paint_ground(scene: GroundScene, window: Window) -> Image:
    """Paint a window of the ground.

    Returns
    -------
    ndarray, uint8, shape (rows, columns, 3)
        Red, green, blue; row 0 is the northern edge.
    """
    picture, texture = _paint_surfaces(scene, window)
    factor = _texture_factor(scene, window, texture)
    _paint_wear(scene, window, factor)
    _paint_pavement_joints(scene, window, factor, texture)
    for decoy in scene.town.decoys:
        _paint_decoy(picture, factor, window, decoy)
    damages, asphalt = scene.town.damages, scene.town.streets[0].asphalt
    for over in (False, True):
        patches = [one for one in damages if one.repair and one.repair.over_markings is over]
        paint_patches(patches, window, picture, factor, scene.noise, asphalt)
        if not over:
            _paint_markings(scene, window, picture)
    broken = tuple(one for one in damages if one.repair is None)
    paint_damages(broken, window, picture, factor, scene.noise, scene.light)
    _paint_shadows(scene, window, factor)
    lit = cv2.multiply(picture, cv2.merge([factor, factor, factor]), dtype=cv2.CV_8U)
    return np.asarray(lit, dtype=np.uint8)


def _paint_surfaces(scene: GroundScene, window: Window) -> tuple[Image, Image]:
    """Lay grass, path, pavement, road and kerb; return colours and kinds of texture."""
    plan = scene.plan
    picture = np.empty((window.rows, window.columns, 3), np.uint8)
    whole = (0, 0, window.columns, window.rows)
    cv2.rectangle(picture, whole, (92, 108, 62), -1)
    texture = np.zeros((window.rows, window.columns), np.uint8)  # 0 grass, 1 stone, 2 asphalt
    layers = [
        (plan.path, (104, 102, 100), 2),
        (plan.pavement, (142, 139, 134), 1),
        (plan.carriageway, scene.town.streets[0].asphalt, 2),
        *((shape, colour, 2) for shape, colour in plan.roads),
        (plan.kerb, (168, 166, 160), 1),
    ]
    for shape, colour, kind in layers:
        outlines = rings(shape)
        fill(picture, window, outlines, colour)
        fill(texture, window, outlines, kind)
    return picture, texture


def paint_mask(scene: GroundScene, window: Window) -> Image:
    """Paint road, crack, pothole and patch areas as four planes of 0 and 255."""
    planes = [np.zeros((window.rows, window.columns), np.uint8) for _ in range(4)]
    plane_of = dict(zip(PixelClass, planes[1:], strict=True))
    fill(planes[0], window, rings(scene.plan.carriageway), 255)
    for damage in scene.town.damages:
        fill(plane_of[damage.kind.pixel_class], window, rings(damage.footprint), 255)
    return np.asarray(cv2.merge(planes), dtype=np.uint8)


def _texture_factor(scene: GroundScene, window: Window, texture: Image) -> Plane:
    """Multiply unevenness, by kind of surface: grass, stone, asphalt."""
    fine = sample(scene.noise.grain, window, turn=0.21)
    small = coarse(window, 0.06)
    wide = refined(sample(scene.noise.cloud, small, turn=0.07), window, small)
    fine *= np.take(np.array([0.17, 0.05, 0.105], np.float32), texture)
    wide *= np.take(np.array([0.16, 0.05, 0.065], np.float32), texture)
    factor = fine
    factor += wide
    factor += 1.0
    return factor


def _paint_wear(scene: GroundScene, window: Window, factor: Plane) -> None:
    """Polish the wheel tracks, darken the middle of the lanes, draw the joint."""
    small = coarse(window, 0.12)
    layer = np.zeros((small.rows, small.columns), np.uint8)
    stroke(layer, small, near(scene.plan.wheel_tracks, window, 2.0), 0.5, 255)
    soft = cv2.GaussianBlur(layer, (0, 0), max(0.6, 0.22 / small.pixel_m)).astype(np.float32) / 255
    cloud = sample(scene.noise.cloud, small, scale=0.5, turn=-0.3)
    polish: Plane = (1.0 + soft * (0.1 + 0.04 * cloud)).astype(np.float32)
    factor *= refined(polish, window, small)
    joint = np.zeros((window.rows, window.columns), np.uint8)
    stroke(joint, window, near(scene.plan.joint_lines, window), 0.012, 120)
    darken(factor, joint, 0.5)


def _paint_pavement_joints(
    scene: GroundScene, window: Window, factor: Plane, texture: Image
) -> None:
    """Draw slabs on the pavements, half a metre square, where a pixel is small enough."""
    if window.pixel_m > 0.05:
        return
    column = (window.west_m + (np.arange(window.columns) + 0.5) * window.pixel_m) % 0.5
    row = (window.north_m - (np.arange(window.rows) + 0.5) * window.pixel_m) % 0.5
    width = max(0.012, window.pixel_m)
    grid = (column[None, :] < width) | (row[:, None] < width)
    factor[grid & (texture == 1)] *= 0.86


def _paint_decoy(picture: Image, factor: Plane, window: Window, decoy: Decoy) -> None:
    """Paint one thing that resembles a damage and is none."""
    cut = cut_out(window, decoy.shape, 1.0)
    if cut is None:
        return
    part, rows, columns = cut
    factor = factor[rows, columns]
    layer = np.zeros(factor.shape, np.uint8)
    if decoy.kind == "seal":
        stroke(layer, part, [decoy.shape], decoy.size_m, 255)
        darken(factor, layer, 1.0 - decoy.shade)
    elif decoy.kind == "stain":
        fill(layer, part, [decoy.shape[0] + unit_ring() * decoy.size_m * [1.0, 0.7]], 255)
        blur = max(0.6, decoy.size_m * 0.3 / part.pixel_m)
        darken(factor, np.asarray(cv2.GaussianBlur(layer, (0, 0), blur), np.uint8), 0.3)
    else:
        _paint_cover(picture[rows, columns], factor, part, decoy)


def _paint_cover(picture: Image, factor: Plane, window: Window, decoy: Decoy) -> None:
    """Paint an iron cover in its ring."""
    layer = np.zeros(factor.shape, np.uint8)
    ring, centre = unit_ring(), decoy.shape[0]
    fill(picture, window, [centre + ring * (decoy.size_m + 0.06)], (104, 100, 96))
    fill(picture, window, [centre + ring * decoy.size_m], (66, 62, 60))
    circles = [centre + ring * decoy.size_m * share for share in (0.35, 0.7, 1.0)]
    stroke(layer, window, circles, 0.02, 150)
    bars = []
    for offset in np.arange(-0.8, 0.9, 0.2):
        half = float(np.sqrt(1 - offset**2))
        bars.append(centre + np.array([[offset, -half], [offset, half]]) * decoy.size_m)
    stroke(layer, window, bars, 0.02, 110)
    darken(factor, layer, 0.5)


def _paint_markings(scene: GroundScene, window: Window, picture: Image) -> None:
    """Lay worn paint over the road."""
    colour = np.array(scene.marking_colour, dtype=np.float32)
    for marking in near(scene.plan.markings, window):
        cut = cut_out(window, marking, 0.05)
        if cut is None:
            continue
        part, rows, columns = cut
        layer = np.zeros((part.rows, part.columns), np.uint8)
        fill(layer, part, [marking], 255)
        rough = sample(scene.noise.spots, part, scale=0.6, turn=0.4)
        rough += sample(scene.noise.cloud, part, scale=0.2, turn=0.4)
        wear = 1.0 / (1.0 + np.exp(-3.0 * (rough + 2.2 - 4.4 * scene.marking_wear)))
        cover = (layer.astype(np.float32) / 255 * wear * 0.9)[..., None]
        place = picture[rows, columns]
        place[:] = (place * (1 - cover) + colour * cover).astype(np.uint8)


def _paint_shadows(scene: GroundScene, window: Window, factor: Plane) -> None:
    """Darken what the sun does not reach, with a soft edge, and under cars."""
    for shapes, depth, spread_m in (
        (scene.shadows, 0.58 * scene.light.sun, 0.06),
        (scene.contacts, 0.55, 0.15),
    ):
        cast = near(shapes, window, 1.0)
        if not cast or depth <= 0.02:
            continue
        # Soft edges need no fine pixels.
        small = coarse(window, max(0.02, spread_m / 3))
        layer = np.zeros((small.rows, small.columns), np.uint8)
        for shape in cast:
            fill(layer, small, [shape], 255)
        soft = cv2.GaussianBlur(layer, (0, 0), max(0.5, spread_m / small.pixel_m))
        factor *= refined(1.0 - depth / 255 * soft.astype(np.float32), window, small)
