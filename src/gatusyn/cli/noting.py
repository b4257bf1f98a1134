"""Options and words that the commands on pictures share."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.model import SettingsError

CityFolder = Annotated[Path, typer.Argument(help="The city folder.")]
By = Annotated[
    str | None, typer.Option("--by", help="Who says so, for the note; by default your user name.")
]
PictureName = Annotated[
    str, typer.Argument(help="The picture: RUN/NUMBER, `picture=` in the map's address.")
]


def named(by: str | None) -> str:
    """Return the name for a note: the one given, else the user's."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise SettingsError("--by", "is needed: this user has no name", "Give one.") from error


def now() -> float:
    """Return seconds since 1970-01-01 UTC."""
    return datetime.now(tz=UTC).timestamp()


def day(moment_s: float) -> str:
    """Return the day of a moment, where this machine is."""
    return datetime.fromtimestamp(moment_s, tz=UTC).astimezone().strftime("%Y-%m-%d")


def end_of(last: date) -> float:
    """Return the moment at which a day ends, where this machine is."""
    return datetime.combine(last + timedelta(days=1), time()).astimezone().timestamp()


def read_day(text: str) -> date:
    """Return the day that YYYY-MM-DD names."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError("--until", f"{text!r} is no day", "Write YYYY-MM-DD.") from error
