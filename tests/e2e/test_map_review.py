"""Hiding what was missed and removing pictures, by pointer and by keys, on real pictures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.e2e.conftest import served
from tests.e2e.map_driver import MapDriver

from gatusyn.model import HoldSubject, RegionKind
from gatusyn.pipeline import City, open_city


@pytest.fixture
def city(inspected: City, tmp_path: Path) -> Iterator[City]:
    """A copy of the inspected city, to be changed."""
    shutil.copytree(inspected.folder, tmp_path / "city")
    copy = open_city(tmp_path / "city")
    yield copy
    copy.store.close()


@pytest.fixture
def desk(browser: Browser, city: City, shots: Path) -> Iterator[MapDriver]:
    """The first section's card, on a map that was started for reviewing."""
    with served(city.store, city.settings, reviewer="Anna") as base:
        page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 1000})
        driver = MapDriver(page, base, shots)
        driver.open()
        driver.rows.first.click()
        assert driver.shown_picture_size() == (640, 360)
        driver.wait_for_map()
        yield driver
        page.close()


def viewer_of(desk: MapDriver) -> Locator:
    return desk.card.locator(".viewer").first


def picture_id(desk: MapDriver) -> str:
    address = viewer_of(desk).locator("img").get_attribute("src")
    assert address is not None
    return address.removeprefix("/api/v1/pictures/").split("?")[0]


def test_a_miss_is_boxed_with_the_pointer_and_hidden_at_once(desk: MapDriver, city: City) -> None:
    viewer, name = viewer_of(desk), picture_id(desk)
    hidden = len(city.store.ledger.picture(name).redaction.regions)
    viewer.get_by_role("button", name="Maskera något som missats").click()
    frame = viewer.locator(".frame").bounding_box()
    assert frame is not None

    def point(x: float, y: float) -> tuple[float, float]:
        return frame["x"] + x / 640 * frame["width"], frame["y"] + y / 360 * frame["height"]

    desk.page.mouse.move(*point(320, 200))
    desk.page.mouse.down()
    desk.page.mouse.move(*point(250, 170), steps=4)
    desk.page.mouse.move(*point(200, 140), steps=4)
    desk.page.mouse.up()
    viewer.get_by_label("Registreringsskylt").check()
    expect(viewer.locator(".review-panel")).to_contain_text("bildpunkter")
    desk.shot("review-hide")
    viewer.get_by_role("button", name="Maskera för gott").click()
    expect(viewer.locator(".review-status")).to_contain_text("Maskerat i alla kopior")
    expect(viewer.locator("img")).to_have_attribute("src", re.compile(r"\?v=1$"))
    expect(viewer.locator(".marker")).to_have_count(0)
    expect(viewer.locator(".picture-caption")).to_contain_text(f"{hidden + 1} område")
    (mark,) = city.store.ledger.marks()
    assert (mark.picture_id, mark.marked_by) == (name, "Anna")
    region = mark.region
    assert region.kind is RegionKind.PLATE
    drawn = (region.x1, region.y1, region.x2, region.y2)
    assert drawn == pytest.approx((200, 140, 320, 200), abs=3)
    viewer.locator("img").evaluate("image => image.decode()")
    colours = viewer.locator("img").evaluate(COLOURS_INSIDE)
    assert colours == 1, "what is shown is hidden, not the picture that the page had kept"
    desk.shot("review-hidden")
    desk.assert_clean()


#: How many colours the shown picture has between (210, 150) and (310, 190).
COLOURS_INSIDE = """image => {
  const canvas = document.createElement("canvas");
  canvas.width = 640; canvas.height = 360;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(210, 150, 100, 40).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  return seen.size;
}"""


def test_a_miss_is_hidden_by_keys_alone_in_the_enlarged_picture(
    desk: MapDriver, city: City
) -> None:
    desk.card.get_by_role("button", name="Förstora bilden").click()
    dialog, keys = desk.page.locator("dialog.enlarged"), desk.page.keyboard
    start = dialog.get_by_role("button", name="Maskera något som missats")
    start.focus()
    keys.press("Enter")
    expect(dialog.locator(".marker-box")).to_be_focused()
    keys.press("Escape")
    expect(dialog.locator(".marker")).to_have_count(0)
    expect(dialog).to_be_visible()
    expect(start).to_be_focused()
    keys.press("Enter")
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        keys.press(key)
    number = dialog.locator(".picture-number").text_content()
    keys.press("Tab")
    keys.press("ArrowDown")
    expect(dialog.get_by_label("Registreringsskylt")).to_be_checked()
    assert dialog.locator(".picture-number").text_content() == number, "the arrows stay here"
    expect(dialog.locator(".marker-box")).to_have_count(1)
    desk.shot("review-keys")
    dialog.locator(".marker-box").focus()
    keys.press("Enter")
    expect(dialog.locator(".review-status")).to_contain_text("Maskerat i alla kopior")
    expect(start).to_be_focused()
    (mark,) = city.store.ledger.marks()
    region = mark.region
    assert (region.x1, region.y1, region.x2, region.y2) == (272, 148, 360, 204)
    assert region.kind is RegionKind.PLATE
    desk.assert_clean()


def test_a_picture_is_removed_after_a_reason_and_a_second_press(
    desk: MapDriver, city: City
) -> None:
    viewer, name = viewer_of(desk), picture_id(desk)
    total = viewer.locator(".picture-number").text_content()
    assert total is not None
    count = int(total.split()[-1])
    findings = desk.card.locator(".finding-row").count()
    remove = viewer.get_by_role("button", name="Ta bort bilden")
    remove.click()
    now = viewer.get_by_role("button", name="Ta bort för gott")
    now.click()
    expect(viewer.locator(".review-status")).to_have_text("Ange ett skäl.")
    viewer.get_by_role("button", name="Avbryt").click()
    expect(remove).to_be_focused()
    assert city.store.ledger.removals() == ()
    remove.click()
    viewer.get_by_label("Skäl").fill("begärt i brev")
    desk.shot("review-remove")
    now.click()
    expect(viewer.locator(".review-status")).to_contain_text("Bilden är borttagen")
    expect(viewer.locator(".picture-number")).to_have_text(f"Bild 1 av {count - 1}")
    assert picture_id(desk) != name
    (note,) = city.store.ledger.removals()
    assert (note.picture_id, note.reason, note.removed_by) == (name, "begärt i brev", "Anna")
    assert desk.card.locator(".finding-row").count() == findings, "the measurement stays"
    desk.page.reload()
    viewer.locator(".picture-number").wait_for()
    expect(viewer.locator(".picture-number")).to_have_text(re.compile(f"av {count - 1}$"))
    desk.assert_clean()


def test_a_held_picture_says_why_it_stays(desk: MapDriver, city: City) -> None:
    viewer, name = viewer_of(desk), picture_id(desk)
    city.store.ledger.place_hold(
        HoldSubject.PICTURE, name, reason="skada 12", until_s=9e9, by="bo", now_s=1.0
    )
    viewer.get_by_role("button", name="Ta bort bilden").click()
    viewer.get_by_label("Skäl").fill("begärt")
    desk.page.keyboard.press("Enter")
    status = viewer.locator(".review-status")
    expect(status).to_contain_text("Inget har ändrats.")
    expect(status).to_contain_text("skada 12")
    assert city.store.picture_path(name) is not None


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Hide something missed"), ("pt", "Ocultar algo que escapou")]
)
def test_it_is_there_in_every_language(desk: MapDriver, language: str, words: str) -> None:
    desk.choose_language(language)
    viewer_of(desk).get_by_role("button", name=words).wait_for()


def test_a_map_for_looking_has_no_such_buttons(
    browser: Browser, inspected: City, shots: Path
) -> None:
    with served(inspected.store, inspected.settings) as base:
        page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 800})
        desk = MapDriver(page, base, shots)
        desk.open()
        desk.rows.first.click()
        expect(viewer_of(desk).locator("img")).to_be_visible()
        expect(desk.page.locator(".review")).to_have_count(0)
        page.close()
