"""A driver's phone: a drive is chosen and sent over a line that breaks, and becomes findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.e2e.conftest import served
from tests.e2e.map_driver import MapDriver
from tests.e2e.test_pages import faults_of
from tests.made_stages import made_stages
from tests.pipeline.sent import city_of, sealed_in

from gatusyn.pipeline import City, Worker
from gatusyn.simulate import TownFiles


@pytest.fixture
def city(small_town: TownFiles, tmp_path: Path) -> Iterator[City]:
    made = city_of(small_town, tmp_path / "city")
    yield made
    made.store.close()


def broken(page: Page, times: int) -> list[str]:
    """Let the first pieces be lost on the way, some of them after the service had them."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "PATCH" and len(lost) < times:
            if len(lost) % 2:
                route.fetch()
            lost.append(route.request.url)
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*", lose)
    return lost


def test_a_phone_sends_a_drive_over_a_broken_line(
    browser: Browser, city: City, small_town: TownFiles, shots: Path
) -> None:
    with served(city.store, city.settings, reviewer="Bo", city_folder=city.folder) as base:
        context = browser.new_context(
            locale="sv-SE", viewport={"width": 390, "height": 844}, has_touch=True
        )
        page = context.new_page()
        driver = MapDriver(page, base, shots)
        page.goto(f"{base}/send")
        expect(page.locator("h1")).to_have_text("Skicka körningar")
        track = small_town.drives[0][1]
        page.set_input_files("#send-files", [str(track)])
        page.click("#send button")
        expect(page.locator("#send-fault")).to_contain_text("Välj en video med dess spår")
        lost = broken(page, 2)
        page.set_input_files("#send-files", [str(path) for path in small_town.drives[0]])
        page.click("#send button")
        expect(page.locator("#send-status")).to_have_text(
            "Mottaget och kontrollerat. Din kopia får raderas.", timeout=120_000
        )
        assert len(lost) == 2
        expect(page.locator("#sent")).to_contain_text("mottagen, väntar")
        page.locator("#sent summary").click()
        expect(page.locator("#sent code").first).to_contain_text("SHA-256")
        driver.shot("send-phone")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        assert len(sealed_in(city)) == 2
        worked = Worker(city, stages=made_stages()).once()
        assert worked is not None
        assert worked.outcome is not None, worked.reason
        page.goto(f"{base}/drives")
        expect(page.locator("main")).to_contain_text("1 körning har kommit in: 1 är granskad.")
        expect(page.locator("#list")).to_contain_text(small_town.drives[0][0].name)
        page.goto(f"{base}/send")
        expect(page.locator("#sent")).to_contain_text("granskad")
        assert city.store.findings()
        context.close()


def test_the_page_has_no_serious_fault(browser: Browser, city: City) -> None:
    with served(city.store, city.settings, reviewer="Bo", city_folder=city.folder) as base:
        context = browser.new_context(
            locale="sv-SE", viewport={"width": 390, "height": 844}, bypass_csp=True
        )
        page = context.new_page()
        page.goto(f"{base}/send")
        assert not faults_of(page)
        context.close()
