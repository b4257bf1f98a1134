"""From faults to answers: one table of codes, every answer a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from gatusyn.model import (
    FindingError,
    FootageError,
    GatusynError,
    HeldError,
    ModelWeightsError,
    NetworkError,
    PictureError,
    RegionError,
    SettingsError,
    StorageFullError,
    StoreError,
    TrackError,
)


class MissingError(GatusynError):
    """There is no such section, finding, picture, period or tile."""

    exit_code: ClassVar[int] = 1


class QueryError(GatusynError):
    """A part of the question cannot be understood."""

    exit_code: ClassVar[int] = 1


class ForbiddenError(GatusynError):
    """Who asks may not do this."""

    exit_code: ClassVar[int] = 1


class ReadOnlyError(GatusynError):
    """The service was started for looking only."""

    exit_code: ClassVar[int] = 1


HTTP_CODES: dict[type[GatusynError], HTTPStatus] = {
    MissingError: HTTPStatus.NOT_FOUND,
    QueryError: HTTPStatus.BAD_REQUEST,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    ReadOnlyError: HTTPStatus.FORBIDDEN,
    HeldError: HTTPStatus.CONFLICT,
    RegionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PictureError: HTTPStatus.NOT_FOUND,
    FindingError: HTTPStatus.NOT_FOUND,
    StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    NetworkError: HTTPStatus.CONFLICT,
    FootageError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TrackError: HTTPStatus.UNPROCESSABLE_ENTITY,
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


async def _on_own(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GatusynError)
    detail = f"{error.source}: {error.problem}"
    return problem(http_code(type(error)), detail, remedy=error.remedy)


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, str(error.detail))
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


async def _on_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    # OGC API Features has its own code for it (Part 1, 7.5.2).
    is_ogc = request.url.path.startswith("/ogc")
    return problem(HTTPStatus.BAD_REQUEST if is_ogc else HTTPStatus.UNPROCESSABLE_ENTITY, faults)


async def _on_any(_: Request, __: Exception) -> JSONResponse:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service met a fault of its own.",
        remedy="Try again; the service's log says more.",
    )


def add_error_handlers(app: FastAPI) -> None:
    """Make every fault of an app answer with a problem document."""
    app.add_exception_handler(GatusynError, _on_own)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_request)
    app.add_exception_handler(Exception, _on_any)
