"""One picture of what different choices lead to: debt, condition, remaining life, budgets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from gatusyn.model import Scenario, ScenarioKind, TownProgramme
from gatusyn.report.load_fonts import BOLD, PLAIN
from gatusyn.report.programme_words import Words

_GRID, _INK = "#d9d9d9", "#000000"
_GAP, _LEFT, _BOTTOM, _TOP = 16.0, 30.0, 16.0, 16.0
_LEGEND = 28.0


@dataclass(frozen=True, slots=True)
class _Style:
    colour: str
    width: float
    dash: tuple[float, ...]


_STYLES = {
    ScenarioKind.OURS: _Style("#08519c", 2.2, ()),
    ScenarioKind.NOTHING: _Style("#000000", 1.2, (4.0, 2.5)),
    ScenarioKind.WORST_FIRST: _Style("#d95f02", 1.2, (7.0, 2.0, 1.5, 2.0)),
    ScenarioKind.OWN_LIST: _Style("#7570b3", 1.4, (1.5, 1.8)),
    ScenarioKind.NO_SEALING: _Style("#1b9e77", 1.0, (2.5, 1.5)),
}
"""Colours that the colour-blind tell apart, and dashes that tell them apart in grey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """A small chart within the picture: its frame, and how values lie in it."""

    x: float
    y: float
    width: float
    height: float
    from_x: float
    to_x: float
    from_y: float
    to_y: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a value lies."""
        span = max(self.to_x - self.from_x, 1e-9)
        return (
            self.x + (x - self.from_x) / span * self.width,
            self.y + (y - self.from_y) / max(self.to_y - self.from_y, 1e-9) * self.height,
        )


class ProgrammeChart(Flowable):
    """Four small charts with one legend.

    Parameters
    ----------
    width, height
        In points.
    """

    def __init__(
        self, programme: TownProgramme, words: Words, *, width: float, height: float
    ) -> None:
        super().__init__()
        self.width, self.height = width, height
        self._programme, self._words = programme, words
        self._shown = [one for one in programme.scenarios if one.budget_share == 1.0]

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size."""
        del available_width, available_height
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        wide = (self.width - _GAP) / 2.0
        high = (self.height - _LEGEND - _GAP) / 2.0
        top = _LEGEND + high + _GAP
        words = self._words
        self._lines(0.0, top, wide, high, words("debt axis"), _debt_millions)
        self._lines(wide + _GAP, top, wide, high, words("index axis"), lambda one: one.mean_index)
        self._lines(0.0, _LEGEND, wide, high, words("life axis"), lambda one: one.remaining_years)
        self._budgets(wide + _GAP, _LEGEND, wide, high)
        self._legend()

    def _lines(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        title: str,
        values_of: Callable[[Scenario], Sequence[float]],
    ) -> None:
        first, last = self._programme.years[0] - 1, self._programme.years[-1]
        values = [value for one in self._shown for value in values_of(one)]
        is_index = title == self._words("index axis")
        ticks = _index_ticks(min(values)) if is_index else _ticks(max(values))
        panel = self._axes(x, y, width, height, title, (first, last), ticks)
        self._year_ticks(panel, first, last)
        for one in reversed(self._shown):
            self._curve(panel, first, values_of(one), _STYLES[one.kind])

    def _curve(self, panel: _Panel, first: int, values: Sequence[float], style: _Style) -> None:
        canvas: Canvas = self.canv
        canvas.setStrokeColor(HexColor(style.colour))
        canvas.setLineWidth(style.width)
        canvas.setDash(list(style.dash), 0) if style.dash else canvas.setDash()
        path = canvas.beginPath()
        for place, value in enumerate(values):
            point = panel.at(first + place, value)
            path.lineTo(*point) if place else path.moveTo(*point)
        canvas.drawPath(path)
        canvas.setDash()

    def _budgets(self, x: float, y: float, width: float, height: float) -> None:
        """Draw the last debt against the budget, for the programme's and the others."""
        mine = sorted(
            (one for one in self._programme.scenarios if one.kind is ScenarioKind.OURS),
            key=lambda one: one.budget_share,
        )
        top = max(one.debt_sek[-1] for one in mine) / 1e6
        shares = [one.budget_share for one in mine]
        ends = (min(0.5, *shares), max(2.0, *shares))
        title = self._words("budget axis", year=str(self._programme.years[-1]))
        panel = self._axes(x, y, width, height, title, ends, _ticks(top))
        canvas: Canvas = self.canv
        style = _STYLES[ScenarioKind.OURS]
        canvas.setStrokeColor(HexColor(style.colour))
        canvas.setFillColor(HexColor(style.colour))
        canvas.setLineWidth(1.2)
        points = [panel.at(one.budget_share, one.debt_sek[-1] / 1e6) for one in mine]
        path = canvas.beginPath()
        for place, point in enumerate(points):
            path.lineTo(*point) if place else path.moveTo(*point)
        canvas.drawPath(path)
        for one, point in zip(mine, points, strict=True):
            canvas.circle(*point, 3.2 if one.budget_share == 1.0 else 2.0, stroke=0, fill=1)
        canvas.setFillColor(HexColor(_INK))
        for share in shares:
            text = self._words.percent(share)
            canvas.drawCentredString(panel.at(share, 0.0)[0], panel.y - 10.0, text)

    def _axes(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        title: str,
        ends: tuple[float, float],
        ticks: Sequence[float],
    ) -> _Panel:
        panel = _Panel(
            x=x + _LEFT,
            y=y + _BOTTOM,
            width=width - _LEFT - 14.0,
            height=height - _BOTTOM - _TOP,
            from_x=float(ends[0]),
            to_x=float(ends[1]),
            from_y=ticks[0],
            to_y=ticks[-1],
        )
        canvas: Canvas = self.canv
        canvas.setFillColor(HexColor(_INK))
        canvas.setFont(BOLD, 8)
        canvas.drawString(x, y + height - 8.0, title)
        canvas.setFont(PLAIN, 7)
        canvas.setStrokeColor(HexColor(_GRID))
        canvas.setLineWidth(0.5)
        decimals = _decimals(ticks)
        for tick in ticks:
            _, level = panel.at(panel.from_x, tick)
            canvas.line(panel.x, level, panel.x + panel.width, level)
            text = self._words.number(tick, decimals)
            canvas.drawRightString(panel.x - 4.0, level - 2.5, text)
        return panel

    def _year_ticks(self, panel: _Panel, first: int, last: int) -> None:
        step = max(1, math.ceil((last - first) / 5))
        for year in range(first, last + 1, step):
            self.canv.drawCentredString(panel.at(year, 0.0)[0], panel.y - 10.0, str(year))

    def _legend(self) -> None:
        canvas: Canvas = self.canv
        canvas.setFont(PLAIN, 8)
        x, y = 0.0, 14.0
        for one in self._shown:
            text, style = self._words.scenario(one), _STYLES[one.kind]
            wide = 30.0 + canvas.stringWidth(text, PLAIN, 8) + 12.0
            if x + wide > self.width:
                x, y = 0.0, y - 12.0
            canvas.setStrokeColor(HexColor(style.colour))
            canvas.setLineWidth(style.width)
            canvas.setDash(list(style.dash), 0) if style.dash else canvas.setDash()
            canvas.line(x, y + 3.0, x + 24.0, y + 3.0)
            canvas.setDash()
            canvas.setFillColor(HexColor(_INK))
            canvas.drawString(x + 29.0, y, text)
            x += wide


def _debt_millions(scenario: Scenario) -> Sequence[float]:
    return [sek / 1e6 for sek in scenario.debt_sek]


def _ticks(top: float) -> list[float]:
    """Return four to six round values from 0 to the top or just above."""
    if top <= 0.0:
        return [0.0, 1.0]
    raw = top / 4.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(one * power for one in (1.0, 2.0, 2.5, 5.0, 10.0) if one * power >= raw)
    return [place * step for place in range(math.ceil(top / step - 1e-9) + 1)]


def _index_ticks(low: float) -> list[float]:
    """Return round values of an index, from just below the lowest to 100."""
    step = 10.0 if low >= 50.0 else 25.0
    first = math.floor(max(low - 1e-9, 0.0) / step) * step
    return [first + place * step for place in range(round((100.0 - first) / step) + 1)]


def _decimals(ticks: Sequence[float]) -> int:
    return next(
        (places for places in range(4) if all(abs(t - round(t, places)) < 1e-9 for t in ticks)), 3
    )
