"""A map that is open while a drive is inspected beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import served
from tests.e2e.map_driver import PATIENCE_MS, MapDriver
from tests.made_stages import made_stages
from tests.made_town import PARAMS

from gatusyn.cli.demo import settings_of
from gatusyn.model import News, NewsKind
from gatusyn.pipeline import City, create_city, inspect_drives
from gatusyn.simulate import TownFiles

VIOLET = (122, 31, 162)


@pytest.fixture
def fresh(small_town: TownFiles, tmp_path: Path) -> Iterator[City]:
    """A city without drives."""
    settings = settings_of(PARAMS)
    city = create_city(tmp_path / "city", network=small_town.network, settings=settings)
    yield city
    city.store.close()


def test_a_drive_and_then_its_grades_appear_without_loading_anew(
    browser: Browser, fresh: City, small_town: TownFiles, shots: Path
) -> None:
    with served(fresh.store, fresh.settings) as base:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="sv-SE")
        desk = MapDriver(page, base, shots)
        desk.open()
        status = page.locator(".live-status")
        expect(status).to_be_hidden()
        before = page.locator(".summary").inner_text()
        page.evaluate("window.samePage = true")
        inspecting = threading.Thread(
            target=inspect_drives,
            args=(fresh, [small_town.drives[0][0]]),
            kwargs={"stages": made_stages()},
        )
        inspecting.start()
        expect(status).to_be_visible(timeout=PATIENCE_MS)
        expect(status).to_contain_text(small_town.drives[0][0].stem)
        inspecting.join()
        expect(status).to_be_hidden()
        expect(page.locator(".summary")).not_to_have_text(before, use_inner_text=True)
        assert page.evaluate("window.samePage"), "the page must not have been loaded anew"
        desk.wait_for_map()
        desk.assert_clean()
        page.close()


def test_a_vehicle_and_what_it_sees_are_drawn_where_they_are(
    browser: Browser, fresh: City, shots: Path
) -> None:
    with served(fresh.store, fresh.settings) as base:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="sv-SE")
        desk = MapDriver(page, base, shots)
        desk.open()
        assert VIOLET not in desk.colours_drawn()
        lon, lat = page.evaluate(
            "fetch('/api/v1/city').then(a => a.json()).then(c => ["
            "(c.bounds[0] + c.bounds[2]) / 2, (c.bounds[1] + c.bounds[3]) / 2])"
        )
        place = {"drive": "Bil <b>7</b>", "lon": lon, "lat": lat}
        fresh.store.news.tell(
            [
                News(kind=NewsKind.DAMAGE_SEEN, time_s=time.time(), about=place),
                News(
                    kind=NewsKind.VEHICLE,
                    time_s=time.time(),
                    about=place | {"bearing_deg": 0.0, "done": 3, "frames": 1200},
                ),
            ]
        )
        status = page.locator(".live-status")
        expect(status).to_contain_text("Bil <b>7</b>")
        expect(status).to_contain_text("bild 3 av 1\N{NO-BREAK SPACE}200")
        expect(status).to_contain_text("sedda skador: 1")
        desk.wait_for_map()
        assert VIOLET in desk.colours_drawn()
        desk.shot("live")
        fresh.store.news.tell(
            [News(kind=NewsKind.DRIVE_DONE, time_s=time.time(), about={"drive": "Bil <b>7</b>"})]
        )
        expect(status).to_be_hidden()
        desk.assert_clean()
        page.close()
