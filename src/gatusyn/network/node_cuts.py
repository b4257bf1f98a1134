"""Cuts links where others end on them: a crossing is only one if the links end there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.geo import cut_line
from gatusyn.model import Link, NetworkType

# An end so near to a line is on it: deliveries have centimetres. A bridge's end never lies so near
# to the line of the road below.
_ON_LINE_M = 0.05
# No piece is cut off that is shorter.
_SHORTEST_M = 0.5


def cut_at_ends(links: Sequence[Link]) -> list[Link]:
    """Cut each link wherever another link for the same users ends on it.

    A link sequence runs on through the crossings with its side streets, and rows of some deliveries
    do, too. Where two lines cross and neither ends, one passes over the other: nothing is cut. A
    path that ends on a street does not cut it into stubs.

    Parameters
    ----------
    links
        With easting, northing in metres.

    Returns
    -------
    list of Link
        In the same order; a cut link's parts have its measures in proportion to length, rounded to
        8 decimals, and link ids that say so.
    """
    cuts: dict[int, set[float]] = defaultdict(set)
    streets = [at for at, link in enumerate(links) if link.network_type is NetworkType.CAR]
    paths = [at for at, link in enumerate(links) if link.network_type is not NetworkType.CAR]
    for group in (streets, paths):
        lines = np.empty(len(group), dtype=object)
        lines[:] = [links[at].line for at in group]
        for line, offset in _ends_on(lines):
            cuts[group[line]].add(offset)
    result: list[Link] = []
    for at, link in enumerate(links):
        result += _parts(link, sorted(cuts[at])) if at in cuts else [link]
    return result


def _ends_on(lines: NDArray[np.object_]) -> Iterator[tuple[int, float]]:
    """Yield each line on whose inside another one ends, and the metres from its start."""
    if not lines.size:
        return
    ends = np.concatenate((shapely.get_point(lines, 0), shapely.get_point(lines, -1)))
    end, line = STRtree(lines).query(ends, predicate="dwithin", distance=_ON_LINE_M)
    offset = shapely.line_locate_point(lines[line], ends[end])
    length = shapely.length(lines)[line]
    inside = (offset > _SHORTEST_M) & (offset < length - _SHORTEST_M)
    yield from zip(line[inside].tolist(), offset[inside].tolist(), strict=True)


def _parts(link: Link, offsets: Sequence[float]) -> list[Link]:
    places = [0.0]
    for offset in offsets:
        if offset - places[-1] > _SHORTEST_M:
            places.append(offset)
    measures = [round(link.measure_at(place), 8) for place in places]
    measures = [link.start_measure, *measures[1:], link.end_measure]
    if len(set(measures)) < len(measures) or measures != sorted(measures):
        return [link]
    places.append(link.length_m)
    _, mark, number = link.link_id.partition("~")
    return [
        replace(
            link,
            link_id=f"{link.element_id}:{start:.8f}-{end:.8f}{mark}{number}",
            start_measure=start,
            end_measure=end,
            line=cut_line(link.line, from_m, to_m),
        )
        for (from_m, to_m), (start, end) in zip(pairwise(places), pairwise(measures), strict=True)
    ]
