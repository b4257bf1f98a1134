"""The page on which a driver sends drives, and sees what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from gatusyn.model import Permission, SentDrive, SentState, Visitor
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.navigation import N_, NN_
from gatusyn.serve.pages.reader import Reader
from gatusyn.serve.visitor import needs
from gatusyn.store import SentBook, Store

Sender = Annotated[Visitor, Depends(needs(Permission.SEND_DRIVES))]
MOST_SHOWN = 50

SENT_STATES: Mapping[SentState, str] = {
    SentState.ARRIVING: N_("being sent"),
    SentState.WAITING: N_("received, waits"),
    SentState.WORKING: N_("being looked at"),
    SentState.INSPECTED: N_("inspected"),
    SentState.REJECTED: N_("not used"),
    SentState.ASIDE: N_("put aside"),
}
COME_IN = NN_("%(count)s drive has come in", "%(count)s drives have come in")
SENT_COUNTS: Mapping[SentState, tuple[str, str]] = {
    SentState.WAITING: NN_("%(count)s waits", "%(count)s wait"),
    SentState.WORKING: NN_("%(count)s is being looked at", "%(count)s are being looked at"),
    SentState.INSPECTED: NN_("%(count)s is inspected", "%(count)s are inspected"),
    SentState.REJECTED: NN_("%(count)s is not used", "%(count)s are not used"),
    SentState.ASIDE: NN_("%(count)s is put aside", "%(count)s are put aside"),
}
_OPEN = (SentState.WAITING, SentState.WORKING, SentState.ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSum:
    """How many drives came whole, and what became of them: they add up.

    Parameters
    ----------
    received
        All that came whole.
    by_state
        How many are where.
    shown
        Those that are not inspected, the newest first.
    """

    received: int
    by_state: Mapping[SentState, int]
    shown: Sequence[SentDrive]


def sum_of(book: SentBook) -> SentSum:
    """Return what became of sent drives."""
    counts = book.counts()
    whole: dict[SentState, int] = {
        state: count for state, count in counts.items() if state is not SentState.ARRIVING
    }
    waiting = book.drives(states=_OPEN, limit=MOST_SHOWN)
    rejected = book.drives(states=[SentState.REJECTED], limit=MOST_SHOWN)
    return SentSum(
        received=sum(whole.values()),
        by_state=whole,
        shown=(*waiting, *rejected)[:MOST_SHOWN],
    )


def sum_words(sent: SentSum, reader: Reader) -> str:
    """Return what became of sent drives as a sentence whose numbers add up."""
    parts = [
        reader.say_number(SENT_COUNTS[state], count)
        for state, count in sent.by_state.items()
        if count
    ]
    return f"{reader.say_number(COME_IN, sent.received)}: {reader.formats.listed(parts)}."


def send_pages(desk: Desk, store: Store, *, takes: bool) -> APIRouter:
    """Return the route of the page.

    Parameters
    ----------
    takes
        Whether the service takes footage.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/send")
    def send(request: Request, sender: Sender) -> Response:
        drives = store.sent.drives(sender=sender.name, limit=MOST_SHOWN)
        return desk.show(
            request,
            "send.html",
            drives=drives,
            states=SENT_STATES,
            takes=takes,
        )

    return router
