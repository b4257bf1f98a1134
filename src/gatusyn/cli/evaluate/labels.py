"""``gatusyn evaluate labels``: labels by eye as masks, and how well labels agree."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console
from gatusyn.evaluate import (
    agreement_text,
    agreements,
    json_text,
    read_eye_labels,
    rejected_lines,
    write_drawn_masks,
    write_text,
)
from gatusyn.model import FootageError


def labels(
    file: Annotated[Path, typer.Argument(help="A JSON file of polygons drawn by eye.")],
    masks: Annotated[Path, typer.Argument(help="The published masks, which have the lane.")],
    *,
    out: Annotated[Path, typer.Option(help="The folder for PERSON/FRAME.png.")],
    sure_only: Annotated[
        bool, typer.Option("--sure-only", help="Leave out what the annotator doubted.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
) -> None:
    """Make masks of labels, and score published masks and people against each other."""
    drawn = write_drawn_masks(read_eye_labels(file), masks, out, sure_only=sure_only)
    written = sum(len(names) for names in drawn.names.values())
    console = plain_console()
    console.print(
        f"{written + len(drawn.rejected)} labelled frames, {written} masks, "
        f"{len(drawn.rejected)} rejected"
    )
    for line in rejected_lines(drawn.rejected):
        console.print(line, markup=False)
    if not written:
        raise FootageError(file, "holds no frame of which a mask can be made")
    found = agreements(drawn, masks)
    console.print(agreement_text(found), markup=False, end="")
    if json is not None:
        figures = {
            "received": written + len(drawn.rejected),
            "accepted": written,
            "rejected": [{"frame": r.frame_id, "why": r.detail} for r in drawn.rejected],
            "agreements": [asdict(one) for one in found],
        }
        write_text(json, json_text(figures))
