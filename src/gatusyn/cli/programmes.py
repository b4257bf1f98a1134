"""``gatusyn programmes``: saved programmes, compared and followed up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, day, named, now
from gatusyn.cli.output import plain_console
from gatusyn.cli.programme import money, programme_lines
from gatusyn.cli.programme_options import (
    DocumentLanguage,
    Gpkg,
    Json,
    MapLink,
    Overwrite,
    Pdf,
    Xlsx,
    tell_written,
)
from gatusyn.cli.tables import RowLimit, kronor, short
from gatusyn.model import PlannedMeasure, PlannedProject, SettingsError, TownProgramme
from gatusyn.pipeline import (
    FollowUp,
    ProgrammePaths,
    follow_up,
    note_done,
    opened_city,
    read_document,
    read_stock,
    write_programme,
)
from gatusyn.report import Language, Words

Name = Annotated[str, typer.Argument(help="The programme's name, as `list` shows it.")]


def programmes_app() -> typer.Typer:
    """Return the commands on saved programmes."""
    app = typer.Typer(
        name="programmes", help="Saved programmes: compare, follow up.", no_args_is_help=True
    )
    app.command(name="list")(list_programmes)
    for command in (show, compare, done):
        app.command()(command)
    app.command(name="follow-up")(follow)
    return app


def list_programmes(city: CityFolder) -> None:
    """List the saved programmes."""
    with opened_city(city) as opened:
        saved = [read_document(one) for one in opened.store.programmes.saved()]
    console = plain_console()
    for one in saved:
        console.print(
            f"{one.name}  {one.years[0]}-{one.years[-1]}  {money(one.ore)} SEK, "
            f"{len(one.projects)} measures  ({one.made_by}, {day(one.made_s)})",
            markup=False,
        )
    if not saved:
        console.print("None is saved: gatusyn programme CITY --name NAME saves one.")


def show(
    city: CityFolder,
    name: Name,
    *,
    xlsx: Xlsx = None,
    gpkg: Gpkg = None,
    pdf: Pdf = None,
    json_file: Json = None,
    language: DocumentLanguage = Language.SV,
    map_link: MapLink = None,
    overwrite: Overwrite = False,
    limit: RowLimit = 40,
) -> None:
    """Print a saved programme as it was made, or write its documents again."""
    paths = ProgrammePaths(xlsx=xlsx, gpkg=gpkg, pdf=pdf, json=json_file)
    with opened_city(city) as opened:
        made = read_document(opened.store.programmes.get(name))
        written: tuple[Path, ...] = ()
        if paths.given():
            written = write_programme(
                made,
                read_stock(opened),
                paths,
                language=language,
                map_link=map_link,
                overwrite=overwrite,
            )
    console = plain_console()
    console.print(f"{made.name}: made {day(made.made_s)} by {made.made_by}", markup=False)
    for line in programme_lines(made, limit=limit):
        console.print(line, markup=False)
    tell_written(written)


def compare(
    city: CityFolder,
    name: Name,
    other: Annotated[str, typer.Argument(help="The programme to compare it with.")],
) -> None:
    """Compare two saved programmes: cost, debt, condition, and what differs where."""
    if name == other:
        raise SettingsError("gatusyn programmes compare", "needs two programmes", "Name another.")
    with opened_city(city) as opened:
        first, second = (read_document(opened.store.programmes.get(one)) for one in (name, other))
    for line in compare_lines(first, second):
        plain_console().print(line, markup=False)


def compare_lines(first: TownProgramme, second: TownProgramme) -> Iterator[str]:
    """Yield two programmes side by side."""
    pair = (first, second)
    yield f"{'':<28}{short(first.name, 19):>20}{short(second.name, 19):>20}"
    yield _pair("years", *(f"{one.years[0]}-{one.years[-1]}" for one in pair))
    yield _pair("cost, SEK", *(money(one.ore) for one in pair))
    yield _pair("measures", *(str(len(one.projects)) for one in pair))
    yield _pair("debt today, SEK", *(kronor(one.ours.debt_sek[0]) for one in pair))
    yield _pair("debt at the end, SEK", *(kronor(one.ours.debt_sek[-1]) for one in pair))
    yield _pair("mean index at the end", *(f"{one.ours.mean_index[-1]:.1f}" for one in pair))
    yield _pair("mean life at the end", *(f"{one.ours.remaining_years[-1]:.1f}" for one in pair))
    for year in sorted({*first.years, *second.years}):
        yield _pair(f"spent {year}, SEK", *(money(one.ore_in(year)) for one in pair))
    yield ""
    yield from _difference_lines(first, second)


def _pair(name: str, left: str, right: str) -> str:
    return f"{name:<28}{left:>20}{right:>20}"


def _difference_lines(first: TownProgramme, second: TownProgramme) -> Iterator[str]:
    of_first, of_second = _measures(first), _measures(second)
    same = of_first.keys() & of_second.keys()
    length = sum(of_first[key][1].length_m for key in same)
    yield f"The same treatment in the same year: {length:.0f} m"
    for one, mine, others in ((first, of_first, of_second), (second, of_second, of_first)):
        streets: dict[str, float] = {}
        for key in mine.keys() - others.keys():
            project, measure = mine[key]
            streets[project.street] = streets.get(project.street, 0.0) + measure.length_m
        yield f"Only in {one.name}: {sum(streets.values()):.0f} m"
        for street, metres in sorted(streets.items(), key=lambda item: (-item[1], item[0]))[:15]:
            yield f"  {short(street or '(no name)', 40)}: {metres:.0f} m"


def _measures(
    programme: TownProgramme,
) -> dict[tuple[str, int, str], tuple[PlannedProject, PlannedMeasure]]:
    """Return what is planned, by section, year and treatment."""
    return {
        (measure.section_id, project.year, project.treatment): (project, measure)
        for project in programme.projects
        for measure in project.measures
    }


def done(
    city: CityFolder,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: place or project, date, cost_sek.")],
    *,
    programme: Annotated[
        str | None, typer.Option(help="The saved programme whose project numbers are meant.")
    ] = None,
    by: By = None,
) -> None:
    """Note what was done: date, treatment and cost; it stays with the town."""
    with opened_city(city) as opened:
        new, given = note_done(opened, file, programme=programme, by=named(by), now_s=now())
    plain_console().print(
        f"{new} treated sections noted, {given - new} were noted before.", markup=False
    )


def follow(city: CityFolder, name: Name) -> None:
    """Say what of a saved programme was done, what it cost, and what the next drive shows."""
    with opened_city(city) as opened:
        followed = follow_up(opened, name)
    for line in follow_lines(followed):
        plain_console().print(line, markup=False)


def follow_lines(followed: FollowUp) -> Iterator[str]:
    """Yield a programme's follow-up as text."""
    words, made = Words(Language.EN), followed.programme
    prices = {one.treatment: one for one in made.prices}
    yield f"{made.name}: made {day(made.made_s)}"
    yield (
        f"{'No':>4} {'Year':<5}{'Street':<26}{'Treatment':<18}{'m':>6}{'done m':>8}{'date':>12}"
        f"{'planned SEK':>15}{'paid SEK':>15}{'index':>7}{'expected':>10}{'seen':>12}"
    )
    for one in followed.projects:
        project = one.project
        paid = "" if one.paid_ore is None else money(one.paid_ore)
        planned = money(one.planned_ore) if one.done_m else money(project.ore)
        seen = "" if one.seen_index is None else f"{one.seen_index:.0f} ({one.seen_period})"
        yield (
            f"{project.number:>4} {project.year:<5}{short(words.street(project.street), 25):<26}"
            f"{short(words.treatment(project.treatment, prices), 17):<18}"
            f"{project.length_m:>6.0f}{one.done_m:>8.0f}"
            f"{one.last_day.isoformat() if one.last_day else '':>12}{planned:>15}{paid:>15}"
            f"{project.index_before:>7.0f}{one.expected_index:>10.0f}{seen:>12}"
        )
    done_m = sum(one.done_m for one in followed.projects)
    all_m = sum(one.project.length_m for one in followed.projects)
    yield f"Done: {done_m:.0f} of {all_m:.0f} m"
    known = [one for one in followed.projects if one.paid_ore is not None]
    if known:
        planned_ore = sum(one.planned_ore for one in known)
        paid_ore = sum(one.paid_ore or 0 for one in known)
        off = paid_ore / planned_ore - 1.0 if planned_ore else 0.0
        yield (
            f"Paid {money(paid_ore)} SEK for what was planned at {money(planned_ore)} SEK "
            f"({off:+.1%})"
        )
    if followed.besides:
        yield f"Done besides the programme: {len(followed.besides)} sections"
