"""The pages on a desk and on a phone: nothing is broken, cut off, or out of the keys' reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import ROOT, missing, served
from tests.e2e.map_driver import MapDriver

from gatusyn.model import VerdictKind
from gatusyn.pipeline import City

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PROGRAMME = "/programme?budget=100000&years=3"
PAGES = {
    "overview": "/overview",
    "streets": "/streets",
    "changes": "/streets/changes",
    "sections": "/sections",
    "findings": "/findings",
    "drives": "/drives",
    "review": "/review?below=1",
    "programme": PROGRAMME,
    "settled": PROGRAMME + "&never=Nowhere",
    "street": "/streets/street?name={street}",
    "work": "/work",
    "settings": "/settings",
    "values": "/settings/values",
    "users": "/users",
    "new-user": "/users/new",
    "audit": "/audit",
}
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def base(inspected: City) -> Iterator[str]:
    with served(
        inspected.store, inspected.settings, reviewer="Bo", city_folder=inspected.folder
    ) as address:
        yield address


def faults_of(page: Page) -> list[str]:
    """Return what axe calls serious; it is given to the page past its policy."""
    if not AXE.is_file():
        missing("axe-core is not installed: make web")
    page.evaluate("source => { (0, eval)(source); }", AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [
        f"{one['id']}: {[node['html'][:150] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_whole_and_within_reach(
    browser: Browser, base: str, shots: Path, size: str, inspected: City
) -> None:
    street = next(own.street_name for own in inspected.store.read_network().links)
    width, height = SIZES[size]
    context = browser.new_context(
        locale="sv-SE", viewport={"width": width, "height": height}, bypass_csp=True
    )
    page = context.new_page()
    driver = MapDriver(page, base, shots)
    for name, path in PAGES.items():
        page.goto(base + path.format(street=street))
        if "programme" in path:
            page.wait_for_selector("#result:not([hx-trigger])", timeout=60_000)
        page.wait_for_load_state("networkidle")
        expect(page.locator("h1")).to_be_visible()
        driver.shot(f"{name}-{size}")
        assert not faults_of(page), name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), name
        places = page.locator(".head-places")
        if size == "phone":
            expect(places).to_be_hidden()
        else:
            assert places.evaluate("own => own.scrollWidth <= own.clientWidth + 1"), name
    driver.assert_clean()
    context.close()


def test_pages_keep_to_their_policy(browser: Browser, base: str, shots: Path) -> None:
    page = browser.new_page(locale="sv-SE")
    driver = MapDriver(page, base, shots)
    for path in ("/overview", PROGRAMME, "/review?below=1"):
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
    page.goto(f"{base}/sections")
    page.get_by_label("Tillståndsklass").select_option("0")
    page.wait_for_url("**grade=0**")
    expect(page.locator("tbody tr").first).to_contain_text("okänd")
    page.get_by_role("link", name="Index", exact=True).click()
    page.wait_for_url("**sort=index**")
    page.locator(".head-languages button[value=pt]").click()
    expect(page.locator("html")).to_have_attribute("lang", "pt")
    assert "sort=index" in page.url
    driver.assert_clean()
    page.close()


def test_the_menu_on_a_phone_opens_and_closes_by_keys(browser: Browser, base: str) -> None:
    page = browser.new_page(locale="sv-SE", viewport={"width": 390, "height": 844})
    page.goto(f"{base}/overview")
    button = page.get_by_role("button", name="Meny")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Gator", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".head-places")).to_be_hidden()
    expect(button).to_be_focused()
    page.close()


def test_a_street_is_dragged_out_and_has_its_price(browser: Browser, base: str) -> None:
    page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 800})
    page.goto(base + PROGRAMME)
    page.wait_for_selector("[data-made]", timeout=60_000)
    card = page.locator("[data-drop]:not([data-drop=never]) .street-card").first
    street, year = card.get_attribute("data-street"), card.locator("xpath=../..")
    assert street
    put_in = year.get_attribute("data-drop")
    card.drag_to(page.locator("[data-drop=never]"))
    page.wait_for_url("**never=**")
    page.wait_for_selector("[data-made]", timeout=60_000)
    expect(page.locator("[data-drop=never] .locked").first).to_contain_text(street)
    expect(page.get_by_text("Programmet kostar")).to_be_visible()
    page.locator("[data-drop=never] .locked").first.drag_to(page.locator(f"[data-drop='{put_in}']"))
    page.wait_for_url("**must=**")
    assert "never=" not in page.url
    page.close()


def test_the_queue_works_by_keys_alone(browser: Browser, base: str, inspected: City) -> None:
    page = browser.new_page(locale="sv-SE")
    page.goto(f"{base}/review?below=1")
    ledger = inspected.store.finding_ledger
    before = len(ledger.verdicts())
    name = page.locator(".review-form [name=finding_id]")
    first = name.input_value()
    page.keyboard.press("j")
    page.wait_for_url("**at=1**")
    assert name.input_value() != first
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**at=0**")
    assert name.input_value() == first
    page.keyboard.press("2")
    page.wait_for_url("**said=**")
    assert ledger.verdicts()[-1].verdict is VerdictKind.WRONG
    page.keyboard.press("u")
    page.wait_for_url("**finding_id=**")
    assert name.input_value() == first
    page.keyboard.press("3")
    expect(page.locator("select[name=said_kind]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=**")
    assert [own.verdict for own in ledger.verdicts()[before:]] == [
        VerdictKind.WRONG,
        VerdictKind.WITHDRAWN,
        VerdictKind.OTHER_KIND,
    ]
    page.close()
