"""The page of all settings: who changes them, two who change the same, and what follows from it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_paving import made_city
from tests.serve.conftest import Client

from gatusyn.model import ALLOWED, ConditionMethod, Role, Visitor
from gatusyn.pipeline import City
from gatusyn.serve.app import create_town_app
from gatusyn.serve.audit import AuditLog
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.pages.offered import GROUPS, all_offered
from gatusyn.serve.regrading import Regrading
from gatusyn.serve.visitor import SameVisitor

HERE = "/settings/values"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = made_city(tmp_path / "city")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Client]]:
    """A town for tests of what changes nothing."""
    made = made_city(tmp_path_factory.mktemp("unchanged") / "city")
    yield made, client_of(made)
    made.store.close()


def client_of(city: City, role: Role = Role.ADMINISTRATOR) -> Client:
    audit = AuditLog(city.store.accounts)
    app = create_town_app(city.store, city.settings, audit=audit, city_folder=city.folder)
    visitor = Visitor(name="Bo", role=role, permissions=ALLOWED[role])
    app.add_middleware(SameVisitor, visitor=visitor)
    return Client(app)


def form_on(client: Client) -> dict[str, str]:
    """Return the form's fields as they lie on the page."""
    text = client.get(HERE, accept_language="en").text
    fields = re.findall(r'<input type="(?:hidden|text)"[^>]*? name="([^"]+)" value="([^"]*)"', text)
    form = {name: html.unescape(value) for name, value in fields}
    for name, options in re.findall(r'<select name="([a-z_.0-9]+)"(.*?)</select>', text, re.DOTALL):
        (form[name],) = re.findall(r'value="([^"]*)" selected', options)
    return form


def file_of(city: City) -> str:
    return (city.folder / "gatusyn.toml").read_text("utf-8")


@pytest.mark.parametrize("language", ["sv", "en", "pt"])
def test_every_setting_that_is_offered_is_on_the_page_with_its_meaning(
    unchanged: tuple[City, Client], language: str
) -> None:
    _, client = unchanged
    text = html.unescape(client.get(HERE, accept_language=language).text)
    assert len(all_offered()) > 30
    for own in all_offered().values():
        assert own.meaning, own.dotted
        assert f'id="about-{own.dotted}"' in text
        assert (own.meaning in text) == (language == "en"), own.dotted
    form = form_on(client)
    named = [name for name in form if "." in name and not name.startswith("was:")]
    assert len(named) == sum(max(own.parts, 1) for own in all_offered().values())


def test_the_form_as_it_lies_changes_nothing(unchanged: tuple[City, Client]) -> None:
    city, client = unchanged
    before = file_of(city)
    assert client.post_form(HERE, form_on(client)).status_code == 303
    assert file_of(city) == before


def test_settings_of_every_sort_are_saved_and_noted(city: City) -> None:
    client, before = client_of(city), file_of(city)
    fields = form_on(client) | {
        "condition.method": "handbook",
        "condition.deduct_grade_limits.0": "86,5",
        "retention.section_days": "60",
        "detect.crack_threshold": "0.4",
        "programme.budget_sek": "",
        "public.page": "on",
    }
    answer = client.post_form(HERE, fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?saved=1")
    settings = CityNow(city).now().settings
    assert settings is city.settings, "taken over only after a change"
    (entry,) = city.store.accounts.entries()
    assert entry.what == "POST /settings/values"
    assert "condition.method deduct -> handbook" in entry.about
    assert "condition.deduct_grade_limits 85, 70, 55, 40 -> 86.5, 70, 55, 40" in entry.about
    assert "public.page off -> on" in entry.about
    comments = {line for line in before.splitlines() if line.startswith("#")}
    assert comments <= set(file_of(city).splitlines())


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("retention.audit_days", "0", "is 0. Set it between 1 and 36500."),
        ("retention.audit_days", "nan", "is not a number"),
        ("retention.audit_days", "", "is empty"),
        ("findings.confirm_drives", "2.5", "is not a whole number"),
        ("condition.method", "guess", "is not one that there is"),
        ("condition.deduct_grade_limits.3", "80", "are not falling between"),
        ("public.address", '"><script>alert(1)</script>', "no address"),
        ("login.note_addresses", "maybe", "is not one that there is"),
    ],
)
def test_a_bad_value_is_told_beside_its_field_and_kept(
    unchanged: tuple[City, Client], name: str, typed: str, words: str
) -> None:
    city, client = unchanged
    before = file_of(city)
    fields = form_on(client) | {name: typed, "retention.drive_days": "99"}
    answer = client.post_form(HERE, fields, accept_language="en")
    assert answer.status_code == 422
    assert file_of(city) == before
    assert "<script>alert" not in answer.text
    assert words in html.unescape(answer.text)
    assert 'name="retention.drive_days" value="99"' in answer.text
    assert answer.text.count('aria-invalid="true"') >= 1


def test_a_setting_that_is_not_offered_is_refused(unchanged: tuple[City, Client]) -> None:
    city, client = unchanged
    before = file_of(city)
    for name in ("store.postgis", "login.issuer", "economy.seed"):
        answer = client.post_form(HERE, form_on(client) | {name: "x"})
        assert answer.status_code == 422, name
    assert client.post_form(HERE, {}).status_code == 400
    assert file_of(city) == before


def test_who_comes_second_loses_nothing_and_takes_nothing_away(city: City) -> None:
    one, two = client_of(city), client_of(city)
    first, second = form_on(one), form_on(two)
    assert one.post_form(HERE, first | {"retention.audit_days": "300"}).status_code == 303
    changes = {"retention.section_days": "45", "retention.audit_days": "200"}
    answer = two.post_form(HERE, second | changes, accept_language="en")
    assert answer.status_code == 409
    assert 'name="retention.section_days" value="45"' in answer.text
    assert "In the file: 300" in answer.text
    assert "audit_days = 300" in file_of(city)
    again = {
        **dict(re.findall(r'name="(was:[^"]+|stamp)" value="([^"]*)"', answer.text)),
        **{name: value for name, value in (second | changes).items() if "was:" not in name},
    }
    del again["stamp"]
    again["stamp"] = re.search(r'name="stamp" value="([^"]*)"', answer.text)[1]  # type: ignore[index]
    assert two.post_form(HERE, again).status_code == 303
    assert "audit_days = 200" in file_of(city)
    assert "section_days = 45" in file_of(city)


@pytest.mark.parametrize("role", list(Role))
def test_only_an_administrator_changes_them(city: City, role: Role) -> None:
    client, before = client_of(city, role), file_of(city)
    fields = form_on(client_of(city)) | {"public.page": "on"}
    answer = client.post_form(HERE, fields)
    regraded = client.post_form(f"{HERE}/grading", {})
    if role is Role.ADMINISTRATOR:
        assert (answer.status_code, regraded.status_code) == (303, 303)
        return
    assert answer.status_code in (401, 403)
    assert regraded.status_code in (401, 403)
    assert file_of(city) == before
    page = client.get(HERE, accept_language="en")
    if role is Role.ENGINEER:
        assert "Only an administrator changes these." in page.text
        assert "Save the settings" not in page.text
    else:
        assert page.status_code in (401, 403)


def test_the_page_for_everybody_opens_and_closes_at_once(city: City) -> None:
    client = client_of(city)
    assert client.get("/public").status_code == 404
    client.post_form(HERE, form_on(client) | {"public.page": "on"})
    assert client.get("/public").status_code == 200
    client.post_form(HERE, form_on(client) | {"public.page": "off"})
    assert client.get("/public").status_code == 404


def test_grades_are_said_to_be_old_and_worked_out_anew(city: City) -> None:
    client, town = client_of(city), CityNow(city)
    button = "Work findings and grades out anew"
    assert button not in client.get(HERE, accept_language="en").text
    client.post_form(HERE, form_on(client) | {"condition.method": "handbook"})
    assert button in client.get(HERE, accept_language="en").text
    assert town.now().settings.condition.method is ConditionMethod.HANDBOOK
    regrading = Regrading(town)
    assert regrading.is_needed()
    regrading.start()
    regrading.wait(60.0)
    assert regrading.fault is None
    assert not regrading.is_needed()
    assert button not in client.get(HERE, accept_language="en").text


def test_groups_name_settings_once() -> None:
    keys = [(group.table, name) for group in GROUPS for name in group.names]
    assert len(keys) == len(set(keys)) == len(all_offered())
