"""What was looked at of each section, how well, and by how many looks of which models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.condition.confidence import seen_shares
from gatusyn.condition.strips import within_strip_by_strip
from gatusyn.model import ConditionParams, LookColumns, LookParams, Network, Section

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

_DAY_S = 86_400.0
_EACH_M = 4.0
"""For each so many metres of a section one look is tried at first."""
_SOME_LOOKS = (12, 24)
"""How many looks are tried then, before all are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looked:
    """What was looked at of n sections.

    Parameters
    ----------
    surface
        What was looked at of each section's surface, shape [n].
    looks_at, shapes
        The looks at each section, arrays of places in ``shapes``, shape [n]; and what each look
        shows, shape [looks].
    area_m2, well_m2
        Of the same, and what of it was seen well, shape [n]; the rest was seen poorly.
    looks
        How many looks touched it, shape [n].
    last_s
        Start of the day (UTC) of the last of them, seconds since 1970-01-01, shape [n]; NaN without
        a look. No more of their times lasts when a drive is made coarse.
    rates
        Mean precision and recall of those looks, shape [n, classes, 2]; 0 without a look.
    seen
        Share of the damage on the area looked at that the looks see, shape [n, classes].
    """

    surface: NDArray[np.object_]
    looks_at: NDArray[np.object_]
    shapes: NDArray[np.object_]
    area_m2: Reals
    well_m2: Reals
    looks: Whole
    last_s: Reals
    rates: Reals
    seen: Reals

    def of(self, rows: Whole) -> Looked:
        """Return the same of some sections."""
        return Looked(
            surface=self.surface[rows],
            looks_at=self.looks_at[rows],
            shapes=self.shapes,
            area_m2=self.area_m2[rows],
            well_m2=self.well_m2[rows],
            looks=self.looks[rows],
            last_s=self.last_s[rows],
            rates=self.rates[rows],
            seen=self.seen[rows],
        )

    def ground(self, section: Whole, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return what the looks at sections show where shapes lie, shape [shapes].

        That is all that they show, beside a section and beyond its ends too; or one of them where
        the whole of the shape lies inside it.

        Parameters
        ----------
        section
            Of each shape, its section.
        """
        asked = self.looks_at[section]
        shape = np.repeat(np.arange(len(section)), [len(own) for own in asked])
        look = np.concatenate([np.zeros(0, np.int64), *asked])
        inside = shapely.contains_properly(self.shapes[look], shapes[shape])
        ground = np.full(len(section), None, dtype=object)
        ground[shape[inside]] = self.shapes[look[inside]]
        rest = np.flatnonzero(shapely.is_missing(ground))
        rows, place = np.unique(section[rest], return_inverse=True)
        joined = np.empty(len(rows), dtype=object)
        joined[:] = [shapely.union_all(self.shapes[own]) for own in self.looks_at[rows]]
        ground[rest] = joined[place]
        return ground


def surfaces_of(sections: Sequence[Section], *, beside_m: float = 0.0) -> NDArray[np.object_]:
    """Return each section's carriageway as a polygon, widened by ``beside_m`` on both sides."""
    lines = np.array([section.line for section in sections], dtype=object)
    halves = np.array([section.width_m / 2.0 + beside_m for section in sections])
    surfaces: NDArray[np.object_] = shapely.buffer(lines, halves, cap_style="flat")
    return surfaces


def looked_at(
    looks: LookColumns,
    rates: Reals,
    surfaces: NDArray[np.object_],
    network: Network,
    params: ConditionParams,
    looking: LookParams,
) -> Looked:
    """Return what was looked at of the counted sections.

    A look from a street says nothing of the path beside it: only looks from a link of the same
    network type count. Nor does a look in which next to nothing would be found.

    Parameters
    ----------
    rates
        Of each look, shape [looks, classes, 2].
    surfaces
        Of the network's counted sections.
    """
    quality = looking.qualities(looks.measures)
    section, look = _touching(looks, quality >= looking.least, surfaces, network)
    count = np.bincount(section, minlength=len(surfaces))
    mean = np.zeros((len(surfaces), *rates.shape[1:]))
    np.add.at(mean, section, rates[look])
    mean /= np.maximum(count, 1)[:, None, None]
    shapes = looks.footprints
    groups = _groups(section, look, len(surfaces))
    lines = np.array([one.line for one in network.counted_sections], dtype=object)
    few = _nearest_the_middle(shapes, lines, section, look)
    seen = _seen(shapes, groups, _groups(section[few], look[few], len(surfaces)), surfaces)
    good = quality[look] >= looking.well_from
    area = np.asarray(shapely.area(seen))
    well = area.copy()
    # Only where some of the looks were poor is there anything else to work out.
    mixed = np.zeros(len(surfaces), dtype=bool)
    mixed[section[~good]] = True
    of_good = _groups(section[good], look[good], len(surfaces))[mixed]
    few = few[good[few]]
    few_good = _groups(section[few], look[few], len(surfaces))[mixed]
    well[mixed] = shapely.area(_seen(shapes, of_good, few_good, surfaces[mixed]))
    last = np.zeros(len(surfaces))
    np.maximum.at(last, section, looks.time_s[look])
    return Looked(
        surface=seen,
        looks_at=groups,
        shapes=shapes,
        area_m2=area,
        well_m2=np.minimum(well, area),
        looks=count.astype(np.int64),
        last_s=np.where(count > 0, _DAY_S * (last // _DAY_S), np.nan),
        rates=mean,
        seen=_shares_seen(mean[:, :, 1], section, quality[look], good, well, area, params),
    )


def _groups(section: Whole, look: Whole, sections: int) -> NDArray[np.object_]:
    """Return the looks at each section, from pairs in rising order of section, shape [sections]."""
    groups = np.empty(sections, dtype=object)
    groups[:] = [look[:0]] * sections
    rows, starts = np.unique(section, return_index=True)
    for row, own in zip(rows.tolist(), np.split(look, starts[1:]), strict=False):
        groups[row] = own
    return groups


def _nearest_the_middle(
    shapes: NDArray[np.object_], lines: NDArray[np.object_], section: Whole, look: Whole
) -> Whole:
    """Return pairs of section and look, for each few metres the look nearest to the middle line.

    These few may show all of the section, if any do.
    """
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    middle = np.column_stack([west + east, south + north]) / 2.0
    ends, owner = shapely.get_coordinates(lines, return_index=True)
    start = ends[np.searchsorted(owner, np.arange(len(lines)))]
    way = ends[np.searchsorted(owner, np.arange(len(lines)), side="right") - 1] - start
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    (right, ahead), (east_m, north_m) = way[section].T, (middle[look] - start[section]).T
    step = np.floor((east_m * right + north_m * ahead) / _EACH_M)
    order = np.lexsort((np.abs(east_m * ahead - north_m * right), step, section))
    before, after = order[:-1], order[1:]
    is_other = (section[before] != section[after]) | (step[before] != step[after])
    return np.sort(order[np.append(np.ones(min(len(order), 1), np.bool_), is_other)])


def _seen(
    shapes: NDArray[np.object_],
    groups: NDArray[np.object_],
    few: NDArray[np.object_],
    surfaces: NDArray[np.object_],
) -> NDArray[np.object_]:
    """Return what the looks at each section show of its surface.

    Often some looks show all of it already, and the others can show no more.

    Parameters
    ----------
    groups, few
        The looks at each section, and a few that may do.
    """
    seen = np.full(len(surfaces), shapely.Polygon(), dtype=object)
    rows = np.arange(len(surfaces))
    for asked in (few, groups):
        within = within_strip_by_strip(shapes, asked[rows], surfaces[rows])
        seen[rows[within]] = surfaces[rows[within]]
        rows = rows[~within]
    left = {row: groups[row] for row in rows.tolist() if len(groups[row])}
    for most in (0, *_SOME_LOOKS, None):
        some = [row for row, own in left.items() if most is None or len(own) > most]
        shown = [left[row][:most] if most != 0 else few[row] for row in some]
        seen[some] = np.array([shapely.union_all(shapes[own]) for own in shown], dtype=object)
        for row, is_whole in zip(some, shapely.covers(seen[some], surfaces[some]), strict=True):
            if is_whole:
                seen[row] = surfaces[row]
                del left[row]
    rest = list(left)
    seen[rest] = shapely.intersection(seen[rest], surfaces[rest])
    return seen


def _shares_seen(
    recall: Reals,
    section: Whole,
    quality: Reals,
    good: NDArray[np.bool_],
    well_m2: Reals,
    area_m2: Reals,
    params: ConditionParams,
) -> Reals:
    """Return the share of the damage that is seen: by all looks, or by the poor ones only."""
    of_all = seen_shares(recall, section, quality, params)
    if good.all():
        return of_all
    of_poor = seen_shares(recall, section[~good], quality[~good], params)
    well = np.divide(well_m2, area_m2, out=np.ones_like(area_m2), where=area_m2 > 0.0)[:, None]
    return well * of_all + (1.0 - well) * of_poor


def _touching(
    looks: LookColumns,
    counts: NDArray[np.bool_],
    surfaces: NDArray[np.object_],
    network: Network,
) -> tuple[Whole, Whole]:
    """Return pairs of section and look that touch, in the order of sections, then of looks."""
    kind_of = {link.link_id: link.network_type.value for link in network.links}
    of_look = np.array([kind_of[link_id] for link_id in looks.link_ids.tolist()])
    of_section = np.array([kind_of[one.link_id] for one in network.counted_sections])
    section, look = STRtree(looks.footprints).query(surfaces, predicate="intersects")
    if section.size:
        alike = (of_section[section] == of_look[look]) & counts[look]
        section, look = section[alike], look[alike]
    # Not in the index's order: a part of the town must give the same sums.
    order = np.lexsort((look, section))
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
