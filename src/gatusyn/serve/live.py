"""News as it comes, to every page that listens (server-sent events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from gatusyn.model import News, NewsKind, Permission, Visitor
from gatusyn.serve.visitor import needs
from gatusyn.store import Store

ASKED_EACH_S = 1.0
"""How often the store is asked: what is told is written once a second."""

LONGEST_S = 300.0
"""Then the page connects anew and shows again that it may listen."""

RECENT_S = 120.0
"""Who comes without a number gets what was told this long ago."""

AT_ONCE = 500
RETRY_MS = 2000
LARGEST_NUMBER = 2**53


def live_routes(store: Store) -> APIRouter:
    """Return the route of the news."""
    router = APIRouter()

    @router.get("/api/v1/live", response_class=EventSourceResponse)
    async def live(
        visitor: Annotated[Visitor, Depends(needs(Permission.SEE_TOWN))],
        last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST_NUMBER)] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """News as it comes: each event has its kind, its number and what there is to say as JSON.

        Who comes back with the number of the last event gets all that was told since, or ``reload``
        if some of it has gone meanwhile.
        """
        # What lies outside a contractor's areas is not theirs to hear of.
        kinds = (NewsKind.FINDINGS_CHANGED,) if visitor.areas is not None else tuple(NewsKind)
        async for event in events(store, last_event_id, kinds, longest_s=LONGEST_S):
            yield event

    return router


async def events(
    store: Store, known: int | None, kinds: tuple[NewsKind, ...], *, longest_s: float
) -> AsyncIterator[ServerSentEvent]:
    """Yield what was told after a piece of news, then what is told from now on.

    Parameters
    ----------
    known
        The number of the last piece that is known; None for the last two minutes.
    longest_s
        Then it ends; who listens is to ask anew.
    """
    until_s, changes = time.monotonic() + longest_s, ""
    recent_s = time.time() - RECENT_S
    number = (
        await run_in_threadpool(store.news.newest, before_s=recent_s) if known is None else known
    )
    yield ServerSentEvent(comment="news", retry=RETRY_MS)
    if known is not None and await run_in_threadpool(store.news.lost_after, number):
        number = await run_in_threadpool(store.news.newest)
        yield ServerSentEvent(event="reload", data={}, id=str(number))
    while time.monotonic() < until_s:
        # Asked before the news is: what is told in between is found the next time.
        now = await run_in_threadpool(store.lookup.changes)
        if now != changes:
            found = await run_in_threadpool(store.news.after, number, limit=AT_ONCE, kinds=kinds)
            for one in found:
                yield event_of(one)
                number = one.number
            if len(found) == AT_ONCE:
                continue
            changes = now
        await asyncio.sleep(ASKED_EACH_S)


def event_of(news: News) -> ServerSentEvent:
    """Return a piece of news as it is sent."""
    about = {"time_s": round(news.time_s, 3), **news.about}
    return ServerSentEvent(event=news.kind.value, data=about, id=str(news.number))
