"""The pages behind a log-in, in Swedish and Portuguese, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import serving
from tests.e2e.test_pages import SIZES, faults_of
from tests.made_paving import made_city
from tests.serve.conftest import CHEAP, planner_of
from tests.serve.gated import PASSWORD

from gatusyn.model import PublicParams, Role, User
from gatusyn.pipeline import SETTINGS_FILE, write_settings
from gatusyn.serve import LOCAL_HOSTS, Passwords, ServedTown, Vault, create_gate, new_key
from gatusyn.serve.planner import Wish

SAVED = "Beläggning 2027–2029, huvudförslag"
PAGES = {
    "": ("/public", "/public?search=finnsinte", "/login"),
    "administrator": (
        *("/account", "/tokens", "/users", "/users/user?name=contractor", "/audit"),
        *("/settings", "/settings/values", f"/programme/saved?name={SAVED}", "/send"),
    ),
    "contractor": ("/work", f"/work/project?programme={SAVED}&number=2", "/account"),
}


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    city = made_city(tmp_path_factory.mktemp("paving") / "city")
    planner = planner_of(city)
    programme, _ = planner.finished(Wish(budget_sek=400_000.0, years=3))
    planner.save(programme, name=SAVED, by="eva")
    settings = replace(city.settings, name="Björkviks kommun", public=PublicParams(page=True))
    write_settings(city.folder / SETTINGS_FILE, settings)
    for role in (Role.ADMINISTRATOR, Role.CONTRACTOR):
        areas = frozenset({"Storgatan"}) if role is Role.CONTRACTOR else None
        hashed = CHEAP.hash(PASSWORD)
        city.store.accounts.add_user(
            User(name=role.value, display_name="", role=role, areas=areas, password_hash=hashed)
        )
    town = ServedTown(
        settings=settings, store=city.store, vault=Vault(new_key()), folder=city.folder
    )
    app = create_gate([town], hosts=LOCAL_HOSTS, passwords=Passwords(CHEAP))
    with serving(app) as address:
        yield address
    city.store.close()


def log_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.locator("main .primary-button").click()
    expect(page.locator(".head-user")).to_contain_text(name)


@pytest.mark.parametrize("language", ["sv", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_are_whole_in_both_languages(
    browser: Browser, gate: str, size: str, language: str
) -> None:
    width, height = SIZES[size]
    for who, paths in PAGES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
        context.add_cookies([{"name": "gatusyn_language", "value": language, "url": gate}])
        page = context.new_page()
        if who:
            log_in(page, gate, who)
        for path in paths:
            page.goto(gate + path)
            expect(page.locator("h1")).to_be_visible()
            assert page.locator("html").get_attribute("lang") == language
            assert not faults_of(page), path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), path
            places = page.locator(".head-places")
            if size == "desk" and places.count():
                assert places.evaluate("own => own.scrollWidth <= own.clientWidth + 1"), path
        context.close()


def test_a_contractor_notes_work_on_a_phone_and_is_told_what_is_wrong(
    browser: Browser, gate: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="sv-SE")
    page = context.new_page()
    log_in(page, gate, "contractor")
    page.goto(f"{gate}/work")
    card = page.get_by_role("row").filter(has_text=SAVED).first
    box = card.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390, "all of a project is on the screen"
    card.get_by_role("link").click()
    page.fill("[name=cost]", "mycket")
    page.fill("[name=note]", "lagat på kvällen")
    page.get_by_role("button", name="Det är utfört").click()
    expect(page.get_by_role("alert")).to_contain_text("Kostnad: är inget belopp")
    expect(page.locator("[name=note]")).to_have_value("lagat på kvällen")
    page.fill("[name=cost]", "120 000")
    page.get_by_role("button", name="Det är utfört").click()
    expect(page.get_by_role("status")).to_contain_text("Det är noterat")
    context.close()
