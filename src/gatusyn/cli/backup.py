"""``gatusyn backup``, ``restore``, ``verify``: a second copy of a city, and whether it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.model import StoreError
from gatusyn.pipeline import check_city, require_embedded
from gatusyn.store import check_backup, restore_backup, write_backup
from gatusyn.store.backup_manifest import MANIFEST


def backup(
    city: Annotated[Path, typer.Argument(help="The city folder; it may be in use.")],
    folder: Annotated[Path, typer.Argument(help="A new folder for this backup.")],
    *,
    since: Annotated[
        Path | None,
        typer.Option(help="An earlier backup on the same disk: what it has takes no more room."),
    ] = None,
) -> None:
    """Back up a city while it is being served and inspected."""
    require_embedded(city)
    with shown_progress() as progress:
        made = write_backup(city, folder, earlier=since, step=progress.step)
    plain_console().print(
        f"{made.path}: {made.pictures} pictures ({made.linked} shared with the earlier backup), "
        f"{made.size / 1e6:,.1f} MB",
        markup=False,
    )


def restore(
    folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="A backup's folder.")],
    city: Annotated[Path, typer.Argument(help="The city folder to make; it must not exist.")],
) -> None:
    """Make a city folder of a backup, after checking every file of it."""
    with shown_progress() as progress:
        checked = restore_backup(folder, city, step=progress.step)
    plain_console().print(
        f"{city}: {checked.pictures} pictures, schema {checked.schema}", markup=False
    )


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A city or a backup.")],
) -> None:
    """Check that a city's database and pictures, or a backup's files, are whole."""
    if (folder / MANIFEST).is_file():
        with shown_progress() as progress:
            faults, words = check_backup(folder, step=progress.step), "a whole backup"
    else:
        checked = check_city(folder)
        faults, words = checked.faults, f"whole, {checked.pictures} pictures"
        if checked.leftovers:
            words += f"; {len(checked.leftovers)} files that no row knows go at the next inspect"
    if faults:
        remedy = "Restore a backup, or keep this folder and ask for help."
        raise StoreError(folder, "; ".join(faults), remedy)
    plain_console().print(f"{folder}: {words}", markup=False)
