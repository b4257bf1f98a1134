"""``gatusyn evaluate survey``: a city's grades beside a survey of the same streets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.evaluate import (
    SurveyReading,
    compare_survey,
    json_text,
    read_survey,
    survey_as_json,
    survey_table,
    survey_text,
    write_text,
)
from gatusyn.model import SettingsError
from gatusyn.pipeline import bring_up_to_date, open_city
from gatusyn.store import require_layers, write_layers


def survey(
    city: CityFolder,
    file: Annotated[Path, typer.Argument(help="The survey: FILE.csv, FILE.gpkg, FILE.geojson.")],
    *,
    value: Annotated[str | None, typer.Option(help="The column with the values.")] = None,
    higher_is_better: Annotated[
        bool | None,
        typer.Option(
            "--higher-is-better/--lower-is-better",
            help="By default lower for classes 1 to 5, and higher for an index 0 to 100.",
        ),
    ] = None,
    limits: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(help="Four values between the survey's classes, best first."),
    ] = None,
    layer: Annotated[str | None, typer.Option(help="The layer, where there are several.")] = None,
    within: Annotated[
        float, typer.Option(help="Metres from a section within which a geometry is on it.", min=0.1)
    ] = 15.0,
    period: Annotated[str | None, typer.Option(help="A year; the newest if not given.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures to this file.")
    ] = None,
    gpkg: Annotated[
        Path | None, typer.Option(help="Write a map of the differences to this .gpkg file.")
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace a map that is there.")] = False,
) -> None:
    """Compare the grades with a traditional survey: kappa, rank correlation, map of differences."""
    if gpkg is not None:
        require_layers(gpkg, overwrite=overwrite)
    opened = open_city(city)
    bring_up_to_date(opened)
    if period is not None and period not in opened.store.periods():
        known = ", ".join(opened.store.periods()) or "none"
        raise SettingsError("--period", f"has no grades for {period}", f"There are: {known}.")
    network, params = opened.store.read_network(), opened.settings.condition
    done = compare_survey(
        read_survey(file, epsg=network.epsg, value=value, layer=layer),
        network,
        opened.store.conditions(period=period),
        params.grade_limits(params.method),
        reading=SurveyReading(higher_is_better=higher_is_better, limits=limits),
        within_m=within,
    )
    plain_console().print(survey_text(done), markup=False, end="")
    if json_file is not None:
        write_text(json_file, json_text(survey_as_json(done)))
    if gpkg is not None:
        table = survey_table(done, network)
        write_layers(gpkg, table, None, network.epsg, overwrite=overwrite)
        plain_console().print(f"map      {gpkg}", markup=False)
