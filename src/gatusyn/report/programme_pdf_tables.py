"""The smaller tables of a printed programme: years, debt, streets left out, prices."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, Table, TableStyle

from gatusyn.model import TownProgramme
from gatusyn.report.load_fonts import BOLD, PLAIN, printable
from gatusyn.report.programme_words import Words

MOST_OUT = 20
MOST_STREETS = 20
"""Streets whose debt is printed, the largest first; the spreadsheet has all."""

CELL = ParagraphStyle("cell", fontName=PLAIN, fontSize=8, leading=9.5)
NUMBER = ParagraphStyle("number", parent=CELL, alignment=2)
COLUMN = ParagraphStyle("column", parent=CELL, fontName=BOLD, textColor=white)
COLUMN_NUMBER = ParagraphStyle("column number", parent=COLUMN, alignment=2)
_GROUP = ParagraphStyle("group", parent=CELL, fontName=BOLD)

Row = Sequence[str | float | None]


def safe(text: str) -> str:
    """Return a text that a paragraph takes as it is, in letters that the fonts have."""
    return escape(printable(text))


def year_table(programme: TownProgramme, words: Words, width: float) -> Table:
    """Return what is spent each year, and what comes of it."""
    ours = programme.ours
    rows: list[Row] = []
    for place, year in enumerate(programme.years):
        projects = [one for one in programme.projects if one.year == year]
        rows.append(
            (
                str(year),
                _whole(programme.budget_sek[place], words),
                words.number(programme.ore_in(year) / 100),
                words.number(len(projects)),
                words.number(sum(one.length_m for one in projects)),
                words.number(ours.debt_sek[place + 1]),
                words.number(ours.mean_index[place + 1]),
            )
        )
    heads = ("year", "budget", "spent", "count", "length", "debt", "mean index")
    shares = (0.1, 0.17, 0.17, 0.1, 0.14, 0.18, 0.14)
    return _table([words(one) for one in heads], rows, shares, width, texts=1)


def debt_table(programme: TownProgramme, words: Words, width: float) -> Table:
    """Return the debt by class, area, damage and, the largest first, by street."""
    rows: list[Row] = []
    streets = 0
    last = ""
    for one in programme.debt:
        if one.ore == 0 and not one.estimated_ore:
            continue
        streets += one.group == "street"
        if streets > MOST_STREETS:
            continue
        if one.group not in ("whole", last):
            last = one.group
            rows.append((words(f"group {one.group}"),))
        estimated = None if one.estimated_ore is None else one.estimated_ore / 100
        rows.append(
            (
                words.debt_part(one),
                words.number(one.length_km, 1),
                words.number(one.ore / 100),
                words.number(one.low_sek),
                words.number(one.high_sek),
                _whole(estimated, words),
                words.number(one.per_km_sek),
                _whole(one.per_inhabitant_sek, words),
            )
        )
    if streets > MOST_STREETS:
        rows.append((words("more", count=words.number(streets - MOST_STREETS)),))
    heads = (
        "name", "km", "debt graded", "debt low", "debt high", "debt estimated", "debt per km",
        "debt per inhabitant",
    )  # fmt: skip
    shares = (0.23, 0.08, 0.13, 0.12, 0.12, 0.12, 0.11, 0.09)
    return _table([words(one) for one in heads], rows, shares, width, texts=1)


def out_table(programme: TownProgramme, words: Words, width: float) -> Table:
    """Return the streets below their trigger that are left out, the largest debt first."""
    heads = [
        words("street"), words("length"), words("out index"),
        words("out debt", year=str(programme.years[-1])), words("out worth"),
    ]  # fmt: skip
    rows: list[Row] = [
        (
            words.street(one.street),
            words.number(one.length_m),
            words.number(one.mean_index),
            words.number(one.debt_sek),
            "" if one.worth_sek is None else words.number(one.worth_sek, 2),
        )
        for one in programme.out[:MOST_OUT]
    ]
    more = len(programme.out) - MOST_OUT
    if more > 0:
        rows.append((words("more", count=words.number(more)),))
    return _table(heads, rows, (0.36, 0.14, 0.14, 0.2, 0.16), width, texts=1)


def price_table(programme: TownProgramme, words: Words, width: float) -> Table:
    """Return the prices with their source, how far they can be trusted, and least lengths."""
    prices = {one.treatment: one for one in programme.prices}
    heads = (
        "treatment", "price", "price mobilisation", "life", "minimum", "price year", "trust",
        "source",
    )  # fmt: skip
    rows: list[Row] = [
        (
            words.treatment(one.treatment, prices),
            words.number(one.sek_m2),
            words.number(one.mobilisation_sek),
            words.number(one.life_years, 1),
            words.number(one.minimum_length_m) if one.minimum_length_m else "–",
            str(one.price_year),
            words(one.trust),
            words.source(one),
        )
        for one in programme.prices
    ]
    shares = (0.16, 0.09, 0.12, 0.1, 0.09, 0.07, 0.07, 0.3)
    return _table([words(one) for one in heads], rows, shares, width, texts=1, last_texts=3)


def table_style() -> TableStyle:
    """Return how tables look: a dark head, a line under each row."""
    return TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), HexColor("#404040")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#bfbfbf")),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )


def _table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    shares: Sequence[float],
    width: float,
    *,
    texts: int,
    last_texts: int = 0,
) -> Table:
    """Return a table whose first and last columns are texts, the others numbers.

    A row of one cell heads those that follow.
    """
    ends = len(heads) - last_texts

    def is_text(place: int) -> bool:
        return place < texts or place >= ends

    cells = [
        [
            Paragraph(safe(one), COLUMN if is_text(place) else COLUMN_NUMBER)
            for place, one in enumerate(heads)
        ]
    ]
    for row in rows:
        if len(row) == 1:
            cells.append(
                [Paragraph(safe(str(row[0])), _GROUP), *[Paragraph("", CELL)] * (len(heads) - 1)]
            )
            continue
        cells.append(
            [
                Paragraph(safe("" if one is None else str(one)), CELL if is_text(place) else NUMBER)
                for place, one in enumerate(row)
            ]
        )
    table = Table(cells, colWidths=[width * share for share in shares], repeatRows=1)
    table.setStyle(table_style())
    return table


def _whole(value: float | None, words: Words) -> str:
    return "–" if value is None else words.number(value)
