"""A programme as a spreadsheet: real numbers, no formulas, and every sum equal to its parts."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gatusyn.model import PlannedProject, PriceLine, TownProgramme
from gatusyn.report.programme_links import fill_section
from gatusyn.report.programme_summary import basis_lines, summary_lines
from gatusyn.report.programme_words import Words

Cell = str | int | float | None
_FORMATS = {
    "kr": "#,##0.00",
    "m": "#,##0.0",
    "n": "#,##0",
    "i": "0.0",
    "y": "0",
    "%": "0%",
    "k": "0.0000",
}
_WIDEST = 60


def programme_xlsx(programme: TownProgramme, words: Words, *, map_link: str | None = None) -> bytes:
    """Return a programme as the bytes of an XLSX file.

    Parameters
    ----------
    map_link
        A link for every section, in which ``{section}`` stands for its id; no column without.
    """
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    _summary(summary, programme, words)
    for title, kinds, rows in (
        (words("by street"), *_by_street(programme, words, map_link)),
        (words("by section"), *_by_section(programme, words, map_link)),
        (words("by year"), *_by_year(programme, words)),
        (words("scenarios"), *_scenarios(programme, words)),
        (words("debt sheet"), *_debt(programme, words)),
        (words("out sheet"), *_out(programme, words)),
        (words("prices"), *_prices(programme, words)),
    ):
        _table(book.create_sheet(title), kinds, list(rows))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _summary(sheet: Worksheet, programme: TownProgramme, words: Words) -> None:
    sheet.title = words("summary")
    years = programme.years
    title = words("title", first=str(years[0]), last=str(years[-1]))
    lines: list[tuple[str, bool]] = [(f"{programme.town}: {title}", True)]
    if programme.name:
        lines.append((programme.name, False))
    lines += [("", False), *((one, False) for one in summary_lines(programme, words))]
    lines += [("", False), (words("basis"), True)]
    lines += [(one, False) for one in basis_lines(programme, words)]
    for number, (text, is_head) in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        _put(cell, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if is_head:
            cell.font = Font(bold=True, size=13)
    sheet.column_dimensions["A"].width = 100


Kinds = Sequence[tuple[str, str]]
Rows = Iterator[list[Cell]]


def _by_street(programme: TownProgramme, words: Words, map_link: str | None) -> tuple[Kinds, Rows]:
    kinds = [
        (words("number"), "n"), (words("year"), "y"), (words("street"), ""), (words("from"), ""),
        (words("to"), ""), (words("length"), "m"), (words("area"), "m"), (words("treatment"), ""),
        (words("cost"), "kr"), (words("mobilisation"), "kr"), (words("index before"), "i"),
        (words("index after"), "i"), (words("reason"), ""), (words("class"), ""),
        (words("district"), ""),
    ]  # fmt: skip
    if map_link is not None:
        kinds.append((words("map link"), ""))

    def rows() -> Rows:
        prices = _prices_of(programme)
        ordered = sorted(programme.projects, key=lambda one: (one.street, one.year, one.number))
        for one in ordered:
            row = _project_row(one, programme, words, prices)
            if map_link is not None:
                row.append(fill_section(map_link, one.measures[0].section_id))
            yield row
        total: list[Cell] = [None] * len(kinds)
        total[2] = words("total")
        total[5] = sum(one.length_m for one in programme.projects)
        total[6] = sum(one.area_m2 for one in programme.projects)
        total[8] = programme.ore / 100
        total[9] = sum(one.mobilisation_ore for one in programme.projects) / 100
        yield total

    return kinds, rows()


def _project_row(
    one: PlannedProject, programme: TownProgramme, words: Words, prices: dict[str, PriceLine]
) -> list[Cell]:
    return [
        one.number, one.year, words.street(one.street), words.place(one.start),
        words.place(one.end), one.length_m, one.area_m2, words.treatment(one.treatment, prices),
        one.ore / 100, one.mobilisation_ore / 100, one.index_before, one.index_after,
        words.reason(one.reason, one, last_year=programme.years[-1]),
        words.road_class(one.road_class), words.district(one.district),
    ]  # fmt: skip


def _by_section(programme: TownProgramme, words: Words, map_link: str | None) -> tuple[Kinds, Rows]:
    kinds = [
        (words("number"), "n"), (words("year"), "y"), (words("section"), ""),
        (words("element"), ""), (words("start measure"), "k"), (words("end measure"), "k"),
        (words("street"), ""), (words("length"), "m"), (words("area"), "m"),
        (words("treatment"), ""), (words("cost"), "kr"), (words("index before"), "i"),
        (words("index after"), "i"), (words("estimated"), ""),
    ]  # fmt: skip
    if map_link is not None:
        kinds.append((words("map link"), ""))

    def rows() -> Rows:
        prices = _prices_of(programme)
        for project in programme.projects:
            for one in project.measures:
                row: list[Cell] = [
                    project.number, project.year, one.section_id, one.element_id,
                    one.start_measure, one.end_measure, words.street(project.street),
                    one.length_m, one.area_m2, words.treatment(project.treatment, prices),
                    one.ore / 100, one.index_before, one.index_after,
                    words("yes") if one.is_estimated else None,
                ]  # fmt: skip
                if map_link is not None:
                    row.append(fill_section(map_link, one.section_id))
                yield row
        total: list[Cell] = [None] * len(kinds)
        total[2] = words("total")
        total[7] = sum(one.length_m for one in programme.projects)
        total[8] = sum(one.area_m2 for one in programme.projects)
        total[10] = programme.ore / 100
        yield total

    return kinds, rows()


def _by_year(programme: TownProgramme, words: Words) -> tuple[Kinds, Rows]:
    kinds = [
        (words("year"), "y"), (words("budget"), "kr"), (words("spent"), "kr"),
        (words("left"), "kr"), (words("count"), "n"), (words("length"), "m"),
        (words("area"), "m"), (words("debt"), "kr"), (words("mean index"), "i"),
        (words("mean life"), "i"),
    ]  # fmt: skip

    def rows() -> Rows:
        ours = programme.ours
        for place, year in enumerate(programme.years):
            projects = [one for one in programme.projects if one.year == year]
            spent, budget = programme.ore_in(year) / 100, programme.budget_sek[place]
            yield [
                year, budget, spent, None if budget is None else budget - spent, len(projects),
                sum(one.length_m for one in projects), sum(one.area_m2 for one in projects),
                ours.debt_sek[place + 1], ours.mean_index[place + 1],
                ours.remaining_years[place + 1],
            ]  # fmt: skip
        yield [
            words("total"), None, programme.ore / 100, None, len(programme.projects),
            sum(one.length_m for one in programme.projects),
            sum(one.area_m2 for one in programme.projects), None, None, None,
        ]  # fmt: skip

    return kinds, rows()


def _scenarios(programme: TownProgramme, words: Words) -> tuple[Kinds, Rows]:
    kinds = [
        (words("scenario"), ""), (words("budget share"), "%"), (words("year"), "y"),
        (words("spent"), "kr"), (words("debt"), "kr"), (words("mean index"), "i"),
        (words("mean life"), "i"), (words("remarks"), ""),
    ]  # fmt: skip

    def rows() -> Rows:
        for one in programme.scenarios:
            for place in range(len(one.debt_sek)):
                yield [
                    words.scenario(one), one.budget_share, programme.first_year + place - 1,
                    one.cost_ore[place - 1] / 100 if place else None, one.debt_sek[place],
                    one.mean_index[place], one.remaining_years[place],
                    " ".join(map(words.remark, one.lacks)) if place == 0 else None,
                ]  # fmt: skip

    return kinds, rows()


def _debt(programme: TownProgramme, words: Words) -> tuple[Kinds, Rows]:
    kinds = [
        (words("group"), ""), (words("name"), ""), (words("km"), "i"), (words("debt graded"), "kr"),
        (words("debt low"), "kr"), (words("debt high"), "kr"), (words("debt estimated"), "kr"),
        (words("debt together"), "kr"), (words("debt low"), "kr"), (words("debt high"), "kr"),
        (words("debt per km"), "kr"), (words("debt per inhabitant"), "kr"),
    ]  # fmt: skip
    return kinds, (
        [
            words(f"group {one.group}"), words.debt_part(one), one.length_km, one.ore / 100,
            one.low_sek, one.high_sek,
            None if one.estimated_ore is None else one.estimated_ore / 100,
            one.whole_sek, one.whole_low_sek, one.whole_high_sek, one.per_km_sek,
            one.per_inhabitant_sek,
        ]
        for one in programme.debt
    )  # fmt: skip


def _out(programme: TownProgramme, words: Words) -> tuple[Kinds, Rows]:
    kinds = [
        (words("street"), ""), (words("length"), "m"), (words("out index"), "i"),
        (words("out debt", year=str(programme.years[-1])), "kr"), (words("out worth"), "kr"),
    ]  # fmt: skip
    return kinds, (
        [words.street(one.street), one.length_m, one.mean_index, one.debt_sek, one.worth_sek]
        for one in programme.out
    )


def _prices(programme: TownProgramme, words: Words) -> tuple[Kinds, Rows]:
    kinds = [
        (words("treatment"), ""), (words("price"), "kr"), (words("price mobilisation"), "kr"),
        (words("price year"), "y"), (words("trust"), ""), (words("life"), "i"),
        (words("minimum"), "m"), (words("source"), ""),
    ]  # fmt: skip
    prices = _prices_of(programme)
    return kinds, (
        [
            words.treatment(one.treatment, prices),
            one.sek_m2,
            one.mobilisation_sek,
            one.price_year,
            words(one.trust),
            one.life_years,
            one.minimum_length_m,
            words.source(one),
        ]
        for one in programme.prices
    )


def _prices_of(programme: TownProgramme) -> dict[str, PriceLine]:
    return {one.treatment: one for one in programme.prices}


def _table(sheet: Worksheet, kinds: Kinds, rows: Sequence[Sequence[Cell]]) -> None:
    """Write a table with a frozen header, number formats and widths that fit."""
    widths = [len(name) for name, _ in kinds]
    for column, (name, _) in enumerate(kinds, start=1):
        cell = sheet.cell(1, column)
        _put(cell, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="404040")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            if value is None:
                continue
            cell = sheet.cell(number, column)
            _put(cell, value)
            kind = kinds[column - 1][1]
            if isinstance(value, int | float):
                cell.number_format = _FORMATS[kind]
                widths[column - 1] = max(widths[column - 1], len(f"{value:,.2f}"))
            else:
                widths[column - 1] = max(widths[column - 1], len(value))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(width + 2, _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(kinds))}{max(len(rows), 1) + 1}"


def _put(cell: object, value: Cell) -> None:
    """Put a value into a cell; a text stays a text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("?", value)  # type: ignore[attr-defined]
        cell.data_type = "s"  # type: ignore[attr-defined]
    else:
        cell.value = value  # type: ignore[attr-defined]
