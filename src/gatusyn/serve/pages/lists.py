"""Lists: columns, sorting, paging, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from gatusyn.model import Grade
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.formats import local_moment
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.sheets import Sheet, SheetKind, sheet_file
from gatusyn.serve.pages.words import GRADES

Row = TypeVar("Row")
Cell = str | float | int | Grade | None

IN_WORDS = N_("in words")
LINK = N_("Link")
ANY = N_("all")
LONGEST_FILE = 100_000
"""Rows of an exported file; a town has fewer sections."""


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    WORD = "word"
    """English words, marked for translation."""
    NUMBER = "number"
    KM = "km"
    PERCENT = "percent"
    SEK = "sek"
    DATE = "date"
    MOMENT = "moment"
    GRADE = "grade"

    @property
    def is_number(self) -> bool:
        """Whether it is written to the right."""
        return self in (Kind.NUMBER, Kind.KM, Kind.PERCENT, Kind.SEK)

    @property
    def is_time(self) -> bool:
        """Whether it is a day or a moment, which is not broken into lines."""
        return self in (Kind.DATE, Kind.MOMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column of a list.

    Parameters
    ----------
    key
        Its name in the address.
    words
        Its head, marked for translation.
    digits
        Decimals of a number.
    link
        Where a row's cell leads.
    """

    key: str
    words: str
    value: Callable[[Row], Cell]
    kind: Kind = Kind.TEXT
    digits: int = 0
    link: Callable[[Row], str] | None = None
    is_sortable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What part of a list is shown, as the address says."""

    sort: str
    falling: bool
    page: int
    size: int

    @property
    def offset(self) -> int:
        """The first row of the page."""
        return (self.page - 1) * self.size


def list_query(
    sort: Annotated[str, Query(max_length=40)] = "",
    *,
    falling: Annotated[bool, Query(description="the most first")] = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=10, le=200)] = 50,
) -> ListQuery:
    """Return what of a list an address asks for."""
    return ListQuery(sort=sort, falling=falling, page=page, size=size)


Part = Annotated[ListQuery, Depends(list_query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Row]):
    """All rows that were found, of which some are shown.

    Parameters
    ----------
    rows
        Given an offset and a number, returns rows in order.
    sort, falling
        How they are sorted.
    """

    total: int
    rows: Callable[[int, int], Sequence[Row]]
    sort: str = ""
    falling: bool = False


class FilterKind(StrEnum):
    """How a filter is typed."""

    SEARCH = "search"
    CHOICE = "choice"
    DATE = "date"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field above a list.

    Parameters
    ----------
    name
        In the address.
    words
        Marked for translation.
    value
        What is asked for; of a choice those that are chosen.
    options
        Values and their words, in the visitor's language.
    any_words
        What no choice is called, marked for translation.
    """

    name: str
    words: str
    kind: FilterKind = FilterKind.SEARCH
    value: str | Sequence[str] = ""
    options: Sequence[tuple[str, str]] = ()
    any_words: str = ANY

    @property
    def chosen(self) -> Sequence[str]:
        """What is chosen."""
        return (self.value,) if isinstance(self.value, str) else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[Row]):
    """A list as somebody asked for it.

    Parameters
    ----------
    filters
        With what is asked for in them.
    more
        What else the page's template shows.
    """

    columns: Sequence[Column[Row]]
    listing: Listing[Row]
    filters: Sequence[Filter] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A page with a list, and what of it is in a file.

    Parameters
    ----------
    words
        Its title, marked for translation.
    template
        One that extends ``list_page.html``, or that itself.
    empty
        What to do where there is nothing yet, marked for translation.
    are_cards
        Whether a row is a card on a phone: for a list that is read there first.
    """

    path: str
    name: str
    words: str
    template: str = "list_page.html"
    empty: str = ""
    are_cards: bool = False


def sorted_listing(
    rows: Sequence[Row],
    columns: Sequence[Column[Row]],
    query: ListQuery,
    *,
    by: str,
    falling: bool = False,
) -> Listing[Row]:
    """Sort rows by the wanted column, else by ``by``; rows without a value come last."""
    known = {column.key: column for column in columns if column.is_sortable}
    sort = query.sort if query.sort in known else by
    falls = query.falling if query.sort in known else falling
    value = known[sort].value

    def key(row: Row) -> Any:
        cell = value(row)
        if isinstance(cell, Grade):
            return cell.number
        return cell.casefold() if isinstance(cell, str) else cell

    there = sorted((row for row in rows if value(row) is not None), key=key, reverse=falls)
    ordered = there + [row for row in rows if value(row) is None]
    return Listing(
        total=len(ordered),
        rows=lambda offset, limit: ordered[offset : offset + limit],
        sort=sort,
        falling=falls,
    )


def address(request: Request, path: str | None = None, **changes: Any) -> str:
    """Return the request's address with some of its query changed; what is None goes."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in changes and v != ""]
    kept += [(key, str(value)) for key, value in changes.items() if value is not None]
    query = urlencode(kept, errors="replace")
    here = path or request.url.path
    return f"{here}?{query}" if query else here


def add_list(
    router: APIRouter,
    desk: Desk,
    page: ListPage,
    found: Callable[..., Shown[Any]],
    base: Callable[[Request], str],
) -> None:
    """Add the routes of a list and of its files.

    Parameters
    ----------
    found
        A dependency: what the request asks for.
    base
        Gives the service's address, ending in ``/``.
    """

    def shown(request: Request, query: Part, shown: Shown[Any] = Depends(found)) -> Response:  # noqa: B008
        return show_list(desk, request, page, shown, query)

    router.add_api_route(page.path, shown, methods=["GET"])
    add_file(router, desk, page.path, found, base, name=page.name)


def add_file(
    router: APIRouter,
    desk: Desk,
    path: str,
    found: Callable[..., Shown[Any]],
    base: Callable[[Request], str],
    *,
    name: str,
) -> None:
    """Add the route of a list's files; see ``add_list``."""

    def exported(
        request: Request,
        kind_of_file: SheetKind,
        shown: Shown[Any] = Depends(found),  # noqa: B008
    ) -> Response:
        return export_list(
            desk,
            request,
            shown.columns,
            shown.listing,
            kind_of_file,
            name=name,
            base=base(request),
        )

    router.add_api_route(f"{path}/export.{{kind_of_file}}", exported, methods=["GET"])


def table_of(request: Request, shown: Shown[Any], query: ListQuery, *, path: str) -> dict[str, Any]:
    """Return a part of a list as the template takes it.

    Parameters
    ----------
    path
        Of the list itself, for its files.
    """
    listing = shown.listing
    last = max(-(-listing.total // query.size), 1)
    page = min(query.page, last)
    return {
        "columns": shown.columns,
        "rows": listing.rows((page - 1) * query.size, query.size),
        "total": listing.total,
        "sort": listing.sort,
        "falling": listing.falling,
        "page": page,
        "last": last,
        "size": query.size,
        "first_row": (page - 1) * query.size + 1 if listing.total else 0,
        "last_row": min(page * query.size, listing.total),
        "filters": shown.filters,
        "is_filtered": any(any(own.chosen) for own in shown.filters),
        "path": path,
        "address": lambda **changes: address(request, **changes),
    }


def show_list(
    desk: Desk, request: Request, page: ListPage, shown: Shown[Any], query: ListQuery
) -> HTMLResponse:
    """Return a page with a part of a list."""
    return desk.show(
        request,
        page.template,
        title=page.words,
        empty=page.empty,
        are_cards=page.are_cards,
        table=table_of(request, shown, query, path=request.url.path),
        **shown.more,
    )


def export_list(
    desk: Desk,
    request: Request,
    columns: Sequence[Column[Row]],
    listing: Listing[Row],
    kind: SheetKind,
    *,
    name: str,
    base: str,
) -> Response:
    """Return all rows of a list as a file, each with its link into the service.

    Parameters
    ----------
    base
        The service's address, ending in ``/``.
    """
    reader = desk.reader_of(request)
    heads: list[str] = []
    for column in columns:
        head = reader.say(column.words)
        heads += [head, f"{head} ({reader.say(IN_WORDS)})"] if column.kind is Kind.GRADE else [head]
    linked = next((column.link for column in columns if column.link is not None), None)
    if linked is not None:
        heads.append(reader.say(LINK))
    rows: list[list[Any]] = []
    for row in listing.rows(0, LONGEST_FILE):
        cells: list[Any] = []
        for column in columns:
            cells += _exported(column, row, reader.say)
        if linked is not None:
            cells.append(base.rstrip("/") + linked(row))
        rows.append(cells)
    sheet = Sheet(name=name, heads=heads, rows=rows)
    return sheet_file(sheet, kind, decimal_comma=reader.language != "en")


def _exported(column: Column[Row], row: Row, say: Callable[[str], str]) -> list[Any]:
    cell = column.value(row)
    if isinstance(cell, Grade):
        return [cell.number or None, say(GRADES[cell.number])]
    if cell is None:
        return [None]
    if column.kind is Kind.WORD:
        return [say(str(cell))]
    if column.kind in (Kind.DATE, Kind.MOMENT):
        moment = local_moment(float(cell))
        return [moment.date() if column.kind is Kind.DATE else moment]
    if column.kind is Kind.PERCENT:
        return [round(float(cell), 4)]
    if isinstance(cell, float):
        return [round(cell, 3)]
    return [cell]
