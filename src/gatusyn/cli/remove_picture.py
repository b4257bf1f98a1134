"""``gatusyn remove-picture``: a picture goes on request, its measurement stays."""

from __future__ import annotations

from typing import Annotated

import typer

from gatusyn.cli.noting import By, CityFolder, PictureName, day, named, now
from gatusyn.cli.output import plain_console
from gatusyn.pipeline import opened_city
from gatusyn.pipeline import remove_picture as remove_from


def remove_picture(
    city: CityFolder,
    picture: PictureName,
    *,
    reason: Annotated[
        str, typer.Option(help="Why, for the note that stays; do not name who asked.")
    ],
    by: By = None,
) -> None:
    """Remove a picture for good, in every copy; what was measured in it stays."""
    with opened_city(city) as opened:
        done = remove_from(opened.store, picture, reason=reason, by=named(by), now_s=now())
    if done.copies:
        copies = "" if done.copies == 1 else f", with {done.copies - 1} more of the same moment"
        text = f"{picture}: removed{copies}. What was measured in it stays."
    else:
        text = (
            f"{picture}: was removed before, on {day(done.note.removed_s)} "
            f"({done.note.reason}). Nothing has changed."
        )
    plain_console().print(text, markup=False)
