"""``gatusyn keys``, ``gatusyn work``, and what ``gatusyn prune`` says of sent footage."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import pytest
from tests.pipeline.sent import Sent, sealed_in
from tests.run_cli import run_cli
from tests.store.made_store import make_network

from gatusyn.model import CitySettings
from gatusyn.pipeline import open_city, write_settings
from gatusyn.store import create_store


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    create_store(folder, organisation="town", network=make_network()).close()
    write_settings(folder / "gatusyn.toml", CitySettings())
    return folder


def test_drives_are_sent_looked_at_and_told(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert run_cli(monkeypatch, "work", city, "--once") == 13
    assert "gatusyn keys" in capsys.readouterr().err
    assert run_cli(monkeypatch, "keys", city) == 0
    assert stat.S_IMODE((city / "footage.private.pem").stat().st_mode) == 0o600
    assert run_cli(monkeypatch, "keys", city) == 13
    capsys.readouterr()
    opened = open_city(city)
    sent = Sent(opened)
    sent.drive("bad", {"a.mp4": b"no video at all", "a.csv": b"lat,lon,time\n59,18,1\n59,18,2\n"})
    sent.part("part", "b.mp4", b"x" * 10, of=100)
    assert run_cli(monkeypatch, "prune", city, "--dry-run") == 0
    assert "1 sent drives wait to be looked at" in capsys.readouterr().out
    assert run_cli(monkeypatch, "work", city, "--once", "--again", "--wait", "0.1") == 0
    told = capsys.readouterr()
    assert "0 drives that were put aside wait again" in told.out
    assert "bad of driver: rejected. a.csv: has times that are no dates" in told.err
    assert len(sealed_in(opened)) == 1, "what is being sent stays"
    opened.store.close()
