"""What changed between two months, by street: for whoever must answer for the streets."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request

from gatusyn.model import FormFault
from gatusyn.serve.errors import QueryError
from gatusyn.serve.pages.asked import Words
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.links import page_link
from gatusyn.serve.pages.lists import (
    Column,
    Filter,
    FilterKind,
    Kind,
    ListPage,
    Part,
    Shown,
    add_list,
    sorted_listing,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.past import MONTH_PATTERN, month_end_s
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.street_changes import StreetChange, street_changes
from gatusyn.serve.visitor import Looking

PATH = "/streets/changes"
Month = Annotated[str, Query(max_length=20)]

CHANGES: Sequence[Column[StreetChange]] = (
    Column(
        key="street",
        words=N_("Street"),
        value=lambda row: row.street,
        link=lambda row: page_link("/streets/street", name=row.street),
    ),
    Column(
        key="difference",
        words=N_("Change of index"),
        value=lambda row: row.difference,
        kind=Kind.NUMBER,
        digits=1,
    ),
    Column(
        key="before",
        words=N_("Mean index before"),
        value=lambda row: row.before,
        kind=Kind.NUMBER,
        digits=1,
    ),
    Column(
        key="after",
        words=N_("Mean index after"),
        value=lambda row: row.after,
        kind=Kind.NUMBER,
        digits=1,
    ),
    Column(key="worse", words=N_("Worse, m"), value=lambda row: row.worse_m, kind=Kind.NUMBER),
    Column(key="better", words=N_("Better, m"), value=lambda row: row.better_m, kind=Kind.NUMBER),
    Column(
        key="compared", words=N_("Compared, m"), value=lambda row: row.compared_m, kind=Kind.NUMBER
    ),
    Column(key="new", words=N_("Seen first, m"), value=lambda row: row.new_m, kind=Kind.NUMBER),
    Column(
        key="unseen",
        words=N_("Not seen again, m"),
        value=lambda row: row.unseen_m,
        kind=Kind.NUMBER,
    ),
)


def months_asked(since: str, until: str, known: tuple[str, str]) -> tuple[str, str]:
    """Return the two months to compare: by default the last that was looked in and a year before.

    Raises
    ------
    QueryError
        If one is no month, or the first is not before the last.
    """
    last = _month("until", until or known[1])
    first = _month("since", since or f"{int(last[:4]) - 1}{last[4:]}")
    if first >= last:
        raise QueryError(
            "since", "is not before until", "Choose an earlier one.", form=FormFault.MONTHS_TURNED
        )
    return first, last


def _month(name: str, value: str) -> str:
    if re.fullmatch(MONTH_PATTERN, value) is None:
        raise QueryError(name, "is no month", "Write 2026-11.", form=FormFault.NO_MONTH)
    return value


def change_pages(desk: Desk, whole: CityReader, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of the table."""
    router = APIRouter(include_in_schema=False)

    def found(
        visitor: Looking, query: Part, since: Month = "", until: Month = "", search: Words = ""
    ) -> Shown[StreetChange]:
        reader, rows = whole.seen_by(visitor), list[StreetChange]()
        known = reader.months()
        if known is not None:
            since, until = months_asked(since, until, known)
            before, after = reader.index(at=since), reader.index(at=until)
            named = after.layout.streets_with(search)
            changes = street_changes(before, after, month_end_s(since))
            rows = [own for own, is_so in zip(changes, named, strict=True) if is_so]
        return Shown(
            columns=CHANGES,
            listing=sorted_listing(rows, CHANGES, query, by="difference"),
            filters=(
                Filter(name="since", words=N_("From"), kind=FilterKind.MONTH, value=since),
                Filter(name="until", words=N_("To"), kind=FilterKind.MONTH, value=until),
                Filter(name="search", words=N_("Street"), value=search),
            ),
        )

    page = ListPage(
        path=PATH,
        name="changes",
        words=N_("What changed, by street"),
        template="changes.html",
        empty=N_("Nothing has been graded yet, so nothing can be compared."),
    )
    add_list(router, desk, page, found, base)
    return router
