"""Carriageways, and foot and cycle paths: what a list may be narrowed to."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Request

from gatusyn.serve.pages.asked import choices
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.lists import Filter, FilterKind
from gatusyn.serve.pages.navigation import N_

WayText = Annotated[str, Query(max_length=20)]


class Way(StrEnum):
    """What is driven, walked or cycled on."""

    CARRIAGEWAY = "carriageway"
    PATH = "path"


WAYS = {Way.CARRIAGEWAY: N_("carriageway"), Way.PATH: N_("foot or cycle path")}


def way_of(text: str) -> Way | None:
    """Return the way that an address names; None for no words.

    Raises
    ------
    QueryError
        If it is none.
    """
    return next(iter(choices(Way, "way", [text])), None)


def way_filter(desk: Desk, request: Request, way: Way | None) -> Filter:
    """Return the field above a list."""
    say = desk.reader_of(request).say
    return Filter(
        name="way",
        words=N_("Carriageway or path"),
        kind=FilterKind.CHOICE,
        value="" if way is None else way.value,
        options=[(own.value, say(words)) for own, words in WAYS.items()],
    )
