from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tests.serve.conftest import Client, make_page
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings
from gatusyn.serve import LOCAL_HOSTS, create_app, hosts_for
from gatusyn.serve.pages.read_manifest import Built


def policy_of(client: Client, url: str) -> dict[str, list[str]]:
    policy = client.get(url).headers["content-security-policy"]
    parts = [part.split() for part in policy.split(";")]
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("url", ["/", "/api/v1/city", "/tiles/0/0/0.mvt", "/nothing", "/assets/x"])
def test_every_answer_forbids_foreign_content(client: Client, url: str) -> None:
    policy = policy_of(client, url)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
    headers = client.get(url).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_page_is_checked_anew_and_assets_are_kept(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-store"
    asset = client.get("/assets/index-abc.js")
    assert "immutable" in asset.headers["cache-control"]
    missing = client.get("/assets/index-old.js")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers["cache-control"]


def test_assets_come_as_they_were_compressed_to_who_takes_that(tmp_path: Path) -> None:
    page = make_page(tmp_path / "static")
    packed = gzip.compress(b"export {};  // packed")
    (page / "assets" / "index-abc.js.gz").write_bytes(packed)
    client = Client(create_app(FakeStore(tmp_path), CitySettings(), static=page))
    for offered, content in (
        ("gzip, br", b"export {};  // packed"),
        ("br, gzip;q=0.5", b"export {};  // packed"),
        ("br", b"export {};"),
        ("gzip;q=0", b"export {};"),
        ("identity", b"export {};"),
    ):
        answer = client.get("/assets/index-abc.js", accept_encoding=offered)
        assert answer.content == content, offered
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]


def test_page_names_the_scripts_that_its_own_asks_for(tmp_path: Path) -> None:
    chunks = {
        "src/main.ts": {
            "file": "assets/main-1.js",
            "imports": ["_shared.js"],
            "dynamicImports": ["src/town.ts"],
            "css": ["assets/main-1.css"],
        },
        "_shared.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"]},
        "src/town.ts": {
            "file": "assets/town-1.js",
            "imports": ["src/main.ts", "_shared.js"],
            "dynamicImports": ["_chart.js"],
            "css": ["assets/town-1.css"],
        },
        "_chart.js": {"file": "assets/chart-1.js"},
    }
    entry = Built(chunks).entry("src/main.ts")
    assert entry is not None
    assert entry.script == "/assets/main-1.js"
    assert entry.styles == ("/assets/shared-1.css", "/assets/main-1.css", "/assets/town-1.css")
    assert entry.modules == ("/assets/shared-1.js", "/assets/town-1.js")


def test_page_brings_the_town_once_it_is_laid_out(tmp_path: Path) -> None:
    page = make_page(tmp_path / "static")
    settings = CitySettings(name="</script>Å")
    client = Client(create_app(FakeStore(tmp_path), settings, static=page))
    assert 'id="start"' not in client.get("/").text
    city, filters = client.get("/api/v1/city").json(), client.get("/api/v1/filters").json()
    brought = client.get("/").text.partition('<script id="start" type="application/json">')[2]
    assert json.loads(brought.partition("</script>")[0]) == {"city": city, "filters": filters}


def test_page_that_is_not_built_says_what_to_run(tmp_path: Path) -> None:
    app = create_app(FakeStore(tmp_path), CitySettings(), static=tmp_path / "none")
    answer = Client(app).get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text


def test_foreign_names_are_refused(client: Client) -> None:
    assert client.get("/api/v1/city", host="evil.example").status_code == 400
    assert client.get("/api/v1/city", host="localhost:8600").status_code == 200


def test_hosts_follow_the_address() -> None:
    assert hosts_for("127.0.0.1") == LOCAL_HOSTS
    assert hosts_for("0.0.0.0") == ("*",)
    assert hosts_for("10.1.2.3") == (*LOCAL_HOSTS, "10.1.2.3")
    assert hosts_for("fd00::1") == (*LOCAL_HOSTS, "[fd00::1]")


#: For reviewing and for looking after accounts; refused where everybody only looks.
WRITES = {
    "/api/v1/picture/hide": {"post"},
    "/api/v1/picture/remove": {"post"},
    "/api/v1/finding/verdict": {"post"},
    "/api/v1/webhooks": {"get", "post"},
    "/api/v1/webhooks/remove": {"post"},
    "/api/v1/users": {"get", "post"},
    "/api/v1/users/{name}": {"get", "patch"},
    "/api/v1/tokens": {"get", "post"},
    "/api/v1/tokens/{number}": {"delete"},
    "/api/v1/sent/complete": {"post"},
}


def test_nothing_else_can_be_written(client: Client) -> None:
    for path, routes in client.app.openapi()["paths"].items():
        assert set(routes) == WRITES.get(path, {"get"}), path


def test_long_answers_are_compressed(client: Client) -> None:
    answer = client.get("/api/v1/sections", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
