"""Streets, carriageways or paths, and districts: what a list may be narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from fastapi import Query, Request

from gatusyn.model import NetworkType
from gatusyn.serve.layout import Layout
from gatusyn.serve.pages.asked import choices
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.lists import Filter, FilterKind
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.selection import Selection

WayText = Annotated[str, Query(max_length=20)]


class Way(StrEnum):
    """What is driven, walked or cycled on."""

    CARRIAGEWAY = "carriageway"
    PATH = "path"

    @property
    def networks(self) -> frozenset[str]:
        """The networks that it is of, as ``Selection`` has them."""
        cars = frozenset({NetworkType.CAR.value})
        return cars if self is Way.CARRIAGEWAY else frozenset(NetworkType) - cars


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


def district_filter(layout: Layout, district: str) -> Sequence[Filter]:
    """Return the field above a list; none where the town has no districts."""
    names = sorted(set(layout.districts.tolist()) - {""})
    if not names:
        return ()
    return (
        Filter(
            name="district",
            words=N_("District"),
            kind=FilterKind.CHOICE,
            value=district,
            options=[(own, own) for own in names],
        ),
    )


def selection_on(
    street: str, way: Way | None, district: str, *, is_whole_name: bool = False
) -> Selection:
    """Return the sections that a list is narrowed to.

    Parameters
    ----------
    street
        A part of the name, or with ``is_whole_name`` the name.
    district
        Its name; empty is all.
    """
    return Selection(
        street=street if is_whole_name else street.strip(),
        networks=way.networks if way is not None else frozenset(),
        districts=frozenset({district} - {""}),
        is_whole_name=is_whole_name,
    )
