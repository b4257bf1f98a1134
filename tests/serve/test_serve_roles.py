"""Every route as every role, of this town and of the other: who sees what; no row leaks."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from tests.serve.gated import HERE, ROLES, THERE, Browser, Gated, make_gate

from gatusyn.model import ALLOWED, ApiToken, Permission, Role
from gatusyn.serve import live, town_tiles
from gatusyn.serve.gate import Gate
from gatusyn.serve.tokens import hash_of, new_api_token

#: Routes that name no permission: they tell nothing of a town, or are how one logs in.
WITHOUT = {
    "/api/v1/openapi.json",
    "/api/v1/me",
    "/assets",
    "/health",
    "/ready",
    "/login",
    "/login/oidc",
    "/login/oidc/back",
    "/logout",
    "/language",
}
FOREIGN = "ek-"
SENDING = ("/api/v1/uploads", "/api/v1/sent")


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "LONGEST_S", 0.05)  # it goes on for minutes else
        yield made
    made.close()


def gate_of(gated: Gated) -> Gate:
    return gated.app.app.app  # type: ignore[attr-defined,no-any-return]


def routes_in(router: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every route of an app with its whole path, those of included routers too."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            prefix = route.include_context.prefix
            yield from routes_in(inner, before + prefix)
        else:
            yield before + route.path, route


def permissions_of(route: Any) -> set[Permission]:
    if not isinstance(route, APIRoute):
        return set()
    found, left = set(), [route.dependant]
    while left:
        one = left.pop()
        left += one.dependencies
        named = getattr(one.call, "permission", None)
        if named is not None:
            found.add(named)
    return found


def is_whole(route: Any) -> bool:
    """Whether a route is for those who see the whole town."""
    found = [route.dependant] if isinstance(route, APIRoute) else []
    while found:
        one = found.pop()
        if getattr(one.call, "is_whole", False):
            return True
        found += one.dependencies
    return False


def apps_of(gated: Gated) -> list[FastAPI]:
    gate = gate_of(gated)
    return [gate.door, gate.towns[0].app]


def test_every_route_names_a_permission_or_is_listed(gated: Gated) -> None:
    unnamed = {
        path
        for app in apps_of(gated)
        for path, route in routes_in(app)
        if not permissions_of(route)
    }
    assert unnamed == WITHOUT


SECTION = "Ny:1#2/1:0"
ADDRESSES = {
    "/tiles/{z}/{x}/{y}.mvt": ("/tiles/15/18026/9630.mvt",),
    "/api/v1/section": (f"/api/v1/section?section_id={quote(SECTION, safe='')}",),
    "/api/v1/finding": (f"/api/v1/finding?finding_id={quote(SECTION, safe='')}-pothole",),
    "/api/v1/pictures/{picture_id}": ("/api/v1/pictures/run1/000001",),
    "/ogc/collections/{collection}": ("/ogc/collections/sections",),
    "/ogc/collections/{collection}/items": (
        *("/ogc/collections/sections/items", "/ogc/collections/findings/items"),
        "/ogc/collections/streets/items",
    ),
    "/ogc/collections/{collection}/items/{feature_id}": (
        f"/ogc/collections/sections/items/{quote(SECTION, safe='')}",
        "/ogc/collections/streets/items/Storgatan",
    ),
    "/api/v1/users/{name}": ("/api/v1/users/viewer",),
    "/api/v1/tokens/{number}": ("/api/v1/tokens/99",),
}


def asked(gated: Gated) -> Iterator[tuple[str, str, Permission | None, bool]]:
    """Yield method, address, needed permission, and whether it is for whom the whole town is."""
    for path, route in routes_in(gate_of(gated).towns[0].app):
        if path.startswith(("/account", "/assets")):
            continue
        needed = next(iter(permissions_of(route)), None)
        template = path.replace(":path}", "}")
        methods = route.methods or set()
        # Where a path may be got, HEAD is the same route.
        for method in sorted(methods - {"HEAD"} if "GET" in methods else methods):
            for address in ADDRESSES.get(template, (template,)):
                yield method, address, needed, is_whole(route)


def body_of(method: str) -> dict[str, Any] | None:
    return {} if method in ("POST", "PATCH") else None


def try_all(gated: Gated, browser: Browser, role: Role, **headers: str) -> list[Any]:
    answers = []
    for method, address, needed, whole in asked(gated):
        if method == "GET":
            answer = browser.get(address, **headers)
        else:
            answer = browser.send(method, address, body_of(method), **headers)
        may = needed is None or needed in ALLOWED[role]
        where = f"{role} {method} {address}: {answer.status_code}"
        if not may:
            expected = (401,) if role is Role.PUBLIC else (403,)
            # A body is looked at before who sent it, and says nothing.
            assert answer.status_code in (*expected, 422), where
            assert b"Storgatan" not in answer.content
        elif role is Role.CONTRACTOR and whole:
            assert answer.status_code == 403, where
        elif role is Role.PUBLIC and address.startswith(("/api/v1/tokens", "/tokens")):
            assert answer.status_code in (401, 422), where
        elif address.startswith(SENDING) and method != "GET":
            # Without the towns' folders nothing is taken: test_serve_uploads.py sends.
            assert answer.status_code in (400, 403, 415, 422), where
        else:
            assert answer.status_code in (200, 204, 304, 404, 422, 428), where
        answers.append(answer)
    return answers


def texts(answers: list[Any]) -> Iterator[str]:
    for answer in answers:
        raw = answer.content
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        yield raw.decode("utf-8", "replace")


@pytest.mark.parametrize("role", list(Role))
def test_every_route_as_every_role_of_this_town(gated: Gated, role: Role) -> None:
    browser = gated.browser("" if role is Role.PUBLIC else role.value)
    for text in texts(try_all(gated, browser, role)):
        assert FOREIGN not in text


@pytest.mark.parametrize("role", ROLES)
def test_every_route_as_every_role_of_the_other_town(gated: Gated, role: Role) -> None:
    """Their session leads to their own town, whatever is asked for: not a row of ours."""
    browser = gated.browser(role.value, town=THERE)
    assert browser.get("/api/v1/me").json()["town"] == THERE
    for method, address, _, _ in asked(gated):
        for more in ("", f"{'&' if '?' in address else '?'}town={HERE}"):
            if method == "GET":
                answer = browser.get(address + more)
            else:
                answer = browser.send(method, address + more, body_of(method))
            if answer.status_code == 404:
                continue  # it repeats what was asked for
            for text in texts([answer]):
                assert HERE not in text.replace(f"town={HERE}", ""), address
                plain = text.replace(f"{FOREIGN}Storgatan", "")
                assert "Storgatan" not in plain, (role, address)
                assert SECTION not in text.replace(f"{FOREIGN}{SECTION}", "")


@pytest.mark.parametrize("role", ROLES)
def test_every_route_with_a_token_of_either_town(gated: Gated, role: Role) -> None:
    for store, town in ((gated.here, HERE), (gated.there, THERE)):
        token = new_api_token()
        store.accounts.add_token(
            ApiToken(label="all", user=role.value, scopes=frozenset(Permission), made_s=1.0),
            hash_of(token),
        )
        browser = gated.browser()
        headers = {"authorization": f"Bearer {token}"}
        assert browser.get("/api/v1/me", **headers).json()["town"] == town
        for method, address, needed, _ in asked(gated):
            if not address.startswith(("/api/v1", "/ogc", "/tiles", "/metrics")):
                assert browser.get(address, **headers).status_code in (401, 405), address
                continue
            answer = browser.ask(
                method,
                address,
                content="{}" if body_of(method) is not None else "",
                content_type="application/json",
                **headers,
            )
            if needed is not None and needed not in ALLOWED[role]:
                assert answer.status_code in (403, 422), (role, address)
            if answer.status_code == 404:
                continue
            for text in texts([answer]):
                ours, theirs = ("Storgatan", FOREIGN) if town == HERE else (None, HERE)
                assert theirs not in text, (role, address)
                if ours is None:
                    assert "Storgatan" not in text.replace(f"{FOREIGN}Storgatan", "")


def test_a_token_that_is_none_is_refused_and_nothing_else_is_tried(gated: Gated) -> None:
    browser = gated.browser("administrator")
    for shown in ("Bearer x", "Bearer ", "Basic !!", "Basic eDp5", "Digest x", "gatusyn_x", ""):
        answer = browser.get("/api/v1/me", authorization=shown)
        assert answer.status_code == 401, shown
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "set-cookie" not in answer.headers
    assert (
        browser.get("/ogc", authorization="Bearer x")
        .headers["www-authenticate"]
        .startswith("Basic")
    )


def test_qgis_shows_its_token_as_a_password(gated: Gated) -> None:
    import base64

    token = new_api_token()
    scopes = frozenset({Permission.SEE_TOWN})
    gated.here.accounts.add_token(
        ApiToken(label="QGIS", user="engineer", scopes=scopes, made_s=1.0), hash_of(token)
    )
    pair = base64.b64encode(f"anything:{token}".encode()).decode()
    browser = gated.browser()
    answer = browser.get("/ogc/collections/sections/items", authorization=f"Basic {pair}")
    assert answer.status_code == 200
    assert browser.get("/api/v1/me", authorization=f"Basic {pair}").json()["permissions"] == [
        "see-town"
    ]
    # It is for looking at the town: not at pictures, and not for changing anything.
    card = browser.get(
        f"/api/v1/section?section_id={quote(SECTION, safe='')}", authorization=f"Basic {pair}"
    )
    assert card.json()["pictures"] == []
    refused = browser.get("/api/v1/pictures/run1/1", authorization=f"Basic {pair}")
    assert refused.status_code == 403


def test_a_contractor_sees_their_streets_and_no_other(gated: Gated) -> None:
    everybody, contractor = gated.browser("viewer"), gated.browser("contractor")
    whole = everybody.get("/api/v1/sections?limit=1000").json()
    part = contractor.get("/api/v1/sections?limit=1000").json()
    assert 0 < part["total"] < whole["total"]
    assert {own["street"] for own in part["items"]} == {"Storgatan"}
    assert [own["street"] for own in contractor.get("/api/v1/streets").json()["items"]] == [
        "Storgatan"
    ]
    others = next(own for own in whole["items"] if own["street"] != "Storgatan")
    url = f"/api/v1/section?section_id={quote(others['section_id'], safe='')}"
    assert everybody.get(url).status_code == 200
    assert contractor.get(url).status_code == 404
    items = everybody.get("/ogc/collections/findings/items?limit=10000").json()["features"]
    own_items = contractor.get("/ogc/collections/findings/items?limit=10000").json()["features"]
    assert {own["properties"]["street"] for own in own_items} == {"Storgatan"}
    assert len(own_items) == sum(own["properties"]["street"] == "Storgatan" for own in items)
    city = contractor.get("/api/v1/city").json()
    assert city["findings"] == len(own_items)
    assert city["total_km"] < everybody.get("/api/v1/city").json()["total_km"]
    foreign = next(own["id"] for own in items if own["properties"]["street"] != "Storgatan")
    url = f"/api/v1/finding?finding_id={quote(foreign, safe='')}"
    assert (everybody.get(url).status_code, contractor.get(url).status_code) == (200, 404)


def test_a_contractor_s_tiles_hold_their_streets_only(gated: Gated) -> None:
    contractor, viewer = gated.browser("contractor"), gated.browser("viewer")
    place = contractor.get("/api/v1/sections?limit=1").json()["items"][0]["centre"]
    (url,) = town_tiles([tuple(place)], 14)
    first = viewer.get(url)
    streets: dict[str, set[str]] = {}
    for name, browser in (("contractor", contractor), ("viewer", viewer)):
        layers = mapbox_vector_tile.decode(browser.get(url).content)
        streets[name] = {own["properties"]["street"] for own in layers["sections"]["features"]}
        streets[name] |= {own["properties"]["name"] for own in layers["streets"]["features"]}
    assert streets["contractor"] == {"Storgatan"}
    assert len(streets["viewer"]) > 1
    # What another at the same browser has kept is not taken for the contractor's.
    again = contractor.get(url, if_none_match=first.headers["etag"])
    assert again.status_code == 200
