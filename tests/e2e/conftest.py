"""A served town and a browser to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser
from starlette.types import ASGIApp
from tests.e2e.map_driver import MapDriver, open_browser
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.serve.fake_store import FakeStore

from gatusyn.cli.demo import settings_of
from gatusyn.model import CitySettings
from gatusyn.pipeline import City, create_city, inspect_drives
from gatusyn.serve import create_app
from gatusyn.simulate import TownFiles
from gatusyn.store import Store

ROOT = Path(__file__).resolve().parents[2]
BUILT_PAGE = ROOT / "src" / "gatusyn" / "serve" / "static" / "manifest.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder, and only that."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


def missing(reason: str) -> None:
    """Skip, or fail in a run that must have a browser."""
    if os.environ.get("GATUSYN_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("Chromium is not installed: apt-get install chromium")
    assert path is not None
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with open_browser(chromium) as opened:
        yield opened


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> FakeStore:
    return FakeStore(tmp_path_factory.mktemp("town"))


@contextmanager
def served(
    store: Store,
    settings: CitySettings,
    *,
    reviewer: str | None = None,
    city_folder: Path | None = None,
) -> Iterator[str]:
    """Serve a town on a free port of this machine while the block runs; give the address."""
    with serving(
        create_app(store, settings, reviewer=reviewer, city_folder=city_folder)
    ) as address:
        yield address


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port of this machine while the block runs; give the address."""
    if not BUILT_PAGE.is_file():
        missing("the map page has not been built: make web")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the service did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture(scope="session")
def address(town: FakeStore) -> Iterator[str]:
    """The address of the town of the fake store."""
    with served(town, CitySettings(name="Björkvik")) as base:
        yield base


@pytest.fixture(scope="session")
def inspected(small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city that the real pipeline made of a filmed drive."""
    city = create_city(
        tmp_path_factory.mktemp("inspected") / "city",
        network=small_town.network,
        settings=settings_of(PARAMS),
    )
    inspection = inspect_drives(city, [small_town.drives[0][0]], stages=made_stages())
    assert inspection.exit_code == 0
    yield city
    city.store.close()


@pytest.fixture
def shots() -> Path:
    return ROOT / "build" / "screenshots"


@pytest.fixture
def desk(browser: Browser, address: str, shots: Path) -> Iterator[MapDriver]:
    """A page on a desk's screen; at the end it must be clean."""
    page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 800})
    driver = MapDriver(page, address, shots)
    yield driver
    page.close()


@pytest.fixture
def phone(browser: Browser, address: str, shots: Path) -> Iterator[MapDriver]:
    """A page on a phone's screen."""
    page = browser.new_page(locale="sv-SE", viewport={"width": 390, "height": 844}, has_touch=True)
    driver = MapDriver(page, address, shots)
    yield driver
    page.close()
