"""Headers that keep a page to itself, and the gate that writing requests must pass."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatusyn.serve.errors import problem

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
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With none at all, browsers would send forms without saying where they come from.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")

LONG = "public, max-age=31536000, immutable"
"""For files whose names carry the hash of their content."""


class KnownNames:
    """ASGI middleware: answers only under the names that the service has.

    Parameters
    ----------
    hosts
        Names without a port; ``*`` is any.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does, or refuse the name."""
        if scope["type"] == "http" and "*" not in self._hosts:
            named = Headers(scope=scope).get("host", "").lower()
            host = named if named.endswith("]") else named.rpartition(":")[0] or named
            if host not in self._hosts:
                detail = "The service is not known under this name."
                await problem(HTTPStatus.BAD_REQUEST, detail)(scope, receive, send)
                return
        await self.app(scope, receive, send)


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


def is_this_machine(address: str) -> bool:
    """Say whether a service that listens on an address is reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
LONGEST_BODY = 16_384


class OwnPageWrites:
    """ASGI middleware: lets only the page that the service itself sent write.

    A page from elsewhere can make a browser send a request here, but not without saying where it
    comes from (``Origin``), and not as JSON unless this service agrees, which it never does.
    Whoever can reach the service can read its page: this is no log-in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a write that the service's own page did not send."""
        if scope["type"] == "http" and scope["method"] not in READING:
            refusal = refused(
                Headers(scope=scope),
                scheme=str(scope.get("scheme", "http")),
                path=str(scope["path"]),
            )
            if refusal is not None:
                await problem(*refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)


FORM = "application/x-www-form-urlencoded"


def refused(headers: Headers, *, scheme: str, path: str) -> tuple[int, str] | None:
    """Return the code and the words with which a write is refused; None if it may pass."""
    own = f"{scheme}://{headers.get('host', '')}"
    if (
        headers.get("origin") != own
        or headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        return HTTPStatus.FORBIDDEN, "Only Gatusyn's own page may change anything here."
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    # The pages' forms; for what is written as JSON a form stays out, as other sites can send it.
    is_form = kind == FORM and not path.startswith(("/api/", "/ogc", "/tiles/"))
    if kind != "application/json" and not is_form:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A change must be sent as JSON."
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        return HTTPStatus.LENGTH_REQUIRED, "A change must say how long it is."
    if int(length[:12]) > LONGEST_BODY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A change has at most {LONGEST_BODY} bytes."
    return None
