"""Answers about the town as a whole."""

from __future__ import annotations

import numpy as np

from gatusyn.model import CitySettings, Permission, Visitor
from gatusyn.serve.answers import grade_out
from gatusyn.serve.index import CityIndex
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.schemas import CityOut, LegendEntry
from gatusyn.serve.schemas_themes import FiltersOut, GroupOut
from gatusyn.serve.themes import COLOURS


def city_out(
    reader: CityReader,
    settings: CitySettings,
    visitor: Visitor,
    *,
    period: str | None = None,
    at: str | None = None,
) -> CityOut:
    """Return name, extent, periods, and the kilometres of each grade.

    Parameters
    ----------
    reader
        The town as the visitor may see it.
    """
    index = reader.index(period, at)
    months = reader.months()
    until_s = float("inf") if index.at_s is None else index.at_s
    drives = [one for one in reader.drives() if one.ended_s < until_s]
    legend = _legend(index)
    return CityOut(
        name=settings.name,
        stamp=index.stamp,
        bounds=index.layout.total_bounds,
        periods=list(reader.periods()),
        period=index.period,
        method=index.method,
        index_name=index.index_name,
        legend=legend,
        total_km=sum(entry.km for entry in legend),
        graded_km=sum(entry.km for entry in legend if entry.grade.number > 0),
        seen_km=index.seen_m / 1000,
        findings=index.findings,
        drives=len(drives),
        last_driven_s=max((drive.ended_s for drive in drives), default=None),
        may_review=visitor.may(Permission.REVIEW),
        themes=list(reader.plans.themes),
        first_month=months[0] if months else None,
        last_month=months[1] if months else None,
        at=index.at,
    )


def filters_out(reader: CityReader) -> FiltersOut:
    """Return what sections can be chosen by, and the groups that tiles name."""
    layout = reader.index().layout
    metres = np.bincount(
        layout.group_of, weights=layout.lengths_m * layout.counted, minlength=len(layout.groups)
    )
    return FiltersOut(
        groups=[
            GroupOut(
                network=group.network_type,
                road_class=group.road_class,
                keeper=group.keeper,
                area=group.area,
                district=group.district,
                km=length_m / 1000,
            )
            for group, length_m in zip(layout.groups, metres.tolist(), strict=True)
        ]
    )


def _legend(index: CityIndex) -> list[LegendEntry]:
    entries = []
    for grade, colour in COLOURS.items():
        sections, metres = index.by_grade[grade]
        entries.append(
            LegendEntry(grade=grade_out(grade), colour=colour, km=metres / 1000, sections=sections)
        )
    return entries
