"""The town's network drawn from itself, coloured by the year of the first treatment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color, HexColor, white
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable
from shapely import LineString

from gatusyn.model import Network, Section, TownProgramme
from gatusyn.report.load_fonts import BOLD, PLAIN
from gatusyn.report.programme_words import Words

YEAR_COLOURS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
"""Viridis: told apart by the colour-blind, and in grey the first years are the darkest."""

CASING, OTHER, UNKNOWN = "#404040", "#b5b5b5", "#8c8c8c"
_MOST_LABELS = 80
_LABEL_POINTS = 11.0
_LEGEND_POINTS = 42.0
_SAME_POINTS = 0.3
"""Points of a line that are nearer to each other than this are drawn as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearClass:
    """Years that are drawn alike."""

    first: int
    last: int
    colour: str


def year_classes(years: Sequence[int]) -> tuple[YearClass, ...]:
    """Divide years into as many classes as there are colours at most, as even as can be."""
    count = min(len(years), len(YEAR_COLOURS))
    step = (len(YEAR_COLOURS) - 1) / max(count - 1, 1)
    edges = [round(place * len(years) / count) for place in range(count + 1)]
    return tuple(
        YearClass(
            first=years[edges[place]],
            last=years[edges[place + 1] - 1],
            colour=YEAR_COLOURS[round(place * step)],
        )
        for place in range(count)
    )


class ProgrammeMap(Flowable):
    """The network with the programme's measures, its legend, scale and north arrow.

    Parameters
    ----------
    graded
        Ids of the sections whose condition is known.
    width, height
        In points; a town that is broader than high takes less.
    """

    def __init__(
        self,
        programme: TownProgramme,
        network: Network,
        graded: frozenset[str],
        words: Words,
        *,
        width: float,
        height: float,
    ) -> None:
        super().__init__()
        self.width, self.height = width, height
        self._programme, self._words = programme, words
        self._sections = network.counted_sections
        self.height = min(height, self._height_of_town())
        self._graded = graded
        self._classes = year_classes(programme.years)
        self._scale, self._origin = self._fitted()

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size."""
        del available_width, available_height
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        first = _first_years(self._programme)
        groups: dict[str, list[Section]] = {"unknown": [], "other": []}
        for section in self._sections:
            year = first.get(section.section_id)
            if year is not None:
                key = next(one.colour for one in self._classes if one.first <= year <= one.last)
            else:
                key = "other" if section.section_id in self._graded else "unknown"
            groups.setdefault(key, []).append(section)
        canvas = self.canv
        canvas.saveState()
        canvas.setLineCap(1)
        self._lines(groups["unknown"], HexColor(UNKNOWN), 0.5, dash=(2.0, 2.0))
        self._lines(groups["other"], HexColor(OTHER), 0.9)
        coloured = [one for one in self._classes if one.colour in groups]
        for one in coloured:
            self._lines(groups[one.colour], HexColor(CASING), self._line_width + 1.2)
        for one in reversed(coloured):
            self._lines(groups[one.colour], HexColor(one.colour), self._line_width)
        self._labels()
        self._legend()
        canvas.restoreState()

    @property
    def _line_width(self) -> float:
        return 2.6 if len(self._sections) < 3000 else 1.4

    def _bounds(self) -> tuple[float, float, float, float]:
        bounds = [section.line.bounds for section in self._sections]
        return (
            min(one[0] for one in bounds),
            min(one[1] for one in bounds),
            max(one[2] for one in bounds),
            max(one[3] for one in bounds),
        )

    def _height_of_town(self) -> float:
        west, south, east, north = self._bounds()
        return (self.width - 12.0) * (north - south) / max(east - west, 1.0) + _LEGEND_POINTS + 30.0

    def _fitted(self) -> tuple[float, tuple[float, float]]:
        """Return points a metre, and where the network's middle lies."""
        west, south, east, north = self._bounds()
        room = (self.width - 12.0, self.height - _LEGEND_POINTS - 12.0)
        scale = min(room[0] / max(east - west, 1.0), room[1] / max(north - south, 1.0))
        return scale, ((west + east) / 2.0, (south + north) / 2.0)

    def _at(self, easting: float, northing: float) -> tuple[float, float]:
        return (
            self.width / 2.0 + (easting - self._origin[0]) * self._scale,
            (self.height + _LEGEND_POINTS) / 2.0 + (northing - self._origin[1]) * self._scale,
        )

    def _lines(
        self,
        sections: Sequence[Section],
        colour: Color,
        width: float,
        *,
        dash: tuple[float, ...] = (),
    ) -> None:
        canvas: Canvas = self.canv
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(width)
        canvas.setDash(list(dash) or 1, 0) if dash else canvas.setDash()
        path = canvas.beginPath()
        for points in self._strokes(sections):
            path.moveTo(*points[0])
            for point in points[1:]:
                path.lineTo(*point)
        canvas.drawPath(path)
        canvas.setDash()

    def _strokes(self, sections: Sequence[Section]) -> Iterator[list[tuple[float, float]]]:
        """Yield lines without points that nobody could tell apart, neighbours drawn in one."""
        stroke: list[tuple[float, float]] = []
        for section in sections:
            points = [self._at(x, y) for x, y, *_ in section.line.coords]
            if stroke and _is_same(stroke[-1], points[0]):
                # What was kept as an end need not be one any more.
                points = [stroke[-1], *points[1:]]
                stroke.pop()
            else:
                if stroke:
                    yield stroke
                stroke = []
            stroke += [points[0]] if not stroke or not _is_same(stroke[-1], points[0]) else []
            for point in points[1:-1]:
                if not _is_same(stroke[-1], point):
                    stroke.append(point)
            stroke.append(points[-1])
        if stroke:
            yield stroke

    def _labels(self) -> None:
        """Write the projects' numbers where there is room, the dearest first."""
        by_id: Mapping[str, LineString] = {one.section_id: one.line for one in self._sections}
        placed: list[tuple[float, float]] = []
        canvas: Canvas = self.canv
        canvas.setFont(BOLD, 6.5)
        for project in sorted(self._programme.projects, key=lambda one: -one.ore):
            middle = project.measures[len(project.measures) // 2].section_id
            if middle not in by_id or len(placed) >= _MOST_LABELS:
                continue
            point = by_id[middle].interpolate(0.5, normalized=True)
            x, y = self._at(point.x, point.y)
            if any(math.hypot(x - a, y - b) < _LABEL_POINTS for a, b in placed):
                continue
            placed.append((x, y))
            text = str(project.number)
            wide = canvas.stringWidth(text, BOLD, 6.5)
            canvas.setFillColor(white)
            canvas.roundRect(x - wide / 2 - 1.5, y + 2.5, wide + 3, 8, 2, stroke=0, fill=1)
            canvas.setFillColor(HexColor("#000000"))
            canvas.drawCentredString(x, y + 4.3, text)

    def _legend(self) -> None:
        canvas: Canvas = self.canv
        canvas.setFont(PLAIN, 8)
        entries = [
            (f"{one.first}" if one.first == one.last else f"{one.first}–{one.last}", one.colour)
            for one in self._classes
        ]
        x, y = 0.0, 24.0
        for text, colour in entries:
            self._key(x, y, colour, text)
            x += 34.0 + canvas.stringWidth(text, PLAIN, 8) + 10.0
        x = self._key(0.0, 8.0, OTHER, self._words("not in"), casing=False)
        self._key(x, 8.0, UNKNOWN, self._words("not graded"), casing=False, dashed=True)
        self._scale_bar()

    def _key(
        self,
        x: float,
        y: float,
        colour: str,
        text: str,
        *,
        casing: bool = True,
        dashed: bool = False,
    ) -> float:
        canvas: Canvas = self.canv
        if casing:
            canvas.setStrokeColor(HexColor(CASING))
            canvas.setLineWidth(4.6)
            canvas.line(x + 2, y + 3, x + 24, y + 3)
        canvas.setStrokeColor(HexColor(colour))
        canvas.setLineWidth(3.2 if casing else 1.2)
        if dashed:
            canvas.setDash([2.0, 2.0], 0)
        canvas.line(x + 2, y + 3, x + 24, y + 3)
        canvas.setDash()
        canvas.setFillColor(HexColor("#000000"))
        canvas.drawString(x + 30, y, text)
        return x + 30 + float(canvas.stringWidth(text, PLAIN, 8)) + 14

    def _scale_bar(self) -> None:
        canvas: Canvas = self.canv
        metres = _round_length(self.width / 5.0 / self._scale)
        wide = metres * self._scale
        x, y = self.width - wide - 22.0, 10.0
        canvas.setStrokeColor(HexColor("#000000"))
        canvas.setFillColor(HexColor("#000000"))
        canvas.setLineWidth(1.0)
        canvas.line(x, y, x + wide, y)
        for end in (x, x + wide):
            canvas.line(end, y - 2.5, end, y + 2.5)
        canvas.drawCentredString(x + wide / 2.0, y + 4.0, self._words.length(metres))
        north = self.width - 8.0
        arrow = canvas.beginPath()
        arrow.moveTo(north, y + 16)
        arrow.lineTo(north - 4, y + 2)
        arrow.lineTo(north, y + 5)
        arrow.lineTo(north + 4, y + 2)
        arrow.close()
        canvas.drawPath(arrow, stroke=0, fill=1)
        canvas.drawCentredString(north, y - 7, self._words("north"))


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return math.hypot(one[0] - other[0], one[1] - other[1]) < _SAME_POINTS


def _first_years(programme: TownProgramme) -> dict[str, int]:
    first: dict[str, int] = {}
    for project in programme.projects:
        for one in project.measures:
            first[one.section_id] = min(first.get(one.section_id, project.year), project.year)
    return first


def _round_length(metres: float) -> float:
    power = 10.0 ** math.floor(math.log10(max(metres, 1.0)))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= max(metres, 1.0)))
