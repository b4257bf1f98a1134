"""What is uncertain, and what people say of it, for programs."""

from __future__ import annotations

import time
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from gatusyn.model import DamageKind, FindingState, Permission, Verdict, VerdictKind, Visitor
from gatusyn.pipeline import say_of_finding
from gatusyn.serve.answers import finding_out
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import QueryError, ReadOnlyError
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Offset
from gatusyn.serve.schemas import FindingPage
from gatusyn.serve.schemas_review import VerdictIn, VerdictOut
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol_lookup import FindingFilter, FindingOrder

UNCERTAIN_BELOW = 0.75
"""Findings of less confidence are put to people, the least certain first."""

Below = Annotated[float, Query(ge=0.0, le=1.0, description="of a confidence less than this")]
Reviewing = Annotated[Visitor, Depends(whole_town(Permission.REVIEW))]


class Judge:
    """Notes what people say of findings, one at a time: each changes what is derived.

    Parameters
    ----------
    town
        Gives the city; None for a map without its city's folder: nothing can be said there.
    """

    def __init__(self, town: CityNow | None) -> None:
        self._town = town
        self._lock = Lock()

    def say(
        self,
        finding_id: str,
        verdict: VerdictKind,
        *,
        why: str,
        by: str,
        said_kind: DamageKind | None = None,
    ) -> Verdict:
        """Note a verdict and derive what depends on it.

        Raises
        ------
        FindingError
            If there is no such finding.
        QueryError
            If another kind is meant and not said, or the other way round.
        ReadOnlyError
            If the service cannot write.
        """
        if self._town is None:
            raise ReadOnlyError("This map", "is for looking only", "Serve the city's folder.")
        if (verdict is VerdictKind.OTHER_KIND) != (said_kind is not None):
            raise QueryError(
                "said_kind", "goes with other_kind, and only with it", "Say which kind it is."
            )
        with self._lock:
            return say_of_finding(
                self._town.now(),
                finding_id,
                verdict,
                why=why,
                by=by,
                now_s=time.time(),
                said_kind=said_kind,
            )


def queue_filter(below: float) -> FindingFilter:
    """Return what is put to people: what is there, uncertain, and not judged yet."""
    there = (FindingState.NEW, FindingState.CONFIRMED)
    return FindingFilter(states=there, below=below, is_unjudged=True)


def verdict_routes(reader: CityReader, judge: Judge) -> APIRouter:
    """Return the routes of the queue and of verdicts."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/review", dependencies=[Depends(whole_town(Permission.REVIEW))])
    def queue(
        below: Below = UNCERTAIN_BELOW,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Offset = 0,
    ) -> FindingPage:
        """List what the machine is unsure of and nobody has judged, the least certain first."""
        projection = reader.index().layout.projection
        total, page = reader.list_findings(
            queue_filter(below), order=FindingOrder.UNCERTAIN, limit=limit, offset=offset
        )
        items = [finding_out(own, projection) for own in page]
        return FindingPage(total=total, limit=limit, offset=offset, items=items)

    @router.post("/finding/verdict")
    def verdict(said: VerdictIn, visitor: Reviewing) -> VerdictOut:
        """Say that a finding is right, wrong or of another kind, or take that back."""
        noted = judge.say(
            said.finding_id, said.verdict, why=said.why, by=visitor.name, said_kind=said.said_kind
        )
        return VerdictOut(
            number=noted.number,
            finding_id=noted.finding_id,
            verdict=noted.verdict,
            said_kind=noted.said_kind,
            said_s=noted.said_s,
        )

    return router
