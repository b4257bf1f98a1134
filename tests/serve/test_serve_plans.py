"""Programmes and costs by the API: asked for, looked at, saved, changed; by whom, and what not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from tests.made_paving import made_city
from tests.serve.conftest import Client
from tests.serve.gated import Browser

from gatusyn.model import ALLOWED, ApiToken, Permission, Role, User, Visitor
from gatusyn.pipeline import City
from gatusyn.serve import ServedTown, Vault, create_app, create_gate, new_key
from gatusyn.serve.routes_costs import cost_routes
from gatusyn.serve.routes_debt import debt_routes
from gatusyn.serve.routes_plans import plan_routes
from gatusyn.serve.tokens import hash_of, new_api_token

ASKED: dict[str, object] = {"budget_sek": 400_000, "years": 2}
WRONG = [
    {},
    {"budget_sek": 0},
    {"budget_sek": -1},
    {"budget_sek": "much"},
    {"budget_sek": 1e13},
    {"budget_sek": 1e6, "years": 0},
    {"budget_sek": 1e6, "years": 21},
    {"budget_sek": 1e6, "colour": "red"},
    {"budget_sek": 1e6, "locks": [{}]},
    {"budget_sek": 1e6, "locks": [{"street": "A", "year": 12}]},
    {"budget_sek": 1e6, "locks": [{"street": "A"}] * 51},
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = made_city(tmp_path_factory.mktemp("plans") / "city")
    yield made
    made.store.close()


def client_of(city: City, role: Role = Role.ENGINEER) -> Client:
    visitor = Visitor(name="Bo", role=role, permissions=ALLOWED[role])
    return Client(create_app(city.store, city.settings, visitor=visitor, city_folder=city.folder))


@pytest.fixture(scope="module")
def client(city: City) -> Client:
    return client_of(city)


def made_by(client: Client, wanted: Mapping[str, object]) -> str:
    """Ask for a programme, wait for it and return its address."""
    answer = client.post("/api/v1/programmes", wanted)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"]
    for _ in range(600):
        told = client.get(address).json()
        if told["state"] != "working":
            break
        early = client.get(f"{address}/programme").status_code
        assert early == 409 or client.get(address).json()["state"] == "done"
        time.sleep(0.1)
    return str(address)


def test_a_programme_is_asked_for_taken_as_documents_and_saved_once(client: Client) -> None:
    address = made_by(client, ASKED)
    assert client.get(address).json()["state"] == "done"
    assert client.post("/api/v1/programmes", ASKED).headers["location"] == address, (
        "worked out once"
    )
    made = client.get(f"{address}/programme").json()
    assert made["budget_sek"] == [400_000.0] * 2
    assert made["debt"][0]["group"] == "whole"
    for kind, begins in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("gpkg", b"SQLite format 3")):
        answer = client.get(f"{address}/document?kind={kind}&language=pt")
        assert answer.content.startswith(begins)
    saved = client.post(f"{address}/save", {"name": " Förslag 1 "})
    assert (saved.status_code, saved.json()["name"]) == (201, "Förslag 1")
    assert saved.json()["made_by"] == "Bo"
    again = client.post(f"{address}/save", {"name": "Förslag 1"})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert [own["name"] for own in client.get("/api/v1/programmes").json()["items"]] == [
        "Förslag 1"
    ]
    document = client.get("/api/v1/programmes/document?name=F%C3%B6rslag%201&kind=pdf")
    assert document.content.startswith(b"%PDF")
    assert client.get("/api/v1/programmes/document?name=x&kind=pdf").status_code == 404


def test_a_street_is_put_in_or_left_out_or_it_says_why_not(client: Client) -> None:
    locks = [
        {"street": "Storgatan"},
        {"street": "Åsgatan", "treatment": "mill_overlay", "year": 2028},
    ]
    made = client.get(f"{made_by(client, ASKED | {'locks': locks})}/programme").json()
    assert "Storgatan" not in {own["street"] for own in made["projects"]}
    (put_in,) = [own for own in made["projects"] if own["reason"]["kind"] == "locked"]
    assert (put_in["street"], put_in["year"]) == ("Åsgatan", 2028)
    assert put_in["treatment"] == "mill_overlay"
    address = made_by(client, ASKED | {"locks": [{"street": "Ingengata"}]})
    told = client.get(address).json()
    assert told["state"] == "failed"
    assert "Ingengata" in told["fault"]["detail"]
    assert client.get(f"{address}/programme").status_code == 409
    half = client.post("/api/v1/programmes", ASKED | {"locks": [{"street": "A", "year": 2028}]})
    assert half.status_code == 400
    assert "locks, 1" in half.json()["detail"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_question_is_a_problem_document(client: Client, wrong: dict[str, object]) -> None:
    answer = client.post("/api/v1/programmes", wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_job_that_is_none_is_not_found(client: Client) -> None:
    for more in ("", "/programme", "/document?kind=pdf"):
        assert client.get(f"/api/v1/programmes/jobs/none{more}").status_code == 404
    assert client.post("/api/v1/programmes/jobs/none/save", {"name": "x"}).status_code == 404
    assert client.post("/api/v1/programmes/jobs/none/save", {"name": "  "}).status_code == 422


def test_the_debt_is_told_by_street_class_area_and_damage(client: Client) -> None:
    for by in ("street", "class", "area", "damage"):
        page = client.get(f"/api/v1/debt?by={by}").json()
        whole = page["whole"]
        assert sum(own["graded_sek"] for own in page["items"]) == pytest.approx(whole["graded_sek"])
        worst = page["items"][0]
        assert worst["low_sek"] < worst["graded_sek"] < worst["high_sek"]
        assert worst["per_km_sek"] > 0.0
    assert client.get("/api/v1/debt?by=colour").status_code == 422
    one = client.get("/api/v1/debt?by=street&limit=1&offset=1").json()
    assert (one["total"], len(one["items"])) == (4, 1)


def test_costs_are_changed_as_they_were_read(client: Client) -> None:
    read = client.get("/api/v1/settings/costs")
    tag = read.headers["etag"]
    assert client.get("/api/v1/settings/costs", if_none_match=tag).status_code == 304
    before = {own["treatment"]: own for own in read.json()["items"]}
    body = {"items": [{"treatment": "overlay", "cost_sek_m2": 171.5}]}
    assert client.put("/api/v1/settings/costs", body).status_code == 428
    changed = client.put("/api/v1/settings/costs", body, if_match=tag)
    assert changed.status_code == 200
    after = {own["treatment"]: own for own in changed.json()["items"]}
    assert after["overlay"]["cost_sek_m2"] == 171.5
    assert after["overlay"]["is_own"]
    assert after["overlay"]["mobilisation_sek"] == before["overlay"]["mobilisation_sek"]
    assert {k: v for k, v in after.items() if k != "overlay"} == {
        k: v for k, v in before.items() if k != "overlay"
    }
    assert client.put("/api/v1/settings/costs", body, if_match=tag).status_code == 412
    assert changed.headers["etag"] == client.get("/api/v1/settings/costs").headers["etag"]
    back = {"items": [{"treatment": "overlay", "cost_sek_m2": before["overlay"]["cost_sek_m2"]}]}
    client.put("/api/v1/settings/costs", back, if_match=changed.headers["etag"])


def test_what_was_looked_at_is_saved_though_prices_changed_since(tmp_path: Path) -> None:
    city = made_city(tmp_path / "city")
    client = client_of(city)
    address = made_by(client, ASKED)
    looked_at = client.get(f"{address}/programme").json()
    tag = client.get("/api/v1/settings/costs").headers["etag"]
    items = [
        {"treatment": name, "cost_sek_m2": 5.0} for name in ("overlay", "mill_overlay", "levelling")
    ]
    assert client.put("/api/v1/settings/costs", {"items": items}, if_match=tag).status_code == 200
    assert client.post(f"{address}/save", {"name": "As seen"}).status_code == 201
    kept = client.get("/api/v1/programme?name=As seen").json()
    assert kept["projects"] == looked_at["projects"]
    again = made_by(client, ASKED)
    assert again != address
    assert client.get(f"{again}/programme").json()["projects"] != looked_at["projects"]
    city.store.close()


@pytest.mark.parametrize(
    "item",
    [
        {"treatment": "gold", "cost_sek_m2": 1.0},
        {"treatment": "overlay", "cost_sek_m2": -1.0},
        {"treatment": "overlay", "cost_sek_m2": 0.0},
        {"treatment": "overlay", "cost_sek_m2": 1e9},
        {"treatment": "overlay", "price": 5},
    ],
)
def test_a_cost_that_cannot_be_changes_nothing(client: Client, item: dict[str, object]) -> None:
    tag = client.get("/api/v1/settings/costs").headers["etag"]
    items = [{"treatment": "levelling", "cost_sek_m2": 99.0}, item]
    answer = client.put("/api/v1/settings/costs", {"items": items}, if_match=tag)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/settings/costs").headers["etag"] == tag


ROUTES = [
    ("POST", "/api/v1/programmes", Permission.PLAN),
    ("GET", "/api/v1/programmes/jobs/none", Permission.SEE_TOWN),
    ("GET", "/api/v1/programmes/jobs/none/programme", Permission.SEE_TOWN),
    ("GET", "/api/v1/programmes/jobs/none/document?kind=pdf", Permission.SEE_TOWN),
    ("POST", "/api/v1/programmes/jobs/none/save", Permission.PLAN),
    ("GET", "/api/v1/programmes/document?name=none&kind=pdf", Permission.SEE_TOWN),
    ("GET", "/api/v1/debt?by=damage", Permission.SEE_TOWN),
    ("GET", "/api/v1/settings/costs", Permission.EDIT_SETTINGS),
    ("PUT", "/api/v1/settings/costs", Permission.EDIT_SETTINGS),
]


def test_the_list_of_routes_has_all_of_them() -> None:
    known = {(method, url.partition("?")[0].replace("none", "{job}")) for method, url, _ in ROUTES}
    made = plan_routes(None, None), cost_routes(None), debt_routes(None)  # type: ignore[arg-type]
    for router in made:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            assert all((method, route.path) in known for method in route.methods or ()), route.path


@pytest.mark.parametrize("role", list(Role))
def test_every_route_as_every_role(city: City, role: Role) -> None:
    areas = frozenset({"Storgatan"}) if role is Role.CONTRACTOR else None
    visitor = Visitor(
        name="" if role is Role.PUBLIC else "x", role=role, permissions=ALLOWED[role], areas=areas
    )
    app = create_app(city.store, city.settings, visitor=visitor, city_folder=city.folder)
    client = Client(app)
    for method, url, needed in ROUTES:
        if method == "GET":
            answer = client.get(url)
        else:
            body: dict[str, object] = {"name": "x"} if url.endswith("save") else {}
            answer = (client.post if method == "POST" else client.put)(url, body)
        if needed in ALLOWED[role] and areas is None:
            assert answer.status_code in (200, 404, 422), (method, url, answer.status_code)
        else:
            refused = (401,) if role is Role.PUBLIC else (403,)
            # A body is looked at before who sent it, and says nothing.
            assert answer.status_code in (*refused, 422), (method, url, answer.status_code)


def test_a_program_plans_with_its_token_and_a_page_from_elsewhere_cannot(city: City) -> None:
    accounts = city.store.accounts
    for role in (Role.ENGINEER, Role.VIEWER):
        accounts.add_user(User(name=role.value, display_name=role.value, role=role))
    tokens = {}
    for name, role, scopes in (
        ("engineer", Role.ENGINEER, frozenset({Permission.PLAN, Permission.SEE_TOWN})),
        ("looking", Role.ENGINEER, frozenset({Permission.SEE_TOWN})),
        ("viewer", Role.VIEWER, frozenset(Permission)),
    ):
        tokens[name] = new_api_token()
        accounts.add_token(
            ApiToken(label=name, user=role.value, scopes=scopes, made_s=1.0), hash_of(tokens[name])
        )
    town = ServedTown(
        settings=city.settings, store=city.store, vault=Vault(new_key()), folder=city.folder
    )
    browser = Browser(create_gate([town]))
    body = '{"budget_sek": 400000, "years": 2}'

    def ask(**headers: str) -> int:
        return browser.ask(
            "POST",
            "/api/v1/programmes",
            content=body,
            content_type="application/json",
            **headers,
        ).status_code

    assert ask(authorization=f"Bearer {tokens['engineer']}") == 202
    assert ask(authorization=f"Bearer {tokens['looking']}") == 403
    assert ask(authorization=f"Bearer {tokens['viewer']}") == 403
    assert ask(authorization="Bearer none") == 401
    assert ask(origin="https://elsewhere.example") == 403
    assert ask() == 403, "a browser says where it comes from"
    form = browser.ask(
        "POST",
        "/api/v1/programmes",
        content="budget_sek=1",
        origin=browser.base,
        content_type="application/x-www-form-urlencoded",
    )
    assert form.status_code == 415
