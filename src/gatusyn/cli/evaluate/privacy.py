"""``gatusyn evaluate privacy``: how many faces and plates are hidden, and what is besides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.evaluate import (
    evaluate_privacy,
    json_text,
    photos_in,
    privacy_as_json,
    privacy_text,
    read_faces,
    read_plates,
    write_text,
)
from gatusyn.model import CameraParams, FootageError, PrivacyParams, SettingsError
from gatusyn.privacy import load_redactor

_DEFAULTS = PrivacyParams()


def privacy(
    images: Annotated[Path, typer.Argument(help="A folder of photos that were not blurred.")],
    *,
    plates: Annotated[
        Path | None, typer.Option(help="All plates in them: image,x1,y1,x2,y2 (CSV).")
    ] = None,
    faces: Annotated[
        Path | None, typer.Option(help="Faces marked by eye (JSON); only its frames are scored.")
    ] = None,
    face_confidence: Annotated[
        float, typer.Option(help="Hide faces from this confidence.")
    ] = _DEFAULTS.face_confidence,
    plate_confidence: Annotated[
        float, typer.Option(help="Hide plates from this confidence.")
    ] = _DEFAULTS.plate_confidence,
    horizon: Annotated[
        float | None,
        typer.Option(help="The horizon's row, as a share of the height; else all is looked at."),
    ] = None,
    fov_deg: Annotated[
        float, typer.Option(help="Width of the view, for distances by size (degrees).")
    ] = CameraParams().horizontal_fov_deg,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
) -> None:
    """Count how many faces and plates that are there would be hidden, by size, light, distance."""
    if plates is None and faces is None:
        raise SettingsError("gatusyn evaluate privacy", "has no truth", "Give --plates or --faces.")
    truths = []
    photos = photos_in(images)
    if plates is not None:
        truths.append(read_plates(plates))
    if faces is not None:
        marked = read_faces(faces)
        truths.append(marked)
        photos = {name: path for name, path in photos.items() if name in marked}
        if not photos:
            raise FootageError(faces, f"names no photo of {images}")
    params = PrivacyParams(face_confidence=face_confidence, plate_confidence=plate_confidence)
    redactor = load_redactor(params, horizon_share=horizon)
    with shown_progress() as progress:
        done = evaluate_privacy(
            photos,
            truths,
            redactor,
            horizontal_fov_deg=fov_deg,
            on_progress=lambda done, total: progress.step("photos", done, total),
        )
    plain_console().print(privacy_text(done), markup=False, end="")
    if json is not None:
        write_text(json, json_text(privacy_as_json(done)))
