"""Build what stands in the town out of panels: houses, hedges, cars, signs; and billboards."""

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Colour, Floats
from .drawn import facade, gable, hedge, roof
from .drawn_street import car_end, car_glass, car_side, plain
from .light import Light
from .panels import Panel, Texture, make_texture


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that stands on the ground.

    Parameters
    ----------
    place : ndarray, shape (2,)
        Local easting, northing.
    panels : tuple of Panel
        Its faces.
    solid : bool
        Whether faces seen from behind are hidden.
    billboard : Texture or None
        A picture that always faces the camera, instead of panels.
    width_m, height_m : float
        Size of the billboard.
    base : ndarray, shape (n, 2)
        Outline on the ground, for its shadow.
    """

    place: Floats
    panels: tuple[Panel, ...] = ()
    solid: bool = True
    billboard: Texture | None = None
    width_m: float = 0.0
    height_m: float = 0.0
    base: Floats


def face(light: Light, corner: Floats, across: Floats, down: Floats, texture: Texture) -> Panel:
    """Make a panel and shade it by how it faces the sun."""
    normal = np.cross(down, across)
    normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
    lit = max(0.0, float(normal @ light.toward))
    shade = 0.86 - 0.3 * light.sun + 0.62 * light.sun * lit
    return Panel(
        corner=corner, across=across, down=down, texture=texture, shade=shade, normal=normal
    )


def house(
    rng: np.random.Generator, light: Light, middle: Floats, ahead: Floats, size: Floats
) -> Thing:
    """Build a house: four walls, two roof slopes, two gable ends.

    Parameters
    ----------
    middle, ahead : ndarray, shape (2,)
        Middle of the base; unit vector along the front.
    size : ndarray, shape (3,)
        Length along the front, depth, height of the eaves.
    """
    length, depth, height = (float(value) for value in size)
    back = np.array([-ahead[1], ahead[0]])
    picture = facade(rng, length, height)
    front, side = make_texture(picture), make_texture(facade(rng, depth, height))
    tiles, end = make_texture(roof(rng)), make_texture(gable(picture))
    corners = [
        middle + ahead * length / 2 * i + back * depth / 2 * j
        for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    rise = rng.uniform(1.5, 3.0)
    top, ridge = np.array([0, 0, height]), np.array([0, 0, rise])
    panels = []
    for index in range(4):
        start, stop = _flat(corners[index]), _flat(corners[(index + 1) % 4])
        # Seen from outside, the wall runs from its left to its right corner.
        panels.append(
            face(light, start + top, stop - start, -top, front if index % 2 == 0 else side)
        )
        span = stop - start
        if index % 2 == 0:
            inward = _flat(back if index == 0 else -back) * depth / 2
            eave = (inward + ridge) * -1.12
            panels.append(
                face(light, start + top - eave / 1.12 - span * 0.03, span * 1.06, eave, tiles)
            )
        else:
            panels.append(face(light, start + top + ridge, span, -ridge, end))
    return Thing(place=middle, panels=tuple(panels), base=np.stack(corners))


def hedge_row(rng: np.random.Generator, light: Light, start: Floats, stop: Floats) -> list[Thing]:
    """Build a hedge between two points, in short pieces, so that each is drawn in its turn."""
    up = np.array([0, 0, rng.uniform(0.8, 1.5)])
    texture = make_texture(hedge(rng))
    count = max(1, int(np.linalg.norm(stop - start) / 2.5))
    span = _flat(stop - start) / count
    thick = _flat(np.array([-span[1], span[0]]) / np.linalg.norm(span) * 0.7)
    pieces: list[Thing] = []
    for number in range(count):
        low = _flat(start) + span * number
        far = low + span
        panels = (
            face(light, low + up, span, -up, texture),
            face(light, far + thick + up, -span, -up, texture),
            face(light, low + thick + up, span, -thick, texture),
            face(light, low + thick + up, -thick, -up, texture),
            face(light, far + up, thick, -up, texture),
        )
        base = np.stack([low, far, far + thick, low + thick])[:, :2]
        pieces.append(Thing(place=base.mean(axis=0), panels=panels, base=base))
    return pieces


def car(rng: np.random.Generator, light: Light, middle: Floats, ahead: Floats) -> Thing:
    """Build a parked car; `ahead` (2,) is where it points."""
    colours: tuple[Colour, ...] = (
        (196, 198, 200), (36, 38, 42), (120, 124, 130), (140, 28, 30),
        (34, 58, 110), (226, 226, 224), (70, 84, 74),
    )  # fmt: skip
    colour = colours[int(rng.integers(len(colours)))]
    left = np.array([-ahead[1], ahead[0]])
    half = 0.9

    def at(along: float, sideways: float, up: float) -> Floats:
        spot = middle + ahead * along + left * sideways * half
        return np.array([spot[0], spot[1], up])

    side = make_texture(car_side(colour))
    glass, skin = make_texture(car_glass(colour)), make_texture(plain(colour))
    rear, nose = (make_texture(car_end(rng, colour, front=front)) for front in (False, True))
    mirrored = make_texture(np.ascontiguousarray(car_side(colour)[:, ::-1]))
    # The outline from rear to front: (along, up) of each edge that runs across the car.
    edges = ((-2.14, 0.25), (-2.14, 0.98), (-1.2, 1.5), (0.2, 1.5), (0.9, 1.02), (2.1, 0.85),
             (2.14, 0.25))  # fmt: skip
    skins = (rear, glass, skin, glass, skin, nose)
    panels = [
        face(light, at(-2.2, -1, 1.53), at(2.2, -1, 1.53) - at(-2.2, -1, 1.53),
             np.array([0, 0, -1.5]), side),
        face(light, at(2.2, 1, 1.53), at(-2.2, 1, 1.53) - at(2.2, 1, 1.53),
             np.array([0, 0, -1.5]), mirrored),
    ]  # fmt: skip
    for (low, up), (high, over), texture in zip(edges[:-1], edges[1:], skins, strict=True):
        behind = (low + high) / 2 < 0.2
        if behind:
            corner, across = at(high, 1, over), at(high, -1, over) - at(high, 1, over)
            down = at(low, 1, up) - corner
        else:
            corner, across = at(low, -1, up), at(low, 1, up) - at(low, -1, up)
            down = at(high, -1, over) - corner
        panels.append(face(light, corner, across, down, texture))
    base = np.stack([at(i, j, 0)[:2] for i, j in ((-2.1, -1), (2.1, -1), (2.1, 1), (-2.1, 1))])
    return Thing(place=middle, panels=tuple(panels), base=base)


def post_with_sign(
    light: Light, place: Floats, facing_deg: float, texture: Texture, back: Texture
) -> Thing:
    """Build a sign of 0.6 m on a grey post; from behind it is grey."""
    angle = math.radians(facing_deg)
    normal = np.array([math.sin(angle), math.cos(angle), 0.0])
    right = np.array([-normal[1], normal[0], 0.0])
    foot = _flat(place)
    low = foot + np.array([0, 0, 2.1])
    rise = np.array([0, 0, 0.6])
    panels = (
        face(light, low + rise - right * 0.3, right * 0.6, np.array([0, 0, -0.6]), texture),
        face(light, low + rise + right * 0.3, right * -0.6, np.array([0, 0, -0.6]), back),
        face(light, low - right * 0.04, right * 0.08, np.array([0, 0, -2.1]), back),
        face(light, low + right * 0.04, right * -0.08, np.array([0, 0, -2.1]), back),
    )
    return Thing(place=np.asarray(place), panels=panels, base=np.zeros((0, 2)))


def _flat(point: Floats) -> Floats:
    return np.array([point[0], point[1], 0.0])
