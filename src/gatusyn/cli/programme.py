"""``gatusyn programme``: which treatments where, in which year, within the budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from gatusyn.cli.noting import By, CityFolder, named, now
from gatusyn.cli.output import plain_console, shown_progress
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
from gatusyn.cli.tables import RowLimit, kronor, price_basis, short
from gatusyn.model import AimName, ProgrammeParams, SettingsError, TownProgramme
from gatusyn.pipeline import (
    ProgrammeFiles,
    ProgrammePaths,
    make_programme,
    opened_city,
    saved_programme,
    write_programme,
)
from gatusyn.report import Language, Words, summary_lines


def programme(
    city: CityFolder,
    *,
    budget: Annotated[
        float | None, typer.Option(help="SEK a year, as 50e6; else programme.budget_sek.")
    ] = None,
    years: Annotated[int | None, typer.Option(help="1 to 20; else programme.years.")] = None,
    aim: Annotated[
        str | None, typer.Option(help="least-debt, least-cost or best-condition.")
    ] = None,
    target: Annotated[
        float | None, typer.Option(help="For least-cost: the mean index to reach.")
    ] = None,
    locks: Annotated[
        Path | None,
        typer.Option(help="CSV or XLSX: contracted (must), not-before, never (docs/guides)."),
    ] = None,
    own_list: Annotated[
        Path | None, typer.Option(help="CSV or XLSX: your own list, to compare with.")
    ] = None,
    compare: Annotated[
        bool, typer.Option(help="Also work it out for other budgets and without sealing.")
    ] = True,
    budgets: Annotated[
        str, typer.Option(help="Those other budgets in % of it, as 50,200; each takes as long.")
    ] = "50,75,150,200",
    name: Annotated[str | None, typer.Option(help="Save it under this name.")] = None,
    by: By = None,
    xlsx: Xlsx = None,
    gpkg: Gpkg = None,
    pdf: Pdf = None,
    json_file: Json = None,
    language: DocumentLanguage = Language.SV,
    map_link: MapLink = None,
    overwrite: Overwrite = False,
    limit: RowLimit = 40,
) -> None:
    """Choose treatments, streets and years within the budget, and compare with other ways."""
    paths = ProgrammePaths(xlsx=xlsx, gpkg=gpkg, pdf=pdf, json=json_file)
    paths.require_free(overwrite=overwrite)
    shares = budget_shares(budgets)
    with opened_city(city) as opened:
        params = chosen(opened.settings.programme, budget=budget, years=years, aim=aim)
        if target is not None:
            params = replace(params, target_index=target)
        if name is not None and not name.strip():
            raise SettingsError("--name", "is empty", "Give a name, or leave it out.")
        if name is not None and any(one.name == name for one in opened.store.programmes.saved()):
            raise SettingsError("--name", f"{name!r} is there already", "Choose another name.")
        with shown_progress() as progress:
            made, town = make_programme(
                opened,
                params,
                name=name or "",
                by=named(by),
                now_s=now(),
                files=ProgrammeFiles(locks=locks, own_list=own_list),
                compare=compare,
                budgets=shares,
                progress=progress,
            )
            written = write_programme(
                made,
                town,
                paths,
                language=language,
                map_link=map_link,
                overwrite=overwrite,
                progress=progress,
            )
        if name is not None:
            opened.store.programmes.save(saved_programme(made))
    console = plain_console()
    for line in programme_lines(made, limit=limit):
        console.print(line, markup=False)
    tell_written(written)
    if name is not None:
        console.print(f"Saved as {name!r}: see gatusyn programmes.", markup=False)


def budget_shares(text: str) -> tuple[float, ...]:
    """Return the shares that percentages between commas name, the smallest first.

    Raises
    ------
    SettingsError
        If one is no percentage from 1 to 1000.
    """
    shares = set()
    for part in text.split(","):
        plain = part.strip().removesuffix("%").strip()
        if not plain and text.strip() in ("", ","):
            continue
        try:
            percent = float(plain)
        except ValueError:
            percent = 0.0
        if not 1.0 <= percent <= 1000.0:
            raise SettingsError("--budgets", f"{part!r} is no percentage", "Write it as 50,200.")
        shares.add(percent / 100.0)
    return tuple(sorted(shares - {1.0}))


def chosen(
    params: ProgrammeParams, *, budget: float | None, years: int | None, aim: str | None
) -> ProgrammeParams:
    """Return a city's settings with what the user gave laid over them.

    Raises
    ------
    SettingsError
        If one is out of range, or the aim is none.
    """
    names = get_args(AimName)
    if aim is not None and aim not in names:
        raise SettingsError("--aim", f"is {aim!r}", f"Give one of {', '.join(names)}.")
    given: dict[str, Any] = {"budget_sek": budget, "years": years, "aim": aim}
    return replace(params, **{key: value for key, value in given.items() if value is not None})


def programme_lines(made: TownProgramme, *, limit: int) -> Iterator[str]:
    """Yield a programme as text."""
    words = Words(Language.EN)
    title = words("title", first=str(made.years[0]), last=str(made.years[-1]))
    yield f"{made.town}: {title}"
    yield from (line.replace("\u00a0", " ") for line in summary_lines(made, words))
    yield ""
    yield from _project_lines(made, words, limit)
    yield ""
    yield from scenario_lines(made, words)
    yield ""
    yield from _krona_lines(made, words)
    yield from _out_lines(made, words)
    basis = made.basis
    yield f"Index: {basis.index_name}, grades of {basis.period}. It drives triggers and debt."
    yield from price_basis(made.prices)
    yield from (words.remark(one) for one in made.basis.remarks)


def _project_lines(made: TownProgramme, words: Words, limit: int) -> Iterator[str]:
    prices = {one.treatment: one for one in made.prices}
    yield (
        f"{'No':>4} {'Year':<5}{'Street':<24}{'From':<28}{'To':<28}{'m':>6}{'m²':>8}  "
        f"{'Treatment':<18}{'SEK':>14}  Reason"
    )
    ordered = sorted(made.projects, key=lambda one: (one.street == "", one.street, one.year))
    shown = ordered[:limit] if limit else ordered
    for one in shown:
        reason = words.reason(one.reason, one, last_year=made.years[-1]).replace("\u00a0", " ")
        yield (
            f"{one.number:>4} {one.year:<5}{short(words.street(one.street), 23):<24}"
            f"{short(words.place(one.start), 27):<28}{short(words.place(one.end), 27):<28}"
            f"{one.length_m:>6.0f}{one.area_m2:>8.0f}  "
            f"{short(words.treatment(one.treatment, prices), 17):<18}"
            f"{money(one.ore):>14}  {short(reason, 200)}"
        )
    if len(shown) < len(ordered):
        rest = sum(one.ore for one in ordered[len(shown) :])
        yield f"     {len(ordered) - len(shown)} more, {money(rest)} SEK (--limit 0 prints all)"
    length = sum(one.length_m for one in made.projects)
    area = sum(one.area_m2 for one in made.projects)
    yield f"{'All':<90}{length:>6.0f}{area:>8.0f}  {'':<18}{money(made.ore):>14}"


def scenario_lines(made: TownProgramme, words: Words) -> Iterator[str]:
    """Yield what the programme is compared with."""
    first, last = made.years[0] - 1, made.years[-1]
    yield (
        f"{'Choice':<30}{'SEK spent':>16}{f'debt {first}':>16}{f'debt {last}':>16}"
        f"{f'index {last}':>12}{f'life {last}':>12}"
    )
    for one in made.scenarios:
        name = words.scenario(one).replace("\u00a0", " ")
        yield (
            f"{short(name, 29):<30}{kronor(sum(one.cost_ore) / 100):>16}"
            f"{kronor(one.debt_sek[0]):>16}{kronor(one.debt_sek[-1]):>16}"
            f"{one.mean_index[-1]:>12.1f}{one.remaining_years[-1]:>12.1f}"
        )
        yield from (f"  note: {words.remark(lack)}" for lack in one.lacks)


def _krona_lines(made: TownProgramme, words: Words) -> Iterator[str]:
    del words
    unit = {
        "least-debt": "kronor of debt less",
        "least-cost": "kronor of cost less",
        "best-condition": "points x m² more",
    }[made.aim]
    for one in made.next_krona:
        gains = ", ".join(
            f"{year}: {max(gain, 0.0):.2f}"
            for year, gain in zip(made.years, one.gains, strict=True)
        )
        name = "the budget" if one.budget == "budget" else one.budget
        yield f"The next krona in {name} buys ({unit}): {gains}"


def _out_lines(made: TownProgramme, words: Words) -> Iterator[str]:
    if not made.out:
        yield words("out none")
        return
    yield f"{words('out')}: {len(made.out)}, the largest debt first. {words('out why')}"
    for one in made.out[:10]:
        worth = "" if one.worth_sek is None else f", {one.worth_sek:.2f} a krona"
        yield (
            f"  {short(words.street(one.street), 40)}: {one.length_m:.0f} m, index "
            f"{one.mean_index:.0f}, debt {made.years[-1]} {kronor(one.debt_sek)}{worth}"
        )


def money(ore: int) -> str:
    """Return öre as kronor with two decimals and spaces between thousands."""
    return f"{ore / 100:,.2f}".replace(",", " ")
