"""Make labelled frames of random streets for training and validation."""

import dataclasses
import math
from collections.abc import Iterator

import cv2
import numpy as np

from .arrays import Image
from .camera import Lens, Pose
from .light import make_light
from .lines import bend, directions, total_length
from .making import make_town
from .params import SimulationParams
from .render import film
from .scene import Scene, make_scene
from .sensor import expose, make_sensor
from .town import Town


def training_frames(seed: int, count: int) -> Iterator[tuple[Image, Image]]:
    """Yield random frames with their masks.

    Parameters
    ----------
    seed : int
        Seed; 1000 to 1999 are meant for training, 2000 to 2099 for validation.
    count : int
        Number of frames.

    Yields
    ------
    frame : ndarray, uint8, shape (720, 1280, 3)
        Red, green, blue.
    mask : ndarray, uint8, shape (720, 1280)
        Bits: 1 road up to 40 m ahead, 2 crack, 4 pothole, 8 patch.
    """
    rng = np.random.default_rng([seed, 11])
    made = 0
    while made < count:
        scene = _random_scene(rng)
        # Nine views of a town, five frames each, pay for its making.
        for _ in range(9):
            for frame, mask in _view(rng, scene, min(5, count - made)):
                yield frame, mask
                made += 1
            if made >= count:
                return


def _random_scene(rng: np.random.Generator) -> Scene:
    params = SimulationParams(
        seed=int(rng.integers(2**31 - 1)),
        blocks_x=2,
        blocks_y=1,
        block_length_m=float(rng.uniform(70, 110)),
        damage_density=float(rng.choice([0.6, 2.0, 3.5, 5.0])),
    )
    town = make_town(params)
    light = make_light(rng, varied=True)
    yellow = rng.random() < 0.15
    return make_scene(
        _repainted(rng, town),
        light,
        marking_wear=float(rng.uniform(0.0, 0.9)),
        marking_colour=(226, 170, 60) if yellow else (224, 224, 218),
    )


def _repainted(rng: np.random.Generator, town: Town) -> Town:
    """Vary the surfaces more than one town's would: from fresh black to bleached."""
    streets = []
    for street in town.streets:
        level = rng.uniform(62, 172)
        tint = rng.normal(0, 4)
        colour = (int(level + tint), int(level), int(level - tint))
        streets.append(dataclasses.replace(street, asphalt=colour))
    return dataclasses.replace(town, streets=tuple(streets))


def _view(rng: np.random.Generator, scene: Scene, count: int) -> Iterator[tuple[Image, Image]]:
    """Film some neighbouring poses on a random street."""
    town = scene.town
    forward = rng.random() < 0.5
    if town.damages and rng.random() < 0.75:
        # Most views look at a damage, or there would be too few of them.
        damage = town.damages[int(rng.integers(len(town.damages)))]
        link = town.links[damage.link]
        length = total_length(link.line)
        along_damage = damage.along_m if forward else length - damage.along_m
        start = max(0.0, along_damage - rng.uniform(12.0, 20.0))
    else:
        link = town.links[int(rng.integers(len(town.links)))]
        length = total_length(link.line)
        start = rng.uniform(4.0, max(5.0, length - 30.0))
    width = town.streets[link.street].width_m
    line = link.line if forward else link.line[::-1]
    lens = Lens(fov_deg=float(rng.uniform(52, 78)))
    height, pitch = rng.uniform(1.3, 2.6), rng.uniform(4.0, 17.0)
    across = width / 4 + rng.normal(0, 0.35)
    along = start + np.cumsum(rng.uniform(1.5, 3.0, count))
    places = bend(line, along, np.full(count, across))
    poses = []
    for place, ahead in zip(places, directions(line, along), strict=True):
        heading = math.degrees(math.atan2(ahead[0], ahead[1])) + rng.normal(0, 2.5)
        poses.append(
            Pose(
                x_m=float(place[0]),
                y_m=float(place[1]),
                height_m=float(height),
                heading_deg=float(heading),
                pitch_deg=float(pitch + rng.normal(0, 0.4)),
                roll_deg=float(rng.normal(0, 0.8)),
            )
        )
    sensor = make_sensor(rng, lens, scene.light)
    bonnet = _bonnet(rng, lens) if rng.random() < 0.15 else None
    for frame, mask in film(scene, lens, poses, masks=True):
        assert mask is not None
        if bonnet is not None:
            _cover(frame, mask, bonnet)
        seen = expose(rng, frame, sensor, float(rng.uniform(0, 14)))
        yield _compressed(rng, seen), mask


def _bonnet(rng: np.random.Generator, lens: Lens) -> tuple[Image, tuple[int, int, int]]:
    """Draw the outline of a bonnet or dashboard that reaches into the frame."""
    shape = np.zeros((lens.height_px, lens.width_px), np.uint8)
    middle = (lens.width_px // 2 + int(rng.normal(0, 120)), lens.height_px + 60)
    size = (int(rng.uniform(700, 1100)), int(rng.uniform(80, 170)))
    cv2.ellipse(shape, middle, size, 0, 180, 360, (255,), -1, cv2.LINE_AA)
    level = int(rng.choice([28, 36, 60, 110, 170]))
    return shape, (level, level, level + 3)


def _cover(frame: Image, mask: Image, bonnet: tuple[Image, tuple[int, int, int]]) -> None:
    shape, colour = bonnet
    rows = np.linspace(1.25, 0.8, frame.shape[0])[:, None, None]
    paint = np.clip(np.array(colour) * rows, 0, 255).astype(np.uint8)
    inside = shape > 127
    frame[inside] = np.broadcast_to(paint, frame.shape)[inside]
    mask[inside] = 0


def _compressed(rng: np.random.Generator, frame: Image) -> Image:
    """Pass the frame through JPEG, as stored footage has been."""
    quality = int(rng.integers(45, 95))
    _, packed = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert unpacked is not None
    return np.ascontiguousarray(unpacked[..., ::-1]).astype(np.uint8)
