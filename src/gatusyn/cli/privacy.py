"""``gatusyn privacy``: what was missed, and hiding it by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, PictureName, named, now
from gatusyn.cli.output import plain_console
from gatusyn.model import MissCount, RegionKind
from gatusyn.pipeline import hide_missed, open_city


def privacy_app() -> typer.Typer:
    """Return the commands on what was missed."""
    app = typer.Typer(
        name="privacy",
        help="Hides what was missed in stored pictures, and counts it.",
        no_args_is_help=True,
    )
    for command in (misses, hide):
        app.command()(command)
    return app


def misses(city: CityFolder) -> None:
    """Count what people found missed, by version of the finders of faces and plates."""
    opened = open_city(city)
    try:
        counts = opened.store.ledger.misses()
    finally:
        opened.store.close()
    for count in counts:
        for line in lines_of(count):
            plain_console().print(line, markup=False)
    if not counts:
        plain_console().print("No frames yet.")


def lines_of(count: MissCount) -> list[str]:
    """Return what one version looked at and missed."""
    missed = ", ".join(f"{count.missed.get(kind, 0)} {kind.value}" for kind in RegionKind)
    return [
        count.model,
        f"  {count.frames} frames looked at, {count.hidden} regions hidden",
        f"  {sum(count.missed.values())} marked as missed ({missed})",
    ]


def hide(
    city: Annotated[Path, typer.Argument(help="The city folder.")],
    picture: PictureName,
    *,
    box: Annotated[
        tuple[float, float, float, float],
        typer.Option(help="Left, top, right, bottom in pixels of the stored picture."),
    ],
    kind: Annotated[RegionKind, typer.Option(help="What was missed.")],
    by: By = None,
) -> None:
    """Hide a missed region for good, in every copy of a picture, and count the miss."""
    opened = open_city(city)
    try:
        done = hide_missed(opened.store, picture, box, kind, by=named(by), now_s=now())
    finally:
        opened.store.close()
    if done.copies:
        text = f"{picture}: hidden in {done.copies} {'copy' if done.copies == 1 else 'copies'}."
    else:
        text = f"{picture}: that region is hidden already. Nothing has changed."
    plain_console().print(text, markup=False)
