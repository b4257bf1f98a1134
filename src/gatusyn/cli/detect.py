"""``gatusyn detect``: damage masks of a folder of photos, for scoring."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.capture import read_photo
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.detect import load_detector, write_masks
from gatusyn.model import DetectParams, FootageError

_MAX_SIDE_PX = 20_000
"""Masks are to have their photo's size, so that none is made smaller; huge ones are refused."""


def detect(
    images: Annotated[Path, typer.Argument(help="A folder of photos.")],
    masks: Annotated[Path, typer.Option(help="The folder to write STEM.png to.")],
    model: Annotated[
        Path | None, typer.Option(help="A model file (TOML); by default Gatusyn's own model.")
    ] = None,
) -> None:
    """Write a mask for every photo: 2 where it is cracked, 4 pothole, 8 patch, added."""
    detector = load_detector(DetectParams(model=None if model is None else str(model)))
    with shown_progress() as progress:
        written, rejected = write_masks(
            images,
            masks,
            detector=detector,
            read=partial(read_photo, max_side_px=_MAX_SIDE_PX),
            on_progress=lambda done, total: progress.step("photos", done, total),
        )
    console = plain_console()
    console.print(f"{written + len(rejected)} photos, {written} masks, {len(rejected)} rejected")
    for photo in rejected:
        console.print(f"  {photo.frame_id}: {photo.reason.value} ({photo.detail})", markup=False)
    if not written:
        raise FootageError(images, "holds no photo that can be read")
