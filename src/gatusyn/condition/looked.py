"""What was looked at of each section, and by how many looks of which models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.model import Coverage, Network, Section

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looked:
    """What was looked at of n sections.

    Parameters
    ----------
    seen
        What was looked at of each section's surface, shape [n].
    area_m2
        Of the same, shape [n].
    looks
        How many looks touched it, shape [n].
    rates
        Mean precision and recall of those looks, shape [n, classes, 2]; 0 without a look.
    """

    seen: NDArray[np.object_]
    area_m2: Reals
    looks: Whole
    rates: Reals

    def of(self, rows: Whole) -> Looked:
        """Return the same of some sections."""
        return Looked(
            seen=self.seen[rows],
            area_m2=self.area_m2[rows],
            looks=self.looks[rows],
            rates=self.rates[rows],
        )


def surfaces_of(sections: Sequence[Section], *, beside_m: float = 0.0) -> NDArray[np.object_]:
    """Return each section's carriageway as a polygon, widened by ``beside_m`` on both sides."""
    lines = np.array([section.line for section in sections], dtype=object)
    halves = np.array([section.width_m / 2.0 + beside_m for section in sections])
    surfaces: NDArray[np.object_] = shapely.buffer(lines, halves, cap_style="flat")
    return surfaces


def looked_at(
    looks: Sequence[Coverage],
    rates: Reals,
    surfaces: NDArray[np.object_],
    network: Network,
) -> Looked:
    """Return what was looked at of the counted sections.

    A look from a street says nothing of the path beside it: only looks from a link of the same
    network type count.

    Parameters
    ----------
    rates
        Of each look, shape [looks, classes, 2].
    surfaces
        Of the network's counted sections.
    """
    section, look = _touching(looks, surfaces, network)
    count = np.bincount(section, minlength=len(surfaces))
    mean = np.zeros((len(surfaces), *rates.shape[1:]))
    np.add.at(mean, section, rates[look])
    mean /= np.maximum(count, 1)[:, None, None]
    shapes = np.array([one.footprint for one in looks], dtype=object)
    seen = np.full(len(surfaces), shapely.Polygon(), dtype=object)
    groups = np.split(look, np.flatnonzero(np.diff(section)) + 1) if section.size else []
    touched = np.flatnonzero(count)
    seen[touched] = [shapely.union_all(shapes[members]) for members in groups]
    seen[touched] = shapely.intersection(seen[touched], surfaces[touched])
    return Looked(
        seen=seen,
        area_m2=np.asarray(shapely.area(seen)),
        looks=count.astype(np.int64),
        rates=mean,
    )


def _touching(
    looks: Sequence[Coverage], surfaces: NDArray[np.object_], network: Network
) -> tuple[Whole, Whole]:
    """Return pairs of section and look that touch, in the order of the sections."""
    kind_of = {link.link_id: link.network_type.value for link in network.links}
    of_look = np.array([kind_of[one.link_id] for one in looks])
    of_section = np.array([kind_of[one.link_id] for one in network.counted_sections])
    shapes = np.array([one.footprint for one in looks], dtype=object)
    section, look = STRtree(shapes).query(surfaces, predicate="intersects")
    alike = of_section[section] == of_look[look] if section.size else np.zeros(0, dtype=bool)
    section, look = section[alike], look[alike]
    order = np.argsort(section, kind="stable")
    return section[order], look[order]


def extent_along(shapes: NDArray[np.object_], lines: NDArray[np.object_]) -> tuple[Reals, Reals]:
    """Return the least and greatest distance along each line of a shape's outline, in metres.

    What lies beyond a line's end is at its end; of an empty shape both are 0.
    """
    places, owner = shapely.get_coordinates(shapes, return_index=True)
    offsets = shapely.line_locate_point(lines[owner], shapely.points(places))
    low, high = np.full(len(shapes), np.inf), np.full(len(shapes), -np.inf)
    np.minimum.at(low, owner, offsets)
    np.maximum.at(high, owner, offsets)
    empty = ~np.isfinite(low)
    low[empty] = high[empty] = 0.0
    return low, high
