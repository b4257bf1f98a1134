"""Which sections the rows of a survey lie on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.evaluate.read_survey import PlacedBy, Survey, SurveyRow
from gatusyn.model import Section, SurveyError

STEP_M = 2.0
"""A line is placed by points so far apart."""

FAR_M = 20_000.0
"""A survey that lies farther than this from every section is of another town or system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a survey lies.

    Parameters
    ----------
    metres
        By section's place in the sequence, then by row's number: how much of it the row covers.
    left_out
        Rows that lie on no section, as (number, reason).
    """

    metres: dict[int, dict[int, float]]
    left_out: tuple[tuple[int, str], ...]


def place_survey(survey: Survey, sections: Sequence[Section], *, within_m: float) -> Placed:
    """Place a survey's rows on sections.

    Parameters
    ----------
    within_m
        A geometry farther than this from every section lies on none.

    Raises
    ------
    SurveyError
        If the survey has nothing in common with the sections.
    """
    place = {
        PlacedBy.SECTION: _by_section,
        PlacedBy.ELEMENT: _by_element,
        PlacedBy.GEOMETRY: _by_geometry,
    }[survey.placed_by]
    metres: dict[int, dict[int, float]] = defaultdict(dict)
    left_out = []
    for row, parts in zip(survey.rows, place(survey.rows, sections, within_m), strict=True):
        for section, covered in parts.items():
            metres[section][row.number] = covered
        if not parts:
            left_out.append((row.number, _WORDS[survey.placed_by]))
    if not metres:
        raise SurveyError(
            survey.source,
            f"has nothing in common with the city's sections by {survey.placed_by}",
            _advice(survey, sections),
        )
    return Placed(metres=dict(metres), left_out=tuple(left_out))


_WORDS = {
    PlacedBy.SECTION: "no such section",
    PlacedBy.ELEMENT: "no section at that element id and measures",
    PlacedBy.GEOMETRY: "no section near",
}


def _advice(survey: Survey, sections: Sequence[Section]) -> str:
    shapes = [row.shape for row in survey.rows if row.shape is not None]
    if not shapes:
        own = sections[0].element_id if survey.placed_by is PlacedBy.ELEMENT else None
        example = own or (sections[0].section_id if sections else "none")
        return f"The city's look like this: {example}. Is it the same delivery of the network?"
    theirs = shapely.total_bounds(np.array(shapes, dtype=object))
    ours = shapely.total_bounds(np.array([section.line for section in sections], dtype=object))
    gap = max(*(theirs[:2] - ours[2:]), *(ours[:2] - theirs[2:]))
    where = f"The survey begins at {theirs[0]:.0f}, {theirs[1]:.0f}, the city at {ours[0]:.0f}, "
    where += f"{ours[1]:.0f} (easting, northing)."
    if gap > FAR_M:
        return f"{where} Is it of this town, in the system it says, easting before northing?"
    return f"{where} Raise --within, or check the survey."


def _by_section(
    rows: Sequence[SurveyRow], sections: Sequence[Section], within_m: float
) -> list[dict[int, float]]:
    del within_m
    places = {section.section_id: place for place, section in enumerate(sections)}
    found = [places.get(row.section_id) for row in rows]
    return [{} if place is None else {place: sections[place].length_m} for place in found]


def _by_element(
    rows: Sequence[SurveyRow], sections: Sequence[Section], within_m: float
) -> list[dict[int, float]]:
    del within_m
    of_element: dict[str, list[int]] = defaultdict(list)
    for place, section in enumerate(sections):
        of_element[section.element_id].append(place)
    result = []
    for row in rows:
        parts = {}
        for place in of_element.get(row.element_id, ()):
            section = sections[place]
            common = min(row.end_measure, section.end_measure) - max(
                row.start_measure, section.start_measure
            )
            share = common / (section.end_measure - section.start_measure)
            if share > 1e-6:
                parts[place] = share * section.length_m
        result.append(parts)
    return result


def _by_geometry(
    rows: Sequence[SurveyRow], sections: Sequence[Section], within_m: float
) -> list[dict[int, float]]:
    lines = np.array([section.line for section in sections], dtype=object)
    points: list[BaseGeometry] = []
    owner: list[int] = []
    metres: list[float] = []
    for number, row in enumerate(rows):
        assert row.shape is not None
        own, step = _samples(row.shape)
        points += own
        owner += [number] * len(own)
        metres += [step] * len(own)
    nearest = STRtree(lines).query_nearest(
        np.array(points, dtype=object), max_distance=within_m, all_matches=False
    )
    result: list[dict[int, float]] = [{} for _ in rows]
    for point, section in zip(*nearest.tolist(), strict=True):
        own_parts = result[owner[point]]
        covered = metres[point] or sections[section].length_m
        own_parts[section] = own_parts.get(section, 0.0) + covered
    return result


def _samples(shape: BaseGeometry) -> tuple[list[BaseGeometry], float]:
    """Return points on a shape and the metres that each stands for; 0 for a whole section."""
    lines = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    length = sum(line.length for line in lines)
    if not lines or length <= 0.0:
        return [shape.representative_point()], 0.0
    count = max(round(length / STEP_M), 1)
    points: list[BaseGeometry] = []
    for line in lines:
        own = max(round(line.length / length * count), 1)
        points += list(
            shapely.line_interpolate_point(line, (np.arange(own) + 0.5) / own, normalized=True)
        )
    return points, length / len(points)
