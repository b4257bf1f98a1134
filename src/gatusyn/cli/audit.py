"""``gatusyn audit``: who did what."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.model import AuditEntry, SettingsError
from gatusyn.pipeline import opened_city
from gatusyn.store import AccountBook, iso_time

AT_ONCE = 1000
COLUMNS = ("time", "who", "what", "about", "outcome", "address")


def audit(
    city: CityFolder,
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")
    ] = None,
    who: Annotated[str | None, typer.Option(help="Only what this account did.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write all to a file.")] = None,
    limit: Annotated[int, typer.Option(help="Entries to print; 0 prints all.", min=0)] = 100,
) -> None:
    """Print who changed what, who looked at which picture, and who logged in, newest first."""
    since_s = None if since is None else since.astimezone(UTC).timestamp()
    with opened_city(city) as opened:
        entries = _entries(opened.store.accounts, since_s=since_s, who=who)
        if csv_file is not None:
            count = write_csv(csv_file, entries)
            plain_console().print(f"Written: {count} entries to {csv_file}", markup=False)
            return
        for number, one in enumerate(entries):
            if limit and number >= limit:
                plain_console().print("There are more: --limit 0 prints all.")
                break
            plain_console().print("  ".join(_row(one)).rstrip(), markup=False)


def _entries(
    accounts: AccountBook, *, since_s: float | None, who: str | None
) -> Iterator[AuditEntry]:
    before: int | None = None
    while True:
        found = accounts.entries(since_s=since_s, who=who, before=before, limit=AT_ONCE)
        yield from found
        if len(found) < AT_ONCE:
            return
        before = found[-1].number


def _row(one: AuditEntry) -> tuple[str, ...]:
    moment = iso_time(one.time_s)
    return (moment, one.who or "-", one.what, one.about, one.outcome, one.address or "")


def write_csv(path: Path, entries: Iterator[AuditEntry]) -> int:
    """Write entries to a file, and return how many.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.

    Raises
    ------
    SettingsError
        If the file is there already or cannot be written.
    """
    count = 0
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(COLUMNS)
            for one in entries:
                writer.writerow([_plain(text) for text in _row(one)])
                count += 1
    except OSError as error:
        raise SettingsError(path, f"cannot be written ({error.strerror})") from error
    return count


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) and text != "-" else text
