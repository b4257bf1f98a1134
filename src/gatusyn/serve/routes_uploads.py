"""Takes files piece by piece, by the tus protocol (https://tus.io/protocols/resumable-upload).

It is our own, as libraries write what comes to the disk as it is: see docs/adr/0021.
"""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from gatusyn.model import (
    Permission,
    SentFile,
    UploadConflictError,
    UploadTooLargeError,
    Visitor,
)
from gatusyn.pipeline import Intake, Receiving
from gatusyn.serve.errors import MissingError, QueryError, ReadOnlyError, problem
from gatusyn.serve.security import FOOTAGE, UPLOADS, kind_of
from gatusyn.serve.turns import Body, End, Turn, Turns
from gatusyn.serve.tus import (
    CHECKSUM_MISMATCH,
    EXTENSIONS,
    VERSION,
    TusRoute,
    checksum_in,
    count_in,
    metadata_in,
    state_of,
)
from gatusyn.serve.visitor import needs

if TYPE_CHECKING:
    from hashlib import _Hash

Sender = Annotated[Visitor, Depends(needs(Permission.SEND_DRIVES))]
TOGETHER_BYTES: Final = 256 * 1024
"""Encrypted and written together: no more of a file than this is in memory."""

LONGEST_ID: Final = 64

COMMIT_BYTES: Final = 8 * 2**20
"""A body without a checksum is acknowledged this often: a killed service loses no more."""


def upload_routes(intake: Intake | None) -> APIRouter:
    """Return the routes.

    Parameters
    ----------
    intake
        None where the service cannot write.
    """
    router = APIRouter(prefix=UPLOADS, route_class=TusRoute, include_in_schema=False)
    uploads = Uploads(intake)
    router.add_api_route("", uploads.abilities, methods=["OPTIONS"])
    router.add_api_route("", uploads.begin, methods=["POST"])
    router.add_api_route("/{upload_id}", uploads.offset, methods=["HEAD"])
    router.add_api_route("/{upload_id}", uploads.add, methods=["PATCH"])
    router.add_api_route("/{upload_id}", uploads.end, methods=["DELETE"])
    return router


class Uploads:
    """What the routes do.

    Parameters
    ----------
    intake
        None where the service cannot write.
    """

    def __init__(self, intake: Intake | None) -> None:
        self._intake = intake
        self._turns = Turns()

    def abilities(self, _: Sender) -> Response:
        """Say what is understood, and how large a file may be."""
        headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS}
        headers |= {"Tus-Checksum-Algorithm": "sha256"}
        headers |= {"Tus-Max-Size": str(self._own().largest_bytes)}
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)

    async def begin(self, request: Request, sender: Sender) -> Response:
        """Make a place for a file, or say where it is."""
        own = self._own()
        size, told = count_in(request.headers, "upload-length"), metadata_in(request.headers)
        if lacking := sorted({"drive", "filename"} - told.keys()):
            raise QueryError("Upload-Metadata", f"lacks {lacking[0]}", "Send both.")
        file, is_new = await run_in_threadpool(
            own.begin,
            sender.name,
            told["drive"],
            told["filename"],
            size,
            sha256=told.get("sha256", ""),
        )
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        headers = {"Location": f"{UPLOADS}/{file.upload_id}", **state_of(file)}
        return Response(status_code=status, headers=headers)

    async def offset(self, upload_id: str, sender: Sender) -> Response:
        """Say how far a file has come; a connection that still sends it has to let go."""
        await self._known(upload_id, sender)
        async with self._turns.turn(upload_id):
            file = await self._known(upload_id, sender)
        return Response(status_code=HTTPStatus.OK, headers=state_of(file))

    async def add(self, request: Request, upload_id: str, sender: Sender) -> Response:
        """Take the next bytes of a file."""
        if kind_of(request.headers) != FOOTAGE:
            return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send it as {FOOTAGE}.")
        begins_at = count_in(request.headers, "upload-offset")
        checksum = checksum_in(request.headers)
        await self._known(upload_id, sender)
        async with self._turns.turn(upload_id) as turn:
            file = await self._known(upload_id, sender)
            _require_fits(request, file, begins_at)
            if file.is_whole:
                return Response(status_code=HTTPStatus.NO_CONTENT, headers=state_of(file))
            receiving = await run_in_threadpool(self._own().receive, file)
            with receiving:
                return await _take(request, receiving, turn, checksum)

    async def end(self, request: Request, upload_id: str, sender: Sender) -> Response:
        """Destroy what has come of a file."""
        # No later request tells the audit log of it.
        request.state.is_part = False
        request.state.about = upload_id[:LONGEST_ID]
        await self._known(upload_id, sender)
        async with self._turns.turn(upload_id):
            file = await self._known(upload_id, sender)
            request.state.about = f"{upload_id}, {file.taken} of {file.size} bytes"
            if not await run_in_threadpool(self._own().remove, file):
                raise UploadConflictError(
                    file.name,
                    "is of a drive that is whole",
                    "It is destroyed when it has been looked at.",
                )
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _own(self) -> Intake:
        if self._intake is None:
            raise ReadOnlyError("This map", "is for looking only", "Serve the city's folder.")
        return self._intake

    async def _known(self, upload_id: str, sender: Visitor) -> SentFile:
        file = await run_in_threadpool(self._own().file, upload_id, sender.name)
        if file is None:
            raise MissingError("This file", "is not known (any more)", "Begin it anew.")
        return file


def _require_fits(request: Request, file: SentFile, begins_at: int) -> None:
    if begins_at != file.taken:
        raise UploadConflictError(
            file.name, f"has come as far as {file.taken} bytes, not {begins_at}", "Go on there."
        )
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and begins_at + int(length[:15]) > file.size:
        raise UploadTooLargeError(
            file.name, f"has more than {file.size} bytes", "Say how many it has."
        )


async def _take(
    request: Request, receiving: Receiving, turn: Turn, checksum: bytes | None
) -> Response:
    """Take a body: all that comes of it, or with a checksum all or nothing."""
    body, digest = Body(request.receive, turn), hashlib.sha256()
    try:
        await _add(body, receiving, digest, is_all_or_nothing=checksum is not None)
        is_it = checksum is None or hmac.compare_digest(digest.digest(), checksum)
        if checksum is not None and not (is_it and body.end is End.WHOLE):
            await run_in_threadpool(receiving.drop)
        file = await run_in_threadpool(receiving.commit)
    except Exception:
        # Nothing of it is acknowledged, and the disk may need the room.
        await run_in_threadpool(receiving.drop)
        raise
    if body.end is End.WHOLE and is_it:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=state_of(file))
    if body.end is End.WHOLE:
        return _mismatch()
    answer = problem(
        HTTPStatus.REQUEST_TIMEOUT, "The connection stood still, or another one goes on with it."
    )
    answer.headers.update(state_of(file))
    return answer


async def _add(body: Body, receiving: Receiving, digest: _Hash, *, is_all_or_nothing: bool) -> None:
    """Have what comes encrypted and written, a little at a time."""
    held, since = bytearray(), 0
    async for piece in body.pieces():
        held += piece
        if len(held) >= TOGETHER_BYTES:
            data = bytes(held)
            held.clear()
            await run_in_threadpool(receiving.add, data)
            digest.update(data)
            since += len(data)
        if since >= COMMIT_BYTES and not is_all_or_nothing:
            await run_in_threadpool(receiving.commit)
            since = 0
    await run_in_threadpool(receiving.add, bytes(held))
    digest.update(held)


def _mismatch() -> Response:
    content = {
        "type": "about:blank",
        "title": "Checksum Mismatch",
        "status": CHECKSUM_MISMATCH,
        "detail": "What came is not what was sent: nothing of it was taken.",
        "remedy": "Send it again.",
    }
    return JSONResponse(content, CHECKSUM_MISMATCH, media_type="application/problem+json")
