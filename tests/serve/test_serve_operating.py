from __future__ import annotations

import io
import json
import logging
import logging.config
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.made_town import SPRING_S

from gatusyn.model import CitySettings, StoreError
from gatusyn.serve import create_app, log_settings
from gatusyn.serve.telemetry import JsonLines
from gatusyn.store.protocol import DriveSummary


def figures(client: Client) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_is_alive_whatever_the_store_does(tmp_path: Path) -> None:
    class Broken(FakeStore):
        def facts_stamp(self) -> str:
            raise StoreError("secret/stad", "cannot be read")

        @property
        def lookup(self) -> Any:
            raise StoreError("secret/stad", "cannot be read")

    client = Client(create_app(Broken(tmp_path), CitySettings()))
    assert client.get("/health").json() == {"alive": True}
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "faults": ["the store cannot be read"]}
    found = figures(client)
    assert found[("gatusyn_store_up",)] == 0
    assert ("gatusyn_drives",) not in found


def test_it_is_ready(client: Client) -> None:
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "faults": []})
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_not_ready_on_a_full_disk_or_another_schema(client: Client, store: FakeStore) -> None:
    store.lookup.free_bytes, store.lookup.schema = 100_000_000, 0
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["faults"] == [
        "the store has schema 0, not 1",
        "the store's disk has 100 MB free, less than 500 MB",
    ]


def test_figures_count_routes_and_not_paths(client: Client, store: FakeStore) -> None:
    for url in (
        "/tiles/14/9013/4815.mvt",
        "/tiles/14/9013/4816.mvt",
        "/tiles/99/0/0.mvt",
        "/api/v1/section?section_id=secret",
        "/api/v1/pictures/run1/secret",
        "/nothing/secret",
        "/assets/secret.js",
    ):
        client.get(url)
    client.get("/api/v1/city", host="evil.example")
    found = figures(client)
    tiles = "/tiles/{z}/{x}/{y}.mvt"
    assert found[("gatusyn_http_requests_total", "GET", tiles, "200")] == 2
    assert found[("gatusyn_http_requests_total", "GET", tiles, "404")] == 1
    assert found[("gatusyn_http_request_seconds_count", tiles)] == 3
    assert found[("gatusyn_http_requests_total", "GET", "other", "404")] >= 1
    assert found[("gatusyn_http_requests_total", "GET", "other", "400")] == 1
    assert found[("gatusyn_findings",)] == len(store.seen)
    assert found[("gatusyn_drives",)] == 1
    assert found[("gatusyn_last_drive_age_seconds",)] > 0
    assert found[("gatusyn_tiles_kept",)] == 2
    assert found[("gatusyn_tiles_kept_bytes",)] > 0
    assert found[("gatusyn_store_free_bytes",)] == store.lookup.free_bytes
    assert "secret" not in client.get("/metrics").text


def test_odd_methods_make_no_figures_of_their_own(client: Client, store: FakeStore) -> None:
    for number in range(3):
        client._ask(f"ODD{number}", "/api/v1/city", {})
    methods = {key[1] for key in figures(client) if key[0] == "gatusyn_http_requests_total"}
    assert methods == {"OTHER"}


def test_apps_count_for_themselves(tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
    one, other = (Client(create_app(FakeStore(folder), CitySettings())) for folder in folders)
    one.get("/health")
    assert ("gatusyn_http_requests_total", "GET", "/health", "200") not in figures(other)


def test_a_town_without_drives_has_no_last_one(tmp_path: Path) -> None:
    class Unseen(FakeStore):
        def drives(self) -> tuple[DriveSummary, ...]:
            return ()

    found = figures(Client(create_app(Unseen(tmp_path), CitySettings())))
    assert found[("gatusyn_drives",)] == 0
    assert ("gatusyn_last_drive_age_seconds",) not in found


class Lines:
    """What has been written to the log."""

    def __init__(self) -> None:
        self.written = io.StringIO()

    def set_up(self, kind: str) -> None:
        """Set logging up as ``--log`` does, but write here."""
        logging.config.dictConfig(log_settings(kind))
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(self.written)

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    made = Lines()
    made.set_up("json")
    yield made
    for name in ("gatusyn", "uvicorn", "uvicorn.error", "uvicorn.access"):
        own = logging.getLogger(name)
        own.handlers, own.propagate = [], True
        own.setLevel(logging.NOTSET)
    root.handlers, root.level = handlers, level


SECRETS = ("run1/secret-picture", "anna.andersson", "203.0.113.9", "Storgatan%2012", "sekretess")


def test_a_line_tells_nothing_of_anybody(
    client: Client, lines: Lines, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(section_id: str, *, limit: int = 24) -> None:
        raise RuntimeError(f"no rows for {section_id} and anna.andersson")

    client.get("/api/v1/pictures/run1/secret-picture")
    client.get("/api/v1/sections?street=Storgatan%2012", x_forwarded_for="203.0.113.9")
    client.get("/api/v1/finding?finding_id=sekretess", cookie="name=anna.andersson")
    client.post(
        "/api/v1/picture/remove",
        {"picture_id": "run1/secret-picture", "reason": "anna.andersson asked"},
    )
    monkeypatch.setattr(store, "pictures", fails)
    client.get(f"/api/v1/section?section_id={store.network.sections[0].section_id[:2]}sekretess")
    written = lines.read()
    assert [line["status"] for line in written] == [200, 200, 404, 403, 404]
    assert set(written[0]) == {
        *("time", "level", "logger", "event"),
        *("method", "route", "status", "milliseconds"),
    }
    assert written[0]["route"] == "/api/v1/pictures/{picture_id:path}"
    text = json.dumps(written)
    assert not [secret for secret in SECRETS if secret in text]


def test_a_fault_is_told_by_its_place_alone(lines: Lines) -> None:
    def inside() -> None:
        raise KeyError("run1/secret-picture")

    try:
        inside()
    except KeyError:
        logging.getLogger("uvicorn.error").exception("Exception in %s\n", "anna.andersson")
    (line,) = lines.read()
    assert line["fault"] == "KeyError"
    assert line["at"][-1].endswith(" inside")
    assert line["event"] == "Exception in %s"
    assert not [secret for secret in SECRETS if secret in json.dumps(line)]


def test_a_record_of_any_kind_is_a_line() -> None:
    for message in ("two\nlines", "", 7, None):
        record = logging.LogRecord("x", logging.INFO, "", 1, message, (), None)
        assert "\n" not in JsonLines().format(record)


def test_plain_log_is_silent_about_requests(client: Client, lines: Lines) -> None:
    lines.set_up("plain")
    client.get("/api/v1/city")
    assert lines.read() == []


def test_the_last_drive_is_as_old_as_its_end(client: Client) -> None:
    age_s = figures(client)[("gatusyn_last_drive_age_seconds",)]
    assert age_s == pytest.approx(max(time.time() - SPRING_S - 1800, 0.0), abs=60)
