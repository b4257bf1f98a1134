"""``gatusyn life``: how many years the streets have left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.cli.tables import CsvFile, Overwrite, RowLimit, short
from gatusyn.model import SettingsError
from gatusyn.pipeline import LifeReport, LifeSum, StockGroup, opened_city, report_life
from gatusyn.store import write_figures


def life(
    city: CityFolder,
    *,
    by: Annotated[StockGroup, typer.Option(help="street, class or area.")] = StockGroup.STREET,
    csv: CsvFile = None,
    limit: RowLimit = 25,
    overwrite: Overwrite = False,
) -> None:
    """Print remaining lives as medians with their 95 % interval, the shortest first."""
    if by is StockGroup.DAMAGE:
        raise SettingsError("--by", "is damage, which has no life", "Give street, class or area.")
    with opened_city(city) as opened:
        report = report_life(opened, by=by)
    console = plain_console()
    for line in life_lines(report, by=by, limit=limit):
        console.print(line, markup=False)
    if csv is not None:
        whole = replace(report.whole, name="All")
        write_figures(csv, [_csv_row(one) for one in (*report.groups, whole)], overwrite=overwrite)
        console.print(f"All rows: {csv}", markup=False)


def life_lines(report: LifeReport, *, by: StockGroup, limit: int) -> Iterator[str]:
    """Yield the report as text."""
    yield f"Remaining life of {report.town}'s streets, by the grades of {report.period}"
    yield (
        f"{by.value.capitalize():<30}{'km':>8}{'not graded':>12}{'years':>8}{'95 % from':>11}"
        f"{'to':>7}{'due in 1':>11}{'in 5':>7}{'in 10':>7}"
    )
    shown = report.groups[:limit] if limit else report.groups
    for one in shown:
        yield _line(one, one.name)
    if len(shown) < len(report.groups):
        yield f"{len(report.groups) - len(shown)} more (--limit 0 prints all)"
    yield _line(report.whole, "All")
    yield ""
    yield "Years until a section is below its trigger, nothing done: means over the surface."
    yield f"Index: {report.index_name}. It drives the triggers."
    rests = (
        f"{report.episodes} repeated surveys of this town"
        if report.episodes
        else "the settings alone: the town has not been surveyed twice"
    )
    yield f"Lives rest on {rests}."


def _line(one: LifeSum, name: str) -> str:
    due = "".join(f"{share:>7.0%}" for share in one.due_share[1:])
    return (
        f"{short(name, 29):<30}{one.length_km:>8.2f}{one.ungraded_share:>12.0%}"
        f"{one.median_years:>8.1f}{one.low_years:>11.1f}{one.high_years:>7.1f}"
        f"{one.due_share[0]:>11.0%}{due}"
    )


def _csv_row(one: LifeSum) -> dict[str, str | float | int | None]:
    return {
        "name": one.name,
        "length_km": round(one.length_km, 4),
        "area_m2": round(one.area_m2, 1),
        "not_graded_share": round(one.ungraded_share, 4),
        "median_years": round(one.median_years, 2),
        "low_years": round(one.low_years, 2),
        "high_years": round(one.high_years, 2),
        "due_in_1_year_share": round(one.due_share[0], 4),
        "due_in_5_years_share": round(one.due_share[1], 4),
        "due_in_10_years_share": round(one.due_share[2], 4),
    }
