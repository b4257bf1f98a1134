"""``gatusyn redact``: a folder of photos with faces and plates hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.model import FOUND_KINDS, FootageError, PrivacyParams, SettingsError
from gatusyn.pipeline import RedactedPhoto, redact_photos, write_boxes, write_redaction_list
from gatusyn.pipeline.redact import received_files
from gatusyn.privacy import load_redactor

_DEFAULTS = PrivacyParams()


def redact(
    images: Annotated[Path, typer.Argument(help="A folder of photos.")],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the blurred photos to.")],
    boxes: Annotated[
        Path | None, typer.Option(help="Write image,x1,y1,x2,y2 of all that is hidden (CSV).")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write each photo's redaction record (JSON).")
    ] = None,
    keep_time: Annotated[
        bool, typer.Option("--keep-time", help="Write when a photo was taken into its copy.")
    ] = False,
    keep_position: Annotated[
        bool, typer.Option("--keep-position", help="Write where a photo was taken into its copy.")
    ] = False,
    horizon: Annotated[
        float | None,
        typer.Option(help="The horizon's row, as a share of the height: twice as fast.", min=0),
    ] = None,
    face_confidence: Annotated[
        float, typer.Option(help="Hide faces from this confidence.")
    ] = _DEFAULTS.face_confidence,
    plate_confidence: Annotated[
        float, typer.Option(help="Hide plates from this confidence.")
    ] = _DEFAULTS.plate_confidence,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that --out holds already.")
    ] = False,
) -> None:
    """Write a copy of every photo with faces and plates hidden, and without its metadata."""
    _require_apart(images, {"--boxes": boxes, "--json": json_file})
    params = PrivacyParams(face_confidence=face_confidence, plate_confidence=plate_confidence)
    redactor = load_redactor(params, horizon_share=horizon)
    with shown_progress() as progress:
        photos = list(
            redact_photos(
                images,
                out,
                redactor=redactor,
                keep_time=keep_time,
                keep_position=keep_position,
                overwrite=overwrite,
                progress=progress,
            )
        )
    if boxes is not None:
        write_boxes(boxes, photos)
    if json_file is not None:
        write_redaction_list(json_file, photos, redactor=redactor.version)
    _tell(photos)
    if all(photo.written is None for photo in photos):
        raise FootageError(images, "holds no photo that can be blurred")


def _require_apart(images: Path, files: dict[str, Path | None]) -> None:
    """Raise ``SettingsError`` if a file to write is one of the photos."""
    received = {file.resolve() for file in received_files(images)}
    for option, file in files.items():
        if file is not None and file.resolve() in received:
            raise SettingsError(option, f"would replace {file}", "Name a file elsewhere.")


def _tell(photos: list[RedactedPhoto]) -> None:
    console = plain_console()
    rejected = [photo.rejected for photo in photos if photo.rejected is not None]
    records = [photo.record for photo in photos if photo.record is not None]
    assert len(photos) == len(records) + len(rejected)
    console.print(f"{len(photos)} received, {len(records)} blurred, {len(rejected)} rejected")
    for kind in FOUND_KINDS:
        console.print(f"  {sum(record.counts[kind] for record in records)} hidden as {kind.value}")
    for one in rejected:
        console.print(f"  {one.frame_id}: {one.reason.value} ({one.detail})", markup=False)
