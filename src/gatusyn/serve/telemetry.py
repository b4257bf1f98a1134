"""What the service tells those who run it: figures for Prometheus, and a line of log a request.

Nothing of a person goes into either: a request is known by its route's template, never by its
path, query or sender.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatusyn.model import GatusynError
from gatusyn.serve.read_city import CityReader

REQUESTS = "gatusyn.requests"
"""The logger of requests."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """Counts the requests of one app, in a registry of its own.

    Parameters
    ----------
    reader
        Asked for the city's figures when they are collected.
    """

    def __init__(self, reader: CityReader) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "gatusyn_http_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "gatusyn_http_request_seconds",
            "Time until a request was answered.",
            ("route",),
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self.registry.register(_CityFigures(reader))

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request, and write its line of log."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        logging.getLogger(REQUESTS).info("request", extra={"fields": fields})


class _CityFigures(Collector):
    """The city's figures at the moment when they are asked for."""

    def __init__(self, reader: CityReader) -> None:
        self._reader = reader

    def describe(self) -> Iterator[Metric]:
        """Say nothing before it is asked: the store may not be ready."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield what can be told; a store that fails is told by ``gatusyn_store_up``."""
        tiles, size = self._reader.tiles.kept
        yield _gauge("gatusyn_tiles_kept", "Encoded tiles in memory.", tiles)
        yield _gauge("gatusyn_tiles_kept_bytes", "Their size.", size)
        try:
            drives = self._reader.drives()
            findings, state = self._reader.count_findings(), self._reader.state()
        except GatusynError:
            yield _gauge("gatusyn_store_up", "1 if the store can be read.", 0)
            return
        yield _gauge("gatusyn_store_up", "1 if the store can be read.", 1)
        yield _gauge("gatusyn_store_free_bytes", "Free on the store's disk.", state.free_bytes)
        yield _gauge("gatusyn_drives", "Drives in the store.", len(drives))
        yield _gauge("gatusyn_findings", "Findings in the store.", findings)
        ended = [drive.ended_s for drive in drives]
        if ended:
            age_s = max(time.time() - max(ended), 0.0)
            yield _gauge("gatusyn_last_drive_age_seconds", "Since the last drive's end.", age_s)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


class Measured:
    """ASGI middleware: notes how every request was answered, and how long it took."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            self._telemetry.note(method, route_of(scope), status, time.perf_counter() - began)


def route_of(scope: Scope) -> str:
    """Return a request's route as a template, such as ``/tiles/{z}/{x}/{y}.mvt``."""
    template = getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) and template else "other"


class JsonLines(logging.Formatter):
    """Writes every record as one line of JSON, and of a fault only where it happened.

    A fault's message may quote what was asked for, so it is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            # The text as written in the code, without what was put into it.
            "event": record.msg.strip()[:200] if isinstance(record.msg, str) else "",
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["at"] = list(_places(record.exc_info[2]))
        return json.dumps(line)


def _places(traceback: TracebackType | None) -> Iterator[str]:
    for frame in extract_tb(traceback)[-12:]:
        yield f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"


def log_settings(kind: str) -> dict[str, Any]:
    """Return the settings of logging, as ``logging.config.dictConfig`` takes them.

    Parameters
    ----------
    kind
        ``json``: a line of JSON for every request and fault; ``plain``: faults alone.
    """
    style: dict[str, Any] = {"()": JsonLines} if kind == "json" else {"format": "%(message)s"}
    level = "INFO" if kind == "json" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"own": style},
        "handlers": {
            "errors": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "own",
            }
        },
        "root": {"handlers": ["errors"], "level": "WARNING"},
        "loggers": {
            "gatusyn": {"level": level},
            "uvicorn": {"level": level, "handlers": [], "propagate": True},
            "uvicorn.error": {"level": level},
            # Its lines hold the sender's address and the whole path.
            "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
