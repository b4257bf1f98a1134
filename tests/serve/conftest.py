"""A client that asks the service without a network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings
from gatusyn.serve import create_app


@dataclass(frozen=True)
class Client:
    """Asks an app as a browser on this machine would."""

    app: FastAPI

    def get(self, url: str, **headers: str) -> httpx.Response:
        """Return the answer to one request; underscores in header names become hyphens."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:8600"
            ) as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.get(url, headers=named)

        return asyncio.run(ask())


@pytest.fixture
def store(tmp_path: Path) -> FakeStore:
    return FakeStore(tmp_path)


@pytest.fixture
def client(store: FakeStore, tmp_path: Path) -> Client:
    page = tmp_path / "static"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>page</title>", "utf-8")
    (page / "assets" / "index-abc.js").write_text("export {};", "utf-8")
    return Client(create_app(store, CitySettings(name="Björkvik"), static=page))
