"""Sends footage to a service as a phone does, and cuts the line where a test wants it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp
from tests.serve.conftest import OWN, make_page
from tests.store.made_store import make_network

from gatusyn.envelope import About, read_private_key, read_sealed, write_keys
from gatusyn.model import CitySettings, SentFile, UploadParams
from gatusyn.pipeline import City, private_key_path, public_key_path, sealed_path
from gatusyn.serve import create_app
from gatusyn.store import create_store

FOOTAGE = "application/offset+octet-stream"


def make_city(folder: Path, **uploads: Any) -> City:
    """Return a city with keys and a network of two streets."""
    store = create_store(folder, organisation="town", network=make_network())
    params = replace(UploadParams(free_gib=0.0), **uploads)
    city = City(folder=folder, settings=CitySettings(uploads=params), store=store)
    write_keys(private_key_path(city), public_key_path(city))
    return city


def clear_of(city: City, file: SentFile) -> bytes:
    """Return what came of a file, as who has the private key reads it."""
    about = About(upload_id=file.upload_id, size=file.size)
    path = sealed_path(city, file.upload_id)
    return b"".join(read_sealed(path, read_private_key(private_key_path(city)), about))


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Phone:
    """Speaks tus with a service."""

    app: ASGIApp
    headers: dict[str, str] = field(default_factory=lambda: {"origin": OWN})

    @classmethod
    def of(cls, city: City, name: str | None = "Bo") -> Phone:
        """Return a phone of somebody at the city's own machine."""
        static = city.folder / "static"
        static = static if static.exists() else make_page(static)
        return cls(
            create_app(
                city.store, city.settings, reviewer=name, city_folder=city.folder, static=static
            )
        )

    def ask(self, method: str, url: str, content: bytes = b"", **headers: str) -> httpx.Response:
        """Return the answer to a request; underscores in header names become hyphens."""
        named = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
                return await client.request(method, url, headers=named, content=content or None)

        return asyncio.run(send())

    def begin(self, drive: str, name: str, size: int, **more: str) -> httpx.Response:
        told = {"drive": drive, "filename": name} | more
        pairs = [f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in told.items()]
        return self.ask(
            "POST",
            "/api/v1/uploads",
            tus_resumable="1.0.0",
            upload_length=str(size),
            upload_metadata=",".join(pairs),
        )

    def add(self, url: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
        own = {"tus_resumable": "1.0.0", "upload_offset": str(offset), "content_type": FOOTAGE}
        return self.ask("PATCH", url, data, **(own | headers))

    def offset(self, url: str) -> int:
        answer = self.ask("HEAD", url, tus_resumable="1.0.0")
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    def cut(self, url: str, offset: int, data: bytes, **headers: str) -> int | None:
        """Send some of a body that was said to be longer, and lose the line."""

        async def bodies() -> AsyncIterator[dict[str, Any]]:
            for start in range(0, len(data), 1500):
                yield {
                    "type": "http.request",
                    "body": data[start : start + 1500],
                    "more_body": True,
                }
            yield {"type": "http.disconnect"}

        coming = bodies()

        async def receive() -> dict[str, Any]:
            return await anext(coming, {"type": "http.disconnect"})

        return asyncio.run(self.talk(url, offset, receive, **headers))

    async def talk(
        self,
        url: str,
        offset: int,
        receive: Callable[[], Awaitable[dict[str, Any]]],
        **headers: str,
    ) -> int | None:
        """Send a body as ``receive`` gives it; return the code of the answer."""
        own = {"tus-resumable": "1.0.0", "upload-offset": str(offset), "content-type": FOOTAGE}
        own |= self.headers | {name.replace("_", "-"): one for name, one in headers.items()}
        own["host"] = OWN.removeprefix("http://")
        scope = {
            "type": "http",
            "method": "PATCH",
            "path": url,
            "raw_path": url.encode(),
            "query_string": b"",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8600),
            "http_version": "1.1",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in own.items()],
        }
        codes = []

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                codes.append(message["status"])

        await self.app(scope, receive, send)
        return codes[0] if codes else None

    def send(self, drive: str, name: str, data: bytes) -> str:
        """Send a whole file; return its address."""
        url: str = self.begin(drive, name, len(data)).headers["location"]
        answer = self.add(url, 0, data)
        assert answer.status_code == 204, answer.text
        return url

    def complete(self, drive: str, files: dict[str, bytes]) -> httpx.Response:
        listed = [
            {"name": name, "size": len(data), "sha256": sha256_of(data)}
            for name, data in files.items()
        ]
        content = json.dumps({"drive": drive, "files": listed}).encode()
        return self.ask("POST", "/api/v1/sent/complete", content, content_type="application/json")
