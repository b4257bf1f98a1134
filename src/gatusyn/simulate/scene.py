"""Furnish a town: place houses, hedges, trees, cars, signs and people along its streets."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from .arrays import Floats, Image
from .brush import gather
from .buildings import build_along
from .crowd import Crowd, make_crowd
from .drawn_street import crossing_sign, person, plain, speed_sign, yield_sign
from .ground import GroundScene, paint_ground
from .light import Light
from .lines import bend, directions, total_length
from .noise import Window, make_noise
from .panels import make_texture
from .plan import plan_ground
from .signs import place_signs
from .sky import paint_panorama
from .things import Thing, car, post_with_sign
from .town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A town ready to be filmed.

    Parameters
    ----------
    town : Town
        The town.
    light : Light
        Sun and weather.
    ground : GroundScene
        What lies flat.
    crowd : Crowd
        What stands.
    far_window : Window
        The town and its surroundings.
    far_ground : ndarray, uint8, shape (rows, columns, 3)
        Their ground, for what is far off.
    panorama : ndarray, uint8, shape (512, 2048, 3)
        Sky.
    """

    town: Town
    light: Light
    ground: GroundScene
    crowd: Crowd
    far_window: Window
    far_ground: Image
    panorama: Image


def make_scene(
    town: Town,
    light: Light,
    *,
    marking_wear: float = 0.35,
    marking_colour: tuple[int, int, int] = (222, 222, 216),
) -> Scene:
    """Furnish a town under a light; the same town and light give the same scene."""
    rng = np.random.default_rng([town.params.seed, 6])
    things = [*build_along(town, light, rng), *_street_things(town, light, rng)]
    cars = [thing.base for thing in things if len(thing.panels) == 8 and len(thing.base)]
    ground = GroundScene(
        town=town,
        plan=plan_ground(town),
        noise=make_noise(town.params.seed),
        light=light,
        shadows=gather(_shadows(things, light, rng)),
        contacts=gather(base for base in cars if np.ptp(base, axis=0).max() < 5.5),
        marking_wear=marking_wear,
        marking_colour=marking_colour,
    )
    panorama = paint_panorama(rng, light)
    far = _surroundings(town)
    return Scene(
        town=town,
        light=light,
        ground=ground,
        crowd=make_crowd(things),
        far_window=far,
        far_ground=paint_ground(ground, far),
        panorama=panorama,
    )


def _surroundings(town: Town) -> Window:
    """Return the town with 250 m around it, in coarse pixels."""
    west, south = town.nodes.min(axis=0) - 250
    east, north = town.nodes.max(axis=0) + 250
    return Window(
        west_m=float(west),
        north_m=float(north),
        columns=int((east - west) / 0.4),
        rows=int((north - south) / 0.4),
        pixel_m=0.4,
    )


def _street_things(town: Town, light: Light, rng: np.random.Generator) -> list[Thing]:
    """Place parked cars, people on the pavements, and signs."""
    things: list[Thing] = []
    people = [make_texture(person(rng)) for _ in range(5)]
    for link in town.links:
        street = town.streets[link.street]
        length = total_length(link.line)
        for side in (-1.0, 1.0):
            for along in np.arange(14.0, length - 14.0, 7.0):
                # Cars stand half on the pavement and leave the lane free.
                if rng.random() < 0.16:
                    across = side * (street.width_m / 2 + 0.55)
                    spot = bend(link.line, np.array([along]), np.array([across]))[0]
                    ahead = directions(link.line, np.array([along]))[0] * side
                    things.append(car(rng, light, spot, ahead))
                elif rng.random() < 0.06:
                    across = side * (street.width_m / 2 + street.pavement_m * 0.6)
                    spot = bend(link.line, np.array([along]), np.array([across]))[0]
                    look = people[int(rng.integers(len(people)))]
                    things.append(
                        Thing(place=spot, billboard=look, width_m=0.6, height_m=1.75,
                              base=np.zeros((0, 2)))
                    )  # fmt: skip
    back = make_texture(_with_alpha(plain((118, 120, 122))))
    faces = {
        "crossing": make_texture(crossing_sign()),
        "yield": make_texture(yield_sign()),
        **{f"speed{limit}": make_texture(speed_sign(limit)) for limit in (30, 40, 50)},
    }
    for sign in place_signs(town):
        face = faces[sign.kind + (str(sign.value) if sign.value else "")]
        spot = np.array([sign.x_m, sign.y_m])
        things.append(post_with_sign(light, spot, sign.facing_deg, face, back))
    return things


def _with_alpha(picture: Image) -> Image:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def _shadows(things: list[Thing], light: Light, rng: np.random.Generator) -> list[Floats]:
    """Cast everything's outline away from the sun onto the ground."""
    toward = light.toward
    away = -toward[:2] / max(float(toward[2]), 0.25)
    cast: list[Floats] = []
    for thing in things:
        if thing.billboard is not None and thing.height_m > 3:
            centre = thing.place + away * thing.height_m * 0.63
            for _ in range(45):
                blot = centre + rng.normal(0, thing.width_m * 0.22, 2)
                blot = blot + away * rng.normal(0, thing.height_m * 0.13)
                cast.append(_ring(rng, blot, thing.width_m * rng.uniform(0.02, 0.1)))
        elif len(thing.base):
            height = max(float(panel.corner[2]) for panel in thing.panels)
            points = np.concatenate([thing.base, thing.base + away * height * 0.85])
            hull = cv2.convexHull(points.astype(np.float32))
            cast.append(np.asarray(hull[:, 0, :], dtype=np.float64))
    return cast


def _ring(rng: np.random.Generator, centre: Floats, radius: float) -> Floats:
    """Return an irregular closed shape about a centre."""
    angle = np.linspace(0, 2 * math.pi, 14)
    reach = radius * rng.uniform(0.5, 1.5, (14, 1))
    ring: Floats = centre + reach * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return ring
