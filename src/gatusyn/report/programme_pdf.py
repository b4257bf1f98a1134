"""A programme to print for the council: summary, picture, map, table, and what it rests on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from gatusyn.model import Network, PlannedProject, TownProgramme
from gatusyn.report.programme_chart import ProgrammeChart
from gatusyn.report.programme_map import ProgrammeMap
from gatusyn.report.programme_summary import basis_lines, summary_lines
from gatusyn.report.programme_words import Words

MOST_ROWS = 400
"""Projects that are printed one by one, the dearest; the rest are summed up in one row."""

MOST_OUT = 20
_MARGIN = 16 * mm
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=24)
_UNDER = ParagraphStyle("under", fontName="Helvetica", fontSize=11, leading=15)
_HEAD = ParagraphStyle(
    "head", fontName="Helvetica-Bold", fontSize=13, leading=16, spaceBefore=10, spaceAfter=4
)
_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=13.5, spaceAfter=3)
_CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=7.5, leading=9)
_NUMBER = ParagraphStyle("number", parent=_CELL, alignment=2)
_COLUMN = ParagraphStyle("column", parent=_CELL, fontName="Helvetica-Bold", textColor=white)
_COLUMN_NUMBER = ParagraphStyle("column number", parent=_COLUMN, alignment=2)
_BOLD = ParagraphStyle("bold", parent=_NUMBER, fontName="Helvetica-Bold")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    programme: TownProgramme
    words: Words
    title: str


def programme_pdf(
    programme: TownProgramme, network: Network, graded: frozenset[str], words: Words
) -> bytes:
    """Return a programme as the bytes of a PDF file, the same for the same programme.

    Parameters
    ----------
    graded
        Ids of the sections whose condition is known.
    """
    years = programme.years
    paper = _Paper(
        programme=programme,
        words=words,
        title=words("title", first=str(years[0]), last=str(years[-1])),
    )
    content = io.BytesIO()
    document = BaseDocTemplate(
        content,
        pagesize=A4,
        title=printable(f"{programme.town}: {paper.title}"),
        author=printable(programme.town),
        lang=words.language.value,
        invariant=1,
        pageTemplates=[_page("upright", A4, paper), _page("across", landscape(A4), paper)],
    )
    width = A4[0] - 2 * _MARGIN
    map_height = A4[1] - 2 * _MARGIN - 30 * mm
    document.build(
        [
            *_first_page(paper, width),
            PageBreak(),
            Paragraph(_safe(words("map")), _HEAD),
            Paragraph(_safe(words("map numbers")), _TEXT),
            ProgrammeMap(programme, network, graded, words, width=width, height=map_height),
            NextPageTemplate("across"),
            PageBreak(),
            Paragraph(_safe(words("projects")), _HEAD),
            _project_table(paper),
            NextPageTemplate("upright"),
            PageBreak(),
            *_last_page(paper, width),
        ]
    )
    return content.getvalue()


def printable(text: str) -> str:
    """Return a text in the letters that the document's fonts have; others become ``?``."""
    return "".join(
        letter if letter.isprintable() or letter == "\u00a0" else "?"
        for letter in text.encode("cp1252", "replace").decode("cp1252")
    )


def _safe(text: str) -> str:
    return escape(printable(text))


def _page(name: str, size: tuple[float, float], paper: _Paper) -> PageTemplate:
    frame = Frame(
        _MARGIN, _MARGIN, size[0] - 2 * _MARGIN, size[1] - 2 * _MARGIN,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    return PageTemplate(
        id=name, frames=[frame], pagesize=size, onPage=partial(_foot, paper=paper, width=size[0])
    )


def _foot(canvas: Canvas, document: BaseDocTemplate, *, paper: _Paper, width: float) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(HexColor("#404040"))
    canvas.drawString(_MARGIN, 9 * mm, printable(f"{paper.programme.town}: {paper.title}"))
    page = paper.words("page", page=str(document.page))
    canvas.drawRightString(width - _MARGIN, 9 * mm, printable(page))
    canvas.restoreState()


def _first_page(paper: _Paper, width: float) -> list[Flowable]:
    programme, words = paper.programme, paper.words
    under = programme.town if not programme.name else f"{programme.town} – {programme.name}"
    return [
        Paragraph(_safe(paper.title), _TITLE),
        Paragraph(_safe(under), _UNDER),
        Paragraph(_safe(words("summary")), _HEAD),
        *(Paragraph(_safe(line), _TEXT) for line in summary_lines(programme, words)),
        Paragraph(_safe(words("figure")), _HEAD),
        ProgrammeChart(programme, words, width=width, height=105 * mm),
    ]


def _project_table(paper: _Paper) -> Table:
    """Return the projects by street, with a sum that is the whole programme's."""
    programme, words = paper.programme, paper.words
    heads = (
        "number",
        "year",
        "street",
        "from",
        "to",
        "length",
        "area",
        "treatment",
        "cost",
        "reason",
    )
    shown, rest = _shown(programme.projects)
    numbers = ("number", "length", "area", "cost")
    rows: list[list[Paragraph]] = [
        [
            Paragraph(_safe(words(one)), _COLUMN_NUMBER if one in numbers else _COLUMN)
            for one in heads
        ]
    ]
    rows += [_row(one, paper) for one in shown]
    if rest:
        more = words("more", count=words.number(len(rest)))
        rows.append(_sum_row(more, rest, words, style=_NUMBER))
    rows.append(_sum_row(words("total"), programme.projects, words, style=_BOLD))
    table = Table(
        rows,
        colWidths=[n * mm for n in (9, 11, 36, 33, 33, 15, 16, 32, 22, 58)],
        repeatRows=1,
    )
    table.setStyle(_table_style())
    return table


def _shown(
    projects: Sequence[PlannedProject],
) -> tuple[list[PlannedProject], list[PlannedProject]]:
    """Return the projects to print, by street and year, and those that are summed up."""
    ranked = sorted(projects, key=lambda one: (-one.ore, one.number))
    shown = sorted(
        ranked[:MOST_ROWS], key=lambda one: (one.street == "", one.street, one.year, one.number)
    )
    return shown, ranked[MOST_ROWS:]


def _row(one: PlannedProject, paper: _Paper) -> list[Paragraph]:
    words, programme = paper.words, paper.programme
    prices = {price.treatment: price for price in programme.prices}
    texts = (
        (str(one.number), _NUMBER), (str(one.year), _CELL), (words.street(one.street), _CELL),
        (words.place(one.start), _CELL), (words.place(one.end), _CELL),
        (words.number(one.length_m), _NUMBER), (words.number(one.area_m2), _NUMBER),
        (words.treatment(one.treatment, prices), _CELL),
        (words.number(one.ore / 100, 2), _NUMBER),
        (words.reason(one.reason, one, last_year=programme.years[-1]), _CELL),
    )  # fmt: skip
    return [Paragraph(_safe(text), style) for text, style in texts]


def _sum_row(
    name: str, projects: Sequence[PlannedProject], words: Words, *, style: ParagraphStyle
) -> list[Paragraph]:
    named = ParagraphStyle("named", parent=style, alignment=0)
    texts = [
        "", "", name, "", "", words.number(sum(one.length_m for one in projects)),
        words.number(sum(one.area_m2 for one in projects)), "",
        words.number(sum(one.ore for one in projects) / 100, 2), "",
    ]  # fmt: skip
    return [
        Paragraph(_safe(text), named if place == 2 else style) for place, text in enumerate(texts)
    ]


def _last_page(paper: _Paper, width: float) -> list[Flowable]:
    programme, words = paper.programme, paper.words
    parts: list[Flowable] = [Paragraph(_safe(words("out")), _HEAD)]
    if programme.out:
        parts += [Paragraph(_safe(words("out why")), _TEXT), _out_table(paper, width)]
    else:
        parts.append(Paragraph(_safe(words("out none")), _TEXT))
    parts.append(Paragraph(_safe(words("basis")), _HEAD))
    lines = [*basis_lines(programme, words), *programme.basis.remarks]
    parts += [Paragraph(_safe(line), _TEXT) for line in lines]
    parts += [Spacer(1, 4 * mm), _price_table(paper, width)]
    return parts


def _out_table(paper: _Paper, width: float) -> Table:
    programme, words = paper.programme, paper.words
    last = str(programme.years[-1])
    heads = [
        words("street"), words("length"), words("out index"), words("out debt", year=last),
        words("out worth"),
    ]  # fmt: skip
    rows = [[Paragraph(_safe(one), _COLUMN) for one in heads]]
    for one in programme.out[:MOST_OUT]:
        worth = "" if one.worth_sek is None else words.number(one.worth_sek, 2)
        numbers = (
            words.number(one.length_m), words.number(one.mean_index),
            words.number(one.debt_sek), worth,
        )  # fmt: skip
        rows.append(
            [
                Paragraph(_safe(words.street(one.street)), _CELL),
                *(Paragraph(_safe(text), _NUMBER) for text in numbers),
            ]
        )
    more = len(programme.out) - MOST_OUT
    if more > 0:
        text = words("more", count=words.number(more))
        rows.append([Paragraph(_safe(text), _CELL), *[Paragraph("", _CELL)] * 4])
    table = Table(rows, colWidths=[width * n for n in (0.36, 0.14, 0.14, 0.2, 0.16)], repeatRows=1)
    table.setStyle(_table_style())
    return table


def _price_table(paper: _Paper, width: float) -> Table:
    programme, words = paper.programme, paper.words
    prices = {one.treatment: one for one in programme.prices}
    heads = ("treatment", "price", "price mobilisation", "price year", "trust", "life", "source")
    rows = [[Paragraph(_safe(words(one)), _COLUMN) for one in heads]]
    for one in programme.prices:
        texts = (
            (words.treatment(one.treatment, prices), _CELL), (words.number(one.sek_m2), _NUMBER),
            (words.number(one.mobilisation_sek), _NUMBER), (str(one.price_year), _CELL),
            (words(one.trust), _CELL), (words.number(one.life_years, 1), _NUMBER),
            (one.source, _CELL),
        )  # fmt: skip
        rows.append([Paragraph(_safe(text), style) for text, style in texts])
    shares = (0.18, 0.1, 0.14, 0.08, 0.08, 0.1, 0.32)
    table = Table(rows, colWidths=[width * n for n in shares], repeatRows=1)
    table.setStyle(_table_style())
    return table


def _table_style() -> TableStyle:
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
