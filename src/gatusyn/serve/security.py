"""Headers that keep a page to itself, and the gate that writing requests must pass."""

from __future__ import annotations

import hmac
from collections.abc import Container, Sequence
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatusyn.model import FormFault
from gatusyn.serve.errors import QueryError, problem, told

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
    # With no-referrer a form would be sent without saying where it comes from.
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
LISTS = "/api/v1/sent/complete"
"""Where a list of a drive's files is sent: a thousand photos are more than a form."""

LONGEST_LIST = 2**20
MOST_FIELDS = 1000
UPLOADS = "/api/v1/uploads"
FOOTAGE = "application/offset+octet-stream"
FORM = "application/x-www-form-urlencoded"
CSRF_HEADER, CSRF_FIELD = "x-csrf-token", "csrf_token"


class OwnPageWrites:
    """ASGI middleware: lets only the page that the service itself sent write.

    A page from elsewhere can make a browser send a request here, but not without saying where it
    comes from (``Origin``), and not as JSON unless this service agrees, which it never does. A form
    must also bring what only a page of the same log-in has been told (``csrf_token``, in the form
    or as ``X-CSRF-Token``). A program that shows a token of its own has no browser to be misled.

    Parameters
    ----------
    public_address
        Where visitors reach the service through a proxy, if one stands before it.
    """

    def __init__(self, app: ASGIApp, public_address: str | None = None) -> None:
        self.app = app
        parts = urlsplit(public_address or "")
        self._public = f"{parts.scheme}://{parts.netloc}" if public_address else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a write that the service's own page did not send."""
        if scope["type"] != "http" or scope["method"] in READING:
            await self.app(scope, receive, send)
            return
        headers, state = Headers(scope=scope), scope.get("state", {})
        by_token = bool(state.get("by_token"))
        origins = {f"{scope.get('scheme', 'http')}://{headers.get('host', '')}", self._public}
        is_old = False
        refusal = None if by_token else refused_origin(headers, origins - {None})
        refusal = refusal or refused_body(headers, scope["method"], path=str(scope["path"]))
        if refusal is None and not by_token and kind_of(headers) == FORM:
            sent = headers.get(CSRF_HEADER)
            if sent is None:
                body = await read_body(receive)
                sent, receive = field_of(body, CSRF_FIELD), replayed(body, receive)
            if not hmac.compare_digest(sent.encode(), str(state["csrf_token"]).encode()):
                refusal = HTTPStatus.FORBIDDEN, "The form is not of this log-in: load it anew."
                is_old = True
        if refusal is not None:
            await _refused(scope, *refusal, is_old=is_old)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _refused(scope: Scope, status: int, detail: str, *, is_old: bool) -> Response:
    """Return the answer to a form that is not taken, as a page to who looks at pages."""
    form: FormFault | None = FormFault.FORM_OLD if is_old else None
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        form = FormFault.FORM_LARGE
    error = QueryError("The form", detail, form=form, figures={"limit": LONGEST_BODY})
    return told(Request(scope), status, detail, error=error)


def refused_origin(headers: Headers, origins: Container[str | None]) -> tuple[int, str] | None:
    """Return the code and the words with which a write from elsewhere is refused; else None."""
    if (
        headers.get("origin") not in origins
        or headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        return HTTPStatus.FORBIDDEN, "Only Gatusyn's own page may change anything here."
    return None


def refused_body(headers: Headers, method: str, *, path: str) -> tuple[int, str] | None:
    """Return the code and the words with which a body is refused unread; None if it may pass."""
    length = headers.get("content-length", "")
    is_upload = path == UPLOADS or path.startswith(f"{UPLOADS}/")
    may_be_empty = method == "DELETE" or (method == "POST" and is_upload)
    if may_be_empty and length in ("", "0") and "transfer-encoding" not in headers:
        return None
    if method == "PATCH" and is_upload and kind_of(headers) == FOOTAGE:
        # Taken piece by piece, and no more than the file was said to have.
        return None
    # The pages' forms; for what is written as JSON a form stays out, as other sites can send it.
    is_form = kind_of(headers) == FORM and not path.startswith(("/api/", "/ogc", "/tiles/"))
    if kind_of(headers) != "application/json" and not is_form:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A change must be sent as JSON."
    if not length.isascii() or not length.isdigit():
        return HTTPStatus.LENGTH_REQUIRED, "A change must say how long it is."
    longest = LONGEST_LIST if path == LISTS else LONGEST_BODY
    if int(length[:12]) > longest:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A change has at most {longest} bytes."
    return None


def kind_of(headers: Headers) -> str:
    """Return a body's type, without its parameters."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


async def read_body(receive: Receive) -> bytes:
    """Return a body of at most ``LONGEST_BODY`` bytes; what is longer is cut off."""
    body = bytearray()
    while len(body) <= LONGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body[:LONGEST_BODY])


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read once more, and then what comes after it."""
    is_sent = False

    async def again() -> Message:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def field_of(body: bytes, name: str) -> str:
    """Return a form's field, empty if it is not there or there twice."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    values = fields.get(name, [])
    return values[0] if len(values) == 1 else ""
