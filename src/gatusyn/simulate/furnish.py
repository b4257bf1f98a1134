"""Put damages, and things that resemble them, on the streets."""

import math

import numpy as np
import shapely

from .arrays import Floats
from .damage import Damage, lay, makers
from .lines import bend, total_length
from .params import SimulationParams
from .town import Decoy, Link, Street


def furnish(
    params: SimulationParams, streets: tuple[Street, ...], links: list[Link]
) -> tuple[tuple[Damage, ...], tuple[Decoy, ...]]:
    """Give each lane's 12 m slots at most one damage cluster or decoy, clear of crossings."""
    rng = np.random.default_rng([params.seed, 3])
    damages: list[Damage] = []
    decoys: list[Decoy] = []
    slot = 12.0
    for index, link in enumerate(links):
        street = streets[link.street]
        usable = total_length(link.line) - 20.0
        lane = street.width_m / 4
        for step in range(int(usable // slot)):
            for side in (-1.0, 1.0):
                along = 10.0 + (step + 0.5) * slot + rng.uniform(-1.0, 1.0)
                # The chance of damage in a slot; two fifths at mean badness and density.
                if rng.random() < 1 - math.exp(-0.5 * street.badness * params.damage_density):
                    damages += _cluster(
                        rng, index, link.line, street.width_m, along, side * lane, len(damages)
                    )
                elif rng.random() < 0.3:
                    decoys.append(_decoy(rng, link.line, along, side * lane))
    return tuple(damages), tuple(decoys)


def _cluster(
    rng: np.random.Generator,
    link: int,
    line: Floats,
    width_m: float,
    along_m: float,
    right_m: float,
    count: int,
) -> list[Damage]:
    """Make one to three damages that belong together, all inside the carriageway."""
    menu: tuple[tuple[str, ...], ...] = (
        ("longitudinal",),
        ("transverse",),
        ("crazing",),
        ("pothole",),
        ("crazing", "pothole"),
        ("longitudinal", "transverse"),
        ("pothole", "pothole"),
    )
    chosen = menu[int(rng.choice(len(menu), p=(0.2, 0.14, 0.2, 0.18, 0.12, 0.06, 0.1)))]
    wheel = right_m + rng.choice([-0.75, 0.75])
    road = shapely.buffer(shapely.LineString(line), width_m / 2 - 0.15, cap_style="flat")
    made: list[Damage] = []
    for place, pattern in enumerate(chosen):
        for _ in range(6):
            centre = right_m if pattern == "transverse" else wheel + rng.normal(0, 0.15)
            damage = lay(
                makers()[pattern](rng),
                name=f"damage-{count + len(made) + 1:04d}",
                link=link,
                line=line,
                along_m=along_m + (place * rng.uniform(1.2, 2.8) if place else 0.0),
                right_m=float(centre),
            )
            if shapely.contains(road, damage.footprint):
                made.append(damage)
                break
    return made


def _decoy(rng: np.random.Generator, line: Floats, along_m: float, right_m: float) -> Decoy:
    kind = str(rng.choice(["patch", "patch", "seal", "manhole", "drain", "stain"]))
    if kind == "patch":
        half = rng.uniform([0.4, 0.3], [4.0, 1.1])
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * half
        corners += rng.normal(0, 0.06, corners.shape)
        shape = bend(line, corners[:, 0] + along_m, corners[:, 1] + right_m)
        return Decoy(kind=kind, shape=shape, size_m=0.0, shade=float(rng.uniform(0.6, 0.95)))
    if kind == "seal":
        span = np.linspace(-rng.uniform(1, 4), rng.uniform(1, 4), 12)
        sway = np.cumsum(rng.normal(0, 0.08, 12))
        shape = bend(line, span + along_m, sway + right_m)
        width, shade = float(rng.uniform(0.05, 0.11)), float(rng.uniform(0.4, 0.65))
        return Decoy(kind=kind, shape=shape, size_m=width, shade=shade)
    across = right_m + rng.normal(0, 0.3)
    if kind == "drain":
        across = right_m * 1.75
    size = {"manhole": 0.33, "drain": 0.25, "stain": rng.uniform(0.2, 0.7)}[kind]
    shape = bend(line, np.array([along_m]), np.array([across]))
    return Decoy(kind=kind, shape=shape, size_m=float(size), shade=float(rng.uniform(0.5, 0.8)))
