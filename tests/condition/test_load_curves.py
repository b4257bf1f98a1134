"""Curve files: what is read from TOML and CSV, and what is said of a wrong one."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from tests.made_curves import CURVES

from gatusyn.condition import load_curves
from gatusyn.condition.load_curves import OURS
from gatusyn.model import SettingsError

OWN = (resources.files("gatusyn.condition") / "curves" / OURS).read_text("utf-8")


def as_csv() -> str:
    """Return our curves as the CSV file that a user would make of them."""
    lines = ["name;Andra kurvor", "units;metric", "", "distress;severity;density;value"]
    for (distress, severity), curve in CURVES.deduct.items():
        lines += [
            f"{distress};{severity};{x};{y}".replace(".", ",")
            for x, y in zip(curve.x, curve.y, strict=True)
        ]
    for q, curve in enumerate(CURVES.corrected, start=2):
        lines += [f"CDV;{q};{x};{y}" for x, y in zip(curve.x, curve.y, strict=True)]
    return "\n".join(lines) + "\n"


def loaded(folder: Path, text: str, name: str = "curves.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_ours_is_no_pci() -> None:
    assert CURVES.name == "Gatusyn deduct curves 1"
    assert CURVES.standard is None
    assert CURVES.index_name == "Gatusyn deduct curves 1"
    assert "PCI" not in CURVES.index_name


def test_only_a_file_that_names_its_standard_makes_a_pci(tmp_path: Path) -> None:
    named = OWN.replace('units = "metric"', 'units = "metric"\nstandard = "ASTM D6433-20"')
    curves = load_curves(loaded(tmp_path, named))
    assert curves.index_name == "PCI (ASTM D6433-20)"


def test_csv_holds_the_same_as_toml(tmp_path: Path) -> None:
    curves = load_curves(loaded(tmp_path, as_csv(), "curves.csv"))
    assert (curves.deduct, curves.corrected) == (CURVES.deduct, CURVES.corrected)
    assert curves.name == "Andra kurvor"
    with_commas = as_csv().replace(",", ".").replace(";", ",")
    assert load_curves(loaded(tmp_path, with_commas, "b.csv")).deduct == CURVES.deduct


def test_a_curve_starts_in_nothing_and_is_level_after_its_end() -> None:
    curve = CURVES.deduct[1, "M"]
    ends = CURVES.deduct_value(1, "M", np.array([0.0, curve.x[0] / 2, curve.x[-1] * 10]))
    assert ends == pytest.approx([0.0, curve.y[0] / 2, curve.y[-1]])
    assert CURVES.corrected_value(1, np.array([70.0, 130.0])).tolist() == [70.0, 100.0]
    last = len(CURVES.corrected) + 1
    above = [CURVES.corrected_value(q, np.array([90.0]))[0] for q in (last, last + 5)]
    assert above[0] == above[1], "above the last q the last curve holds"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('severity = "H"', 'severity = "S"', r"\[\[deduct\]\] 3: severity 'S' is unknown"),
        ("distress = 13", "distress = 23", r"\[\[deduct\]\] 10: distress 23 is unknown"),
        ("distress = 13", 'distress = "x"', r"distress 'x' is unknown"),
        ("q = 3", "q = 1", r"\[\[corrected\]\] 2: q 1 is not 2 or more"),
        ("q = 3", "q = 4", "q = 4 is there twice"),
        ("q = 7", "q = 9", "q = 2, 3, 4, 5, 6, 9"),
        ("  1.18, 1.35,", "  1.18, 1.05,", "curve 1L, row 2: value 1.05 is below 1.18"),
        ("0.01, 0.0133,", "0.01, 0.01,", "curve 1L, row 2: density 0.01 is not above 0.01"),
        ("  0.01, 0.0133,", "  0.0, 0.0133,", "curve 1L, row 1: density 0 is not above 0"),
        ("  1.18, 1.35,", '  1.18, "a",', "curve 1L, row 2: value 'a' is not a number"),
        ("  1.18, 1.35,", "  1.18, nan,", "curve 1L, row 2: value nan is not a number"),
        ("  1.18, 1.35,", "  1.18,", "curve 1L has 33 of density and 32 of value"),
        ("54.33,", "154.33,", "curve 1L, row 33: value 154.33 is above 100"),
        ("10.0, 20.0, 30.0,", "10.0, 30.0, 30.0,", "corrected curve q = 2, row 3: total 30"),
        ('units = "metric"', 'units = "feet"', "has units 'feet'"),
        ('units = "metric"', "", "has units None"),
        ('name = "Gatusyn deduct curves 1"', "", "has no name"),
        ('units = "metric"', 'units = "metric"\nindex = "PCI"', "index is unknown"),
        ("[[deduct]]", "[[deduct]", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_told_by_curve_and_row(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in OWN
    with pytest.raises(SettingsError, match=message) as caught:
        load_curves(loaded(tmp_path, OWN.replace(old, new, 1)))
    assert caught.value.source.endswith("curves.toml")


def test_a_missing_curve_is_named(tmp_path: Path) -> None:
    head, *tables = OWN.split("[[deduct]]\n")
    without = "[[deduct]]\n".join([head, *(one for one in tables if "distress = 13" not in one)])
    with pytest.raises(SettingsError, match="lacks the curves 13L, 13M, 13H"):
        load_curves(loaded(tmp_path, without))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("13;L;5;1", r"curve 13L, line \d+: density 5 is not above 100"),
        ("13;X;500;100", r"line \d+: severity 'X' is unknown"),
        ("13;L;500", r"line \d+ has 3 cells, not 4"),
        ("CDV;0;5;5", r"line \d+: q '0' is not 2 or more"),
        ("13;L;many;100", r"curve 13L, line \d+: density 'many' is not a number"),
    ],
)
def test_a_wrong_csv_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_curves(loaded(tmp_path, as_csv() + line + "\n", "curves.csv"))


def test_a_csv_without_its_table_and_other_files(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="line 1 is not understood"):
        load_curves(loaded(tmp_path, "a;b\n", "curves.csv"))
    with pytest.raises(SettingsError, match=r"is not a \.toml or \.csv file"):
        load_curves(loaded(tmp_path, OWN, "curves.txt"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load_curves(tmp_path / "missing.toml")
    (tmp_path / "latin.csv").write_bytes("name;Åby".encode("latin-1"))
    with pytest.raises(SettingsError, match="is not text"):
        load_curves(tmp_path / "latin.csv")


def test_the_file_is_what_its_script_writes() -> None:
    from benchmarks.deduct_curves import text

    assert text() == OWN
