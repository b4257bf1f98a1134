"""Layers of the map: kinds of damage switched one by one, and districts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import served
from tests.e2e.map_driver import MapDriver
from tests.e2e.test_map_page import middle_of, near, worst_of
from tests.made_areas import write_areas
from tests.made_paving import made_city, made_settings
from tests.serve.fake_store import FakeStore

from gatusyn.model import ProgrammeParams

KINDS = 6
CRACK, POTHOLE = "#332288", "#000000"


def is_drawn(driver: MapDriver, colour: str) -> bool:
    driver.wait_for_map()
    driver.page.wait_for_timeout(300)
    return any(near(one, colour, within=12) for one in driver.colours_drawn())


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_each_kind_of_damage_is_switched_by_keys_and_the_address_keeps_it(
    screen: str, request: pytest.FixtureRequest, town: FakeStore
) -> None:
    driver: MapDriver = request.getfixturevalue(screen)
    lon, lat = middle_of(town, worst_of(town))
    driver.look_at(lon, lat, zoom=18)
    kinds = driver.page.get_by_role("group", name="Skador")
    expect(kinds.locator("li button")).to_have_count(KINDS)
    assert is_drawn(driver, CRACK)
    crack = driver.page.locator('button[data-kind="longitudinal_crack"]')
    crack.focus()
    crack.press("Space")
    expect(crack).to_have_attribute("aria-pressed", "false")
    assert "hide=longitudinal_crack" in driver.fragment
    assert not is_drawn(driver, CRACK)
    assert is_drawn(driver, POTHOLE), "the other kinds stay"
    driver.page.reload()
    driver.wait_for_map()
    expect(crack).to_have_attribute("aria-pressed", "false")
    assert not is_drawn(driver, CRACK)
    crack.scroll_into_view_if_needed()
    driver.shot(f"kinds-{screen}")
    crack.press("Enter")
    assert "hide" not in driver.fragment
    assert is_drawn(driver, CRACK)
    driver.assert_clean()


def test_all_kinds_are_hidden_and_shown_at_once(desk: MapDriver) -> None:
    desk.open()
    kinds = desk.page.get_by_role("group", name="Skador")
    pressed = kinds.locator('button[aria-pressed="true"]')
    kinds.get_by_role("button", name="Dölj alla").press("Enter")
    expect(pressed).to_have_count(0)
    kinds.get_by_role("button", name="Visa alla").press("Enter")
    expect(pressed).to_have_count(KINDS)
    assert "hide" not in desk.fragment


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    params = ProgrammeParams(places_file="areas.geojson", years=1, budget_sek=1.0)
    folder = tmp_path_factory.mktemp("districts") / "city"
    city = made_city(folder, settings=made_settings(params))
    write_areas(city.folder / "areas.geojson")
    with served(city.store, city.settings, city_folder=city.folder) as base:
        yield base
    city.store.close()


def test_a_district_narrows_the_map_its_list_and_its_kilometres(
    browser: Browser, districts: str, shots: Path
) -> None:
    page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 900})
    driver = MapDriver(page, districts, shots)
    driver.open()
    whole = page.locator(".list-count").inner_text()
    filters = page.locator(".filters")
    filters.locator("summary").press("Enter")
    box = filters.get_by_role("group", name="Område").get_by_label("Söder")
    box.press("Space")
    count = page.locator(".list-count")
    expect(count).not_to_have_text(whole)
    assert "district=S%C3%B6der" in driver.fragment
    narrowed = count.inner_text()
    driver.shot("district")
    page.reload()
    driver.wait_for_map()
    expect(box).to_be_checked()
    expect(count).to_have_text(narrowed)
    filters.get_by_role("button", name="Rensa filter").click()
    expect(count).to_have_text(whole)
    driver.assert_clean()
    page.close()
