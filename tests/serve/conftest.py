"""A client that asks the service without a network."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings
from gatusyn.pipeline import City
from gatusyn.serve import create_app, passwords
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.pages import desk
from gatusyn.serve.pages.load_words import load_words
from gatusyn.serve.planner import Planner
from gatusyn.serve.saved import SavedProgrammes

SOURCES = ("src/main.ts", "src/pages/pages.ts", "src/shell/icon.svg")
OWN = "http://127.0.0.1:8600"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Client:
    """Asks an app as a browser on this machine would."""

    app: FastAPI

    def get(self, url: str, **headers: str) -> httpx.Response:
        """Return the answer to one request; underscores in header names become hyphens."""
        return self._ask("GET", url, headers)

    def post(self, url: str, body: object, **headers: str) -> httpx.Response:
        """Return the answer to a write as the service's own page sends it."""
        own = {"origin": OWN, "sec_fetch_site": "same-origin", "content_type": "application/json"}
        return self._ask("POST", url, own | headers, json.dumps(body))

    def put(self, url: str, body: object, **headers: str) -> httpx.Response:
        """Return the answer to a change of what is there, as a page of the service sends it."""
        own = {"origin": OWN, "sec_fetch_site": "same-origin", "content_type": "application/json"}
        return self._ask("PUT", url, own | headers, json.dumps(body))

    def csrf(self) -> str:
        """Return what the service's own pages send with a form."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/streets").text)
        return found[1] if found else ""

    def post_form(self, url: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Return the answer to a form as the service's own page sends it."""
        own = {"origin": OWN, "sec_fetch_site": "same-origin"}
        own |= {"content_type": "application/x-www-form-urlencoded", "x_csrf_token": self.csrf()}
        return self._ask("POST", url, own | headers, urlencode(fields))

    def _ask(
        self, method: str, url: str, headers: dict[str, str], content: str | None = None
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
                named = {name.replace("_", "-"): value for name, value in headers.items() if value}
                return await client.request(method, url, headers=named, content=content)

        return asyncio.run(ask())


def make_page(folder: Path) -> Path:
    """Make a folder as Vite leaves it, with nothing in its files."""
    (folder / "assets").mkdir(parents=True)
    built = {source: {"file": "assets/index-abc.js"} for source in SOURCES}
    (folder / "manifest.json").write_text(json.dumps(built), "utf-8")
    (folder / "assets" / "index-abc.js").write_text("export {};", "utf-8")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _hurried() -> Iterator[None]:
    """Hash passwords lightly, and read the pages' words once: every app does both as it begins.

    What hashes of the product cost is tested by ``default_hasher`` itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "default_hasher", lambda: CHEAP)
        patch.setattr(desk, "load_words", cache(load_words))
        yield


@pytest.fixture
def store(tmp_path: Path) -> FakeStore:
    return FakeStore(tmp_path)


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> FakeStore:
    """A town that stays as it was made: for tests that look only."""
    return FakeStore(tmp_path_factory.mktemp("common"))


@pytest.fixture(scope="session")
def _looking(common: FakeStore) -> Client:
    return client_of(common, common.folder)


@pytest.fixture
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Client:
    """Return a client of the test's own town if it asks for the ``store``, else of the common."""
    if "store" in request.fixturenames:
        return client_of(request.getfixturevalue("store"), tmp_path)
    looking: Client = request.getfixturevalue("_looking")
    return looking


def client_of(store: FakeStore, folder: Path) -> Client:
    page = make_page(folder / "static")
    return Client(create_app(store, CitySettings(name="Björkvik"), static=page))


def planner_of(city: City) -> Planner:
    """Return what works programmes out for a city, as its service does."""
    town = CityNow(city)
    return Planner(town, SavedProgrammes(town))
