"""A programme to print for the council: summary, picture, map, table, and what it rests on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from reportlab.lib.colors import HexColor
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
)

from gatusyn.model import Network, PlannedProject, TownProgramme
from gatusyn.report.load_fonts import BOLD, PLAIN, printable
from gatusyn.report.programme_chart import ProgrammeChart
from gatusyn.report.programme_map import ProgrammeMap
from gatusyn.report.programme_pdf_tables import (
    CELL,
    COLUMN,
    COLUMN_NUMBER,
    NUMBER,
    debt_table,
    out_table,
    price_table,
    safe,
    table_style,
    year_table,
)
from gatusyn.report.programme_summary import basis_lines, summary_lines
from gatusyn.report.programme_words import Words

MOST_ROWS = 400
"""Projects that are printed one by one, the dearest; the rest are summed up in one row."""

_MARGIN = 16 * mm
_TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=20, leading=24)
_UNDER = ParagraphStyle("under", fontName=PLAIN, fontSize=11.5, leading=15)
_HEAD = ParagraphStyle(
    "head", fontName=BOLD, fontSize=13, leading=16, spaceBefore=10, spaceAfter=4, keepWithNext=1
)
_TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=10.5, leading=13.5, spaceAfter=3)
_BOLD = ParagraphStyle("bold", parent=NUMBER, fontName=BOLD)


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
            Paragraph(safe(words("map")), _HEAD),
            Paragraph(safe(words("map numbers")), _TEXT),
            ProgrammeMap(programme, network, graded, words, width=width, height=map_height),
            NextPageTemplate("across"),
            PageBreak(),
            Paragraph(safe(words("projects")), _HEAD),
            _project_table(paper),
            NextPageTemplate("upright"),
            PageBreak(),
            *_last_page(paper, width),
        ]
    )
    return content.getvalue()


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
    canvas.setFont(PLAIN, 8)
    canvas.setFillColor(HexColor("#404040"))
    canvas.drawString(_MARGIN, 9 * mm, printable(f"{paper.programme.town}: {paper.title}"))
    page = paper.words("page", page=str(document.page))
    canvas.drawRightString(width - _MARGIN, 9 * mm, printable(page))
    canvas.restoreState()


def _first_page(paper: _Paper, width: float) -> list[Flowable]:
    programme, words = paper.programme, paper.words
    under = programme.town if not programme.name else f"{programme.town} – {programme.name}"
    return [
        Paragraph(safe(paper.title), _TITLE),
        Paragraph(safe(under), _UNDER),
        Paragraph(safe(words("summary")), _HEAD),
        *(Paragraph(safe(line), _TEXT) for line in summary_lines(programme, words)),
        Paragraph(safe(words("figure")), _HEAD),
        ProgrammeChart(programme, words, width=width, height=92 * mm),
        Paragraph(safe(words("by year")), _HEAD),
        year_table(programme, words, width),
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
        [Paragraph(safe(words(one)), COLUMN_NUMBER if one in numbers else COLUMN) for one in heads]
    ]
    rows += [_row(one, paper) for one in shown]
    if rest:
        more = words("more", count=words.number(len(rest)))
        rows.append(_sum_row(more, rest, words, style=NUMBER))
    rows.append(_sum_row(words("total"), programme.projects, words, style=_BOLD))
    table = Table(
        rows,
        colWidths=[n * mm for n in (9, 11, 36, 33, 33, 15, 16, 32, 22, 58)],
        repeatRows=1,
    )
    table.setStyle(table_style())
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
        (str(one.number), NUMBER), (str(one.year), CELL), (words.street(one.street), CELL),
        (words.place(one.start), CELL), (words.place(one.end), CELL),
        (words.number(one.length_m), NUMBER), (words.number(one.area_m2), NUMBER),
        (words.treatment(one.treatment, prices), CELL),
        (words.number(one.ore / 100, 2), NUMBER),
        (words.reason(one.reason, one, last_year=programme.years[-1]), CELL),
    )  # fmt: skip
    return [Paragraph(safe(text), style) for text, style in texts]


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
        Paragraph(safe(text), named if place == 2 else style) for place, text in enumerate(texts)
    ]


def _last_page(paper: _Paper, width: float) -> list[Flowable]:
    programme, words = paper.programme, paper.words
    parts: list[Flowable] = [Paragraph(safe(words("out")), _HEAD)]
    if programme.out:
        parts += [Paragraph(safe(words("out why")), _TEXT), out_table(programme, words, width)]
    else:
        parts.append(Paragraph(safe(words("out none")), _TEXT))
    if programme.debt:
        parts += _debt_parts(paper, width)
    parts.append(Paragraph(safe(words("basis")), _HEAD))
    parts += [Paragraph(safe(line), _TEXT) for line in basis_lines(programme, words)]
    parts += [Spacer(1, 4 * mm), price_table(programme, words, width)]
    return parts


def _debt_parts(paper: _Paper, width: float) -> list[Flowable]:
    programme, words = paper.programme, paper.words
    years = ", ".join(str(year) for year in sorted({one.price_year for one in programme.prices}))
    lines = [words("debt told", years=years), words("debt unknown")]
    if all(one.per_inhabitant_sek is None for one in programme.debt):
        lines.append(words("no inhabitants"))
    return [
        Paragraph(safe(words("debt head")), _HEAD),
        *(Paragraph(safe(line), _TEXT) for line in lines),
        debt_table(programme, words, width),
    ]
