"""The commands on debt, life and programmes, as a shell runs them: good input and bad."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from tests.made_paving import made_city
from tests.run_cli import run_cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made_city(tmp_path / "city").store.close()
    return tmp_path / "city"


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_debt_and_life_are_told_with_what_they_rest_on(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for by in ("street", "class", "area", "damage"):
        assert run_cli(monkeypatch, "debt", folder, "--by", by) == 0
        text = told(capsys)
        for words in ("95 %", "per km of street", "per inhabitant", "test index", "Prices of 2024"):
            assert words in text, by
    file = tmp_path / "debt.csv"
    assert run_cli(monkeypatch, "debt", folder, "--csv", file) == 0
    head, *rows = file.read_text("utf-8-sig").splitlines()
    column = head.split(";").index("debt_sek")
    values = [round(float(row.split(";")[column].replace(",", ".")) * 100) for row in rows]
    assert sum(values[:-1]) == values[-1] > 0
    assert any(row.startswith("'=SUM(A1:A9)") for row in rows), "never a formula"
    capsys.readouterr()
    assert run_cli(monkeypatch, "life", folder) == 0
    text = told(capsys)
    assert "Storgatan" in text
    assert "the settings alone" in text
    assert run_cli(monkeypatch, "life", folder, "--by", "damage") == 2


def test_a_programme_is_printed_written_saved_and_compared(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {ending: tmp_path / f"p.{ending}" for ending in ("xlsx", "gpkg", "pdf", "json")}
    options = [part for ending, path in files.items() for part in (f"--{ending}", path)]
    start = ("programme", folder, "--years", "2", "--no-compare")
    assert run_cli(monkeypatch, *start, "--budget", "150e3", "--name", "a", *options) == 0
    text = told(capsys)
    for words in ("Storgatan", "The next krona in the budget buys", "40 m of 460 m are not graded"):
        assert words in text
    document = json.loads(files["json"].read_text("utf-8"))
    ore = sum(one["ore"] for one in document["projects"])
    assert f"{ore / 100:,.2f}".replace(",", " ") in text
    book = openpyxl.load_workbook(files["xlsx"])
    assert book.sheetnames[0] == "Sammanfattning"
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    layers = [name for name, _ in pyogrio.list_layers(files["gpkg"]) if name.isdigit()]
    frames = [pyogrio.read_dataframe(files["gpkg"], layer=name) for name in layers]
    assert sum(round(sek * 100) for frame in frames for sek in frame["cost_sek"]) == ore
    assert run_cli(monkeypatch, *start, "--budget", "80e3", "--name", "b") == 0
    capsys.readouterr()
    assert run_cli(monkeypatch, "programmes", "list", folder) == 0
    assert told(capsys).startswith("a 2027-2028")
    assert run_cli(monkeypatch, "programmes", "show", folder, "a") == 0
    assert "Storgatan" in told(capsys)
    assert run_cli(monkeypatch, "programmes", "compare", folder, "a", "b") == 0
    assert "debt at the end" in told(capsys)
    done = tmp_path / "done.csv"
    done.write_text("project;date;cost_sek\n1;2026-06-30;1000,50\n", "utf-8")
    assert run_cli(monkeypatch, "programmes", "done", folder, done, "--programme", "a") == 0
    capsys.readouterr()
    assert run_cli(monkeypatch, "programmes", "follow-up", folder, "a") == 0
    text = told(capsys)
    assert "Paid 1 000.50 SEK for what was planned at" in text


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--budget", "0"), 11, "budget: is 0 SEK a year"),
        (("--budget", "-5"), 2, "programme.budget_sek: is -5"),
        (("--budget", "nan"), 2, "programme.budget_sek: is nan"),
        (("--years", "0"), 2, "programme.years: is 0"),
        (("--years", "21"), 2, "programme.years: is 21"),
        (("--aim", "fame"), 2, "--aim: is 'fame'"),
        (("--target", "0"), 2, "programme.target_index: is 0"),
        (("--name", " "), 2, "--name: is empty"),
        (("--budgets", "50,half"), 2, "--budgets: 'half' is no percentage"),
        (("--budgets", "0"), 2, "--budgets: '0' is no percentage"),
        (("--pdf", "p.docx"), 2, "p.docx: has the ending '.docx'"),
        (("--locks", "no.csv"), 11, "no.csv: cannot be read"),
        (("--locks", "odd.csv"), 11, "odd.csv, row 1: names no column that is known"),
        (("--locks", "odd.xlsx"), 11, "odd.xlsx: is not an XLSX file"),
        (("--locks", "wrong.csv"), 11, "wrong.csv, row 3: there is no section 'zz'"),
        (("--locks", "dear.csv", "--budget", "1000"), 11, "budget allows"),
        (("--own-list", "own.csv"), 11, "own.csv, row 2: there is no treatment 'guld'"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "odd.csv": "a;b\n1;2\n",
        "odd.xlsx": "no zip",
        "wrong.csv": "section_id;lock;treatment;year\na/0;never;;\nzz;never;;\n",
        "dear.csv": "street;lock;treatment;year\nStorgatan;must;overlay;2027\n",
        "own.csv": "gata;åtgärd;år\nStorgatan;guld;2027\n",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    named = () if "--name" in options else ("--name", "x")
    assert run_cli(monkeypatch, "programme", folder, "--no-compare", *named, *options) == code
    said = capsys.readouterr().err
    assert words in " ".join(said.split())
    assert "Traceback" not in said
    assert run_cli(monkeypatch, "programmes", "list", folder) == 0
    assert "None is saved" in capsys.readouterr().out


def test_files_and_names_are_not_replaced_unasked(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    there = tmp_path / "p.pdf"
    there.write_text("mine", "utf-8")
    start = ("programme", folder, "--no-compare", "--years", "1")
    assert run_cli(monkeypatch, *start, "--pdf", there) == 2
    assert there.read_text("utf-8") == "mine"
    assert run_cli(monkeypatch, *start, "--name", "a") == 0
    assert run_cli(monkeypatch, *start, "--name", "a") == 2
    assert "'a' is there already" in capsys.readouterr().err
