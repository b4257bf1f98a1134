"""Notes who did what: every change, every look at a picture, and every log-in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from threading import Event, Lock, Thread

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatusyn.model import AuditEntry, GatusynError
from gatusyn.serve.answers import PICTURES_PATH
from gatusyn.serve.security import READING
from gatusyn.serve.telemetry import route_of
from gatusyn.store import AccountBook

WAIT_S = 2.0
"""Looks at pictures are written together, this often at least."""

MOST_WAITING = 200

LOG = logging.getLogger("gatusyn.audit")


class AuditLog:
    """Writes to a town's audit log: changes at once, looks in batches.

    Parameters
    ----------
    accounts
        The town's book.
    addresses
        Whether the clients' addresses are noted.
    """

    def __init__(
        self,
        accounts: AccountBook,
        *,
        addresses: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._accounts = accounts
        self._addresses = addresses
        self._clock = clock
        self._lock = Lock()
        self._writing = Lock()
        self._waiting: list[AuditEntry] = []
        self._wanted = Event()
        self._thread: Thread | None = None

    def entry(
        self, who: str, what: str, about: str = "", outcome: str = "done", *, client: str = ""
    ) -> AuditEntry:
        """Return an entry of this moment."""
        address = client if self._addresses and client else None
        return AuditEntry(
            time_s=self._clock(), who=who, what=what, about=about, outcome=outcome, address=address
        )

    def note(self, entry: AuditEntry) -> None:
        """Write an entry now, after those that wait.

        A fault of the store is logged: what was done is done.
        """
        with self._lock:
            self._waiting.append(entry)
        self._try_to_write()

    def note_soon(self, entry: AuditEntry) -> None:
        """Write an entry within ``WAIT_S``."""
        with self._lock:
            self._waiting.append(entry)
            many = len(self._waiting) >= MOST_WAITING
            if self._thread is None:
                self._thread = Thread(target=self._keep_writing, name="audit", daemon=True)
                self._thread.start()
        if many:
            self._wanted.set()

    def flush(self) -> None:
        """Write what waits.

        Raises
        ------
        StoreError
            If it cannot be written; it goes on waiting.
        """
        with self._writing:
            with self._lock:
                batch, self._waiting = self._waiting, []
            if not batch:
                return
            try:
                self._accounts.note(batch)
            except BaseException:
                with self._lock:
                    self._waiting = batch + self._waiting
                raise

    def _try_to_write(self) -> None:
        try:
            self.flush()
        except GatusynError:
            LOG.exception("the audit log could not be written")

    def _keep_writing(self) -> None:
        while True:
            self._wanted.wait(WAIT_S)
            self._wanted.clear()
            self._try_to_write()
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return


class Audited:
    """ASGI middleware: notes changes before they are answered, and looks at pictures."""

    def __init__(self, app: ASGIApp, log: AuditLog) -> None:
        self.app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does."""
        visitor = scope.get("state", {}).get("visitor")
        if scope["type"] != "http" or visitor is None or not visitor.name:
            await self.app(scope, receive, send)
            return
        writes = scope["method"] not in READING
        looks = scope["method"] == "GET" and scope["path"].startswith(PICTURES_PATH)

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = int(message["status"])
                # A drive is noted once, when all of it has come.
                is_part = bool(scope["state"].get("is_part")) and status not in REFUSALS
                if writes and not is_part:
                    await run_in_threadpool(self._log.note, self._entry(scope, status))
                elif looks or status in REFUSALS:
                    self._log.note_soon(self._entry(scope, status))
            await send(message)

        await self.app(scope, receive, send_noted)

    def _entry(self, scope: Scope, status: int) -> AuditEntry:
        outcome = "done" if status < HTTPStatus.BAD_REQUEST else f"failed ({status})"
        if status in REFUSALS:
            outcome = "refused"
        return self._log.entry(
            scope["state"]["visitor"].name,
            f"{scope['method']} {route_of(scope)}",
            str(scope["state"].get("about", "")),
            outcome,
            client=client_of(scope),
        )


REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def client_of(scope: Scope) -> str:
    """Return where a request comes from, as the server (told by a trusted proxy) knows it."""
    client = scope.get("client")
    return str(client[0]) if client else ""
