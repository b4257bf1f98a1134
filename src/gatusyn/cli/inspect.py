"""``gatusyn inspect``: from drives to graded sections."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.pipeline import DriveOutcome, inspect_drives, open_city


def inspect(
    city: CityFolder,
    drives: Annotated[
        list[Path],
        typer.Argument(help="Videos with a track beside them, or folders of photos or videos."),
    ],
    track: Annotated[
        Path | None,
        typer.Option(help="The track (GPX, NMEA, CSV) of the one drive that is given."),
    ] = None,
    clock_offset: Annotated[
        float | None,
        typer.Option(help="Seconds added to the footage's times to get the track's."),
    ] = None,
) -> None:
    """Inspect drives: blur, find damage, place it on the network, grade the sections."""
    if track is not None and len(drives) != 1:
        raise typer.BadParameter("--track goes with one drive", param_hint="--track")
    opened = open_city(city)
    if clock_offset is not None:
        capture = replace(opened.settings.capture, clock_offset_s=clock_offset)
        opened = replace(opened, settings=replace(opened.settings, capture=capture))
    try:
        with shown_progress() as progress:
            inspection = inspect_drives(opened, drives, track=track, progress=progress)
    finally:
        opened.store.close()
    for outcome in inspection.outcomes:
        tell(outcome)
    raise typer.Exit(inspection.exit_code)


def tell(outcome: DriveOutcome) -> None:
    """Print what became of a drive: results to standard output, faults to standard error."""
    console = plain_console()
    if outcome.error is not None:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{outcome.name}: not used. {outcome.error}", markup=False
        )
        return
    facts = outcome.facts
    if facts is None:
        console.print(f"{outcome.name}: already inspected, nothing changed", markup=False)
        return
    reasons = Counter(one.reason.value for one in facts.rejected)
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    console.print(
        f"{outcome.name}: {facts.distance_m / 1000:.2f} km, {facts.received} frames received, "
        f"{len(facts.frames)} used, {len(facts.rejected)} rejected"
        f"{f' ({why})' if why else ''}, {len(facts.observations)} observations",
        markup=False,
    )
    if outcome.withheld:
        console.print(
            f"  note: {outcome.withheld} pictures not kept: removed or marked before, of such "
            "a moment, or of a drive that was made coarse"
        )
    for remark in facts.remarks:
        console.print(f"  note: {remark}", markup=False)
