"""``gatusyn bench programme``: time, gap and plan of a made-up town, checked apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.run_cli import run_cli

KEYS = {"seconds", "value", "bound", "gap", "plan", "violations", "peers", "cost_sek"}


@pytest.mark.parametrize("objective", ["least-debt", "best-condition"])
def test_the_figures_and_the_plan_are_written(
    objective: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "bench.json"
    code = run_cli(
        monkeypatch, "bench", "programme", "--sections", 200, "--treatments", 4, "--years", 3,
        "--no-joining", "--objective", objective, "--json", told,
    )  # fmt: skip
    figures = json.loads(told.read_text())
    assert code == 0
    assert figures.keys() >= KEYS
    assert figures["violations"] == []
    assert figures["plan"][0].keys() == {"section", "year", "treatment"}


def test_peers_that_are_absent_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ortools.sat.python", "highspy"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    code = run_cli(
        monkeypatch, "bench", "programme", "--sections", 60, "--treatments", 3, "--years", 2,
        "--peers",
    )  # fmt: skip
    shown = capsys.readouterr().out
    assert code == 0
    assert "python -m pip install ortools adds it" in shown
    assert "python -m pip install highspy adds it" in shown


def test_budgets_are_a_share_of_the_need_and_nothing_in_closed_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets = {}
    for share in ("0.2", "0.4"):
        told = tmp_path / f"{share}.json"
        code = run_cli(
            monkeypatch, "bench", "programme", "--sections", 60, "--treatments", 3, "--years", 3,
            "--budget-share", share, "--closed", 2, "--json", told,
        )  # fmt: skip
        assert code == 0
        budgets[share] = json.loads(told.read_text())["budget_sek"]
    assert budgets["0.2"][1] == 0.0
    assert budgets["0.2"][0] > 0.0
    assert budgets["0.4"] == pytest.approx([2.0 * one for one in budgets["0.2"]], abs=1.0)


def test_a_closed_year_after_the_last_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(monkeypatch, "bench", "programme", "--sections", 60, "--years", 3, "--closed", 4)
    assert code == 2
    shown = capsys.readouterr().err
    assert "--closed" in shown
    assert "there is no year 4 in a programme of 3" in shown


def test_an_area_may_have_a_limit_beside_or_instead_of_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["bench", "programme", "--sections", 60, "--treatments", 3, "--years", 3]
    told = tmp_path / "figures.json"
    for alone in ([], ["--area-alone"]):
        code = run_cli(monkeypatch, *given, "--area-limit", 0.2, *alone, "--json", told)
        assert code == 0
        figures = json.loads(told.read_text())
        assert figures["violations"] == []
        assert (figures["budget_sek"][0] is None) == bool(alone)
        assert figures["limits"]["area"][0] > 0.0
    assert run_cli(monkeypatch, *given, "--area-alone") == 2
    assert "--area-limit" in capsys.readouterr().err
