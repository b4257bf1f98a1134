"""The town's tracks as a table, of which only those tiles are there that a change may touch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import STRtree

from gatusyn.findings.groups import LAID, PLACE, InTurn, beside, laid_rows, reach_of, regrouped
from gatusyn.findings.placed import AT, Floats, Ints
from gatusyn.findings.windows import HALO_M, TILE_M, Tile, around, tiles_of, tiles_touching
from gatusyn.geo import boxes_of
from gatusyn.model import TRACK_FIELDS, TRACKS_A_RUN, FindingParams

WIDE_M = 80.0
"""Tracks that reach farther may be near tracks beyond the tiles around theirs."""

_FIELDS = len(TRACK_FIELDS)
_CHANGED = _FIELDS
"""One more column: whether a track lies elsewhere than before."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaidTile:
    """A tile as it was laid before: its tracks, and the tiles of damages' tracks at home in it."""

    tile: Tile
    values: Floats
    members: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """The tile in which each row of the table lies; and the rows in each, and at home in each."""

    tiles: Ints
    of_tile: Mapping[Tile, Ints]
    of_home: Mapping[Tile, Ints]


class Laying:
    """Lays tracks that come, and lays anew what changes by them or by others that go.

    What it finds is what laying everything finds: only tiles within reach of the change are looked
    at, and from them all that hangs together with what they hold.

    Parameters
    ----------
    order
        The rank of each run that stays or comes, by its number: results depend on the order of the
        runs' ids, not on that in which they came.
    added
        Tracks that come, rows of a ``TrackTable``.
    load
        Returns the tiles that there are among some.
    again
        Runs that come with ``added`` and whose former tracks go.
    wide
        Tiles of which a track reaches farther than ``WIDE_M``.
    each
        As of ``lay``.
    """

    def __init__(
        self,
        order: Mapping[int, int],
        added: Floats,
        params: FindingParams,
        *,
        load: Callable[[Collection[Tile]], Iterable[LaidTile]],
        again: frozenset[int] = frozenset(),
        wide: Collection[Tile] = (),
        each: InTurn = map,
    ) -> None:
        self._each = each
        self._params, self._load, self._wide = params, load, wide
        self._runs = np.array(sorted(order), np.int64)
        self._rank = np.array([order[run] for run in self._runs.tolist()], np.int64)
        self._stay = np.array(sorted(order.keys() - again), np.int64)
        self._known: set[Tile] = set()
        self._known_places: _Places | None = None
        self._members: dict[Tile, tuple[Tile, ...]] = {}
        self._went = np.zeros((0, _FIELDS))
        self._values = np.zeros((0, _FIELDS + 1))
        self._put([added])
        self._stale: set[Tile] = set()
        self.homes: set[Tile] = set()

    def lay(self, went_from: Collection[Tile]) -> None:
        """Lay what changes: afterwards ``homes`` are the tiles whose damages may be others.

        Parameters
        ----------
        went_from
            Tiles in which tracks lay that go.
        """
        self._ensure(went_from)
        moved = np.vstack([self._values[:, :_FIELDS][self._is_new()], self._went])[:, PLACE]
        windows = tiles_touching(np.hstack([moved, moved]), beside_m=HALO_M) if len(moved) else ()
        self._ensure(around(windows))
        before = self._values[:, LAID]
        after = before.copy()
        for rows, found in laid_rows(self._values, self._params, windows, self._each):
            after[rows] = found
        self._values[:, LAID] = after
        same = (before == after) | (np.isnan(before) & np.isnan(after))
        self._values[:, _CHANGED] = ~same.all(axis=1)
        self._stale |= set(self._tiles(self._changed()).tolist())
        self._stale |= set(tiles_of(self._went[:, PLACE]).tolist())
        self.homes |= self._stale
        self._regroup()

    def touched(self, boxes_m: Floats) -> set[Tile]:
        """Return the tiles whose damages boxes (west, south, east, north) may touch.

        But for those that are among ``homes`` already.
        """
        if not len(boxes_m):
            return set()
        self._ensure(tiles_touching(boxes_m, beside_m=TILE_M) | set(self._wide))
        home = self._values[:, AT["home"]]
        known = np.array(sorted(self.homes), np.float64)
        values = self._values[~(np.isnan(home) | np.isin(home, known))]
        if not len(values):
            return set()
        reach, place = reach_of(values, self._params)[:, None], values[:, PLACE]
        shapes = boxes_of(np.hstack([place - reach, place + reach]))
        near = STRtree(boxes_of(boxes_m)).query(shapes, predicate="intersects")[0]
        return _whole(values[np.unique(near), AT["home"]])

    def with_homes(self, tiles: Collection[Tile]) -> Floats:
        """Return all tracks in tiles, and all of damages that are at home in one of them.

        Of the others the damage is not said.
        """
        self._ensure(tiles)
        self._ensure({one for tile in tiles for one in self._members.get(tile, ())})
        places = self._places()
        at_home = [places.of_home[tile] for tile in tiles if tile in places.of_home]
        inside = [places.of_tile[tile] for tile in tiles if tile in places.of_tile]
        rows = np.unique(np.concatenate([np.zeros(0, np.int64), *at_home, *inside]))
        values = self._values[rows, :_FIELDS]
        others = ~np.isin(values[:, AT["home"]], np.array(list(tiles), np.float64))
        values[others, AT["damage"]] = np.nan
        return values

    def changed_tiles(self) -> list[tuple[LaidTile, float]]:
        """Return the tiles to be written, each with how far its tracks reach."""
        self._ensure(self._stale | self.homes)
        for tile in self.homes:
            self._ensure(self._members.get(tile, ()))
        places = self._places()
        reach = reach_of(self._values, self._params)
        none, result = np.zeros(0, np.int64), []
        for tile in sorted(self._stale | self.homes):
            rows = places.of_tile.get(tile, none)
            members = np.unique(places.tiles[places.of_home.get(tile, none)])
            laid = LaidTile(
                tile=tile,
                values=self._values[rows, :_FIELDS],
                members=tuple(members.tolist()),
            )
            result.append((laid, float(reach[rows].max(initial=0.0))))
        return result

    def _regroup(self) -> None:
        """Assign anew what hangs together with a track that has changed or gone."""
        changed = self._changed()
        clusters = _whole(self._values[changed, AT["cluster"]]) | _whole(
            self._went[:, AT["cluster"]]
        )
        self._ensure(around(self._tiles(changed).tolist()) | set(self._wide))
        self._ensure(self._within_reach(self._changed()))
        near = beside(self._values, self._changed(), self._params)
        clusters |= _whole(self._values[near, AT["cluster"]])
        known = np.array(sorted(clusters), np.float64)
        while True:
            rows = self._of(known)
            count = len(self._values)
            self._ensure(self._within_reach(rows))
            if len(self._values) == count:
                break
        self.homes |= _whole(self._values[rows, AT["home"]]) | _whole(self._went[:, AT["home"]])
        self._values[rows] = regrouped(self._values[rows], self._params)
        self.homes |= _whole(self._values[rows, AT["home"]])
        self._stale |= set(self._tiles(rows).tolist())
        self._known_places = None

    def _of(self, clusters: Floats) -> Ints:
        """Return the rows of tracks that have changed or belong to some clusters."""
        inside = np.isin(self._values[:, AT["cluster"]], clusters)
        return np.flatnonzero(inside | (self._values[:, _CHANGED] > 0.0))

    def _within_reach(self, rows: Ints) -> set[Tile]:
        own = self._values[rows]
        reach, place = reach_of(own, self._params)[:, None], own[:, PLACE]
        # Few reach beyond the tiles around their own.
        boxes = np.hstack([place - reach, place + reach])[reach[:, 0] > TILE_M]
        own_tiles = np.unique(tiles_of(place)).tolist()
        return around(own_tiles) | tiles_touching(boxes, beside_m=0.0)

    def _ensure(self, tiles: Collection[Tile]) -> None:
        """Have tiles in the table."""
        missing = set(tiles) - self._known
        if not missing:
            return
        self._known |= missing
        loaded = list(self._load(missing))
        self._members |= {one.tile: one.members for one in loaded}
        if not loaded:
            return
        parts = [one.values for one in loaded]
        stays = np.isin(np.concatenate([own[:, AT["run"]] for own in parts]), self._stay)
        if not stays.all():
            values = np.vstack(parts)
            self._went, parts = np.vstack([self._went, values[~stays]]), [values[stays]]
        self._put(parts)

    def _put(self, parts: Sequence[Floats]) -> None:
        """Put rows into the table, in order."""
        # It is tens of megabytes: each row is copied once, to where it belongs.
        every = [self._values, *parts]
        run = np.concatenate([own[:, AT["run"]] for own in every]).astype(np.int64)
        place = np.concatenate([own[:, AT["place"]] for own in every]).astype(np.int64)
        rank = self._rank[np.searchsorted(self._runs, run)] if len(run) else run
        number = np.empty(len(run), np.int64)
        number[np.argsort(rank * TRACKS_A_RUN + place)] = np.arange(len(run))
        values = np.empty((len(run), _FIELDS + 1))
        values[number[len(self._values) :], _CHANGED] = 0.0
        start = 0
        for own in every:
            values[number[start : start + len(own)], : own.shape[1]] = own
            start += len(own)
        self._values, self._known_places = values, None

    def _places(self) -> _Places:
        """Return where the rows of each tile are."""
        if self._known_places is None:
            tiles = self._tiles()
            home = self._values[:, AT["home"]]
            known = np.flatnonzero(~np.isnan(home))
            of_home = _by(home[known].astype(np.int64))
            self._known_places = _Places(
                tiles=tiles,
                of_tile=_by(tiles),
                of_home={tile: known[rows] for tile, rows in of_home.items()},
            )
        return self._known_places

    def _is_new(self) -> np.ndarray:
        return np.asarray(np.isnan(self._values[:, AT["off_east_m"]]), np.bool_)

    def _changed(self) -> Ints:
        return np.flatnonzero(self._values[:, _CHANGED] > 0.0)

    def _tiles(self, rows: Ints | slice = slice(None)) -> Ints:
        return tiles_of(self._values[:, PLACE][rows])


def _whole(values: Floats) -> set[int]:
    """Return the different whole numbers; NaN is none."""
    return set(np.unique(values[~np.isnan(values)]).astype(np.int64).tolist())


def _by(labels: Ints) -> dict[int, Ints]:
    """Return the rows of each label, in order."""
    order = np.argsort(labels, kind="stable")
    known, starts = np.unique(labels[order], return_index=True)
    return dict(zip(known.tolist(), np.split(order, starts[1:]), strict=len(known) > 0))
