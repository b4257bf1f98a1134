"""Lay damage at random over the lanes of roads, junctions included."""

from collections.abc import Callable

import numpy as np
import shapely

from .arrays import Floats
from .damage import Damage, Draft, lay, makers
from .lines import total_length
from .patch import RepairDraft, shovelled_patch, square_patch, trench
from .roads import RoadKind, Roads

_WHEEL_M = 0.75
_TRIES = 8
_MIX = {
    "longitudinal": 0.19,
    "transverse": 0.14,
    "crazing": 0.16,
    "pothole": 0.21,
    "surface_loss": 0.06,
    "square_patch": 0.12,
    "shovelled_patch": 0.06,
    "trench": 0.06,
}


def scatter_damage(
    roads: Roads, *, seed: int, per_lane_km: float = 40.0, apart_m: float = 1.0
) -> tuple[Damage, ...]:
    """Lay damages evenly at random along every lane; kinds and sizes as in the made-up town.

    Parameters
    ----------
    per_lane_km : float
        Mean number for each kilometre of lane; what does not fit is left out.
    apart_m : float
        Least distance between damages of one pixel class: nearer ones are one thing to an engineer.
    """
    rng = np.random.default_rng([seed, 33])
    made: list[Damage] = []
    shapes: dict[str, list[shapely.Geometry]] = {}
    for index, (link, kind) in enumerate(zip(roads.links, roads.kinds, strict=True)):
        length = total_length(link.line)
        inside = shapely.buffer(
            shapely.LineString(link.line), kind.width_m / 2 - 0.1, cap_style="flat"
        )
        for lane in _lanes(kind):
            for along in np.sort(rng.uniform(0.0, length, rng.poisson(per_lane_km * length / 1e3))):
                damage = _fitting(rng, index, link.line, float(along), lane, inside)
                if damage is None:
                    continue
                near = shapes.setdefault(damage.kind.pixel_class, [])
                if not shapely.dwithin(
                    np.array(near, dtype=object), damage.footprint, apart_m
                ).any():
                    near.append(damage.footprint)
                    made.append(damage)
    return tuple(made)


def _lanes(kind: RoadKind) -> list[float]:
    """Return how far right of the middle the middle of each lane is."""
    if kind.one_way:
        return [0.0]
    width = kind.width_m / 2 / kind.lanes
    right = [(lane + 0.5) * width for lane in range(kind.lanes)]
    return [*right, *(-one for one in right)]


def _fitting(
    rng: np.random.Generator,
    link: int,
    line: Floats,
    along_m: float,
    lane_m: float,
    inside: shapely.Geometry,
) -> Damage | None:
    """Return a damage of a random kind that lies within the carriageway, if one fits."""
    names = list(_MIX)
    name = names[int(rng.choice(len(names), p=list(_MIX.values())))]
    in_wheel_path = name in ("longitudinal", "pothole", "crazing", "shovelled_patch")
    for _ in range(_TRIES):
        aside = rng.choice([-_WHEEL_M, _WHEEL_M]) if in_wheel_path else 0.0
        damage = lay(
            _drafts()[name](rng),
            name="",
            link=link,
            line=line,
            along_m=along_m,
            right_m=float(lane_m + aside + rng.normal(0.0, 0.2)),
        )
        if isinstance(damage.footprint, shapely.Polygon) and shapely.contains(
            inside, damage.footprint
        ):
            return damage
    return None


def _drafts() -> dict[str, Callable[[np.random.Generator], Draft | RepairDraft]]:
    return {
        **makers(),
        "square_patch": square_patch,
        "shovelled_patch": shovelled_patch,
        "trench": lambda rng: trench(rng, across_m=2.5 if rng.random() < 0.67 else None),
    }
