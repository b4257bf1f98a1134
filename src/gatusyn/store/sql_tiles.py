"""Laid tracks by tile in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from gatusyn.model import TRACK_FIELDS
from gatusyn.store.protocol_work import TileTracks
from gatusyn.store.sql_scope import Scoped, as_list
from gatusyn.store.sql_tracks import blob_to_table, blob_to_whole, select_run_tiles, whole_to_blob

TILE_COLUMNS = ("place", "reach_m", "tracks", "members")


def forget_run(scoped: Scoped, run: int) -> None:
    """Take the times and names out of what was derived from a run; where it lay stays known.

    Must be called in a transaction. The run's tracks have to be made anew.
    """
    tiles = select_run_tiles(scoped, [run])
    scoped.clear("track", "run = :run", {"run": run})
    bare = {"run": run, "nothing": b""}
    scoped.update("work", "made_of = '', tracks = :nothing", bare, where="run = :run")
    clocks = [
        TRACK_FIELDS.index(name) for name in ("first_clock_s", "last_clock_s", "first_s", "last_s")
    ]
    own = TRACK_FIELDS.index("run")
    rows = []
    query = f"SELECT tile, tracks FROM tile WHERE place IN ({scoped.listed('tiles', int)})"  # noqa: S608
    for number, blob in scoped.rows(query, {"tiles": as_list(sorted(tiles))}):
        values = blob_to_table(blob).values.copy()
        values[np.ix_(values[:, own] == run, clocks)] = 0.0
        rows.append((values.astype("<f8").tobytes(), number))
    scoped.update_each("tile", ("tracks",), rows)


def select_tiles(scoped: Scoped, tiles: Collection[int]) -> tuple[TileTracks, ...]:
    """Return the tiles that there are among some."""
    query = (
        "SELECT place, reach_m, tracks, members FROM tile "  # noqa: S608
        f"WHERE place IN ({scoped.listed('tiles', int)}) ORDER BY place"
    )
    return tuple(
        TileTracks(
            tile=place,
            tracks=blob_to_table(tracks),
            reach_m=reach_m,
            members=tuple(blob_to_whole(members)),
        )
        for place, reach_m, tracks, members in scoped.rows(query, {"tiles": as_list(sorted(tiles))})
    )


def select_wide_tiles(scoped: Scoped, reach_m: float) -> frozenset[int]:
    """Return the tiles of which a track reaches farther."""
    query = "SELECT place FROM tile WHERE reach_m > :reach"
    return frozenset(row[0] for row in scoped.rows(query, {"reach": reach_m}))


def replace_tiles(scoped: Scoped, tiles: Sequence[TileTracks]) -> None:
    """Write tiles in the places of those that are known: their pages are written once."""
    asked = {"tiles": as_list(one.tile for one in tiles)}
    query = f"SELECT place, tile FROM tile WHERE place IN ({scoped.listed('tiles', int)})"  # noqa: S608
    known = dict(scoped.rows(query, asked))
    full = {one.tile for one in tiles if len(one.tracks) or one.members}
    gone = {"gone": as_list(number for place, number in known.items() if place not in full)}
    scoped.clear("tile", f"tile IN ({scoped.listed('gone', int)})", gone)
    stay = [one for one in tiles if one.tile in full and one.tile in known]
    new = [one for one in tiles if one.tile in full and one.tile not in known]
    scoped.update_each("tile", TILE_COLUMNS, ((*_tile_row(one), known[one.tile]) for one in stay))
    scoped.insert("tile", TILE_COLUMNS, map(_tile_row, new))


def _tile_row(one: TileTracks) -> tuple[Any, ...]:
    tracks = one.tracks.values.astype("<f8", copy=False).tobytes()
    return one.tile, one.reach_m, tracks, whole_to_blob(one.members)
