"""Views of the map: costs and plans, filters, the past, then and now, on paper, and by keys."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import served
from tests.e2e.map_driver import MapDriver
from tests.e2e.test_map_page import near, worst_of
from tests.e2e.test_pages import SIZES, faults_of
from tests.made_paving import made_city, made_conditions, made_network
from tests.serve.fake_store import FakeStore

from gatusyn.model import SectionCondition
from gatusyn.pipeline import City, make_programme, saved_programme
from gatusyn.serve.themes import YEAR_COLOURS

FOCUS = "#b3261e"


def two_surveys() -> tuple[SectionCondition, ...]:
    now = made_conditions(made_network())
    then = (
        replace(one, period="2024", index=None if one.index is None else min(one.index + 8.0, 100))
        for one in now
    )
    return (*then, *now)


@pytest.fixture(scope="module")
def paving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A graded town with costs and a saved programme."""
    city = made_city(tmp_path_factory.mktemp("views") / "city", conditions=two_surveys())
    made, _ = make_programme(
        city, city.settings.programme, name="Plan A", by="Bo", now_s=1.0, compare=False
    )
    city.store.programmes.save(saved_programme(made))
    yield city
    city.store.close()


@pytest.fixture(scope="module")
def paving_address(paving: City) -> Iterator[str]:
    with served(paving.store, paving.settings, city_folder=paving.folder) as base:
        yield base


@pytest.fixture
def planner(browser: Browser, paving_address: str, shots: Path) -> Iterator[MapDriver]:
    """The town with costs on a desk's screen."""
    page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 900})
    yield MapDriver(page, paving_address, shots)
    page.close()


def colours_of(picture: bytes) -> set[tuple[int, int, int]]:
    with Image.open(io.BytesIO(picture)) as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    return {(int(r), int(g), int(b)) for r, g, b in np.unique(pixels, axis=0)}


def has(colours: set[tuple[int, int, int]], wanted: str) -> bool:
    return any(near(colour, wanted) for colour in colours)


def choose_theme(driver: MapDriver, theme: str) -> None:
    driver.page.locator("#theme").select_option(theme)
    driver.page.wait_for_timeout(300)
    driver.wait_for_map()


def test_costs_life_and_plans_are_on_the_map_and_on_the_card(planner: MapDriver) -> None:
    planner.open(theme="debt", section="a/1")
    legend, outlook = planner.page.locator(".legend"), planner.card.locator(".outlook")
    expect(legend).to_contain_text("Bedömda gator tillsammans")
    expect(legend.get_by_role("button", name="200–400 kr/m²")).to_contain_text("95 %:")
    expect(outlook).to_contain_text("33 600 kr · 240 kr/m²")
    expect(outlook).to_contain_text("fräsning och toppning")
    expect(outlook).to_contain_text("0,0 år")
    expect(outlook).to_contain_text("(Plan A)")
    expect(planner.card.locator(".history-chart canvas")).to_be_visible()
    expect(planner.card.locator(".past li")).to_have_count(2)
    debt = planner.colours_drawn()
    assert has(debt, "#2c7bb6")
    choose_theme(planner, "life")
    expect(legend.get_by_role("button", name="Under ett år")).to_contain_text("95 %: 0–")
    assert has(planner.colours_drawn(), "#d7191c")
    choose_theme(planner, "programme")
    expect(legend).to_contain_text("Program: Plan A")
    expect(legend.get_by_role("button", name="2027")).to_contain_text("kr")
    expect(legend).to_contain_text("toppning: 0,0")
    assert any(has(planner.colours_drawn(), one) for one in YEAR_COLOURS)
    assert "theme=programme" in planner.fragment
    rows = planner.page.locator(".list-count")
    legend.get_by_role("button", name="Ingen åtgärd").click()
    legend.get_by_role("button", name="Okänd").click()
    expect(rows).to_have_text("5 sektioner")
    planner.shot("programme-map")
    planner.assert_clean()


def test_filters_count_on_the_map_and_in_the_list_and_are_in_the_address(desk: MapDriver) -> None:
    desk.open()
    filters = desk.page.locator(".filters")
    filters.locator("summary").press("Enter")
    box = filters.get_by_label("gång- och cykelväg")
    box.press("Space")
    count = desk.page.locator(".list-count")
    expect(count).to_have_text("12 sektioner")
    assert "network=cycle" in desk.fragment
    desk.wait_for_map()
    desk.page.wait_for_timeout(200)
    colours = desk.colours_drawn()
    assert not has(colours, "#d7191c"), "nobody looked at the cycle path"
    legend = desk.page.locator(".legend")
    expect(legend.get_by_role("button", name="Mycket dålig")).to_contain_text("0,0")
    desk.page.reload()
    desk.wait_for_map()
    expect(box).to_be_checked()
    expect(count).to_have_text("12 sektioner")
    filters.get_by_role("button", name="Rensa filter").click()
    expect(count).to_have_text("124 sektioner")
    assert "network" not in desk.fragment
    desk.open(street="storg")
    expect(count).to_have_text("16 sektioner")
    desk.assert_clean()


def test_the_past_is_reached_by_keys_and_unknown_then_is_said(desk: MapDriver) -> None:
    desk.open()
    slider = desk.page.get_by_label("Tidpunkt")
    expect(slider).to_have_attribute("aria-valuetext", "nu")
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "maj 2026")
    expect(desk.page.locator(".legend")).to_contain_text("Som känt vid slutet av maj 2026")
    assert "at=2026-05" in desk.fragment
    desk.open(at="2025-03", section="St:0#0/1:0")
    desk.wait_for_map()
    expect(desk.page.locator(".legend")).to_contain_text("Som känt vid slutet av mars 2025")
    expect(slider).to_have_attribute("aria-valuetext", "mars 2025")
    expect(desk.page.locator(".legend")).to_contain_text("okänd då")
    expect(desk.rows.first).to_contain_text("okänd då")
    expect(desk.card.locator(".banner-grade strong")).to_have_text("okänd då")
    expect(desk.card.locator(".note").first).to_contain_text("mars 2025")
    colours = desk.colours_drawn()
    assert not has(colours, "#d7191c")
    assert not has(colours, "#2c7bb6")
    desk.shot("past")
    slider.press("End")
    expect(desk.card.locator(".banner-grade strong")).not_to_have_text("okänd då")
    assert "at=" not in desk.fragment
    desk.assert_clean()


def test_one_place_is_shown_then_and_now(desk: MapDriver, town: FakeStore) -> None:
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.open(section=worst_of(town))
    desk.card.get_by_role("button", name="Jämför då och nu").click()
    dialog = desk.page.locator("dialog.compare")
    expect(dialog.locator("figure")).to_have_count(2)
    expect(dialog.locator("figcaption").first).to_contain_text("Då")
    expect(dialog.locator("figcaption").first).to_contain_text("2025")
    expect(dialog.locator("figcaption").last).to_contain_text("2026")
    first, last = (dialog.locator("figure").nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert last is not None
    assert first["y"] == pytest.approx(last["y"]), "side by side"
    assert any("/api/v1/pictures/run0/" in url for url in asked), "by the way that is audited"
    assert "compare=1" in desk.fragment
    desk.page.wait_for_timeout(200)
    desk.shot("then-and-now")
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.card).to_be_visible()
    desk.assert_clean()


def sheet_of(page: Page) -> list[float]:
    """Return width and height of the one sheet that the page is printed on, in millimetres."""
    page.wait_for_selector("html[data-print=ready]", state="attached")
    document = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", document)
    assert len(boxes) == 1
    return [float(own) / 72 * 25.4 for own in boxes[0]]


def test_the_map_is_on_paper(planner: MapDriver) -> None:
    planner.open(print="a4", theme="programme")
    page = planner.page
    assert sheet_of(page) == pytest.approx([297, 210], abs=1)
    for text in ("Provstad: Program, år", "Plan A", "Skala 1:", "Utskriven", "Källa: Gatusyn"):
        expect(page.locator("#app")).to_contain_text(text)
    expect(page.get_by_role("img", name="Norr uppåt")).to_be_visible()
    page.emulate_media(media="print")
    colours = colours_of(page.locator(".sheet-picture").screenshot())
    assert any(has(colours, one) for one in YEAR_COLOURS)
    expect(page.locator(".print-bar")).to_be_hidden()
    page.emulate_media(media="null")
    planner.shot("print-a4")
    page.get_by_label("Papper").select_option("a3")
    assert sheet_of(page) == pytest.approx([420, 297], abs=1)
    assert "print=a3" in planner.fragment
    page.get_by_role("button", name="Tillbaka till kartan").click()
    expect(page.locator(".panel")).to_be_visible()
    planner.assert_clean()


def ring_is_drawn(driver: MapDriver) -> bool:
    """Say whether the keyboard's ring is on the map, whose own rim has its colour when focused."""
    driver.page.wait_for_timeout(400)
    driver.wait_for_map()
    with Image.open(io.BytesIO(driver.canvas.screenshot())) as image:
        inner = image.crop((9, 9, image.width - 9, image.height - 9))
        drawn = io.BytesIO()
        inner.save(drawn, "png")
    return has(colours_of(drawn.getvalue()), FOCUS)


def test_lines_on_the_map_are_picked_by_keys(desk: MapDriver) -> None:
    desk.open()
    desk.canvas.focus()
    desk.page.keyboard.press("Shift+Tab")
    desk.page.keyboard.press("Tab")
    told = desk.page.locator(".map-pick")
    expect(told).to_contain_text("piltangenterna")
    desk.page.keyboard.press("Enter")
    expect(told).to_contain_text("Retur öppnar den")
    assert ring_is_drawn(desk)
    before = told.inner_text()
    desk.shot("picked")
    desk.page.keyboard.press("ArrowRight")
    expect(told).not_to_have_text(before)
    desk.page.keyboard.press("ArrowUp")
    street = told.inner_text().split(",")[0]
    desk.page.keyboard.press("Enter")
    expect(desk.card.locator("h2")).to_have_text(street)
    desk.page.keyboard.press("Escape")
    expect(desk.card).to_be_hidden()
    desk.assert_clean()


def test_the_row_that_the_keyboard_is_at_is_ringed_on_the_map(desk: MapDriver) -> None:
    desk.open()
    assert not ring_is_drawn(desk)
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("ArrowDown")
    expect(desk.rows.nth(1)).to_be_focused()
    assert ring_is_drawn(desk)
    desk.assert_clean()


def open_views(page: Page, base: str, driver: MapDriver) -> Iterator[str]:
    driver.open(theme="programme", section="a/0")
    expect(driver.card.locator(".outlook")).to_contain_text("Plan A")
    yield "card"
    driver.open(theme="debt")
    page.locator(".filters summary").click()
    yield "panel"
    driver.open(print="a4", theme="life")
    page.wait_for_selector("html[data-print=ready]", state="attached")
    yield "print"


@pytest.mark.parametrize("size", SIZES)
def test_views_have_no_serious_fault(
    browser: Browser, paving_address: str, shots: Path, size: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        locale="sv-SE", viewport={"width": width, "height": height}, bypass_csp=True
    )
    page = context.new_page()
    driver = MapDriver(page, paving_address, shots)
    for name in open_views(page, paving_address, driver):
        driver.shot(f"view-{name}-{size}")
        assert not faults_of(page), name
        if name != "print":
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), name
    driver.assert_clean()
    context.close()
