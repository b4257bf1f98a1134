"""What the tus protocol (version 1.0.0) says in its headers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Coroutine, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from gatusyn.model import GatusynError, SentFile
from gatusyn.serve.errors import QueryError, on_own, problem

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,checksum,termination,expiration"
CHECKSUM_MISMATCH: Final = 460
_LONGEST_NUMBER: Final = 15
_SHA256_BYTES: Final = 32


class TusRoute(APIRoute):
    """A route whose answers, faults too, say which version of the protocol they are of."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            # A file comes in many requests: the audit log has the drive, once.
            request.state.is_part = True
            told = request.headers.get("tus-resumable", VERSION)
            response: Response
            if told != VERSION and request.method != "OPTIONS":
                response = problem(
                    HTTPStatus.PRECONDITION_FAILED, f"This service speaks tus {VERSION}."
                )
                response.headers["Tus-Version"] = VERSION
            else:
                try:
                    response = await answer(request)
                except GatusynError as error:
                    response = await on_own(request, error)
            response.headers["Tus-Resumable"] = VERSION
            response.headers["Cache-Control"] = "no-store"
            return response

        return answered


def count_in(headers: Headers, name: str) -> int:
    """Return a header that is a number of bytes.

    Raises
    ------
    QueryError
        If it is not there, or none.
    """
    text = headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise QueryError(name.title(), "is no number of bytes", "Send it as a whole number.")
    return int(text)


def metadata_in(headers: Headers) -> Mapping[str, str]:
    """Return the texts in ``Upload-Metadata``.

    Raises
    ------
    QueryError
        If it cannot be read.
    """
    found = {}
    try:
        for pair in filter(None, headers.get("upload-metadata", "").split(",")):
            name, _, value = pair.strip().partition(" ")
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise QueryError(
            "Upload-Metadata", "cannot be read", "Send names with their values in base64."
        ) from error
    return found


def checksum_in(headers: Headers) -> bytes | None:
    """Return the SHA-256 in ``Upload-Checksum``; None if none is sent.

    Raises
    ------
    QueryError
        If it is another kind, or none.
    """
    told = headers.get("upload-checksum")
    if told is None:
        return None
    kind, _, value = told.strip().partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if kind.lower() != "sha256" or len(digest) != _SHA256_BYTES:
        raise QueryError("Upload-Checksum", "is no SHA-256", "Send `sha256` and it in base64.")
    return digest


def state_of(file: SentFile) -> dict[str, str]:
    """Return the headers that say how far a file has come."""
    expires = {} if file.is_whole else {"Upload-Expires": formatdate(file.expires_s, usegmt=True)}
    return {"Upload-Offset": str(file.taken), "Upload-Length": str(file.size), **expires}
