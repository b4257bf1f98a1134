"""Put damages, repairs, and things that resemble them, on the streets."""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from .arrays import Floats
from .damage import Damage, Draft, lay, makers
from .lines import bend, total_length
from .params import SimulationParams
from .patch import RepairDraft, shovelled_patch, square_patch, trench
from .town import Decoy, Link, Street


@dataclass(frozen=True, slots=True)
class _Road:
    """A link's carriageway, ready to be furnished."""

    link: int
    line: Floats
    width_m: float
    inside: shapely.Geometry


def furnish(
    params: SimulationParams, streets: tuple[Street, ...], links: list[Link]
) -> tuple[tuple[Damage, ...], tuple[Decoy, ...]]:
    """Give each lane's 12 m slots at most one cluster of damage, patch or decoy, and some trenches.

    All of it is clear of crossings.
    """
    rng = np.random.default_rng([params.seed, 3])
    damages: list[Damage] = []
    decoys: list[Decoy] = []
    slot = 12.0
    for index, link in enumerate(links):
        street = streets[link.street]
        inside = shapely.buffer(
            shapely.LineString(link.line), street.width_m / 2 - 0.15, cap_style="flat"
        )
        road = _Road(index, link.line, street.width_m, inside)
        own: list[Damage] = []
        for step in range(int((total_length(link.line) - 20.0) // slot)):
            for side in (-1.0, 1.0):
                along = 10.0 + (step + 0.5) * slot + rng.uniform(-1.0, 1.0)
                lane = side * street.width_m / 4
                # The chance of damage in a slot; two fifths at mean badness and density.
                if rng.random() < 1 - math.exp(-0.5 * street.badness * params.damage_density):
                    own += _cluster(rng, road, along, lane, len(damages) + len(own))
                elif rng.random() < 1 - math.exp(-0.18 * params.damage_density):
                    own += _patch(rng, road, along, lane, len(damages) + len(own))
                elif rng.random() < 0.2:
                    decoys.append(_decoy(rng, link.line, along, lane))
        damages += own + _trenches(rng, road, params.damage_density, own, len(damages) + len(own))
    return tuple(damages), tuple(decoys)


def _cluster(
    rng: np.random.Generator, road: _Road, along_m: float, right_m: float, count: int
) -> list[Damage]:
    """Make one or two damages that belong together, all inside the carriageway."""
    menu: tuple[tuple[str, ...], ...] = (
        ("longitudinal",),
        ("transverse",),
        ("crazing",),
        ("pothole",),
        ("surface_loss",),
        ("crazing", "pothole"),
        ("longitudinal", "transverse"),
        ("pothole", "pothole"),
    )
    share = (0.19, 0.14, 0.18, 0.15, 0.1, 0.1, 0.06, 0.08)
    chosen = menu[int(rng.choice(len(menu), p=share))]
    wheel = right_m + rng.choice([-0.75, 0.75])
    made: list[Damage] = []
    for place, pattern in enumerate(chosen):
        in_wheel_path = pattern not in ("transverse", "surface_loss")
        for _ in range(6):
            damage = _laid(
                makers()[pattern](rng),
                road,
                along_m + (place * rng.uniform(1.2, 2.8) if place else 0.0),
                float(wheel + rng.normal(0, 0.15)) if in_wheel_path else right_m,
                count + len(made),
            )
            if shapely.contains(road.inside, damage.footprint):
                made.append(damage)
                break
    return made


def _patch(
    rng: np.random.Generator, road: _Road, along_m: float, right_m: float, count: int
) -> list[Damage]:
    """Lay a patch in a lane if it fits."""
    draft = shovelled_patch(rng) if rng.random() < 0.3 else square_patch(rng)
    patch = _laid(draft, road, along_m, float(right_m + rng.normal(0, 0.3)), count)
    return [patch] if shapely.contains(road.inside, patch.footprint) else []


def _trenches(
    rng: np.random.Generator, road: _Road, density: float, others: list[Damage], count: int
) -> list[Damage]:
    """Lay some trenches where nothing else is: two of three go across the street."""
    made: list[Damage] = []
    length = total_length(road.line)
    for _ in range(int(rng.poisson(0.5 * min(density, 3.0)))):
        across = rng.random() < 0.67
        for _ in range(6):
            reach = rng.choice([0.5, 0.97]) if across else 1.0
            span = reach * (road.width_m - 0.4)
            middle = 0.0 if reach > 0.9 else rng.choice([-1.0, 1.0]) * road.width_m / 4
            aside = middle if across else rng.uniform(-0.3, 0.3) * road.width_m
            laid = _laid(
                trench(rng, across_m=span if across else None),
                road,
                float(rng.uniform(11.0, max(12.0, length - 11.0))),
                float(aside),
                count + len(made),
            )
            free = all(shapely.disjoint(laid.footprint, one.footprint) for one in [*others, *made])
            if free and shapely.contains(road.inside, laid.footprint):
                made.append(laid)
                break
    return made


def _laid(
    draft: Draft | RepairDraft, road: _Road, along_m: float, right_m: float, count: int
) -> Damage:
    return lay(
        draft,
        name=f"damage-{count + 1:04d}",
        link=road.link,
        line=road.line,
        along_m=along_m,
        right_m=right_m,
    )


def _decoy(rng: np.random.Generator, line: Floats, along_m: float, right_m: float) -> Decoy:
    kind = str(rng.choice(["seal", "manhole", "drain", "stain"]))
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
