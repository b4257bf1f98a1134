"""``gatusyn privacy``: what was missed, and hiding it by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, PictureName, named, now
from gatusyn.cli.output import plain_console
from gatusyn.model import MissCount, RegionKind
from gatusyn.pipeline import hide_missed, opened_city


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
    with opened_city(city) as opened:
        counts = opened.store.ledger.misses()
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
    city: CityFolder,
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
    with opened_city(city) as opened:
        done = hide_missed(opened.store, picture, box, kind, by=named(by), now_s=now())
    if done.copies:
        text = f"{picture}: hidden in {done.copies} {'copy' if done.copies == 1 else 'copies'}."
    else:
        text = f"{picture}: that region is hidden already. Nothing has changed."
    plain_console().print(text, markup=False)
