from __future__ import annotations

import re
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect
from tests.e2e.map_driver import PATIENCE_MS, MapDriver
from tests.serve.fake_store import FakeStore

from gatusyn.geo import Projection


def near(colour: tuple[int, int, int], wanted: str, *, within: int = 3) -> bool:
    parts = [int(wanted[i : i + 2], 16) for i in (1, 3, 5)]
    return all(abs(a - b) <= within for a, b in zip(colour, parts, strict=True))


def middle_of(town: FakeStore, section_id: str) -> tuple[float, float]:
    section = next(own for own in town.network.sections if own.section_id == section_id)
    point = section.line.interpolate(0.5, normalized=True)
    degrees = Projection(town.network.epsg).geometry_to_degrees(point).centroid
    return degrees.x, degrees.y


def worst_of(town: FakeStore) -> str:
    known = [own for own in town.conditions() if own.index is not None]
    return min(known, key=lambda own: own.index or 0.0).section_id


def test_town_is_drawn_by_grade(desk: MapDriver) -> None:
    desk.open()
    expect(desk.page).to_have_title("Björkvik – Gatusyn")
    colours = desk.colours_drawn()
    for wanted in ("#2c7bb6", "#abd9e9", "#ffffbf", "#fdae61", "#d7191c", "#8d969b"):
        assert any(near(colour, wanted) for colour in colours), wanted
    desk.shot("town")
    desk.assert_clean()


def test_click_on_a_section_shows_its_card_and_picture(desk: MapDriver, town: FakeStore) -> None:
    section_id = worst_of(town)
    lon, lat = middle_of(town, section_id)
    desk.look_at(lon, lat, zoom=16.4)
    desk.click_middle()
    expect(desk.card).to_be_visible()
    expect(desk.card.locator("h2")).to_have_text("Kyrkogatan")
    expect(desk.card.locator(".banner-grade strong")).to_have_text("5 – mycket dålig")
    expect(desk.card.locator(".banner-method")).to_have_text(
        "Enligt avdragsmetoden (Gatusyn deduct curves 1)"
    )
    expect(desk.card.locator(".banner-index")).to_contain_text("95 %:")
    expect(desk.card.locator(".facts")).to_contain_text("Handboksmetoden70 (klass 3)")
    seen = desk.card.get_by_role("img", name="väl sett")
    expect(seen).to_have_attribute("aria-label", re.compile("22\\s% dåligt sett, 14\\s% inte sett"))
    expect(seen.locator("span")).to_have_count(2)
    expect(desk.card.locator(".facts")).to_contain_text("Senast sedd")
    expect(desk.card.locator(".reasons li")).to_have_count(2)
    expect(desk.card.locator(".reasons li").first).to_contain_text("svårighetsgrad")
    expect(desk.card.locator("tbody tr")).to_have_count(2)
    assert desk.shown_picture_size() == (960, 540)
    outlines = desk.card.locator(".viewer").first.locator(".outline")
    expect(outlines).to_have_count(2)
    assert {outlines.nth(n).get_attribute("data-class") for n in (0, 1)} == {"crack", "pothole"}
    picture = desk.card.locator(".frame").first.bounding_box()
    crack = outlines.first.locator(".outline-line").bounding_box()
    assert picture is not None
    assert crack is not None
    assert crack["x"] == pytest.approx(picture["x"] + 300 / 960 * picture["width"], abs=4)
    assert crack["y"] == pytest.approx(picture["y"] + 330 / 540 * picture["height"], abs=4)
    desk.wait_for_map()
    desk.shot("section")
    desk.assert_clean()


def test_list_and_map_choose_the_same_section(desk: MapDriver, town: FakeStore) -> None:
    desk.open()
    desk.rows.first.click()
    expect(desk.rows.first).to_have_attribute("aria-current", "true")
    expect(desk.card.locator("h2")).to_have_text("Kyrkogatan")
    assert "section=Ky:1%232/1:0" in desk.fragment
    desk.page.go_back()
    expect(desk.card).to_be_hidden()
    desk.assert_clean()


def test_address_restores_what_was_shown(desk: MapDriver, town: FakeStore) -> None:
    section_id = worst_of(town)
    desk.open(section=section_id, picture=f"run1/{section_id} 2", off="1,2")
    expect(desk.card.locator(".picture-number").first).to_have_text("Bild 3 av 4")
    pressed = desk.page.locator(".legend button[aria-pressed=true]:not([data-kind])")
    expect(pressed).to_have_count(4)
    desk.assert_clean()


def test_pictures_turn_by_keyboard_and_enlarge(desk: MapDriver, town: FakeStore) -> None:
    desk.open(section=worst_of(town))
    number = desk.card.locator(".picture-number").first
    expect(number).to_have_text("Bild 1 av 4")
    desk.card.get_by_role("button", name="Nästa bild").focus()
    desk.page.keyboard.press("ArrowRight")
    expect(number).to_have_text("Bild 2 av 4")
    desk.page.keyboard.press("ArrowLeft")
    desk.page.keyboard.press("ArrowLeft")
    expect(number).to_have_text("Bild 4 av 4")
    desk.page.keyboard.press("ArrowRight")
    desk.card.get_by_role("button", name="Förstora bilden").click()
    dialog = desk.page.locator("dialog.enlarged")
    expect(dialog).to_be_visible()
    desk.page.wait_for_timeout(200)
    desk.shot("picture")
    dialog.get_by_label("Markera skador").uncheck()
    expect(dialog.locator(".outlines")).to_be_hidden()
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.card).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.card).to_be_hidden()
    desk.assert_clean()


def test_list_works_by_keyboard_alone(desk: MapDriver) -> None:
    desk.open()
    desk.page.keyboard.press("Tab")
    skip = desk.page.get_by_role("button", name="Hoppa till listan över sektioner")
    expect(skip).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.rows.first).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    expect(desk.rows.nth(1)).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.card).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.rows.nth(1)).to_be_focused()
    desk.assert_clean()


def test_legend_hides_a_grade_on_map_and_in_list(desk: MapDriver) -> None:
    desk.open()
    button = desk.page.get_by_role("button", name=re.compile("mycket dålig", re.IGNORECASE))
    button.and_(desk.page.locator(".legend button")).click()
    expect(desk.rows.first).to_contain_text("dålig · ")
    expect(desk.page.locator(".section-row [data-grade='5']")).to_have_count(0)
    desk.wait_for_map()
    assert not any(near(colour, "#d7191c") for colour in desk.colours_drawn())
    assert "off=5" in desk.fragment
    desk.assert_clean()


def test_unseen_section_says_that_it_is_unknown(desk: MapDriver) -> None:
    desk.open(section="Lä:4#0/1:0")
    expect(desk.card.locator(".banner-grade strong")).to_have_text("okänd")
    expect(desk.card.locator(".banner-index")).to_contain_text("Inte bedömd")
    expect(desk.card.locator(".note")).to_contain_text("aldrig som bra")
    expect(desk.card).to_contain_text("inga bilder")
    desk.wait_for_map()
    desk.shot("unknown")
    desk.assert_clean()


def test_street_is_found_and_shown(desk: MapDriver) -> None:
    desk.open()
    desk.page.get_by_label("Sök gata").fill("park")
    desk.page.get_by_role("button", name="Visa Östra Parkvägen på kartan").click()
    expect(desk.rows.first).to_contain_text("Östra Parkvägen")
    expect(desk.page.locator(".list-count")).to_have_text("12 sektioner")
    desk.wait_for_map()
    desk.assert_clean()


def _is_of_street(text: str, url: str) -> bool:
    return parse_qs(urlsplit(url).fragment).get("street") == [text]


def test_map_is_still_when_tiles_come_as_they_were(desk: MapDriver) -> None:
    desk.open()
    for text in ("Östra Park", "Östra Parkvägen"):
        desk.page.get_by_label("Sök gata").fill(text)
        desk.page.wait_for_url(partial(_is_of_street, text))
        desk.wait_for_map()
    expect(desk.page.locator(".list-count")).to_have_text("12 sektioner")
    desk.assert_clean()


def test_finding_close_by_is_told_by_shape(desk: MapDriver, town: FakeStore) -> None:
    lon, lat = middle_of(town, worst_of(town))
    desk.look_at(lon, lat, zoom=18.6)
    desk.shot("findings")
    desk.assert_clean()


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "Skip to the list of sections"), ("pt", "Saltar para a lista de secções")],
)
def test_language_can_be_changed(desk: MapDriver, language: str, word: str) -> None:
    desk.open()
    desk.choose_language(language)
    expect(desk.page.locator(".skip")).to_have_text(word)
    expect(desk.page.locator("html")).to_have_attribute("lang", language)
    desk.assert_clean()


def test_failed_request_is_told_in_words_and_tried_again(desk: MapDriver) -> None:
    desk.open()

    def refuse(route: Route) -> None:
        route.abort()

    desk.page.route("**/api/v1/section?*", refuse)
    desk.rows.first.click()
    alert = desk.card.get_by_role("alert")
    expect(alert).to_contain_text("Tjänsten svarar inte")
    desk.page.unroute("**/api/v1/section?*", refuse)
    alert.get_by_role("button", name="Försök igen").click()
    expect(desk.card.locator("h2")).to_have_text("Kyrkogatan")
    assert not desk.foreign


def test_erased_picture_is_told_in_words(desk: MapDriver, town: FakeStore) -> None:
    desk.page.route("**/api/v1/pictures/**", lambda route: route.fulfill(status=404))
    desk.open(section=worst_of(town))
    expect(desk.card.locator(".frame-gone").first).to_contain_text("Bilden finns inte längre")


def test_phone_shows_map_then_card(phone: MapDriver) -> None:
    phone.open()
    phone.shot("phone-town")
    phone.rows.first.tap()
    expect(phone.card).to_be_visible()
    expect(phone.card.locator("h2")).to_have_text("Kyrkogatan")
    phone.wait_for_map()
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    phone.shot("phone-section")
    phone.assert_clean()


def test_every_control_has_a_name(desk: MapDriver, town: FakeStore) -> None:
    desk.open(section=worst_of(town))
    nameless = desk.page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, img')]
            .filter(own => own.checkVisibility())
            .filter(own => !(own.getAttribute('aria-label') || own.textContent.trim()
                || own.labels?.length || own.hasAttribute('alt')))
            .map(own => own.outerHTML)"""
    )
    assert nameless == []
    desk.assert_clean()


def test_section_beyond_the_first_page_is_shown_above_the_list(desk: MapDriver) -> None:
    desk.open(section="Lä:4#0/1:0")
    pinned = desk.page.locator(".pinned")
    expect(pinned).to_contain_text("Vald på kartan")
    expect(pinned.locator(".section-row")).to_contain_text("Lärkstigen")
    more = desk.page.get_by_role("button", name="Visa 50 till")
    more.click()
    expect(desk.page.locator(".section-rows .section-row")).to_have_count(100)
    desk.page.get_by_role("button", name="Visa 24 till").click()
    expect(pinned).to_be_hidden()
    expect(desk.page.locator(".section-rows [aria-current=true]")).to_have_count(1)
    desk.assert_clean()


def test_browser_that_cannot_draw_still_has_the_list(desk: MapDriver) -> None:
    desk.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    desk.page.goto(desk.base)
    expect(desk.page.get_by_role("alert")).to_contain_text("Listan fungerar ändå")
    desk.rows.first.click()
    expect(desk.card.locator("h2")).to_have_text("Kyrkogatan")


def test_missing_tiles_are_told_in_words(desk: MapDriver) -> None:
    desk.page.route("**/tiles/**", lambda route: route.fulfill(status=500))
    desk.page.goto(desk.base)
    alert = desk.page.get_by_role("alert")
    expect(alert).to_contain_text("En del av kartan", timeout=PATIENCE_MS)
    expect(desk.rows.first).to_contain_text("Kyrkogatan")


def test_a_kind_of_damage_can_be_hidden_and_the_link_says_so(desk: MapDriver) -> None:
    desk.open()
    button = desk.page.locator('.legend button[data-kind="pothole"]')
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert "hide=pothole" in desk.fragment
    desk.assert_clean()


def test_the_map_is_coloured_by_what_is_chosen(desk: MapDriver) -> None:
    desk.open()
    before = desk.colours_drawn()
    desk.page.get_by_label("Färglägg efter").select_option("change")
    expect(desk.page.get_by_role("heading", name="Förändring")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Oförändrad")).to_be_visible()
    assert "theme=change" in desk.fragment
    desk.page.wait_for_timeout(300)
    desk.wait_for_map()
    assert desk.colours_drawn() != before
    desk.page.get_by_role("button", name="Oförändrad").click()
    assert "off=3" in desk.fragment
    desk.shot("change")
    desk.assert_clean()
