"""The map over a city that the real pipeline and store made."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.e2e.conftest import served
from tests.e2e.map_driver import MapDriver

from gatusyn.pipeline import City


def test_a_filmed_section_shows_its_blurred_picture_with_the_finding_on_it(
    browser: Browser, inspected: City, shots: Path
) -> None:
    with served(inspected.store, inspected.settings) as base:
        page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 800})
        desk = MapDriver(page, base, shots)
        desk.open()
        expect(page.get_by_text(inspected.settings.name)).to_be_visible()
        desk.rows.first.click()
        expect(desk.card).to_be_visible()
        assert desk.shown_picture_size() == (640, 360)
        outline = desk.card.locator(".viewer").first.locator(".outline")
        expect(outline.first).to_have_attribute("data-class", "pothole")
        desk.wait_for_map()
        desk.shot("inspected")
        desk.assert_clean()
        page.close()
