"""``gatusyn calibrate``: how the camera sits in the vehicle, from its own footage."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.model import CameraSpan, CitySettings
from gatusyn.pipeline import CameraOutcome, calibrate_drives, camera_toml
from gatusyn.pipeline.city import SETTINGS_FILE
from gatusyn.pipeline.read_settings import read_settings

_ROWS = (
    ("height above the road", "height_m", "height_se_m", "m", 2),
    ("tilted down (pitch)", "pitch_deg", "pitch_se_deg", "degrees", 1),
    ("turned right (yaw)", "yaw_deg", "yaw_se_deg", "degrees", 1),
    ("rolled clockwise (roll)", "roll_deg", "roll_se_deg", "degrees", 1),
    ("width of view", "horizontal_fov_deg", "fov_se_deg", "degrees", 1),
)


def calibrate(
    footage: Annotated[Path, typer.Argument(help="A video, or a folder of videos or photos.")],
    *,
    track: Annotated[
        Path | None, typer.Option(help="The track (GPX, NMEA, CSV) of the one drive.")
    ] = None,
    city: Annotated[
        Path | None, typer.Option(help="A city folder, whose settings say what is believed before.")
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Write a blurred frame with horizon and vanishing point (JPEG)."),
    ] = None,
) -> None:
    """Find height, tilt, roll and width of view of the camera from a drive, with their errors."""
    settings = CitySettings() if city is None else read_settings(city / SETTINGS_FILE)
    with shown_progress() as progress:
        outcomes = calibrate_drives(
            footage, settings=settings, track=track, picture=picture, progress=progress
        )
    for outcome in outcomes:
        _tell(outcome)
    raise typer.Exit(next((one.error.exit_code for one in outcomes if one.error), 0))


def _tell(outcome: CameraOutcome) -> None:
    console = plain_console()
    found = outcome.calibration
    if found is None:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{outcome.name}: not used. {outcome.error}", markup=False
        )
        return
    console.print(
        f"{outcome.name}: {found.looks} looks"
        + (
            f", {100 * found.fitting_share:.0f} % of the points fit, residual "
            f"{found.residual_px:.2f} px"
            if found.found
            else ", camera not found"
        ),
        markup=False,
    )
    if found.found:
        for span in found.spans:
            _tell_span(console, span, parts=len(found.spans))
        best = max(found.spans, key=lambda one: one.looks)
        console.print(f"\n{camera_toml(best)}\n", markup=False)
    for remark in found.remarks:
        console.print(f"  note: {remark}", markup=False)


def _tell_span(console: Console, span: CameraSpan, *, parts: int) -> None:
    if parts > 1:
        console.print(f"  {_when(span)}, {span.looks} looks", markup=False)
    console.print(f"  {'':26}{'found':>8}{'standard error':>17}", markup=False)
    for words, name, error, unit, digits in _ROWS:
        value, sigma = getattr(span.params, name), getattr(span, error)
        console.print(
            f"  {words:26}{value:>8.{digits}f}{sigma:>17.{digits + 1}f}  {unit}", markup=False
        )


def _when(span: CameraSpan) -> str:
    if math.isinf(span.from_s):
        return "before the first slip"
    return "after a slip" if math.isinf(span.until_s) else "between two slips"
