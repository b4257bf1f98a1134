"""Tables of streets and of sections."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from numpy.typing import NDArray

from gatusyn.model import Grade
from gatusyn.serve.index import CityIndex, StreetSummary
from gatusyn.serve.layout import Ints
from gatusyn.serve.pages.asked import Many, Words, numbers
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.links import map_link, page_link
from gatusyn.serve.pages.lists import (
    ANY,
    Column,
    Filter,
    FilterKind,
    Kind,
    Listing,
    ListPage,
    ListQuery,
    Part,
    Shown,
    add_list,
    sorted_listing,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.ways import (
    Way,
    WayText,
    district_filter,
    selection_on,
    way_filter,
    way_of,
)
from gatusyn.serve.pages.words import GRADES
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.selection import Selection
from gatusyn.serve.visitor import Looking

DAY_S = 86_400.0
UNSEEN_DAYS = (30, 90, 180, 365)
BUILT_UP = N_("built-up area")
OUTSIDE = N_("outside built-up areas")
NEWEST = N_("the newest")

STREETS: Sequence[Column[StreetSummary]] = (
    Column(
        key="street",
        words=N_("Street"),
        value=lambda row: row.street,
        link=lambda row: page_link("/streets/street", name=row.street),
    ),
    Column(key="worst", words=N_("Worst grade"), value=lambda row: row.worst, kind=Kind.GRADE),
    Column(
        key="index",
        words=N_("Mean index"),
        value=lambda row: row.mean_index,
        kind=Kind.NUMBER,
    ),
    Column(
        key="length",
        words=N_("Length, km"),
        value=lambda row: row.length_m / 1000,
        kind=Kind.KM,
    ),
    Column(
        key="graded",
        words=N_("Graded"),
        value=lambda row: row.graded_m / row.length_m if row.length_m else 0.0,
        kind=Kind.PERCENT,
    ),
    Column(key="sections", words=N_("Sections"), value=lambda row: row.sections, kind=Kind.NUMBER),
)

NO_STREETS = N_(
    "The town has no network of streets yet, or none that it keeps: the administrator reads "
    "one in with gatusyn network, and says in the settings which road keepers count."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionEntry:
    """A section in the table."""

    section_id: str
    street: str
    grade: Grade
    index: float | None
    low: float | None
    high: float | None
    share: float
    length_m: float
    road_class: str
    keeper: str
    area: str | None
    district: str
    last_look_s: float | None


SECTIONS: Sequence[Column[SectionEntry]] = (
    Column(
        key="street",
        words=N_("Street"),
        value=lambda row: row.street,
        link=lambda row: map_link(section=row.section_id),
    ),
    Column(key="section", words=N_("Section"), value=lambda row: row.section_id),
    Column(key="grade", words=N_("Grade"), value=lambda row: row.grade, kind=Kind.GRADE),
    Column(key="index", words=N_("Index"), value=lambda row: row.index, kind=Kind.NUMBER),
    Column(
        key="low",
        words=N_("Index from (95 %)"),
        value=lambda row: row.low,
        kind=Kind.NUMBER,
        is_sortable=False,
    ),
    Column(
        key="high",
        words=N_("Index to (95 %)"),
        value=lambda row: row.high,
        kind=Kind.NUMBER,
        is_sortable=False,
    ),
    Column(key="share", words=N_("Seen"), value=lambda row: row.share, kind=Kind.PERCENT),
    Column(key="last", words=N_("Last seen"), value=lambda row: row.last_look_s, kind=Kind.DATE),
    Column(key="length", words=N_("Length, m"), value=lambda row: row.length_m, kind=Kind.NUMBER),
    Column(key="class", words=N_("Road class"), value=lambda row: row.road_class or None),
    Column(key="keeper", words=N_("Road keeper"), value=lambda row: row.keeper or None),
    Column(key="area", words=N_("Built-up"), value=lambda row: row.area, kind=Kind.WORD),
    Column(key="district", words=N_("District"), value=lambda row: row.district or None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionsWanted:
    """The filters of the table of sections.

    Parameters
    ----------
    is_whole_name
        Whether a street has that very name; else its name holds the words.
    """

    street: str
    grades: tuple[int, ...] = ()
    road_class: str = ""
    keeper: str = ""
    area: str = ""
    unseen_days: int | None = None
    period: str | None = None
    is_whole_name: bool = False
    way: Way | None = None
    district: str = ""

    @property
    def selection(self) -> Selection:
        """The same as the map's own filters, apart from grades and looks."""
        on = selection_on(self.street, self.way, self.district, is_whole_name=self.is_whole_name)
        return replace(
            on,
            road_classes=frozenset({self.road_class} - {""}),
            keepers=frozenset({self.keeper} - {""}),
            areas=frozenset({self.area} - {""}),
        )


def sections_wanted(
    street: Words = "",
    grade: Many = None,
    road_class: Words = "",
    keeper: Words = "",
    area: Words = "",
    unseen_days: Annotated[str, Query(max_length=6)] = "",
    period: Annotated[str, Query(max_length=40)] = "",
    way: WayText = "",
    district: Words = "",
) -> SectionsWanted:
    """Return the filters that an address holds."""
    days = numbers("unseen_days", [unseen_days], low=1, high=36_500)
    return SectionsWanted(
        street=street,
        grades=numbers("grade", grade, low=0, high=5),
        road_class=road_class,
        keeper=keeper,
        area=area,
        unseen_days=days[0] if days else None,
        period=period or None,
        way=way_of(way),
        district=district,
    )


def street_pages(desk: Desk, whole: CityReader, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of the tables."""
    router = APIRouter(include_in_schema=False)

    def streets_found(
        request: Request, visitor: Looking, query: Part, search: Words = "", worst: Many = None
    ) -> Shown[StreetSummary]:
        index, grades = whole.seen_by(visitor).index(), numbers("worst", worst, low=0, high=5)
        named = index.layout.streets_with(search)
        summaries = [own for own, is_so in zip(index.summaries, named, strict=True) if is_so]
        rows = [own for own in summaries if not grades or own.worst.number in grades]
        return Shown(
            columns=STREETS,
            listing=sorted_listing(rows, STREETS, query, by="worst", falling=True),
            filters=(
                Filter(name="search", words=N_("Street"), value=search),
                Filter(
                    name="worst",
                    words=N_("Worst grade"),
                    kind=FilterKind.CHOICE,
                    value=[str(number) for number in grades],
                    options=grade_choices(desk, request),
                ),
            ),
        )

    def section_list(
        request: Request,
        visitor: Looking,
        query: Part,
        wanted: SectionsWanted = Depends(sections_wanted),  # noqa: B008
    ) -> Shown[SectionEntry]:
        reader = whole.seen_by(visitor)
        index = reader.index(wanted.period)
        return Shown(
            columns=columns_for(index),
            listing=sections_found(index, wanted, query, now_s=time.time()),
            filters=section_filters(desk, request, reader, index, wanted),
        )

    streets = ListPage(
        path="/streets",
        name="streets",
        words=N_("Streets"),
        template="streets.html",
        empty=NO_STREETS,
    )
    sections = ListPage(path="/sections", name="sections", words=N_("Sections"), empty=NO_STREETS)
    add_list(router, desk, streets, streets_found, base)
    add_list(router, desk, sections, section_list, base)
    return router


def columns_for(index: CityIndex) -> Sequence[Column[SectionEntry]]:
    """Return the columns of a town's sections: without districts where it has none."""
    has_districts = bool((index.layout.districts != "").any())
    return [own for own in SECTIONS if has_districts or own.key != "district"]


def section_filters(
    desk: Desk, request: Request, reader: CityReader, index: CityIndex, wanted: SectionsWanted
) -> Sequence[Filter]:
    """Return the fields above the table of sections."""
    speaker, layout = desk.reader_of(request), index.layout
    days = [(str(own), speaker.words.gettext("%(num)d days") % {"num": own}) for own in UNSEEN_DAYS]
    areas = [("built-up", speaker.say(BUILT_UP)), ("outside", speaker.say(OUTSIDE))]
    unseen = "" if wanted.unseen_days is None else str(wanted.unseen_days)
    chosen: list[tuple[str, str, str | Sequence[str], Sequence[tuple[str, str]]]] = [
        ("grade", N_("Grade"), [str(own) for own in wanted.grades], grade_choices(desk, request)),
        ("road_class", N_("Road class"), wanted.road_class, _options(layout.road_classes)),
        ("keeper", N_("Road keeper"), wanted.keeper, _options(layout.road_keepers)),
        ("area", N_("Built-up"), wanted.area, areas),
        ("unseen_days", N_("Not seen for"), unseen, days),
        (
            "period",
            N_("Period"),
            wanted.period or "",
            [(own, own) for own in reversed(reader.periods())],
        ),
    ]
    return (
        Filter(name="street", words=N_("Street"), value=wanted.street),
        way_filter(desk, request, wanted.way),
        *district_filter(layout, wanted.district),
        *(
            Filter(
                name=name,
                words=words,
                kind=FilterKind.CHOICE,
                value=value,
                options=options,
                any_words=NEWEST if name == "period" else ANY,
            )
            for name, words, value, options in chosen
        ),
    )


def grade_choices(desk: Desk, request: Request) -> list[tuple[str, str]]:
    """Return the grades to choose from, number and word."""
    say = desk.reader_of(request).say
    return [(str(number), f"{number} – {say(word)}") for number, word in GRADES.items()]


def _options(values: NDArray[np.object_]) -> list[tuple[str, str]]:
    return [(own, own) for own in sorted(set(values.tolist()) - {""})]


def sections_found(
    index: CityIndex, wanted: SectionsWanted, query: ListQuery, *, now_s: float
) -> Listing[SectionEntry]:
    """Filter and sort the sections of a town, without making rows of those that are not shown."""
    layout, columns = index.layout, index.columns
    there = wanted.selection.mask(layout)
    if wanted.grades:
        there &= np.isin(columns.grades, wanted.grades)
    if wanted.unseen_days is not None:
        # What was never seen has not been seen for long.
        there &= ~(columns.last_looks_s >= now_s - wanted.unseen_days * DAY_S)
    found = index.worst_first[there[index.worst_first]]
    keys = _sort_keys(index)
    sort, falling = (query.sort, query.falling) if query.sort in keys else ("grade", True)
    if query.sort in keys:
        key = keys[sort][found]
        missing = np.isnan(key)
        order = np.lexsort((np.where(missing, 0.0, -key if falling else key), missing))
        found = found[order]
    return Listing(
        total=len(found),
        rows=lambda offset, limit: [
            _entry(index, position) for position in found[offset : offset + limit].tolist()
        ],
        sort=sort,
        falling=falling,
    )


def _sort_keys(index: CityIndex) -> dict[str, NDArray[np.float64]]:
    layout, columns = index.layout, index.columns
    grades = columns.grades.astype(np.float64)
    return {
        "street": layout.street_of.astype(np.float64),
        "section": _ranks(layout.by_id),
        "grade": np.where(grades == 0, np.nan, grades),
        "index": columns.indices,
        "share": columns.observed_shares,
        "last": columns.last_looks_s,
        "length": layout.lengths_m,
        "class": _alphabet(layout.road_classes),
        "keeper": _alphabet(layout.road_keepers),
        "area": np.where(layout.built_up < 0, np.nan, layout.built_up),
        "district": _alphabet(layout.districts),
    }


def _ranks(order: Ints) -> NDArray[np.float64]:
    ranks = np.empty(len(order))
    ranks[order] = np.arange(len(order))
    return ranks


def _alphabet(values: NDArray[np.object_]) -> NDArray[np.float64]:
    _, numbers_ = np.unique(values.astype(str), return_inverse=True)
    return np.where(values == "", np.nan, numbers_)


def _entry(index: CityIndex, position: int) -> SectionEntry:
    layout, columns = index.layout, index.columns
    section = layout.network.sections[position]
    last = float(columns.last_looks_s[position])
    built_up = int(layout.built_up[position])
    return SectionEntry(
        section_id=section.section_id,
        street=index.street(position),
        grade=index.grade(position),
        index=index.index(position),
        low=columns.low(position),
        high=columns.high(position),
        share=float(columns.observed_shares[position]),
        length_m=float(layout.lengths_m[position]),
        road_class=str(layout.road_classes[position]),
        keeper=str(layout.road_keepers[position]),
        area=None if built_up < 0 else (OUTSIDE, BUILT_UP)[built_up],
        district=str(layout.districts[position]),
        last_look_s=None if np.isnan(last) else last,
    )
