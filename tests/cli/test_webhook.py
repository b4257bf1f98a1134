"""``gatusyn webhook`` as the IT department uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.made_town import PARAMS
from tests.run_cli import run_cli

from gatusyn.cli.demo import settings_of
from gatusyn.pipeline import create_city
from gatusyn.simulate import TownFiles


@pytest.fixture
def city(small_town: TownFiles, tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    create_city(folder, network=small_town.network, settings=settings_of(PARAMS)).store.close()
    return folder


class Taker(BaseHTTPRequestHandler):
    """Takes what is posted to /yes and nothing else."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204 if self.path == "/yes" else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_added_tried_listed_and_removed(
    city: Path,
    receiver: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_cli(monkeypatch, "webhook", "add", city, "cases", f"{receiver}/yes") == 0
    assert "whsec_" in capsys.readouterr().out
    assert run_cli(monkeypatch, "webhook", "test", city, "cases") == 0
    assert capsys.readouterr().out == "cases: taken.\n"
    assert run_cli(monkeypatch, "webhook", "list", city) == 0
    listed = capsys.readouterr().out
    assert f"{receiver}/yes" in listed
    assert "whsec_" not in listed
    assert run_cli(monkeypatch, "webhook", "remove", city, "cases") == 0
    capsys.readouterr()
    assert run_cli(monkeypatch, "webhook", "list", city) == 0
    assert capsys.readouterr().out == "No webhooks.\n"


def test_faults_are_told_with_a_code(
    city: Path,
    receiver: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_cli(monkeypatch, "webhook", "add", city, "no", f"{receiver}/no") == 0
    assert run_cli(monkeypatch, "webhook", "test", city, "no") == 2
    assert "answered 500" in capsys.readouterr().err
    assert run_cli(monkeypatch, "webhook", "remove", city, "none") == 2
    assert "There are: no." in capsys.readouterr().err
    assert run_cli(monkeypatch, "webhook", "add", city, "x", "gopher://x") == 2
