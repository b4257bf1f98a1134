"""Make the town: crossings, streets with names, links, and what lies on them."""

import itertools
import math

import numpy as np

from .arrays import Floats
from .furnish import furnish
from .lines import bend, total_length
from .params import SimulationParams
from .town import Link, Street, Town


def make_town(params: SimulationParams) -> Town:
    """Make a town from settings; pure, the same settings give the same town."""
    rng = np.random.default_rng([params.seed, 1])
    nodes = _make_nodes(params, rng)
    runs = _street_runs(params)
    streets = tuple(_make_street(params, rng, index, len(runs)) for index in range(len(runs)))
    links: list[Link] = []
    for index, run in enumerate(runs):
        links += _make_links(rng, nodes, index, run, curved=index == params.blocks_y // 2 + 1)
    damages, decoys = furnish(params, streets, links)
    columns = params.blocks_x + 1
    path_nodes = (0, columns + 1)
    path = nodes[list(path_nodes)]
    middle = path.mean(axis=0) + np.array([6.0, -6.0])
    bow = np.linspace(0, 1, 15)[:, None]
    curve = (1 - bow) ** 2 * path[0] + 2 * bow * (1 - bow) * middle + bow**2 * path[1]
    return Town(
        params=params,
        origin_m=(357000.0, 6213000.0),
        nodes=nodes,
        streets=streets,
        links=tuple(links),
        damages=damages,
        decoys=decoys,
        cycle_path=curve,
        cycle_nodes=path_nodes,
    )


def _make_nodes(params: SimulationParams, rng: np.random.Generator) -> Floats:
    east, north = np.meshgrid(np.arange(params.blocks_x + 1), np.arange(params.blocks_y + 1))
    grid = np.stack([east.ravel(), north.ravel()], axis=1) * params.block_length_m
    shifted: Floats = grid + rng.uniform(-5.0, 5.0, grid.shape)
    return shifted


def _street_runs(params: SimulationParams) -> list[list[int]]:
    """Return the nodes along each street: first those running east, then those running north."""
    columns, rows = params.blocks_x + 1, params.blocks_y + 1
    east = [[row * columns + column for column in range(columns)] for row in range(rows)]
    north = [[row * columns + column for row in range(rows)] for column in range(columns)]
    return east + north


def _make_street(
    params: SimulationParams, rng: np.random.Generator, index: int, count: int
) -> Street:
    names = _names()
    order = np.random.default_rng([params.seed, 2]).permutation(len(names))
    name = names[order[index % len(names)]] + (f" {index // len(names) + 1}" * (index >= 24))
    level = rng.uniform(88, 138)
    tint = rng.normal(0, 2.5)
    # An inner north-south street stays undriven, so that no driven street ends blind.
    undriven = params.blocks_y + 1 + params.blocks_x // 2 + (params.blocks_x > 2)
    badness = (0.15, 1.0, 2.0, 0.6, 1.6, 0.3, 1.2)[(index + params.seed) % 7]
    return Street(
        name=name,
        element_id=f"9900:{4100 + index}",
        width_m=float(np.round(rng.uniform(6.0, 8.0), 1)),
        pavement_m=float(np.round(rng.uniform(1.6, 2.6), 1)),
        speed_kmh=int(rng.choice([30, 40, 40, 50])),
        traffic=int(rng.integers(3, 60)) * 100,
        badness=badness,
        asphalt=(int(level + tint + 1), int(level), int(level - tint)),
        centre_line=bool(rng.random() < 0.6),
        edge_lines=bool(rng.random() < 0.35),
        driven=params.blocks_x == 1 or index != undriven,
    )


def _make_links(
    rng: np.random.Generator, nodes: Floats, street: int, run: list[int], *, curved: bool
) -> list[Link]:
    lines = []
    for start, end in itertools.pairwise(run):
        chord = nodes[[start, end]]
        length = float(np.hypot(*(chord[1] - chord[0])))
        along = np.linspace(0.0, length, max(int(length / 4.0), 2) + 1)
        bulge = rng.uniform(5.0, 8.0) if curved else rng.uniform(-0.8, 0.8)
        lines.append(bend(chord, along, bulge * np.sin(math.pi * along / length) ** 2))
    ends = np.cumsum([0.0, *(total_length(line) for line in lines)])
    shares = np.round(ends / ends[-1], 8)
    return [
        Link(
            street=street,
            start_node=run[index],
            end_node=run[index + 1],
            line=line,
            start_measure=float(shares[index]),
            end_measure=float(shares[index + 1]),
        )
        for index, line in enumerate(lines)
    ]


def _names() -> tuple[str, ...]:
    return (
        "Almgatan", "Björkvägen", "Duvstigen", "Ekgatan", "Fjällvägen", "Granitgatan",
        "Hamngatan", "Idrottsvägen", "Järngatan", "Kvarngatan", "Lindgatan", "Mossvägen",
        "Norrgatan", "Ormvägen", "Parkgatan", "Rönngatan", "Skolgatan", "Torggatan",
        "Uvstigen", "Vinkelgatan", "Åkergatan", "Ängsvägen", "Östergatan", "Sälggatan",
    )  # fmt: skip
