"""From faults to answers: one table of codes, every answer a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from gatusyn.model import (
    AccountError,
    ChangedError,
    CostError,
    FindingError,
    FootageError,
    GatusynError,
    HeldError,
    KeyMissingError,
    ModelWeightsError,
    NetworkError,
    PictureError,
    ProgrammeError,
    RegionError,
    SettingsError,
    StaleError,
    StorageFullError,
    StoreError,
    TakenError,
    TrackError,
    UnknownAccountError,
    UploadConflictError,
    UploadError,
    UploadGoneError,
    UploadTooLargeError,
)


class MissingError(GatusynError):
    """There is no such section, finding, picture, period or tile."""

    exit_code: ClassVar[int] = 1


class QueryError(GatusynError):
    """A part of the question cannot be understood."""

    exit_code: ClassVar[int] = 1


class BusyError(GatusynError):
    """Too much is being worked out already."""

    exit_code: ClassVar[int] = 1


class ForbiddenError(GatusynError):
    """Who asks may not do this."""

    exit_code: ClassVar[int] = 1


class LoginNeededError(GatusynError):
    """Nobody is logged in, or what was shown in place of it is not (or no longer) known."""

    exit_code: ClassVar[int] = 1


class TooManyError(GatusynError):
    """Too many have failed: wait."""

    exit_code: ClassVar[int] = 1


class VersionNeededError(GatusynError):
    """A change does not say of which version it is one."""

    exit_code: ClassVar[int] = 1


class LockedError(GatusynError):
    """Another connection has it and does not let go."""

    exit_code: ClassVar[int] = 1


class ReadOnlyError(GatusynError):
    """The service was started for looking only."""

    exit_code: ClassVar[int] = 1


HTTP_CODES: dict[type[GatusynError], HTTPStatus] = {
    MissingError: HTTPStatus.NOT_FOUND,
    QueryError: HTTPStatus.BAD_REQUEST,
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    LoginNeededError: HTTPStatus.UNAUTHORIZED,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    VersionNeededError: HTTPStatus.PRECONDITION_REQUIRED,
    UnknownAccountError: HTTPStatus.NOT_FOUND,
    TakenError: HTTPStatus.CONFLICT,
    StaleError: HTTPStatus.PRECONDITION_FAILED,
    AccountError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReadOnlyError: HTTPStatus.FORBIDDEN,
    HeldError: HTTPStatus.CONFLICT,
    RegionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PictureError: HTTPStatus.NOT_FOUND,
    FindingError: HTTPStatus.NOT_FOUND,
    ProgrammeError: HTTPStatus.CONFLICT,
    StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    NetworkError: HTTPStatus.CONFLICT,
    FootageError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TrackError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ChangedError: HTTPStatus.CONFLICT,
    CostError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UploadTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UploadConflictError: HTTPStatus.CONFLICT,
    UploadGoneError: HTTPStatus.GONE,
    UploadError: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyMissingError: HTTPStatus.FORBIDDEN,
    LockedError: HTTPStatus.LOCKED,
    SettingsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ModelWeightsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    GatusynError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def http_code(error: type[GatusynError]) -> HTTPStatus:
    """Return the code of an error's nearest ancestor in the table."""
    return next(HTTP_CODES[base] for base in error.__mro__ if base in HTTP_CODES)


def problem(status: int, detail: str, *, remedy: str = "") -> JSONResponse:
    """Return a problem document: what is wrong, and what to do about it."""
    # What a stranger sent may be repeated here and need not be text that can be sent back.
    detail = detail.encode("utf-8", "backslashreplace").decode("utf-8")
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    content |= {"detail": detail} | ({"remedy": remedy} if remedy else {})
    return JSONResponse(content, status, media_type="application/problem+json")


class FaultPage(Protocol):
    """Makes a page for people of a fault."""

    def __call__(
        self, request: Request, status: int, detail: str, remedy: str, error: Exception | None, /
    ) -> Response:
        """Return the page; the error, where there is one, may be told in another language."""


def told(
    request: Request,
    status: int,
    detail: str,
    *,
    remedy: str = "",
    error: Exception | None = None,
) -> Response:
    """Return a fault as a page to who looks at pages, else as a problem document."""
    page: FaultPage | None = getattr(request.app.state, "fault_page", None)
    is_page = not request.url.path.startswith(("/api/", "/ogc", "/tiles/", "/assets/"))
    if page is not None and is_page and "text/html" in request.headers.get("accept", ""):
        return page(request, status, detail, remedy, error)
    return problem(status, detail, remedy=remedy)


async def on_own(request: Request, error: Exception) -> Response:
    """Return the answer to a fault of our own."""
    assert isinstance(error, GatusynError)
    detail = f"{error.source}: {error.problem}"
    code = http_code(type(error))
    answer = told(request, code, detail, remedy=error.remedy, error=error)
    if isinstance(error, LoginNeededError):
        # A browser's own window asks for Basic: where a program like QGIS asks, and only there.
        kind = "Basic" if request.url.path.startswith("/ogc") else "Bearer"
        answer.headers["WWW-Authenticate"] = f'{kind} realm="Gatusyn"'
    return answer


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = told(request, error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return answer


def _methods_at(request: Request) -> set[str]:
    """Return the methods of a path: the first route that has it knows only its own."""
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= set(getattr(route, "methods", None) or ())
    return methods


async def _on_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    # OGC API Features has its own code for it (Part 1, 7.5.2).
    is_ogc = request.url.path.startswith("/ogc")
    code = HTTPStatus.BAD_REQUEST if is_ogc else HTTPStatus.UNPROCESSABLE_ENTITY
    return told(request, code, faults, error=error)


async def _on_any(request: Request, __: Exception) -> Response:
    return told(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service met a fault of its own.",
        remedy="Try again; the service's log says more.",
    )


def add_error_handlers(app: FastAPI) -> None:
    """Make every fault of an app answer with a problem document."""
    app.add_exception_handler(GatusynError, on_own)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_request)
    app.add_exception_handler(Exception, _on_any)
