"""Headers that keep a page to itself: no foreign script, frame, font or request."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")

LONG = "public, max-age=31536000, immutable"
"""For files whose names carry the hash of their content."""


def hosts_for(address: str) -> tuple[str, ...]:
    """Return the names under which a service that listens on an address may be addressed.

    A service for this machine answers to this machine's names only: a page from elsewhere cannot
    read the town by pointing its own name here. One that listens everywhere answers to any name.
    """
    if address in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
        return ("*",)
    named = f"[{address}]" if ":" in address else address
    return tuple(dict.fromkeys((*LOCAL_HOSTS, named)))


class SecurityHeaders:
    """ASGI middleware: adds the headers to every answer, and says what may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does, with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asset = str(scope["path"]).startswith("/assets/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                kept = LONG if asset and message["status"] in (200, 206, 304) else "no-cache"
                headers.setdefault("Cache-Control", kept)
            await send(message)

        await self.app(scope, receive, send_with_headers)
