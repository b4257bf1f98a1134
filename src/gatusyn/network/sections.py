"""Sections: each link cut into equal parts as near as can be to the wanted length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.model import Link, NetworkParams, Section
from gatusyn.network.assumed import assumed_width_m, is_counted
from gatusyn.network.junctions import junction_ends

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Link lines are laid end to end on one axis with this gap, so that one pass cuts them all.
_GAP_M = 1.0
# A vertex nearer than this to a cut is the cut: two points closer than that are one.
_SAME_M = 1e-6


def section_counts(length_m: Floats, section_length_m: float) -> Integers:
    """Return into how many equal sections lines of these lengths are cut.

    The number whose parts come nearest to the wanted length, at least one: parts of
    ``n = round(length / wanted)`` are between 2/3 and 3/2 of the wanted length, except on links
    shorter than that, which are one section.

    Parameters
    ----------
    length_m
        Lengths of the links in metres, shape [n].
    section_length_m
        The wanted length of a section in metres.
    """
    return np.maximum(1, np.floor(length_m / section_length_m + 0.5)).astype(np.int64)


def cut_sections(links: Sequence[Link], params: NetworkParams) -> tuple[Section, ...]:
    """Cut links into sections of equal length on each link.

    Equal parts leave no stub at a junction and cut the same place whichever way a link is
    measured. ``section_id`` is the link's id and the section's number from 1, so it is stable
    while the link's id and length are.

    Parameters
    ----------
    links
        Links with lines of more than zero length (easting, northing in metres).
    params
        The wanted length, the widths for links without one, and whose sections are counted.

    Returns
    -------
    tuple of Section
        In the order of the links, and in order along each link; they tile each link exactly.
    """
    if not links:
        return ()
    lines = np.array([link.line for link in links], dtype=object)
    lengths = shapely.length(lines)
    counts = section_counts(lengths, params.section_length_m)
    owner = np.repeat(np.arange(len(links)), counts)
    number = np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
    start = lengths[owner] * (number / counts[owner])
    end = np.where(
        number + 1 == counts[owner], lengths[owner], lengths[owner] * ((number + 1) / counts[owner])
    )
    parts = _cut(lines, lengths, owner, start, end)
    widths = [assumed_width_m(link, params) for link in links]
    counted = [is_counted(link, params) for link in links]
    rows = zip(
        owner.tolist(),
        number.tolist(),
        start.tolist(),
        end.tolist(),
        parts,
        _in_junction(links, owner).tolist(),
        strict=True,
    )
    return tuple(
        replace(
            _section(links[link], n, from_m, to_m, part, widths[link]),
            is_junction=junction,
            is_counted=counted[link],
        )
        for link, n, from_m, to_m, part, junction in rows
    )


def _in_junction(links: Sequence[Link], owner: Integers) -> NDArray[np.bool_]:
    """Say which sections touch a junction or are part of a roundabout."""
    begins, ends = junction_ends(links)
    is_first, is_last = _edges(owner)
    is_ring = np.array([link.is_roundabout for link in links], dtype=np.bool_)
    return np.asarray((is_first & begins[owner]) | (is_last & ends[owner]) | is_ring[owner])


def _section(
    link: Link, number: int, start_m: float, end_m: float, line: shapely.LineString, width_m: float
) -> Section:
    return Section(
        section_id=f"{link.link_id}#{number + 1}",
        link_id=link.link_id,
        element_id=link.element_id,
        start_m=start_m,
        end_m=end_m,
        start_measure=link.measure_at(start_m),
        end_measure=link.measure_at(end_m),
        line=line,
        width_m=width_m if link.width_m is None else link.width_m,
        width_is_assumed=link.width_m is None,
    )


def _cut(
    lines: NDArray[np.object_], lengths: Floats, owner: Integers, start: Floats, end: Floats
) -> NDArray[np.object_]:
    """Cut all lines at once; ``start`` and ``end`` are metres on the line ``owner``, ascending."""
    xy, line_of_vertex = shapely.get_coordinates(lines, return_index=True)
    base = np.concatenate(([0.0], np.cumsum(lengths + _GAP_M)[:-1]))
    first, last = _edges(line_of_vertex)
    step = np.concatenate(([0.0], np.hypot(*np.diff(xy, axis=0).T)))
    step[first] = 0.0
    along = np.cumsum(step)
    along = along - along[first][line_of_vertex] + base[line_of_vertex]
    starts, ends = start + base[owner], end + base[owner]

    # An inner vertex belongs to the section in whose open interval it lies.
    section = np.searchsorted(starts, along, side="right") - 1
    inner = (along > starts[section] + _SAME_M) & (along < ends[section] - _SAME_M)
    number = np.arange(owner.size)
    from_xy, to_xy = _at(starts, along, xy), _at(ends, along, xy)
    # The outer ends are the link's own: interpolating there would round.
    is_first, is_last = _edges(owner)
    from_xy[is_first] = xy[first]
    to_xy[is_last] = xy[last]
    points = np.concatenate((from_xy, xy[inner], to_xy))
    keys = np.concatenate((number, section[inner], number))
    places = np.concatenate((starts, along[inner], ends))
    order = np.lexsort((places, keys))
    return np.asarray(shapely.linestrings(points[order], indices=keys[order]), dtype=object)


def _edges(owner: Integers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    is_first = np.concatenate(([True], owner[1:] != owner[:-1]))
    return is_first, np.roll(is_first, -1)


def _at(where: Floats, along: Floats, xy: Floats) -> Floats:
    return np.column_stack((np.interp(where, along, xy[:, 0]), np.interp(where, along, xy[:, 1])))
