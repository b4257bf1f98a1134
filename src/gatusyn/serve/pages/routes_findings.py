"""The table of findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from gatusyn.model import DamageKind, Finding, FindingState
from gatusyn.serve.index import CityIndex
from gatusyn.serve.pages.asked import Many, Words, choices, day_start_s, numbers
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.links import map_link
from gatusyn.serve.pages.lists import (
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
from gatusyn.serve.pages.words import KINDS, REASONS, SEVERITIES, STATES
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.selection import Selection
from gatusyn.serve.visitor import Looking
from gatusyn.store.protocol_lookup import FindingFilter, FindingOrder

NO_FINDINGS = N_(
    "Findings come here when drives have been inspected: send footage on the page Send drives."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingEntry:
    """A finding in the table, with its street."""

    finding: Finding
    street: str


FINDINGS: Sequence[Column[FindingEntry]] = (
    Column(
        key="kind",
        words=N_("Kind"),
        value=lambda row: KINDS[row.finding.kind],
        kind=Kind.WORD,
        link=lambda row: map_link(section=row.finding.section_id, finding=row.finding.finding_id),
    ),
    Column(key="street", words=N_("Street"), value=lambda row: row.street, is_sortable=False),
    Column(
        key="state",
        words=N_("State"),
        value=lambda row: STATES[row.finding.state],
        kind=Kind.WORD,
        is_sortable=False,
    ),
    Column(
        key="severity",
        words=N_("Severity"),
        value=lambda row: row.finding.severity,
        kind=Kind.NUMBER,
    ),
    Column(
        key="reason",
        words=N_("Because"),
        value=lambda row: REASONS[row.finding.severity_reason],
        kind=Kind.WORD,
        is_sortable=False,
    ),
    Column(
        key="area",
        words=N_("Area, m²"),
        value=lambda row: row.finding.area_m2,
        kind=Kind.NUMBER,
        digits=1,
    ),
    Column(
        key="length",
        words=N_("Length, m"),
        value=lambda row: row.finding.length_m,
        kind=Kind.NUMBER,
        digits=1,
    ),
    Column(
        key="confidence",
        words=N_("Confidence"),
        value=lambda row: row.finding.confidence,
        kind=Kind.PERCENT,
    ),
    Column(
        key="first_seen",
        words=N_("First seen"),
        value=lambda row: row.finding.first_seen_s,
        kind=Kind.DATE,
    ),
    Column(
        key="last_seen",
        words=N_("Last seen"),
        value=lambda row: row.finding.last_seen_s,
        kind=Kind.DATE,
    ),
    Column(
        key="drives",
        words=N_("Drives"),
        value=lambda row: row.finding.drives,
        kind=Kind.NUMBER,
        is_sortable=False,
    ),
    Column(key="section", words=N_("Section"), value=lambda row: row.finding.section_id),
    Column(key="id", words=N_("Id"), value=lambda row: row.finding.finding_id),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsWanted:
    """The filters of the table of findings.

    Parameters
    ----------
    is_whole_name
        Whether a street has that very name; else its name holds the words.
    """

    street: str
    kinds: tuple[DamageKind, ...] = ()
    states: tuple[FindingState, ...] = ()
    severities: tuple[int, ...] = ()
    new_since: str = ""
    ended_since: str = ""
    is_whole_name: bool = False
    way: Way | None = None
    district: str = ""

    @property
    def selection(self) -> Selection:
        """The sections that they lie on."""
        return selection_on(self.street, self.way, self.district, is_whole_name=self.is_whole_name)

    def filter(self, index: CityIndex) -> FindingFilter:
        """Return what the store is asked for."""
        return FindingFilter(
            kinds=self.kinds,
            states=self.states,
            severities=self.severities,
            links=self.selection.links(index.layout),
            new_since_s=day_start_s("new_since", self.new_since),
            ended_since_s=day_start_s("ended_since", self.ended_since),
        )


def findings_wanted(
    street: Words = "",
    kind: Many = None,
    state: Many = None,
    severity: Many = None,
    new_since: Annotated[str, Query(max_length=20)] = "",
    ended_since: Annotated[str, Query(max_length=20)] = "",
    way: WayText = "",
    district: Words = "",
) -> FindingsWanted:
    """Return the filters that an address holds."""
    return FindingsWanted(
        street=street,
        kinds=choices(DamageKind, "kind", kind),
        states=choices(FindingState, "state", state),
        severities=numbers("severity", severity, low=1, high=3),
        new_since=new_since,
        ended_since=ended_since,
        way=way_of(way),
        district=district,
    )


def street_of(index: CityIndex, finding: Finding) -> str:
    """Return the street of a finding."""
    position = index.position.get(finding.section_id)
    return finding.element_id if position is None else index.street(position)


def finding_pages(desk: Desk, whole: CityReader, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of the table."""
    router = APIRouter(include_in_schema=False)

    def found(
        request: Request,
        visitor: Looking,
        query: Part,
        wanted: FindingsWanted = Depends(findings_wanted),  # noqa: B008
    ) -> Shown[FindingEntry]:
        return Shown(
            columns=FINDINGS,
            listing=findings_found(whole.seen_by(visitor), wanted, query),
            filters=finding_filters(desk, request, whole.seen_by(visitor).index(), wanted),
        )

    page = ListPage(path="/findings", name="findings", words=N_("Findings"), empty=NO_FINDINGS)
    add_list(router, desk, page, found, base)
    return router


def findings_found(
    reader: CityReader, wanted: FindingsWanted, query: ListQuery
) -> Listing[FindingEntry]:
    """Filter and sort the findings that a visitor may see."""
    index = reader.index()
    asked = wanted.filter(index)
    keys = {column.key for column in FINDINGS if column.is_sortable}
    sort, falling = ("severity", True)
    if query.sort in keys:
        sort, falling = query.sort, query.falling
    total, _ = reader.list_findings(asked, limit=0)

    def rows(offset: int, limit: int) -> list[FindingEntry]:
        _, page = reader.list_findings(
            asked, order=FindingOrder(sort), falling=falling, limit=limit, offset=offset
        )
        return [FindingEntry(finding=own, street=street_of(index, own)) for own in page]

    return Listing(total=total, rows=rows, sort=sort, falling=falling)


def finding_filters(
    desk: Desk, request: Request, index: CityIndex, wanted: FindingsWanted
) -> Sequence[Filter]:
    """Return the fields above the table of findings."""
    say = desk.reader_of(request).say
    choice = FilterKind.CHOICE
    return (
        Filter(name="street", words=N_("Street"), value=wanted.street),
        way_filter(desk, request, wanted.way),
        *district_filter(index.layout, wanted.district),
        Filter(
            name="kind",
            words=N_("Kind"),
            kind=choice,
            value=[own.value for own in wanted.kinds],
            options=[(own.value, say(words)) for own, words in KINDS.items()],
        ),
        Filter(
            name="state",
            words=N_("State"),
            kind=choice,
            value=[own.value for own in wanted.states],
            options=[(own.value, say(words)) for own, words in STATES.items()],
        ),
        Filter(
            name="severity",
            words=N_("Severity"),
            kind=choice,
            value=[str(own) for own in wanted.severities],
            options=[(str(own), say(words)) for own, words in SEVERITIES.items()],
        ),
        Filter(
            name="new_since",
            words=N_("First seen from"),
            kind=FilterKind.DATE,
            value=wanted.new_since,
        ),
        Filter(
            name="ended_since",
            words=N_("Ended from"),
            kind=FilterKind.DATE,
            value=wanted.ended_since,
        ),
    )
