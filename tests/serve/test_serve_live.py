"""News as pages hear it: while it happens, from where they were, and whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep, time

import httpx
import pytest
import uvicorn
from fastapi.sse import ServerSentEvent
from tests.store.made_store import make_network

from gatusyn.model import KEPT_S, CitySettings, News, NewsKind
from gatusyn.serve import create_app
from gatusyn.serve.live import events
from gatusyn.store import SqlStore, create_store

EVERY = tuple(NewsKind)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[SqlStore]:
    store = create_store(tmp_path / "city", organisation="town", network=make_network())
    yield store
    store.close()


def tell(store: SqlStore, *names: str, kind: NewsKind = NewsKind.FINDING_NEW) -> None:
    for name in names:
        store.news.tell([News(kind=kind, time_s=time(), about={"street": name})])


def heard(
    store: SqlStore, known: int | None, *, count: int, kinds: tuple[NewsKind, ...] = EVERY
) -> list[ServerSentEvent]:
    """Return the first events with a kind, as many as are asked for."""

    async def listen() -> list[ServerSentEvent]:
        got: list[ServerSentEvent] = []
        stream = events(store, known, kinds, longest_s=5.0)
        async for event in stream:
            got += [event] if event.event else []
            if len(got) == count:
                break
        return got

    return asyncio.run(listen())


def streets(got: list[ServerSentEvent]) -> list[str]:
    return [one.data["street"] for one in got]


def test_who_comes_anew_hears_what_is_recent(town: SqlStore) -> None:
    old = News(kind=NewsKind.FINDING_NEW, time_s=time() - 3600.0, about={"street": "old"})
    town.news.tell([old])
    tell(town, "Åsgatan")
    (event,) = heard(town, None, count=1)
    assert (event.event, event.data["street"]) == ("finding-new", "Åsgatan")


def test_who_comes_back_misses_nothing(town: SqlStore) -> None:
    tell(town, "a", "b", "c")
    first = heard(town, 0, count=1)
    assert first[0].id is not None
    assert streets(heard(town, int(first[0].id), count=2)) == ["b", "c"]


def test_who_comes_back_too_late_is_told_to_load_anew(town: SqlStore) -> None:
    tell(town, "a", "b")
    later = time() + 2 * KEPT_S[NewsKind.FINDING_NEW]
    for street in ("c", "d"):
        about = {"street": street}
        town.news.tell([News(kind=NewsKind.FINDING_NEW, time_s=later, about=about)])
    (event,) = heard(town, 1, count=1)
    assert event.event == "reload"
    assert int(event.id or 0) == town.news.newest()


def test_more_than_one_reading_comes_whole_and_in_order(town: SqlStore) -> None:
    names = [f"{number}" for number in range(1203)]
    now = time()
    town.news.tell([News(kind=NewsKind.VEHICLE, time_s=now, about={"street": n}) for n in names])
    assert streets(heard(town, 0, count=1203)) == names


def test_only_the_wanted_kinds_are_told(town: SqlStore) -> None:
    tell(town, "where", kind=NewsKind.VEHICLE)
    tell(town, "sum", kind=NewsKind.FINDINGS_CHANGED)
    (event,) = heard(town, 0, count=1, kinds=(NewsKind.FINDINGS_CHANGED,))
    assert event.data["street"] == "sum"


def test_it_ends_so_that_who_listens_shows_again_that_they_may(town: SqlStore) -> None:
    async def listen() -> int:
        return len([one async for one in events(town, None, EVERY, longest_s=0.1)])

    assert asyncio.run(listen()) == 1


@contextmanager
def served(store: SqlStore) -> Iterator[str]:
    app = create_app(store, CitySettings(name="Björkvik"))
    config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
    assert not thread.is_alive(), "listeners must not keep the service from ending"


def test_a_page_hears_over_http_what_is_told_while_it_listens(town: SqlStore) -> None:
    with served(town) as address, httpx.Client(base_url=address, timeout=20) as client:
        with client.stream("GET", "/api/v1/live", headers={"Last-Event-ID": "0"}) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in answer.headers
            lines = answer.iter_lines()
            assert next(lines).startswith(":")
            tell(town, "<b>Åsgatan</b>")
            data = next(line for line in lines if line.startswith("data: "))
        assert json.loads(data.removeprefix("data: "))["street"] == "<b>Åsgatan</b>"
        refused = client.get("/api/v1/live", headers={"Last-Event-ID": "'; DROP TABLE"})
        assert refused.status_code == 422
