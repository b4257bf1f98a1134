"""One connection at a time goes on with a file; a newcomer has the former one let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from typing import Final

from starlette.types import Receive

from gatusyn.serve.errors import LockedError

WAIT_S: Final = 10.0
"""A connection lets go within this, or the newcomer is refused."""

STALL_S: Final = 8.0
"""A connection of which nothing came for so long is taken for dead."""


class Turn:
    """The right to go on with a file.

    Attributes
    ----------
    wanted
        Set when somebody else wants it.
    over
        Set when it is given back.
    """

    def __init__(self) -> None:
        self.wanted, self.over = asyncio.Event(), asyncio.Event()


class Turns:
    """Who goes on with which file."""

    def __init__(self) -> None:
        self._held: dict[str, Turn] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Turn]:
        """Have whoever holds a file's turn let go, and hold it.

        Raises
        ------
        LockedError
            If they do not let go within ``WAIT_S``.
        """
        while (held := self._held.get(name)) is not None:
            held.wanted.set()
            try:
                await asyncio.wait_for(held.over.wait(), WAIT_S)
            except TimeoutError as error:
                raise LockedError(
                    "This file", "is being sent by another connection", "Try again soon."
                ) from error
        own = self._held[name] = Turn()
        try:
            yield own
        finally:
            del self._held[name]
            own.over.set()


class End(Enum):
    """How a body ended."""

    WHOLE = "whole"
    CUT = "cut"
    """The client went away."""
    WANTED = "wanted"
    """Somebody else wants the turn."""
    STALLED = "stalled"


class Body:
    """A request's body, piece by piece, for as long as it comes and nobody else wants the turn.

    Parameters
    ----------
    receive
        The request's.
    turn
        The turn that is held for it.
    """

    def __init__(self, receive: Receive, turn: Turn) -> None:
        self._receive, self._turn = receive, turn
        self.end = End.CUT

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield what comes; ``end`` then says why no more does."""
        wanted = asyncio.ensure_future(self._turn.wanted.wait())
        try:
            while True:
                coming = asyncio.ensure_future(self._receive())
                done, _ = await asyncio.wait(
                    {coming, wanted}, timeout=STALL_S, return_when=asyncio.FIRST_COMPLETED
                )
                if coming not in done:
                    coming.cancel()
                    with suppress(asyncio.CancelledError):
                        await coming
                    self.end = End.WANTED if wanted in done else End.STALLED
                    return
                message = coming.result()
                if message["type"] != "http.request":
                    self.end = End.CUT
                    return
                yield message.get("body", b"")
                if not message.get("more_body", False):
                    self.end = End.WHOLE
                    return
        finally:
            wanted.cancel()
