"""JSON that has not changed is not sent again."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = ("application/json", "application/geo+json")
LARGEST_BYTES = 16_000_000
"""Longer answers are passed on as they come."""


class JsonTags:
    """ASGI middleware: gives JSON answers to GET a tag of their content, and heeds it.

    The tag is weak: the same content may come compressed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does, or that nothing has changed."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_tagged(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                more = bool(message.get("more_body", False))
                if not more or len(body) > LARGEST_BYTES:
                    held, start = start, None
                    await _answer(held, bytes(body), known, send, more=more)

        await self.app(scope, receive, hold)


def _is_tagged(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").split(";")[0]
    stored = headers.get("cache-control", "")
    return start["status"] == HTTPStatus.OK and kind in KINDS and "no-store" not in stored


async def _answer(start: Message, body: bytes, known: str, send: Send, *, more: bool) -> None:
    if not more:
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = MutableHeaders(scope=start)
        headers.setdefault("ETag", tag)
        if matches(headers["etag"], known):
            start["status"] = HTTPStatus.NOT_MODIFIED
            del headers["content-length"], headers["content-type"]
            body = b""
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": more})


def matches(tag: str, known: str) -> bool:
    """Say whether a tag is among those of ``If-None-Match``, compared weakly (RFC 9110)."""
    named = {one.strip().removeprefix("W/") for one in known.split(",")}
    return "*" in named or tag.removeprefix("W/") in named
