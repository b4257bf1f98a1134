"""Place houses, hedges and trees along the streets."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .arrays import Floats
from .drawn import tree
from .light import Light
from .lines import bend, directions, total_length
from .panels import Texture, make_texture
from .things import Thing, hedge_row, house
from .town import Link, Town


def build_along(town: Town, light: Light, rng: np.random.Generator) -> list[Thing]:
    """Place houses, and hedges or trees in the gaps, along both sides of each link."""
    roads = shapely.union_all(
        [
            shapely.LineString(link.line).buffer(town.streets[link.street].width_m / 2 + 3.2)
            for link in town.links
        ]
        + [shapely.LineString(town.cycle_path).buffer(2.5)]
    )
    taken: list[BaseGeometry] = [roads]
    things: list[Thing] = []
    trees = [make_texture(tree(rng)) for _ in range(5)]
    for link in town.links:
        street = town.streets[link.street]
        edge = street.width_m / 2 + street.pavement_m
        length = total_length(link.line)
        for side in (-1.0, 1.0):
            along = rng.uniform(2.0, 6.0)
            while along < length - 5:
                size = np.array(
                    [rng.uniform(9, 17), rng.uniform(7, 10), rng.choice([2.9, 3.2, 5.8, 6.2])]
                )
                setback = edge + rng.uniform(2.0, 6.5) + size[1] / 2
                middle_m = along + size[0] / 2
                made = _house_at(rng, light, link, middle_m, side * setback, size, taken)
                if made is not None:
                    things.append(made)
                things += _garden(rng, light, link, along, side, edge, trees, taken)
                along += size[0] + rng.uniform(3.0, 9.0)
    return things


def _house_at(
    rng: np.random.Generator,
    light: Light,
    link: Link,
    along_m: float,
    right_m: float,
    size: Floats,
    taken: list[BaseGeometry],
) -> Thing | None:
    """Build a house unless its plot is taken."""
    middle = bend(link.line, np.array([along_m]), np.array([right_m]))[0]
    ahead = directions(link.line, np.array([along_m]))[0]
    # The front looks at the street: to its left lies the street's far side.
    front = ahead if right_m < 0 else -ahead
    back = np.array([-front[1], front[0]])
    half = front * size[0] / 2, back * size[1] / 2
    plot = shapely.Polygon([middle + i * half[0] + j * half[1]
                            for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])  # fmt: skip
    if any(shapely.intersects(plot, other) for other in taken):
        return None
    taken.append(plot.buffer(1.0))
    return house(rng, light, middle, front, size)


def _garden(
    rng: np.random.Generator,
    light: Light,
    link: Link,
    along_m: float,
    side: float,
    edge_m: float,
    trees: list[Texture],
    taken: list[BaseGeometry],
) -> list[Thing]:
    """Place a hedge along the pavement or a tree or two."""
    made: list[Thing] = []
    spot = bend(
        link.line, np.array([along_m, along_m + rng.uniform(5, 12)]), np.full(2, side * edge_m)
    )
    along_hedge = shapely.LineString(spot)
    if rng.random() < 0.45 and not shapely.intersects(along_hedge, taken[0].buffer(-1.4)):
        ordered = spot if side > 0 else spot[::-1]
        made += hedge_row(rng, light, ordered[1], ordered[0])
    if rng.random() < 0.6:
        offset = side * (edge_m + rng.uniform(0.8, 3.5))
        foot = bend(link.line, np.array([along_m - rng.uniform(0, 3)]), np.array([offset]))[0]
        point = shapely.Point(foot)
        if not any(shapely.intersects(point, other) for other in taken[1:]) and not (
            shapely.intersects(point, taken[0].buffer(-1.0))
        ):
            height = rng.uniform(5.0, 10.0)
            made.append(
                Thing(
                    place=foot,
                    billboard=trees[int(rng.integers(len(trees)))],
                    width_m=height * 0.72,
                    height_m=height,
                    base=np.zeros((0, 2)),
                )
            )
    return made
