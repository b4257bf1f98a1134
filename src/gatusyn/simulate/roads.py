"""A road network of some kilometres with streets of several kinds, for drives without pictures."""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely

from gatusyn.model import Direction, NetworkType
from gatusyn.model import Link as NetworkLink

from .arrays import Floats
from .lines import bend, lengths, total_length
from .route import Arc
from .town import Link, Street

ORIGIN_M = (357000.0, 6213000.0)
"""Easting, northing (EPSG:3006) of the south-western corner."""

_SIDE_M = 3.5
_COLUMNS_M = (0.0, 130.0, 290.0, 420.0, 570.0, 700.0)
# The third street runs 28 m beside the second, as a local street beside a main road does.
_ROWS_M = (0.0, 150.0, 178.0, 320.0, 460.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadKind:
    """A kind of street.

    Parameters
    ----------
    width_m : float
        Carriageway width.
    lanes : int
        Lanes in each direction.
    one_way : bool
        Whether driving is allowed in the link's direction only.
    cycle_path : bool
        Whether a foot and cycle path runs beside it.
    width_known : bool
        Whether the delivery has its width.
    """

    width_m: float
    lanes: int = 1
    one_way: bool = False
    cycle_path: bool = False
    width_known: bool = True


MAIN = RoadKind(width_m=14.0, lanes=2, cycle_path=True)
COLLECTOR = RoadKind(width_m=8.0, cycle_path=True)
LOCAL = RoadKind(width_m=6.5)
UNKNOWN = RoadKind(width_m=6.0, width_known=False)
NARROW = RoadKind(width_m=5.0)
ONE_WAY = RoadKind(width_m=4.5, one_way=True)

_ROW_KINDS = (COLLECTOR, MAIN, LOCAL, UNKNOWN, NARROW)
_COLUMN_KINDS = (LOCAL, ONE_WAY, ONE_WAY, NARROW, COLLECTOR, UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """Streets of several kinds; coordinates are easting, northing in EPSG:3006, metres.

    Parameters
    ----------
    nodes : ndarray, shape (n, 2)
        Where links end.
    links : tuple of Link
        As they truly run; ``street`` is the index of the link itself.
    kinds : tuple of RoadKind
        Of each link.
    habit_m : ndarray, shape (links, 2)
        How far right of its lane's middle traffic keeps on each link, with and against it: parked
        cars, kerbs and worn lines make that differ from the plan.
    """

    nodes: Floats
    links: tuple[Link, ...]
    kinds: tuple[RoadKind, ...]
    habit_m: Floats

    @property
    def streets(self) -> tuple[Street, ...]:
        """A street for each link, as the makers of damage take it."""
        return tuple(_street(index, kind) for index, kind in enumerate(self.kinds))

    def arcs(self, rng: np.random.Generator) -> list[Arc]:
        """Return each link in each allowed direction, with the lane that one drive takes."""
        made: list[Arc] = []
        for index, (link, kind) in enumerate(zip(self.links, self.kinds, strict=True)):
            ends = (link.start_node, link.end_node)
            ways = [(ends, link.line), (ends[::-1], link.line[::-1])]
            for way, ((start, end), line) in enumerate(ways[: 1 if kind.one_way else 2]):
                made.append(
                    Arc(
                        link=index,
                        start_node=start,
                        end_node=end,
                        line=line,
                        width_m=kind.width_m,
                        lane_m=_lane_m(rng, kind) + float(self.habit_m[index, way]),
                    )
                )
        return made


def make_roads(seed: int) -> Roads:
    """Make the roads; the same seed gives the same ones."""
    rng = np.random.default_rng([seed, 31])
    east, north = np.meshgrid(_COLUMNS_M, _ROWS_M)
    nodes = np.column_stack([east.ravel(), north.ravel()]) + np.array(ORIGIN_M)
    nodes += rng.uniform(-1.0, 1.0, nodes.shape) * (15.0, 5.0)
    columns = len(_COLUMNS_M)
    plan = [
        (row * columns + place, row * columns + place + 1, kind)
        for row, kind in enumerate(_ROW_KINDS)
        for place in range(columns - 1)
    ]
    for column, kind in enumerate(_COLUMN_KINDS):
        for row in range(len(_ROWS_M) - 1):
            ends = (row * columns + column, (row + 1) * columns + column)
            plan.append((*(ends if column != 2 else ends[::-1]), kind))
    plan = _thinned(rng, plan)
    links = tuple(
        Link(
            street=index,
            start_node=start,
            end_node=end,
            line=_curve(rng, nodes[[start, end]], gentle=kind.lanes > 1 or start // columns == 2),
            start_measure=0.0,
            end_measure=1.0,
        )
        for index, (start, end, kind) in enumerate(plan)
    )
    return Roads(
        nodes=nodes,
        links=links,
        kinds=tuple(kind for _, _, kind in plan),
        habit_m=rng.normal(0.0, 0.25, (len(links), 2)),
    )


def network_links(roads: Roads, *, line_sigma_m: float = 0.0, seed: int = 0) -> list[NetworkLink]:
    """Return the links as a delivery has them, cycle paths included.

    Parameters
    ----------
    line_sigma_m : float
        Standard deviation, per axis, of the error of the delivered lines at their nodes; between
        the nodes the error changes evenly.
    """
    off = np.random.default_rng([seed, 32]).normal(0.0, 1.0, roads.nodes.shape) * line_sigma_m
    made: list[NetworkLink] = []
    for index, (link, kind) in enumerate(zip(roads.links, roads.kinds, strict=True)):
        share = (lengths(link.line) / total_length(link.line))[:, None]
        line = link.line + (1 - share) * off[link.start_node] + share * off[link.end_node]
        made.append(
            NetworkLink(
                link_id=link_id(index),
                element_id=f"road-{index}",
                start_measure=0.0,
                end_measure=1.0,
                line=shapely.LineString(line),
                direction=Direction.WITH if kind.one_way else Direction.BOTH,
                width_m=kind.width_m if kind.width_known else None,
            )
        )
        if kind.cycle_path:
            made.append(_cycle_path(index, line, kind.width_m))
    return made


def link_id(index: int) -> str:
    """Return the delivery's id of a link."""
    return f"road-{index}:0-1"


def _cycle_path(index: int, line: Floats, width_m: float) -> NetworkLink:
    along = np.linspace(0.0, total_length(line), 20)
    beside = bend(line, along, np.full(20, width_m / 2 + _SIDE_M))
    return NetworkLink(
        link_id=f"cycle-{index}:0-1",
        element_id=f"cycle-{index}",
        start_measure=0.0,
        end_measure=1.0,
        line=shapely.LineString(beside),
        network_type=NetworkType.CYCLE,
        width_m=2.8,
    )


def _thinned(
    rng: np.random.Generator, plan: list[tuple[int, int, RoadKind]]
) -> list[tuple[int, int, RoadKind]]:
    """Take away one link in ten, so that some crossings have three arms; none gets one only."""
    kept = list(plan)
    for place in rng.permutation(len(plan))[: len(plan) // 5]:
        start, end, kind = plan[int(place)]
        arms = list(itertools.chain.from_iterable(link[:2] for link in kept))
        enough = min(arms.count(start), arms.count(end)) > 3
        if enough and not kind.one_way and kind.lanes == 1 and len(kept) > 0.9 * len(plan):
            kept.remove(plan[int(place)])
    return kept


def _curve(rng: np.random.Generator, chord: Floats, *, gentle: bool) -> Floats:
    """Return a straight line, a bow or a bend there and back, with a vertex every five metres."""
    length = float(np.hypot(*(chord[1] - chord[0])))
    along = np.linspace(0.0, length, max(int(length / 5.0), 2) + 1)
    bulge = float(rng.choice([-1.0, 1.0]) * rng.uniform(0.04, 0.12) * length)
    kind = rng.random()
    if length < 60.0 or gentle or kind < 0.4:
        bulge = float(rng.uniform(-0.006, 0.006)) * length
    waves = 2.0 if kind > 0.8 else 1.0
    return bend(chord, along, bulge / waves * np.sin(waves * math.pi * along / length))


def _lane_m(rng: np.random.Generator, kind: RoadKind) -> float:
    """Return how far right of the middle one drive keeps: the right lane in three of four."""
    if kind.one_way:
        return 0.0
    width = kind.width_m / 2 / kind.lanes
    lane = kind.lanes - 1 if rng.random() < 0.75 else int(rng.integers(kind.lanes))
    return (lane + 0.5) * width


def _street(index: int, kind: RoadKind) -> Street:
    return Street(
        name=f"Gata {index}",
        element_id=f"road-{index}",
        width_m=kind.width_m,
        pavement_m=2.0,
        speed_kmh=40,
        traffic=1000,
        badness=1.0,
        asphalt=(110, 110, 110),
        centre_line=not kind.one_way,
        edge_lines=False,
        driven=True,
    )


def total_km(links: Iterable[Link]) -> float:
    """Return the length of all links in kilometres."""
    return sum(total_length(link.line) for link in links) / 1000.0
