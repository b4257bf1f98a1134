"""What a form's fields mean: an empty field is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import Query

from gatusyn.model import FormFault
from gatusyn.serve.errors import QueryError

Many = Annotated[list[str] | None, Query(max_length=20)]
Words = Annotated[str, Query(max_length=100)]

Choice = TypeVar("Choice", bound=StrEnum)


def choices(kind: type[Choice], name: str, values: Sequence[str] | None) -> tuple[Choice, ...]:
    """Return the members that are named.

    Raises
    ------
    QueryError
        If one is none of them.
    """
    try:
        return tuple(kind(value) for value in values or () if value)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise QueryError(
            name, "is not one that there is", f"Choose from {known}.", form=FormFault.NO_CHOICE
        ) from None


def numbers(name: str, values: Sequence[str] | None, *, low: int, high: int) -> tuple[int, ...]:
    """Return the whole numbers that are named.

    Raises
    ------
    QueryError
        If one is none, or out of range.
    """
    found = []
    for value in values or ():
        if not value:
            continue
        if not (value.isascii() and value.isdigit() and low <= int(value[:9]) <= high):
            raise QueryError(
                name, "is out of range", f"Give {low} to {high}.", form=FormFault.NO_CHOICE
            )
        found.append(int(value))
    return tuple(found)


def day_start_s(name: str, value: str) -> float | None:
    """Return the start of a day on this machine's clock, seconds since 1970-01-01 UTC.

    Raises
    ------
    QueryError
        If it is no day.
    """
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
        return datetime(day.year, day.month, day.day).astimezone().timestamp()
    except (ValueError, OverflowError):
        raise QueryError(
            name, "is no day", "Write it as 2026-11-29.", form=FormFault.NO_DAY
        ) from None
