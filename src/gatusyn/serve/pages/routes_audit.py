"""The audit log: who did what, the newest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from gatusyn.model import AuditEntry, Permission
from gatusyn.serve.audit import AuditLog
from gatusyn.serve.pages.about_words import about_of
from gatusyn.serve.pages.asked import Words, day_start_s
from gatusyn.serve.pages.deeds import deed_of
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.lists import (
    Column,
    Filter,
    FilterKind,
    Kind,
    Listing,
    Part,
    address,
    export_list,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.reader import Reader
from gatusyn.serve.pages.sheets import SheetKind
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol import Store

Before = Annotated[int | None, Query(ge=0, le=2**53)]

FAILED = re.compile(r"failed \((\d+)\)")
AT_MACHINE = " (at the machine)"
"""What the commands put after a name."""
HERE = N_("%(who)s (on the server)")
OUTCOMES = {"done": N_("done"), "refused": N_("refused")}


def outcome_of(entry: AuditEntry) -> str:
    """Return what became of it, in words that are translated."""
    return N_("failed") if FAILED.fullmatch(entry.outcome) else entry.outcome


def code_of(entry: AuditEntry) -> str | None:
    """Return the HTTP code with which it failed."""
    found = FAILED.fullmatch(entry.outcome)
    return found[1] if found else None


def who_of(entry: AuditEntry, say: Callable[[str], str]) -> str | None:
    """Return who did it, in the visitor's language where it was on the server itself."""
    name, found, rest = entry.who.partition(AT_MACHINE)
    return say(HERE) % {"who": name} if found and not rest else entry.who or None


def entry_columns(reader: Reader, treatments: Mapping[str, str]) -> Sequence[Column[AuditEntry]]:
    """Return the columns of the log."""
    say = reader.say
    return (
        Column(
            key="when",
            words=N_("When"),
            value=lambda row: row.time_s,
            kind=Kind.MOMENT,
            is_sortable=False,
        ),
        Column(key="who", words=N_("Who"), value=lambda row: who_of(row, say), is_sortable=False),
        Column(key="what", words=N_("What"), value=deed_of, kind=Kind.WORD, is_sortable=False),
        Column(
            key="about",
            words=N_("About what"),
            value=lambda row: about_of(row, reader, treatments),
            is_sortable=False,
        ),
        Column(
            key="outcome", words=N_("Outcome"), value=outcome_of, kind=Kind.WORD, is_sortable=False
        ),
        Column(key="code", words=N_("Code"), value=code_of, is_sortable=False),
        Column(key="request", words=N_("Request"), value=lambda row: row.what, is_sortable=False),
    )


def audit_pages(
    desk: Desk, store: Store, audit: AuditLog | None, base: Callable[[Request], str]
) -> APIRouter:
    """Return the routes of the audit log."""
    router = APIRouter(
        prefix="/audit",
        dependencies=[Depends(whole_town(Permission.SEE_AUDIT))],
        include_in_schema=False,
    )

    treatments = {own.name: own.swedish for own in desk.settings.economy.treatments_in_use}

    def found(who: str, since: str, before: int | None, limit: int) -> Sequence[AuditEntry]:
        since_s = day_start_s("since", since)
        if audit is not None:
            audit.flush()
        return store.accounts.entries(
            since_s=since_s, who=who.strip() or None, before=before, limit=limit
        )

    @router.get("")
    def entries(
        request: Request, query: Part, who: Words = "", since: Words = "", before: Before = None
    ) -> Response:
        rows = found(who, since, before, query.size + 1)
        shown = rows[: query.size]
        return desk.show(
            request,
            "audit.html",
            columns=entry_columns(desk.reader_of(request), treatments),
            rows=shown,
            older=shown[-1].number if len(rows) > query.size else None,
            before=before,
            table={
                "path": request.url.path,
                "filters": (
                    Filter(name="who", words=N_("Account"), value=who),
                    Filter(name="since", words=N_("From"), kind=FilterKind.DATE, value=since),
                ),
            },
            path=request.url.path,
            address=lambda **changes: address(request, **changes),
        )

    @router.get("/export.{kind}")
    def entries_file(
        request: Request, kind: SheetKind, who: Words = "", since: Words = ""
    ) -> Response:
        def rows(offset: int, limit: int) -> Sequence[AuditEntry]:
            return found(who, since, None, offset + limit)[offset:]

        # All of them, up to the longest file; how many they are in all is not asked.
        listing = Listing(total=0, rows=rows)
        columns = entry_columns(desk.reader_of(request), treatments)
        return export_list(desk, request, columns, listing, kind, name="audit", base=base(request))

    return router
