"""The viewers of ``gatusyn bench serve``: they pan, and look anew when something has changed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from gatusyn.serve import town_tiles

ELSEWHERE, ZOOMS_BY_A_STEP = 0.05, 0.15
"""How often a viewer that pans goes to another place, or nearer or farther."""

LOOKS_S = 1.0
"""Between two views."""

SETTLES_S = 0.8
"""After news the map waits for so long before it asks anew, as its page does."""

WAIT_S = 60.0
FAULTS_TOLD = 5

Places = list[tuple[float, float]]
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Waited:
    """What viewers met.

    Parameters
    ----------
    began_s, times_s
        When each request began, from the start on, and how long it took.
    kept
        How many were answered with "not changed".
    faults
        What went wrong, in words.
    news
        How often a viewer was told that findings had changed.
    cpu_s
        Of the processors, used by the viewers themselves.
    """

    began_s: list[float] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    kept: int = 0
    faults: list[str] = field(default_factory=list)
    news: int = 0
    cpu_s: float = 0.0


def pan_all(port: int, viewers: int, seconds: float, places: Places) -> Waited:
    """Let viewers pan for some seconds, each over a connection of its own.

    To be called in a process of its own: what it costs is not the service's.
    """
    waited = Waited()
    asyncio.run(_pan_all(port, viewers, seconds, places, waited))
    waited.cpu_s = time.process_time()
    return waited


async def _pan_all(port: int, viewers: int, seconds: float, places: Places, waited: Waited) -> None:
    began = time.perf_counter()
    panning = [_Viewer(port, began, waited) for _ in range(viewers)]
    listening = [asyncio.create_task(one.listen()) for one in panning]
    await asyncio.gather(
        *(one.pan(places, seconds, np.random.default_rng(n)) for n, one in enumerate(panning))
    )
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


class _Viewer:
    """One visitor: a tile after the other, with a second between views."""

    def __init__(self, port: int, began: float, waited: Waited) -> None:
        self._port, self._began, self._waited = port, began, waited
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._tags: dict[str, bytes] = {}
        self._told_s: float | None = None

    async def pan(self, places: Places, seconds: float, generator: np.random.Generator) -> None:
        """Ask for view after view; when something has changed, for all of the last one again."""
        try:
            # Nobody opens their page in the same moment as all others.
            await asyncio.sleep(generator.random() * LOOKS_S)
            for shown, fresh in views(places, generator):
                if time.perf_counter() - self._began > seconds:
                    return
                for path in fresh:
                    await self._ask(path)
                await asyncio.sleep(LOOKS_S)
                now = time.perf_counter()
                if self._told_s is not None and now - self._told_s >= SETTLES_S:
                    self._told_s = None
                    for path in ("/api/v1/city", *shown):
                        await self._ask(path)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self._waited.faults.append(f"{type(error).__name__}: {error}")
        finally:
            if self._streams is not None:
                self._streams[1].close()

    async def listen(self) -> None:
        """Take note of news as it comes, as long as the page is open."""
        while True:
            with suppress(OSError, EOFError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(_request("/api/v1/live", self._port))
                try:
                    while line := await reader.readline():
                        if line.startswith(b"event: findings-changed"):
                            self._told_s = time.perf_counter()
                            self._waited.news += 1
                finally:
                    writer.close()
            await asyncio.sleep(2.0)

    async def _ask(self, path: str) -> None:
        began = time.perf_counter()
        await asyncio.wait_for(self._get(path), WAIT_S)
        self._waited.began_s.append(began - self._began)
        self._waited.times_s.append(time.perf_counter() - began)

    async def _get(self, path: str) -> None:
        head, reader = await self._answered(path)
        status = head[9:12]
        if status == b"304":
            self._waited.kept += 1
            return
        length = _LENGTH.search(head)
        if status != b"200" or length is None:
            raise ValueError(f"{path} was answered with {head[:60]!r}")
        await reader.readexactly(int(length[1]))
        tag = re.search(rb"\r\netag: *([^\r]+)", head, re.IGNORECASE)
        if tag:
            self._tags[path] = tag[1]

    async def _answered(self, path: str) -> tuple[bytes, asyncio.StreamReader]:
        """Ask; return the head of the answer, and where its body follows."""
        request = _request(path, self._port, self._tags.get(path))
        if self._streams is not None:
            reader, writer = self._streams
            # The service may have closed it meanwhile: a browser opens another one then.
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                writer.write(request)
                return await reader.readuntil(b"\r\n\r\n"), reader
            writer.close()
        reader, writer = self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request)
        return await reader.readuntil(b"\r\n\r\n"), reader


def _request(path: str, port: int, tag: bytes | None = None) -> bytes:
    known = b"" if tag is None else b"If-None-Match: " + tag + b"\r\n"
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n".encode()
        + known
        + b"\r\n"
    )


def views(places: Places, generator: np.random.Generator) -> Iterator[tuple[list[str], list[str]]]:
    """Yield a viewer's views: three by three tiles, and those of them that it does not have yet.

    It begins somewhere, moves on by a tile, now and then zooms by a step or goes elsewhere.
    """
    while True:
        lon, lat = places[generator.integers(len(places))]
        zoom = int(generator.integers(12, 18))
        held: set[str] = set()
        while generator.random() > ELSEWHERE:
            view = town_tiles([(lon, lat)], zoom, around=1)
            yield view, [path for path in view if path not in held]
            held.update(view)
            if generator.random() < ZOOMS_BY_A_STEP:
                zoom = min(max(zoom + int(generator.choice((-1, 1))), 12), 17)
                continue
            width_deg = 360.0 / (1 << zoom)
            lon += width_deg * int(generator.integers(-1, 2))
            lat += width_deg * np.cos(np.radians(lat)) * int(generator.integers(-1, 2))
