"""Findings of a part of the town as the map draws them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.serve.layout import Floats, Ints, Layout
from gatusyn.serve.mercator import (
    Shapes,
    Tile,
    places_to_mercator,
    places_to_tile_units,
    to_mercator,
    to_tile_units,
)
from gatusyn.serve.tile_columns import Table, chosen, numbers, texts
from gatusyn.serve.vector_tile import LayerContent, PointContent
from gatusyn.store.protocol_lookup import DrawnFindings

FINDINGS_ZOOM = 15
OUTLINES_ZOOM = 17
"""Before it an outline is a speck under its own mark."""

FINDINGS_PER_TILE = 2000
"""A tile with more shows the most severe and largest: on a screen they cover each other anyway."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FindingBlock:
    """Findings of a part of the town, the most severe, then the largest first.

    Parameters
    ----------
    marks
        A place within each, Web Mercator, float64 [n, 2].
    sections
        The place of each one's section in the network; -1 where it has none, int64 [n].
    is_right
        Whether nobody said that it is none, bool [n].
    first_seen_s, ended_s
        As of ``DrawnFindings``.
    table
        What the map is told of each.
    outlines
        Of each, in the network's system, object [n]; None where they are not kept.
    """

    marks: Floats
    sections: Ints
    is_right: NDArray[np.bool_]
    first_seen_s: Floats
    ended_s: Floats
    table: Table
    outlines: Shapes | None

    def __len__(self) -> int:
        return len(self.sections)

    def contents(
        self,
        tile: Tile,
        layout: Layout,
        *,
        at_s: float | None = None,
        streets: NDArray[np.bool_] | None = None,
    ) -> tuple[LayerContent | PointContent, ...]:
        """Return what a tile draws of the findings, most urgent first: outlines and marks.

        Parameters
        ----------
        at_s
            Those that were there at a moment, instead of now.
        streets
            Whether each street of the layout is wanted; None for all.
        """
        wanted = self._there(at_s)
        if streets is not None:
            wanted &= (self.sections >= 0) & streets[layout.street_of[self.sections]]
        west, south, east, north = tile.buffered_box
        x, y = self.marks.T
        marked = wanted & (x >= west) & (x <= east) & (y >= south) & (y <= north)
        places = np.flatnonzero(marked)[:FINDINGS_PER_TILE]
        marks = PointContent(
            name="finding_marks",
            points=places_to_tile_units(self.marks[places], tile).astype(np.int64),
            table=self.table.take(places),
        )
        if self.outlines is None:
            return (marks,)
        return self._outlined(tile, layout, wanted), marks

    def _there(self, at_s: float | None) -> NDArray[np.bool_]:
        """Say which are there, as ``Finding.is_there`` and ``was_there`` do."""
        if at_s is None:
            return self.is_right & np.isnan(self.ended_s)
        return self.is_right & (self.first_seen_s <= at_s) & ~(self.ended_s <= at_s)

    def _outlined(self, tile: Tile, layout: Layout, wanted: NDArray[np.bool_]) -> LayerContent:
        """Return outlines whole: they are small."""
        assert self.outlines is not None
        shapes = to_mercator(self.outlines[wanted], layout.projection)
        near = np.flatnonzero(shapely.intersects(shapes, shapely.box(*tile.buffered_box)))
        near = near[:FINDINGS_PER_TILE]
        return LayerContent(
            name="findings",
            shapes=to_tile_units(shapes[near], tile),
            owners=np.arange(len(near)),
            table=self.table.take(np.flatnonzero(wanted)[near]),
        )


def lay_findings_out(found: DrawnFindings, layout: Layout, *, outlined: bool) -> FindingBlock:
    """Lay out findings as they were read.

    Parameters
    ----------
    outlined
        Whether outlines are to be drawn.
    """
    places = [layout.position.get(name, -1) for name in found.section_ids]
    sections = np.array(places, dtype=np.int64)
    group = np.where(sections >= 0, layout.group_of[sections], -1)
    return FindingBlock(
        marks=places_to_mercator(_within(found.footprints), layout.projection),
        sections=sections,
        is_right=found.is_right,
        first_seen_s=found.first_seen_s,
        ended_s=found.ended_s,
        table=Table.of(
            {
                "finding_id": texts(found.finding_ids),
                "section_id": texts(found.section_ids),
                "kind": texts(found.kinds),
                "length_m": numbers(found.lengths_m, 2),
                "area_m2": numbers(found.areas_m2, 2),
                "severity": numbers(found.severities),
                "state": texts(found.states),
                "confidence": numbers(found.confidences, 2),
                "group": chosen(range(len(layout.groups)), group),
            }
        ),
        outlines=found.footprints if outlined else None,
    )


def _within(shapes: Shapes) -> Floats:
    """Return a place within each shape, [shapes, 2]."""
    corners, owners = shapely.get_coordinates(shapes, return_index=True)
    counts = np.bincount(owners, minlength=len(shapes))
    sums = [np.bincount(owners, weights=axis, minlength=len(shapes)) for axis in corners.T]
    places = np.column_stack(sums) / counts[:, None]
    # Another place is only looked for where that lies outside: it takes far longer.
    outside = ~shapely.contains_xy(shapes, places[:, 0], places[:, 1])
    places[outside] = shapely.get_coordinates(shapely.point_on_surface(shapes[outside]))
    return places
