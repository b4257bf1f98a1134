"""The commands on pictures, as a person types them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from tests.run_cli import run_cli
from tests.store.made_store import START_S, make_facts, make_network, make_public_frame

from gatusyn.cli.noting import day, end_of, read_day
from gatusyn.model import CitySettings, RetentionParams
from gatusyn.pipeline import write_settings
from gatusyn.store import create_store, open_store

PICTURE = "run-1/000001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    city = tmp_path / "city"
    with create_store(city, organisation="town", network=make_network()) as store:
        facts = make_facts()
        with store.stage(facts.run_id) as stage:
            for number in range(len(facts.frames)):
                stage.add(make_public_frame(number))
            store.write_drive(facts)
    settings = CitySettings(retention=RetentionParams(finding_days=36_500, section_days=36_500))
    write_settings(city / "gatusyn.toml", settings)
    return city


def due_at_once(folder: Path) -> None:
    settings = CitySettings(retention=RetentionParams(finding_days=0, section_days=0, drive_days=0))
    write_settings(folder / "gatusyn.toml", settings)


def test_a_miss_is_hidden_and_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hide = ("privacy", "hide", folder, PICTURE, "--box", 4, 4, 30, 20, "--kind", "plate")
    assert run_cli(monkeypatch, *hide, "--by", "anna") == 0
    assert run_cli(monkeypatch, *hide) == 0
    assert run_cli(monkeypatch, "privacy", "misses", folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        "run-1/000001: hidden in 1 copy.",
        "run-1/000001: that region is hidden already. Nothing has changed.",
        "centerface 1",
        "  6 frames looked at, 6 regions hidden",
        "  1 marked as missed (0 face, 1 plate, 0 other)",
    ]
    outside = ("privacy", "hide", folder, PICTURE, "--box", 4, 4, 300, 20, "--kind", "plate")
    assert run_cli(monkeypatch, *outside) == 9
    assert "does not lie in it" in capsys.readouterr().err


def test_a_picture_is_removed_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "remove-picture", folder, PICTURE) == 2, "a reason is asked for"
    capsys.readouterr()
    remove = ("remove-picture", folder, PICTURE, "--reason")
    assert run_cli(monkeypatch, *remove, "asked for by letter") == 0
    assert run_cli(monkeypatch, *remove, "again") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "run-1/000001: removed. What was measured in it stays."
    assert re.fullmatch(
        r"run-1/000001: was removed before, on \d{4}-\d\d-\d\d \(asked for by letter\)\. "
        r"Nothing has changed\.",
        second,
    )
    assert run_cli(monkeypatch, "remove-picture", folder, "run-7/000001", "--reason", "x") == 9
    assert "is no picture of this city" in capsys.readouterr().err
    with open_store(folder, organisation="town") as store:
        assert store.ledger.removals()[0].removed_by


def test_pruning_tells_what_goes_and_what_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "prune", folder) == 0
    assert "6 of 6 pictures not due; the next on " in capsys.readouterr().out
    due_at_once(folder)
    until = (datetime.now(tz=UTC) + timedelta(days=9)).strftime("%Y-%m-%d")
    hold = ("hold", "add", folder, "--reason", "claim 12", "--until", until)
    assert run_cli(monkeypatch, *hold, "--picture", PICTURE, "--by", "anna") == 0
    assert run_cli(monkeypatch, "hold", "list", folder) == 0
    listed = capsys.readouterr().out
    assert f"1  picture run-1/000001  until {until}  claim 12  (anna, " in listed
    assert run_cli(monkeypatch, "prune", folder, "--dry-run") == 0
    assert run_cli(monkeypatch, "prune", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    oldest = day(START_S)
    assert any(line.startswith(f"1 would be removed, the oldest of {oldest}: p") for line in lines)
    assert f"1 kept though due: hold 1 until {until} on picture run-1/000001 (claim 12)" in lines
    rule = "times and places of drives are kept 0 days (retention.drive_days)"
    assert lines[-4:] == [
        "0 of 6 pictures not due",
        f"0 drives made coarse: {rule}",
        "1 drives kept though due: of them a picture is under a hold",
        "0 drives not due",
    ]
    assert run_cli(monkeypatch, "hold", "release", folder, 1) == 0
    assert run_cli(monkeypatch, "prune", folder) == 0
    assert run_cli(monkeypatch, "hold", "list", folder) == 0
    assert run_cli(monkeypatch, "hold", "list", folder, "--ended") == 0
    out = capsys.readouterr().out
    assert "0 of 1 pictures not due" in out
    assert f"1 drives made coarse, the oldest of {oldest}: {rule}" in out
    assert "No holds." in out
    assert "(ended)" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--until", "2999-01-01"), "needs one thing"),
        (("--until", "2999-01-01", "--picture", PICTURE, "--section", "s"), "needs one thing"),
        (("--until", "tomorrow", "--picture", PICTURE), "is no day"),
        (("--until", "2020-01-01", "--picture", PICTURE), "is past"),
        (("--until", "2999-01-01", "--section", "s"), "is no section"),
        (("--until", "2999-01-01", "--finding", "f"), "is no finding"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    words: str,
) -> None:
    assert run_cli(monkeypatch, "hold", "add", folder, "--reason", "r", *options) in (2, 9)
    assert words in capsys.readouterr().err
    with open_store(folder, organisation="town") as store:
        assert store.ledger.holds() == ()


def test_a_hold_lasts_to_the_end_of_its_day() -> None:
    last = read_day("2026-11-22")
    assert day(end_of(last) - 1) == "2026-11-22"
    assert day(end_of(last)) == "2026-11-23"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4"])
def test_a_map_that_others_reach_is_for_looking_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: pytest.fail("it must not start"))
    assert run_cli(monkeypatch, "serve", folder, "--host", host, "--review", "Anna") == 2
    assert "without accounts" in capsys.readouterr().err
    assert run_cli(monkeypatch, "serve", folder, "--review", " ") == 2


def test_a_map_for_reviewing_knows_who(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = []
    monkeypatch.setattr("uvicorn.run", lambda app, **_: served.append(app))
    module = import_module("gatusyn.cli.serve")
    monkeypatch.setattr(module, "create_app", lambda *_, reviewer, **__: reviewer)
    assert run_cli(monkeypatch, "serve", folder, "--review", "Anna") == 0
    assert run_cli(monkeypatch, "serve", folder) == 0
    assert served == ["Anna", None]
