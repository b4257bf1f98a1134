"""``gatusyn detect``: what each photo of a folder shows, as a list and as masks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.detect import load_detector
from gatusyn.model import CameraParams, CitySettings, DetectParams, FootageError, SettingsError
from gatusyn.pipeline import inspect_photos, write_photo_list

_CAMERA = CameraParams()


def detect(
    images: Annotated[Path, typer.Argument(help="A folder of photos.")],
    *,
    masks: Annotated[
        Path | None, typer.Option(help="The folder to write a mask STEM.png a photo to.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="The file to write the list of findings to.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A model file (TOML); by default Gatusyn's own model.")
    ] = None,
    height_m: Annotated[
        float, typer.Option(help="The lens above the road, metres.")
    ] = _CAMERA.height_m,
    pitch_deg: Annotated[
        float, typer.Option(help="How far the view is tilted below the horizon, degrees.")
    ] = _CAMERA.pitch_deg,
    fov_deg: Annotated[
        float, typer.Option(help="Width of the view, degrees.")
    ] = _CAMERA.horizontal_fov_deg,
) -> None:
    """List what each photo shows (kind, severity, metres), and write masks of it.

    A mask is 2 where it is cracked, 4 pothole, 8 patch, added.
    """
    if masks is None and json_file is None:
        raise SettingsError("gatusyn detect", "has nothing to write", "Give --json or --masks.")
    settings = replace(
        CitySettings(),
        camera=CameraParams(height_m=height_m, pitch_deg=pitch_deg, horizontal_fov_deg=fov_deg),
    )
    detector = load_detector(DetectParams(model=None if model is None else str(model)))
    with shown_progress() as progress:
        results = list(
            inspect_photos(
                images, detector=detector, settings=settings, masks=masks, progress=progress
            )
        )
    if json_file is not None:
        write_photo_list(json_file, results, settings=settings, detector=detector.version)
    rejected = [one.rejected for one in results if one.rejected is not None]
    kinds = Counter(found.record.kind.words for one in results for found in one.findings)
    console = plain_console()
    console.print(
        f"{len(results)} photos, {len(results) - len(rejected)} used, {len(rejected)} rejected"
    )
    for kind, count in kinds.most_common():
        console.print(f"  {count} {kind}")
    for photo in rejected:
        console.print(f"  {photo.frame_id}: {photo.reason.value} ({photo.detail})", markup=False)
    if all(one.rejected is not None and one.rejected.reason.value != "off_road" for one in results):
        raise FootageError(images, "holds no photo that can be read")
