"""The list of findings for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from gatusyn.model import DamageKind, FindingState, Permission
from gatusyn.serve.answers import finding_out
from gatusyn.serve.ogc import box_in_metres, read_box, read_moments
from gatusyn.serve.past import month_end_s
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Month, Offset
from gatusyn.serve.schemas import FindingPage
from gatusyn.serve.selection import Selection, selection_of
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol_lookup import FindingFilter, FindingOrder

NOWHERE = (float("inf"),) * 4
"""A box that nothing touches."""


def finding_list_routes(reader: CityReader) -> APIRouter:
    """Return the route of the list."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(whole_town(Permission.SEE_TOWN))])

    @router.get("/findings")
    def findings(
        *,
        kind: Annotated[list[DamageKind] | None, Query(description="may be repeated")] = None,
        state: Annotated[list[FindingState] | None, Query(description="may be repeated")] = None,
        severity: Annotated[
            list[Annotated[int, Query(ge=1, le=3)]] | None, Query(description="1 to 3")
        ] = None,
        bbox: Annotated[
            str | None, Query(max_length=200, description="west,south,east,north in degrees")
        ] = None,
        stretch: Annotated[
            str | None, Query(alias="datetime", max_length=80, description="a day, or FROM/TO")
        ] = None,
        at: Month = None,
        selection: Annotated[Selection, Depends(selection_of)],
        order: FindingOrder = FindingOrder.ID,
        falling: Annotated[bool, Query(description="the most first")] = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Offset = 0,
    ) -> FindingPage:
        """List findings by kind, state, severity, place and time; those that ended, too.

        With a month: those that were known to be there at its end.
        """
        layout = reader.index().layout
        box, moments = read_box(bbox), read_moments(stretch)
        within = None if box is None else box_in_metres(box, layout)
        wanted = FindingFilter(
            kinds=kind or (),
            states=state or (),
            severities=severity or (),
            box=NOWHERE if box is not None and within is None else within,
            since_s=moments.since_s,
            until_s=moments.until_s,
            links=selection.links(layout),
            at_s=None if at is None else month_end_s(at),
        )
        total, page = reader.list_findings(
            wanted, order=order, falling=falling, limit=limit, offset=offset
        )
        items = [finding_out(own, layout.projection) for own in page]
        return FindingPage(total=total, limit=limit, offset=offset, items=items)

    return router
