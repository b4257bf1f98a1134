"""Tracks of one damage, and what they say together of its place and its shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from gatusyn.findings.assignment import assign, hanging, near_some
from gatusyn.findings.placed import AT, Floats, Ints, Placed, columns, numbers_of
from gatusyn.findings.registration import register
from gatusyn.findings.windows import Tile, Window, tiles_of, windows_of
from gatusyn.model import FindingParams

_LARGE_QUANTILE, _PART = 0.75, 0.6

PLACE = columns("east_m", "north_m")
OFF = columns("off_east_m", "off_north_m")
LEFT = columns("left_along_m", "left_across_m")
WORLD = columns("world_along_m", "world_across_m")
LAID = [*OFF, *LEFT, *WORLD, AT["passed"]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """The tracks of one damage.

    Parameters
    ----------
    rows
        Rows of the tracks in their table, earliest first.
    best
        The place in ``rows`` of the track that gives the shape.
    shift_m
        How far that shape has to be moved to the weighted mean of the places: east, north.
    sigma_m
        Standard deviation of the place, along and across the street.
    """

    rows: Ints
    best: int
    shift_m: tuple[float, float]
    sigma_m: tuple[float, float]


Laid = tuple[Ints, Floats]
"""Rows of a window's own tracks, and what was found of each."""

Task = tuple[Window, Placed, FindingParams]
InTurn = Callable[[Callable[[Task], Laid], list[Task]], Iterable[Laid]]
"""Does a function on many things, in any order of work and in the order of the things."""


def lay(
    values: Floats,
    params: FindingParams,
    tiles: Iterable[Tile] | None = None,
    each: InTurn = map,
) -> Floats:
    """Lay the passes over each other in every tile, or in some.

    Parameters
    ----------
    values
        Rows of a ``TrackTable``, also of the tiles around: in the order of the runs' ids and the
        places in the run, which does not depend on how the drives came.

    each
        Windows do not depend on each other: this may do several at once.

    Returns
    -------
    ndarray
        The same with what was found.
    """
    result = values.copy()
    for rows, found in laid_rows(values, params, tiles, each):
        result[rows[:, None], LAID] = found
    return result


def laid_rows(
    values: Floats, params: FindingParams, tiles: Iterable[Tile] | None, each: InTurn
) -> Iterable[Laid]:
    """Return the same as rows of the table and the values of ``LAID`` that were found of each."""
    placed = Placed.of(values, params)
    return each(
        lay_window, [(window, placed, params) for window in windows_of(placed.place_m, tiles)]
    )


def lay_window(task: Task) -> Laid:
    """Lay the passes of one window over each other, given all tracks."""
    window, every, params = task
    placed = every.rows(window.rows)
    core = np.searchsorted(window.rows, window.core)
    inside = np.zeros(len(window.rows), np.bool_)
    inside[core] = True
    found = register(placed, inside, params)
    laid = np.column_stack([found.off_m, found.sigma_m, found.place_sigma_m, found.passes])
    return window.core, laid[core]


def reach_of(values: Floats, params: FindingParams) -> Floats:
    """Return how far each track can be from another that is of the same damage, by its own size."""
    size = np.hypot(*values[:, columns("half_along_m", "half_across_m")].T)
    unsure = params.gate_sigmas * np.hypot(*values[:, LEFT].T)
    return np.asarray(
        np.sqrt(2.0) * (unsure + size) + 2.0 * np.hypot(*values[:, OFF].T), np.float64
    )


def moved_of(values: Floats, params: FindingParams) -> Placed:
    """Return laid tracks where they are when what is wrong with their places is taken off."""
    return Placed.of(values, params).moved(-values[:, OFF])


def beside(values: Floats, changed: Ints, params: FindingParams) -> Ints:
    """Return the rows of tracks that have changed or may be of one damage with one that has.

    What hung together before with one of these does so by its ``cluster``.

    Parameters
    ----------
    values
        Laid tracks.
    changed
        Rows of them.
    """
    some = np.zeros(len(values), np.bool_)
    some[changed] = True
    near = near_some(moved_of(values, params), values[:, LEFT], some, gate=params.gate_sigmas)
    return np.flatnonzero(near)


def regrouped(values: Floats, params: FindingParams) -> Floats:
    """Return laid tracks with the damages that they are of.

    Parameters
    ----------
    values
        Every track that hangs together with one of them is among them; in order as for ``lay``.
    """
    result = values.copy()
    if not len(values):
        return result
    moved = moved_of(values, params)
    tiles = tiles_of(values[:, PLACE])
    _, tile = np.unique(tiles, return_inverse=True)
    passed = values[:, AT["passed"]].astype(np.int64)
    _, number = np.unique(tile * (passed.max() + 1) + passed, return_inverse=True)
    cluster = hanging(moved, values[:, LEFT], gate=params.gate_sigmas)
    labels = assign(moved, number, values[:, LEFT], cluster, gate=params.gate_sigmas)
    own = numbers_of(values)
    for name, found in (("cluster", cluster), ("damage", labels)):
        least = np.full(int(found.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(least, found, own)
        result[:, AT[name]] = least[found]
    grouped = _grouped(values, moved, np.arange(len(values)), labels)
    best = grouped.rows[grouped.best]
    result[grouped.rows, AT["home"]] = tiles[best][grouped.group]
    return result


def groups_of(values: Floats, moved: Placed) -> list[Group]:
    """Return the groups of the tracks of which the damage is known, in order of its number.

    Parameters
    ----------
    moved
        ``moved_of`` the table.
    """
    damage = values[:, AT["damage"]]
    known = np.flatnonzero(~np.isnan(damage))
    if not len(known):
        return []
    _, labels = np.unique(damage[known], return_inverse=True)
    grouped = _grouped(values, moved, known, labels.reshape(-1))
    shift, sigma = grouped.shift_m.tolist(), grouped.sigma_m.tolist()
    bounds = [*grouped.starts.tolist(), len(known)]
    return [
        Group(
            rows=grouped.rows[low:high],
            best=best - low,
            shift_m=(shift[at][0], shift[at][1]),
            sigma_m=(sigma[at][0], sigma[at][1]),
        )
        for at, (low, high, best) in enumerate(
            zip(bounds[:-1], bounds[1:], grouped.best.tolist(), strict=True)
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grouped:
    """Groups of tracks as columns.

    Parameters
    ----------
    rows, group
        Rows of the table, group by group and earliest first, and the number of each one's group.
    starts, best
        Of each group: where it starts in ``rows``, and where its best track is.
    shift_m, sigma_m
        Of each, as in ``Group``.
    """

    rows: Ints
    group: Ints
    starts: Ints
    best: Ints
    shift_m: Floats
    sigma_m: Floats


def _grouped(values: Floats, moved: Placed, rows: Ints, labels: Ints) -> _Grouped:
    """Return groups of tracks, in order of their labels (0, 1, ..., of each of ``rows``).

    Sums go row by row: a group's figures do not depend on what other groups there are.
    """
    order = np.lexsort((rows, values[rows, AT["first_s"]], labels))
    rows, group = rows[order], labels[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    best = _best(values[rows], group, starts)
    east, north = _mean_off(moved, rows, group, best).T
    off = values[rows[best]][:, OFF]
    size = np.bincount(group)
    squares = values[rows][:, WORLD] ** 2
    sums = np.column_stack([np.bincount(group, squares[:, axis]) for axis in (0, 1)])
    return _Grouped(
        rows=rows,
        group=group,
        starts=starts,
        best=best,
        shift_m=np.column_stack([east, north]) - off,
        sigma_m=np.sqrt(sums / size[:, None]),
    )


def _best(own: Floats, group: Ints, starts: Ints) -> Ints:
    """Return for each group the row that saw the damage best.

    That is the one with the most confident sightings, where each counts by how much of the damage,
    as most passes saw it, it saw: from the other lane a part may be out of view.
    """
    area_m2 = own[:, AT["area_m2"]]
    large = _quantiles(area_m2, group, starts)[group]
    sure = own[:, AT["confidence"]] * own[:, AT["sightings"]]
    share = np.minimum(area_m2 / large, large / area_m2)
    worth = sure * np.where(share < _PART, share, 1.0)
    first = np.flatnonzero(worth == np.maximum.reduceat(worth, starts)[group])
    return first[np.unique(group[first], return_index=True)[1]]


def _quantiles(values: Floats, group: Ints, starts: Ints) -> Floats:
    """Return the upper quartile of each group's values, between two of them by their distance."""
    ordered = values[np.lexsort((values, group))]
    at = _LARGE_QUANTILE * (np.bincount(group) - 1)
    low = np.floor(at).astype(np.int64)
    below, above = ordered[starts + low], ordered[starts + np.ceil(at).astype(np.int64)]
    return np.asarray(below + (at - low) * (above - below), np.float64)


def _mean_off(moved: Placed, rows: Ints, group: Ints, best: Ints) -> Floats:
    """Return how far, east and north, the mean place of each group is from its best track's.

    What saw another part of the damage says less of the place.
    """
    chosen = rows[best]
    ours = chosen[group]
    parts = moved.half_m[rows] - moved.half_m[ours]
    weights = 1.0 / (moved.own_m[rows] ** 2 + parts**2)
    off = moved.place_m[rows] - moved.place_m[ours]
    along = moved.along[chosen]
    right = np.column_stack([along[:, 1], -along[:, 0]])
    result = np.zeros((len(best), 2))
    for axis, unit in enumerate((along, right)):
        aside = (off * unit[group]).sum(axis=1)
        mean = np.bincount(group, aside * weights[:, axis]) / np.bincount(group, weights[:, axis])
        result += mean[:, None] * unit
    return result
