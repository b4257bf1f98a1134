"""``gatusyn debt``: what it costs today to bring the streets up to target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.cli.tables import CsvFile, Overwrite, RowLimit, kronor, price_basis, short
from gatusyn.economy import DebtSum
from gatusyn.pipeline import DebtReport, StockGroup, opened_city, report_debt
from gatusyn.report import Language, Words
from gatusyn.store import write_figures


def debt(
    city: CityFolder,
    *,
    by: Annotated[StockGroup, typer.Option(help="What to divide it by.")] = StockGroup.STREET,
    csv: CsvFile = None,
    limit: RowLimit = 25,
    overwrite: Overwrite = False,
) -> None:
    """Print the paving debt with its 95 % interval, per km and per inhabitant."""
    with opened_city(city) as opened:
        report = report_debt(opened, by=by)
    console = plain_console()
    for line in debt_lines(report, by=by, limit=limit):
        console.print(line, markup=False)
    if csv is not None:
        write_figures(csv, csv_rows(report), overwrite=overwrite)
        console.print(f"All rows: {csv}", markup=False)


def debt_lines(report: DebtReport, *, by: StockGroup, limit: int) -> Iterator[str]:
    """Yield the report as text."""
    whole = report.whole
    yield f"Paving debt of {report.town}, by the grades of {report.period}"
    yield (
        f"  graded streets       {kronor(whole.sek)}   "
        f"(95 %: {kronor(whole.low_sek)} to {kronor(whole.high_sek)})"
    )
    if whole.unknown_area_m2 > 0.0 and whole.estimated_ore is not None:
        share = whole.unknown_area_m2 / whole.area_m2
        yield (
            f"  not graded           {kronor(whole.estimated_ore / 100)}   "
            f"({share:.0%} of the surface, taken to be like the graded of its kind)"
        )
        yield (
            f"  together             {kronor(whole.whole_sek)}   (95 %: "
            f"{kronor(whole.whole_low_sek)} to {kronor(whole.whole_high_sek)})"
        )
    yield f"  per km of street     {kronor(whole.per_km_sek)}"
    if whole.per_inhabitant_sek is None:
        yield "  per inhabitant       not told: set economy.inhabitants"
    else:
        yield f"  per inhabitant       {kronor(whole.per_inhabitant_sek)}"
    yield ""
    yield from _group_lines(report, by, limit)
    yield ""
    yield f"Index: {report.index_name}. A street is in debt where it is below its trigger."
    yield from price_basis(report.prices)
    yield from (Words(Language.EN).remark(one) for one in report.remarks)


def _group_lines(report: DebtReport, by: StockGroup, limit: int) -> Iterator[str]:
    per_head = report.whole.per_inhabitant_sek is not None
    yield (
        f"{by.value.capitalize():<30}{'km':>8}{'not graded':>12}{'SEK, graded':>16}"
        f"{'95 % from':>16}{'to':>16}{'with not graded':>18}{'per km':>14}"
        f"{'per inhabitant' if per_head else '':>16}"
    ).rstrip()
    shown = report.groups[:limit] if limit else report.groups
    for one in shown:
        yield _group_line(one)
    if len(shown) < len(report.groups):
        rest = sum(one.ore for one in report.groups[len(shown) :]) / 100
        yield f"{f'{len(report.groups) - len(shown)} more':<50}{kronor(rest):>16}"
    yield _group_line(report.whole, name="All")
    if by is StockGroup.DAMAGE:
        yield "Of what is graded, by the points that each damage takes off the index; km are of the"
        yield "sections in debt that have it, and per km is of the whole network's length."


def _group_line(one: DebtSum, *, name: str | None = None) -> str:
    unknown = f"{one.unknown_area_m2 / one.area_m2:.0%}" if one.area_m2 else ""
    head = "" if one.per_inhabitant_sek is None else f"{one.per_inhabitant_sek:.1f}"
    return (
        f"{short((name or one.name).replace('_', ' '), 29):<30}{one.length_km:>8.2f}"
        f"{unknown:>12}{kronor(one.sek):>16}"
        f"{kronor(one.low_sek):>16}{kronor(one.high_sek):>16}"
        f"{kronor(one.whole_sek):>18}{kronor(one.per_km_sek):>14}{head:>16}"
    ).rstrip()


def csv_rows(report: DebtReport) -> list[dict[str, str | float | int | None]]:
    """Return all rows, the whole last."""
    return [
        {
            "name": one.name,
            "length_km": round(one.length_km, 4),
            "area_m2": round(one.area_m2, 1),
            "not_graded_m2": round(one.unknown_area_m2, 1),
            "debt_sek": one.sek,
            "low_sek": round(one.low_sek, 2),
            "high_sek": round(one.high_sek, 2),
            "not_graded_estimated_sek": (
                None if one.estimated_ore is None else one.estimated_ore / 100
            ),
            "together_sek": one.whole_sek,
            "together_low_sek": round(one.whole_low_sek, 2),
            "together_high_sek": round(one.whole_high_sek, 2),
            "per_km_sek": round(one.per_km_sek, 2),
            "per_inhabitant_sek": (
                None if one.per_inhabitant_sek is None else round(one.per_inhabitant_sek, 2)
            ),
        }
        for one in (*report.groups, replace(report.whole, name="All"))
    ]
