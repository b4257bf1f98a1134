"""The table of drives, and what became of one drive's frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from gatusyn.model import Permission
from gatusyn.serve.errors import MissingError
from gatusyn.serve.pages.asked import Words
from gatusyn.serve.pages.causes import rejected_sums, told_remarks
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
from gatusyn.serve.pages.routes_send import SENT_STATES, sum_of, sum_words
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.visitor import whole_town
from gatusyn.store import Store
from gatusyn.store.protocol import DriveSummary

EMPTY = N_(
    "Drives come here when they have been inspected: send footage on the page Send drives, or run "
    "gatusyn inspect in the city's folder."
)
REMARKED = N_("with remarks only")

DRIVES: Sequence[Column[DriveSummary]] = (
    Column(
        key="name",
        words=N_("Drive"),
        value=lambda row: row.name,
        link=lambda row: page_link("/drives/drive", drive_id=row.drive_id),
    ),
    Column(key="started", words=N_("Driven"), value=lambda row: row.started_s, kind=Kind.MOMENT),
    Column(
        key="distance",
        words=N_("Distance, km"),
        value=lambda row: row.distance_m / 1000,
        kind=Kind.KM,
    ),
    Column(
        key="received",
        words=N_("Frames received"),
        value=lambda row: row.received,
        kind=Kind.NUMBER,
    ),
    Column(
        key="accepted", words=N_("Frames used"), value=lambda row: row.accepted, kind=Kind.NUMBER
    ),
    Column(
        key="rejected",
        words=N_("Frames rejected"),
        value=lambda row: row.rejected,
        kind=Kind.NUMBER,
    ),
    Column(
        key="rejected_share",
        words=N_("Rejected"),
        value=lambda row: row.rejected / row.received if row.received else None,
        kind=Kind.PERCENT,
    ),
    Column(
        key="observations",
        words=N_("Observations"),
        value=lambda row: row.observations,
        kind=Kind.NUMBER,
    ),
    Column(
        key="remarks",
        words=N_("Remarks"),
        value=lambda row: len(row.remarks),
        kind=Kind.NUMBER,
    ),
)


def drive_pages(
    desk: Desk, reader: CityReader, store: Store, base: Callable[[Request], str]
) -> APIRouter:
    """Return the routes of drives."""
    router = APIRouter(
        dependencies=[Depends(whole_town(Permission.SEE_TOWN))], include_in_schema=False
    )

    def found(
        request: Request, query: Part, search: Words = "", remarked: Words = ""
    ) -> Shown[DriveSummary]:
        words, say = search.strip().casefold(), desk.reader_of(request).say
        sent = sum_of(store.sent)
        rows = [
            own
            for own in reader.drives()
            if words in own.name.casefold() and (own.remarks or remarked != "true")
        ]
        return Shown(
            columns=DRIVES,
            listing=sorted_listing(rows, DRIVES, query, by="started", falling=True),
            filters=(
                Filter(name="search", words=N_("Name"), value=search),
                Filter(
                    name="remarked",
                    words=N_("Remarks"),
                    kind=FilterKind.CHOICE,
                    value=remarked,
                    options=[("true", say(REMARKED))],
                ),
            ),
            more={
                "sent": sent,
                "sent_words": sum_words(sent, desk.reader_of(request)),
                "states": SENT_STATES,
            },
        )

    page = ListPage(
        path="/drives",
        name="drives",
        words=N_("Drives"),
        template="drives.html",
        empty=EMPTY,
        are_cards=True,
    )
    add_list(router, desk, page, found, base)

    @router.get("/drives/drive")
    def drive(
        request: Request, drive_id: Annotated[str, Query(min_length=1, max_length=500)]
    ) -> Response:
        known = {own.drive_id: own for own in reader.drives()}
        if drive_id not in known:
            raise MissingError(f"Drive {drive_id}", "is not known (any more)")
        own, language = known[drive_id], desk.reader_of(request)
        return desk.show(
            request,
            "drive.html",
            drive=own,
            remarks=told_remarks(own.remarks, language),
            reasons=rejected_sums(reader.rejected(drive_id), language),
        )

    return router
