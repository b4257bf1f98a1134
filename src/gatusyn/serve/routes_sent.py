"""The drives that somebody sent: when one is whole, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from gatusyn.model import Permission, SentDrive, SentState, UploadError, Visitor
from gatusyn.pipeline import Intake
from gatusyn.serve.errors import ReadOnlyError
from gatusyn.serve.schemas_sent import CompleteIn, SentDriveOut, SentDrivePage, SentFileOut
from gatusyn.serve.visitor import needs
from gatusyn.store import Store

MOST_LISTED = 200

Sender = Annotated[Visitor, Depends(needs(Permission.SEND_DRIVES))]


def sent_routes(store: Store, intake: Intake | None) -> APIRouter:
    """Return the routes.

    Parameters
    ----------
    intake
        None where the service cannot write.
    """
    router = APIRouter(prefix="/api/v1/sent")

    @router.get("")
    def own_drives(sender: Sender) -> SentDrivePage:
        """List what you sent last (200 drives) and what became of it, the newest first."""
        drives = store.sent.drives(sender=sender.name, limit=MOST_LISTED)
        items = [sent_out(one) for one in drives]
        return SentDrivePage(total=len(items), items=items)

    @router.post("/complete")
    def complete(request: Request, said: CompleteIn, sender: Sender) -> SentDriveOut:
        """Say that all files of a drive have been sent; the answer is the receipt.

        A drive whose content was received before is received: the answer is that drive. Where
        ``checked`` is true, what came has the SHA-256 that you say it has, and your copy may go.
        """
        if intake is None:
            raise ReadOnlyError("This map", "is for looking only", "Serve the city's folder.")
        claimed = {one.name: (one.size, one.sha256) for one in said.files}
        if len(claimed) < len(said.files):
            raise UploadError(f"Drive {said.drive}", "lists a file twice", "List each once.")
        drive = intake.complete(sender.name, said.drive, claimed)
        request.state.about = f"{drive.key}, {len(drive.files)} files, {drive.size} bytes"
        return sent_out(as_sent_by(drive, sender.name, said.drive, claimed))

    return router


def as_sent_by(
    drive: SentDrive, sender: str, client_key: str, claimed: Mapping[str, tuple[int, str]]
) -> SentDrive:
    """Return a drive as its sender knows it: of another's with the same content, nothing is told.

    Parameters
    ----------
    claimed
        Size and SHA-256 of each of the sender's files, by name.
    """
    names: dict[tuple[int, str], list[str]] = {}
    for name, content in sorted(claimed.items(), reverse=True):
        names.setdefault(content, []).append(name)
    files = [
        replace(one, name=names[one.size, one.claimed].pop())
        for one in drive.files
        if names.get((one.size, one.claimed))
    ]
    if len(files) < len(drive.files):
        return drive
    is_own = drive.sender == sender
    return replace(
        drive,
        sender=sender,
        client_key=client_key,
        files=tuple(sorted(files, key=lambda one: one.name)),
        # English words may name a file of the other's.
        reason=drive.reason if is_own else "",
    )


NOT_SURE = (SentState.ARRIVING, SentState.ASIDE, SentState.REJECTED)
"""A copy is not to go for what was not all received, could not be read, or was thrown away."""


def sent_out(drive: SentDrive) -> SentDriveOut:
    """Return a sent drive as it goes over the wire."""
    return SentDriveOut(
        id=drive.key,
        drive=drive.client_key,
        state=drive.state,
        reason=drive.reason,
        cause=drive.cause.fault if drive.cause is not None else None,
        figures=dict(drive.cause.figures) if drive.cause is not None else {},
        received=drive.state is not SentState.ARRIVING,
        checked=drive.state not in NOT_SURE and drive.is_checked,
        began_s=drive.began_s,
        received_s=drive.completed_s,
        finished_s=drive.finished_s,
        destroyed_s=drive.destroyed_s,
        files=[
            SentFileOut(
                name=one.name,
                size=one.size,
                received=one.taken,
                sha256=one.sha256 or one.claimed,
                checked=one.is_checked,
            )
            for one in drive.files
        ],
    )
