"""What it costs tiles to name each section's group: bytes, and processor time, on a real network.

    python benchmarks/tile_groups.py NETWORK

Grades are drawn by street; each tile of the town is encoded twice, by turns: with the network's
groups, and as if the network told nothing, so that all sections are of one.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from gatusyn.model import CitySettings, Network
from gatusyn.network import read_network
from gatusyn.serve.index import CityIndex, columns_of
from gatusyn.serve.layout import Layout, lay_out
from gatusyn.serve.map_layers import far_streets, near_streets
from gatusyn.serve.mercator import Tile, tiles_of
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, encode_tile
from gatusyn.store import GradeColumns

ZOOMS = range(10, 16)


def made_grades(layout: Layout) -> GradeColumns:
    """Draw a grade for each street, and near it for each of its sections; some are unknown."""
    rng = np.random.default_rng(1)
    count = len(layout.network.sections)
    street = rng.integers(1, 6, len(layout.street_names))[layout.street_of]
    grades = np.clip(street + rng.integers(-1, 2, count), 1, 5)
    grades[rng.random(count) < 0.15] = 0
    indices = np.where(grades > 0, 100.0 - 18.0 * grades, np.nan)
    return GradeColumns(
        section_ids=tuple(one.section_id for one in layout.network.sections),
        grades=grades,
        indices=indices,
        lows=indices - 5.0,
        highs=indices + 5.0,
        observed_shares=np.ones(count),
        last_looks_s=np.zeros(count),
        method="deduct",
        index_name="made",
    )


def index_of(network: Network) -> CityIndex:
    """Lay a network out with made-up grades."""
    layout = lay_out(network)
    return CityIndex(
        stamp="",
        period="2026",
        layout=layout,
        columns=columns_of(layout, made_grades(layout)),
        method="deduct",
        index_name="made",
        findings=0,
    )


def told_nothing(network: Network) -> Network:
    """Return a network without what groups are made of; its sections stay what they are."""
    links = tuple(
        replace(one, functional_class=None, road_keeper=None, is_built_up=None)
        for one in network.links
    )
    return replace(network, links=links)


def layers_of(index: CityIndex, zoom: int) -> list[TileLayer]:
    """Return the layers that tiles of a zoom have."""
    if zoom < OVERVIEW_ZOOM:
        return [far_streets(index.layout), index.far_sections.at(zoom)]
    return [near_streets(index.layout), index.near_sections]


def encoded(layers: list[TileLayer], tile: Tile) -> tuple[int, float]:
    """Return a tile's bytes, and the seconds of processor time of the quickest of three tries."""
    times_s = []
    for _ in range(3):
        began = time.process_time()
        size = len(encode_tile(layers, tile))
        times_s.append(time.process_time() - began)
    return size, min(times_s)


def main(path: Path) -> None:
    """Print a row for each zoom."""
    network = read_network(path, params=CitySettings().network)
    whole, plain = index_of(network), index_of(told_nothing(network))
    print(
        f"{len(network.sections)} sections, {len(whole.layout.groups)} groups "
        f"against {len(plain.layout.groups)}"
    )
    for zoom in ZOOMS:
        tiles = tiles_of(whole.layout.total_bounds, zoom)[:40]
        both = [layers_of(index, zoom) for index in (whole, plain)]
        sizes, times_s = np.zeros((2, len(tiles))), np.zeros(2)
        for place, tile in enumerate(tiles):
            for number, layers in enumerate(both):
                sizes[number, place], took_s = encoded(layers, tile)
                times_s[number] += took_s
        with_kb, without_kb = sizes.max(axis=1) / 1000.0
        print(
            f"zoom {zoom}: largest {with_kb:.1f} kB against {without_kb:.1f}, "
            f"all {sizes[0].sum() / sizes[1].sum():.3f} times as many bytes, "
            f"{times_s[0] / times_s[1]:.2f} times the processor time"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
