"""``gatusyn bench serve``: how fast the map of a made-up town of any size is."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import numpy as np
import typer
from numpy.typing import NDArray

from gatusyn.cli.bench_ingest import Ingested, ingest
from gatusyn.cli.bench_tiles import TILES_A_ZOOM, first_time_ms
from gatusyn.cli.bench_viewers import FAULTS_TOLD, Waited, pan_all
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.condition import load_curves
from gatusyn.model import CitySettings, SettingsError, end_with_parent
from gatusyn.pipeline import stamp_of, write_settings
from gatusyn.serve import town_tiles
from gatusyn.simulate import wide_town
from gatusyn.store import create_store

THEME_ZOOM = 14
THEMES = {
    "seen": "theme=seen",
    "debt": "theme=debt",
    "life": "theme=life",
    "a month": "at=2026-06",
    "a street": "street=gatan+1",
}
"""What the map can show besides grades, by the address that asks for it."""

ZOOMS = (10, 11, 12, 13, 14, 15, 16, 17, 18)
REPEATS = 5
WAIT_S = 300.0
MEMORY_ASKED = 20
"""So often while viewers pan."""


def bench_serve(
    *,
    sections: Annotated[int, typer.Option(help="Sections of the town.", min=10)] = 45_000,
    findings: Annotated[int, typer.Option(help="Findings in it.", min=0)] = 500_000,
    viewers: Annotated[
        int, typer.Option(help="Viewers that pan at once, at the end.", min=0, max=500)
    ] = 0,
    seconds: Annotated[float, typer.Option(help="How long they pan.", min=1)] = 20.0,
    ingest_every: Annotated[
        float, typer.Option(help="Write a drive so often meanwhile, in seconds; 0: none.", min=0)
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Makes another town.")] = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here.")
    ] = None,
) -> None:
    """Measure the first answer, memory, tiles by zoom and the API on a made-up town."""
    load = _Load(viewers=viewers, seconds=seconds, ingest_every_s=ingest_every)
    with tempfile.TemporaryDirectory() as folder, shown_progress() as progress:
        progress.step("making the town", 0, 0)
        city = Path(folder) / "city"
        _make(city, sections, findings, seed)
        progress.step("measuring", 0, 0)
        figures = {
            "sections": sections,
            "findings": findings,
            "database_mb": round((city / "gatusyn.sqlite").stat().st_size / 1e6),
            "first_time_cpu_ms": _apart(city),
        } | _measure(city, load)
    text = json.dumps(figures, indent=1)
    if json_file is not None:
        try:
            json_file.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise SettingsError(json_file, f"cannot be written ({error.strerror})") from error
    plain_console().print(text, markup=False)


def _apart(city: Path) -> dict[int, float]:
    """Return what tiles cost for the first time, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent) as pool:
        return pool.submit(first_time_ms, city, ZOOMS).result()


def _make(city: Path, sections: int, findings: int, seed: int) -> None:
    settings = replace(CitySettings(), name="Made-up town")
    town = wide_town(sections=sections, findings=findings, seed=seed)
    with create_store(city, organisation=settings.organisation, network=town.network) as store:
        # With this stamp nothing is derived anew when it is served.
        stamp = stamp_of(store.facts_stamp(), settings, load_curves(None))
        store.write_derived(town.findings, town.conditions, stamp=stamp)
    write_settings(city / "gatusyn.toml", settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """Viewers that pan at once, and how often a drive is written meanwhile; 0 for never."""

    viewers: int
    seconds: float
    ingest_every_s: float
    organisation: str = CitySettings().organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """A running service.

    Parameters
    ----------
    process
        The number of its process.
    """

    port: int
    process: int
    own: threading.local = field(default_factory=threading.local)
    opened: list[http.client.HTTPConnection] = field(default_factory=list)

    def get(self, path: str) -> tuple[float, int]:
        """Ask, on this thread's own connection; return seconds and bytes as sent."""
        connection = getattr(self.own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
            self.own.connection = connection
            self.opened.append(connection)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise SettingsError(path, f"was answered with {answer.status}")
        return time.perf_counter() - began, len(body)

    def group(self, name: str, paths: Sequence[str]) -> tuple[dict[str, float], int]:
        """Ask for paths one after the other; return what it took, and the most bytes of one.

        Milliseconds of the service's processors are those of a mean request: other programs on the
        machine make a request wait, but do not change them.
        """
        before = self.cpu_s()
        answers = [self.get(path) for path in paths]
        after = self.cpu_s()
        figures = _percentiles(name, [seconds for seconds, _ in answers])
        if before is not None and after is not None:
            figures[f"{name}_cpu_ms".lstrip("_")] = round((after - before) * 1000 / len(paths), 1)
        return figures, max(size for _, size in answers)

    def cpu_s(self) -> float | None:
        """Return the seconds of processors that the process has used; None where none tells."""
        try:
            text = Path(f"/proc/{self.process}/stat").read_text("utf-8")
        except OSError:
            return None
        # Fields 14 and 15, in hundredths of a second, counted after the name in brackets.
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, name: str) -> float | None:
        """Return a line of the process's status in MB; None where the system tells none."""
        try:
            text = Path(f"/proc/{self.process}/status").read_text("utf-8")
        except OSError:
            return None
        found = [line.split()[1] for line in text.splitlines() if line.startswith(f"{name}:")]
        return round(int(found[0]) / 1000) if found else None


@contextmanager
def _served(city: Path) -> Iterator[tuple[_Service, float]]:
    """Start ``gatusyn serve`` on a city; give it and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    began = time.perf_counter()
    command = [sys.executable, "-m", "gatusyn.cli", "serve", str(city), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        service = _Service(port=port, process=process.pid)
        try:
            while True:
                try:
                    service.get("/health")
                    break
                except OSError as error:
                    if process.poll() is not None or time.perf_counter() - began > WAIT_S:
                        raise SettingsError("gatusyn serve", "did not start") from error
                    service.own.connection.close()
                    time.sleep(0.05)
            yield service, time.perf_counter() - began
        finally:
            for connection in service.opened:
                connection.close()
            process.terminate()


def _measure(city: Path, load: _Load) -> dict[str, object]:
    with _served(city) as (service, started_s):
        first_s, _ = service.get("/api/v1/city")
        began = time.perf_counter()
        rows = _rows(service)
        figures: dict[str, object] = {
            "load_average": round(os.getloadavg()[0], 1),
            "started_s": round(started_s, 2),
            "first_answer_s": round(first_s, 2),
            "first_list_s": round(time.perf_counter() - began, 2),
            "cpu_until_then_s": service.cpu_s(),
            "tiles": [_zoom(service, zoom, rows) for zoom in ZOOMS],
            "themes": [_theme(service, name, rows) for name in THEMES],
            "api": _api(service, rows),
            "memory_mb": service.memory_mb("VmRSS"),
            "peak_memory_mb": service.memory_mb("VmHWM"),
        }
        if load.viewers:
            figures["viewers"] = _load(service, city, load, rows)
    return figures


def _rows(service: _Service) -> list[tuple[str, float, float]]:
    """Return (section, longitude, latitude) of some sections all over the town."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT_S)
    connection.request("GET", "/api/v1/sections?limit=1000")
    items = json.loads(connection.getresponse().read())["items"]
    connection.close()
    return [(own["section_id"], *own["centre"]) for own in items]


def _zoom(
    service: _Service, zoom: int, rows: list[tuple[str, float, float]]
) -> dict[str, float | int]:
    """Ask for tiles of a zoom, then again: some are ready by then, others not."""
    paths = town_tiles([row[1:] for row in rows], zoom)[:TILES_A_ZOOM]
    first, largest = service.group("first", paths)
    again, _ = service.group("again", paths * REPEATS)
    sizes = {"tiles": len(paths), "largest_kb": round(largest / 1000, 1)}
    return {"zoom": zoom, **sizes, **first, **again}


def _theme(
    service: _Service, name: str, rows: list[tuple[str, float, float]]
) -> dict[str, str | float | int]:
    """Ask for the figures of a theme for the first time and again, then for its tiles."""
    figures = f"/api/v1/theme?{THEMES[name]}"
    first, _ = service.group("figures_first", [figures])
    again, _ = service.group("figures", [figures] * 20)
    tiles = town_tiles([row[1:] for row in rows], THEME_ZOOM)[:TILES_A_ZOOM]
    paths = [f"{tile}?{THEMES[name]}" for tile in tiles]
    first_tiles, largest = service.group("tiles_first", paths)
    tiles_again, _ = service.group("tiles", paths * REPEATS)
    sizes = {"zoom": THEME_ZOOM, "largest_kb": round(largest / 1000, 1)}
    return {"what": name, **first, **again, **first_tiles, **tiles_again, **sizes}


def _api(
    service: _Service, rows: list[tuple[str, float, float]]
) -> dict[str, dict[str, float | int]]:
    some = [quote(row[0], safe="") for row in rows[:: max(1, len(rows) // 40)]]
    asked = {
        "city": ["/api/v1/city"] * 40,
        "list, worst first": [f"/api/v1/sections?limit=50&offset={50 * n}" for n in range(40)],
        "list of a street": [f"/api/v1/sections?street=gatan+{n}" for n in range(40)],
        "search": [f"/api/v1/streets?search={n}&limit=20" for n in range(40)],
        "what sections can be chosen by": ["/api/v1/filters"] * 40,
        "list of a chosen area": ["/api/v1/sections?network=car&area=unknown&limit=50"] * 40,
        "section outlook": [f"/api/v1/section/outlook?section_id={name}" for name in some],
        "section card": [f"/api/v1/section?section_id={name}" for name in some],
        "overview": ["/overview"] * 5,
        "page of findings, most severe first": ["/findings?sort=severity&falling=true"] * 5,
        "1,000 sections for QGIS": ["/ogc/collections/sections/items?limit=1000"] * 10,
        "1,000 findings for QGIS": ["/ogc/collections/findings/items?limit=1000"] * 10,
    }
    return {name: dict(service.group("", paths)[0]) for name, paths in asked.items()}


def _load(
    service: _Service, city: Path, load: _Load, rows: list[tuple[str, float, float]]
) -> dict[str, object]:
    """Let viewers pan while drives are written, each side in a process of its own."""
    context = multiprocessing.get_context("spawn")
    memory: list[float | None] = []
    places = [row[1:] for row in rows]
    pooled = ProcessPoolExecutor(2, mp_context=context, initializer=end_with_parent)
    with context.Manager() as manager, pooled as pool:
        is_over = manager.Event()
        before_s = service.cpu_s()
        viewing = pool.submit(pan_all, service.port, load.viewers, load.seconds, places)
        writing = None
        if load.ingest_every_s > 0:
            writing = pool.submit(
                ingest, city, load.organisation, load.ingest_every_s, is_over, seed=1
            )
        while True:
            memory.append(service.memory_mb("VmRSS"))
            if wait([viewing], timeout=load.seconds / MEMORY_ASKED).done:
                break
        after_s = service.cpu_s()
        is_over.set()
        told = _told(load, viewing.result())
        if before_s is not None and after_s is not None:
            told["cpu_share"] = round((after_s - before_s) / load.seconds, 2)
        if writing is not None:
            told["ingest"] = _told_of(writing.result())
    return told | {"memory_mb": memory}


def _told(load: _Load, waited: Waited) -> dict[str, object]:
    times = np.array(waited.times_s)
    is_late = np.array(waited.began_s) > load.seconds / 2
    return {
        "viewers": load.viewers,
        "seconds": load.seconds,
        "load_average": round(os.getloadavg()[0], 1),
        "requests": len(times),
        "not_changed": waited.kept,
        "told_of_news": waited.news,
        "faults": len(waited.faults),
        "first_faults": waited.faults[:FAULTS_TOLD],
        **_percentiles("", times),
        **_percentiles("first_half", times[~is_late]),
        **_percentiles("second_half", times[is_late]),
        "longest_ms": round(float(times.max(initial=0.0)) * 1000, 1),
        "viewers_cpu_share": round(waited.cpu_s / load.seconds, 2),
    }


def _told_of(written: Ingested) -> dict[str, object]:
    return {
        "drives": written.drives,
        "findings": written.findings,
        "longest_s": round(max(written.seconds, default=0.0), 2),
    }


def _percentiles(name: str, times_s: Sequence[float] | NDArray[np.float64]) -> dict[str, float]:
    before = f"{name}_" if name else ""
    if not len(times_s):
        return {}
    p50, p95 = np.percentile(np.array(times_s) * 1000, [50, 95])
    return {f"{before}p50_ms": round(float(p50), 1), f"{before}p95_ms": round(float(p95), 1)}
