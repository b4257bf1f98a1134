"""The settings' page: costs shown and changed, two who change the same, roles, strange input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_paving import made_city
from tests.serve.conftest import Client

from gatusyn.model import ALLOWED, Role, Visitor
from gatusyn.pipeline import City
from gatusyn.serve import create_app
from gatusyn.serve.app import create_town_app
from gatusyn.serve.audit import AuditLog
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.visitor import SameVisitor

STRANGE = '"><script>alert(1)</script>'


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


def client_of(city: City, role: Role = Role.ENGINEER) -> Client:
    visitor = Visitor(name="Bo", role=role, permissions=ALLOWED[role])
    return Client(create_app(city.store, city.settings, visitor=visitor, city_folder=city.folder))


def form_on(client: Client) -> dict[str, str]:
    """Return the form's fields as they lie on the page."""
    text = client.get("/settings", accept_language="en").text
    form = re.findall(r'<input type="(?:hidden|text)"[^>]* name="([^"]+)" value="([^"]*)"', text)
    return {name: value for name, value in form if ":" in name or name == "stamp"}


def file_of(city: City) -> str:
    return (city.folder / "gatusyn.toml").read_text("utf-8")


def test_the_page_shows_costs_units_and_where_they_come_from(city: City) -> None:
    text = client_of(city).get("/settings", accept_language="sv").text
    for words in ("toppning", "Kronor per kvadratmeter", "förval", "låg"):
        assert words in text, words
    assert "Strängnäs" in text


def test_a_new_cost_holds_at_once_and_the_rest_stays(city: City) -> None:
    client = client_of(city)
    before, debt = file_of(city), client.get("/overview/debt").text
    fields = form_on(client) | {
        "cost_sek_m2:overlay": "1 600,5",
        "cost_sek_m2:mill_overlay": "9000",
    }
    answer = client.post_form("/settings", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings?saved=1")
    page = client.get("/settings?saved=1", accept_language="en").text
    assert "The costs have been saved." in page
    assert 'value="1600.5"' in page
    assert "the town&#39;s own figure" in page
    assert set(before.splitlines()) <= set(file_of(city).splitlines())
    assert client.get("/overview/debt").text != debt


def test_the_running_service_takes_what_anybody_writes_but_no_broken_file(city: City) -> None:
    town, path = CityNow(city), city.folder / "gatusyn.toml"
    assert town.now() is city
    whole = file_of(city)
    path.write_text(f"{whole}\n[economy.treatments.gold", "utf-8")
    assert town.now().settings == city.settings
    path.write_text(whole.replace("seed = 1", "seed = 7"), "utf-8")
    assert town.now().settings.economy.seed == 7
    assert town.now() is town.now()


@pytest.mark.parametrize(
    "typed", ["-1", "0", "nan", "inf", "1e99", "x", "", "1.000", "1_0", STRANGE]
)
def test_a_bad_figure_is_told_beside_its_field_and_kept(
    unchanged: tuple[City, Client], typed: str
) -> None:
    city, client = unchanged
    before = file_of(city)
    fields = form_on(client) | {"cost_sek_m2:overlay": typed, "cost_sek_m2:levelling": "99"}
    answer = client.post_form("/settings", fields, accept_language="en")
    assert answer.status_code == 422
    assert file_of(city) == before
    assert "<script>alert" not in answer.text
    field = re.search(r'<input type="text"[^>]*name="cost_sek_m2:overlay"[^>]*>', answer.text)
    assert field is not None
    fault = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert fault is not None
    told = re.search(rf'id="{fault[1]}"><strong>SEK a square metre, overlay: is ', answer.text)
    assert told is not None
    assert 'name="cost_sek_m2:levelling" value="99"' in answer.text


def test_who_comes_second_loses_nothing_and_takes_nothing_away(city: City) -> None:
    one, two = client_of(city), client_of(city)
    first, second = form_on(one), form_on(two)
    assert one.post_form("/settings", first | {"cost_sek_m2:overlay": "170"}).status_code == 303
    answer = two.post_form("/settings", second | {"cost_sek_m2:levelling": "99"})
    assert answer.status_code == 409
    assert 'name="cost_sek_m2:levelling" value="99"' in answer.text
    assert 'name="cost_sek_m2:overlay" value="170"' in answer.text
    assert "cost_sek_m2 = 99" not in file_of(city)


def test_an_unknown_treatment_and_strange_fields(city: City) -> None:
    client, before = client_of(city), file_of(city)
    fields = form_on(client)
    answer = client.post_form("/settings", fields | {f"cost_sek_m2:{STRANGE}": "5"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    for odd in ({}, {"stamp": ""}):
        assert client.post_form("/settings", odd).status_code == 400
    assert client.post("/settings", {"stamp": fields["stamp"]}).status_code in (400, 422)
    answer = client.post_form("/settings", fields | {"gain:overlay": "5", "x:y": "1"})
    assert answer.status_code == 303
    assert file_of(city) == before


def test_a_source_of_the_file_is_escaped(city: City) -> None:
    path = city.folder / "gatusyn.toml"
    own = "\n[economy.treatments.thin]\ncost_sek_m2 = 95\ncost_year = 2026\nindex_below = 80\n"
    own += "reach = 92\nlife_years = 9\ncost_source = '<script>alert(1)</script>'\n"
    path.write_text(file_of(city) + own, "utf-8")
    text = client_of(city).get("/settings").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_who_changed_what_is_in_the_audit_log(city: City) -> None:
    audit = AuditLog(city.store.accounts)
    app = create_town_app(city.store, city.settings, audit=audit, city_folder=city.folder)
    role = Role.ADMINISTRATOR
    everybody = Visitor(name="Bo", role=role, permissions=ALLOWED[role])
    app.add_middleware(SameVisitor, visitor=everybody)
    client = Client(app)
    fields = form_on(client) | {"cost_sek_m2:overlay": "170", "mobilisation_sek:levelling": "1"}
    assert client.post_form("/settings", fields).status_code == 303
    (entry,) = city.store.accounts.entries()
    assert (entry.who, entry.what, entry.outcome) == ("Bo", "POST /settings", "done")
    changes = "levelling.mobilisation_sek 10000 -> 1; overlay.cost_sek_m2 160 -> 170"
    assert entry.about == changes
    shown = client.get("/audit").text
    assert "toppning (Kronor per kvadratmeter): 160 → 170" in shown


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_change_sees_it(city: City, role: Role) -> None:
    client, before = client_of(city, role), file_of(city)
    if role in (Role.ENGINEER, Role.ADMINISTRATOR):
        assert client.get("/settings").status_code == 200
        return
    refused = 401 if role is Role.PUBLIC else 403
    fields = {"stamp": "x", "cost_sek_m2:overlay": "1"}
    assert client.get("/settings").status_code == refused
    assert client.post_form("/settings", fields).status_code in (refused, 403)
    assert file_of(city) == before


def test_a_form_of_another_page_is_refused(city: City) -> None:
    client, before = client_of(city), file_of(city)
    fields = form_on(client) | {"cost_sek_m2:overlay": "170"}
    assert client.post_form("/settings", fields, x_csrf_token="wrong").status_code == 403
    assert client.post_form("/settings", fields, origin="https://else.example").status_code == 403
    assert file_of(city) == before
