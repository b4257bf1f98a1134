"""Backup, restore, verify, serve's options and the benchmark, as a person types them."""

from __future__ import annotations

import json
import shlex
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from tests.run_cli import run_cli
from tests.store.made_store import make_facts, make_network, make_public_frame

from gatusyn.cli import build_app
from gatusyn.model import CitySettings, PublicParams
from gatusyn.pipeline import write_settings
from gatusyn.serve import NOBODY
from gatusyn.store import create_store

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    with create_store(folder, organisation="town", network=make_network()) as store:
        facts = make_facts()
        with store.stage(facts.run_id) as stage:
            for number in range(len(facts.frames)):
                stage.add(make_public_frame(number))
            store.write_drive(facts)
    write_settings(folder / "gatusyn.toml", CitySettings())
    return folder


def test_a_city_goes_to_a_backup_and_back(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, again = tmp_path / "1", tmp_path / "2", tmp_path / "again"
    assert run_cli(monkeypatch, "backup", city, first) == 0
    assert run_cli(monkeypatch, "backup", city, second, "--since", first) == 0
    assert "6 pictures (6 shared with the earlier backup)" in capsys.readouterr().out
    for folder in (first, second, city):
        assert run_cli(monkeypatch, "verify", folder) == 0
    assert run_cli(monkeypatch, "restore", second, again) == 0
    assert run_cli(monkeypatch, "verify", again) == 0
    assert "whole, 6 pictures" in capsys.readouterr().out
    assert run_cli(monkeypatch, "report", again) == 0


def test_what_is_not_whole_is_told(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "backup", city, tmp_path / "backup") == 0
    next((tmp_path / "backup").rglob("*.jpg")).unlink()
    next(city.rglob("*.jpg")).unlink()
    assert run_cli(monkeypatch, "verify", tmp_path / "backup") == 6
    assert run_cli(monkeypatch, "verify", city) == 6
    assert run_cli(monkeypatch, "restore", tmp_path / "backup", tmp_path / "again") == 6
    assert run_cli(monkeypatch, "backup", city, tmp_path / "backup") == 6
    assert run_cli(monkeypatch, "backup", tmp_path / "none", tmp_path / "b") == 6
    assert run_cli(monkeypatch, "restore", tmp_path / "none", tmp_path / "again") == 6
    assert run_cli(monkeypatch, "verify", tmp_path) == 6
    assert "Traceback" not in capsys.readouterr().err
    shutil.rmtree(tmp_path / "backup")
    assert not (tmp_path / "again").exists()


def served(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> tuple[int, dict[str, Any]]:
    given: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: given.update(options))
    module = import_module("gatusyn.cli.serve")
    monkeypatch.setattr(module, "create_app", lambda *_, **options: given.update(options))
    return run_cli(monkeypatch, "serve", *arguments), given


def test_a_service_behind_a_proxy_knows_its_name(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://streets.example/karta"
    assert served(monkeypatch, city, "--public-address", address)[0] == 2, "it would show all"
    settings = CitySettings(public=PublicParams(page=True))
    write_settings(city / "gatusyn.toml", settings)
    code, given = served(monkeypatch, city, "--public-address", address, "--log", "json")
    assert code == 0
    assert "streets.example" in given["hosts"]
    assert "*" not in given["hosts"]
    assert given["public_address"] == address
    assert given["visitor"] == NOBODY
    assert given["access_log"] is False
    assert given["log_config"]["loggers"]["gatusyn"]["level"] == "INFO"


@pytest.mark.parametrize(
    "address", ["streets.example", "ftp://x", "https://", "https://[x", "https://x/?a=1", ""]
)
def test_an_address_that_is_none_is_refused(
    city: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert served(monkeypatch, city, "--public-address", address)[0] == 2


def test_reviewing_stays_on_this_machine(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--review", "Anna", "--public-address", "https://streets.example")
    assert served(monkeypatch, city, *options)[0] == 2


def test_the_benchmark_measures_a_small_town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "figures.json"
    options = ("--sections", 60, "--findings", 90, "--viewers", 2, "--seconds", 3)
    written = ("--ingest-every", 0.5, "--json", file)
    assert run_cli(monkeypatch, "bench", "serve", *options, *written) == 0
    figures = json.loads(file.read_text("utf-8"))
    assert figures["first_answer_s"] >= 0
    assert [own["zoom"] for own in figures["tiles"]] == list(range(10, 19))
    assert all(own["again_p95_ms"] >= own["again_p50_ms"] > 0 for own in figures["tiles"])
    assert figures["viewers"]["faults"] == 0
    assert figures["viewers"]["requests"] > 0
    assert figures["viewers"]["ingest"]["drives"] > 0
    assert all(spent > 0 for spent in figures["first_time_cpu_ms"].values())


def commands_in_deploy() -> list[list[str]]:
    found = [line for path in DEPLOY.glob("*.service") for line in path.read_text().splitlines()]
    started = [line.partition("=")[2] for line in found if line.startswith("ExecStart=")]
    words = [shlex.split(line.replace("exec ", "").replace("%%", "%")) for line in started]
    plain = [shlex.split(own[2]) if own[0] == "/bin/sh" else own for own in words]
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    docker = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    (run,) = [json.loads(line.removeprefix("CMD ")) for line in docker if line.startswith("CMD ")]
    services = [composed["services"][name]["command"] for name in ("gatusyn", "work")]
    return [*plain, *services, run]


@pytest.mark.parametrize("words", commands_in_deploy(), ids=" ".join)
def test_what_is_deployed_is_a_command_of_ours(words: list[str]) -> None:
    assert words[0].endswith("gatusyn")
    group = typer.main.get_command(build_app())
    command = group.commands[words[1]]  # type: ignore[attr-defined]
    options = {name for own in command.params for name in own.opts}
    assert {word for word in words[2:] if word.startswith("--")} <= options


def test_what_the_image_copies_is_there_and_not_left_out() -> None:
    docker = (
        (DEPLOY / "Dockerfile").read_text("utf-8").replace("${REQUIREMENTS}", "run-postgis.txt")
    )
    copies = [line.split()[1:-1] for line in docker.splitlines() if line.startswith("COPY ")]
    wanted = [name for own in copies if not own[0].startswith("--from") for name in own]
    root = DEPLOY.parent
    kept = {line[1:] for line in (root / ".dockerignore").read_text().split() if line[0] == "!"}
    assert {name.split("/")[0] for name in wanted} == kept
    assert all((root / name).exists() for name in wanted)


def test_the_database_adds_to_services_that_are_there() -> None:
    town, rows = (
        yaml.safe_load((DEPLOY / name).read_text("utf-8"))
        for name in ("compose.yaml", "compose.postgis.yaml")
    )
    assert set(rows["services"]) - set(town["services"]) == {"rows"}
    sockets = {
        own for name in ("rows", "gatusyn", "work") for own in rows["services"][name]["volumes"]
    }
    assert sockets == {"rows:/var/lib/postgresql/data", "socket:/var/run/postgresql"}
