"""Changing any setting in a settings file: comments stay, all faults told, two editors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatusyn.model import ChangedError, ConditionMethod, SettingsError, ValueFaultsError
from gatusyn.pipeline import Value, read_settings_file, write_settings_file, write_values

OWN = """\
# Ours: keep this line
name = "Björkvik"   # and this

[condition]
method = "deduct"  # council, 2025
deduct_grade_limits = [85, 70, 55, 40]  # as agreed

# What comes next
[retention]
audit_days = 200.0
"""
METHOD = ("condition", "method")
LIMITS = ("condition", "deduct_grade_limits")
PUBLIC = ("public", "page")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "gatusyn.toml"
    made.write_text(OWN, "utf-8")
    return made


def stamp(path: Path) -> str:
    return read_settings_file(path).stamp


def test_values_of_every_sort_are_written_and_comments_stay(path: Path) -> None:
    values: dict[tuple[str, str], Value]
    values = {METHOD: "handbook", LIMITS: (90.0, 71.0, 55.5, 41.0), PUBLIC: True}
    after = write_values(path, values, stamp=stamp(path))
    text = path.read_text("utf-8")
    for kept in ("# Ours: keep this line", "# and this", "# council, 2025", "# What comes next"):
        assert kept in text
    assert after.settings.condition.method is ConditionMethod.HANDBOOK
    assert after.settings.condition.deduct_grade_limits == (90.0, 71.0, 55.5, 41.0)
    assert after.settings.public.page
    assert PUBLIC in after.said


def test_nothing_takes_a_setting_out_and_the_default_holds(path: Path) -> None:
    key = ("detect", "crack_threshold")
    assert write_values(path, {key: 0.4}, stamp=stamp(path)).settings.detect.crack_threshold == 0.4
    after = write_values(path, {key: None}, stamp=stamp(path))
    assert after.settings.detect.crack_threshold is None
    assert key not in after.said


def test_what_is_so_already_is_not_written(path: Path) -> None:
    write_values(path, {METHOD: "deduct", PUBLIC: False}, stamp=stamp(path))
    assert path.read_text("utf-8") == OWN


def test_every_fault_is_told_with_its_setting_and_nothing_is_written(path: Path) -> None:
    values: dict[tuple[str, str], Value] = {
        LIMITS: (10.0, 70.0, 55.0, 40.0),
        METHOD: "guess",
        ("retention", "audit_days"): 0.0,
        ("public", "address"): "streets",
        PUBLIC: True,
    }
    with pytest.raises(ValueFaultsError) as caught:
        write_values(path, values, stamp=stamp(path))
    assert set(caught.value.faults) == set(values) - {PUBLIC}
    assert "falling" in caught.value.faults[LIMITS]
    assert "is 0" in caught.value.faults["retention", "audit_days"]
    assert path.read_text("utf-8") == OWN


def test_values_that_are_right_only_together_are_taken_together(path: Path) -> None:
    slight, moderate = ("condition", "handbook_points_1"), ("condition", "handbook_points_2")
    higher = {slight: (20.0, 40.0, 60.0), moderate: (30.0, 50.0, 70.0)}
    after = write_values(path, higher, stamp=stamp(path))
    assert after.settings.condition.handbook_points_1 == (20.0, 40.0, 60.0)
    with pytest.raises(ValueFaultsError, match="takes off less"):
        write_values(path, {slight: (50.0, 60.0, 80.0)}, stamp=stamp(path))


def test_who_comes_second_is_told(path: Path) -> None:
    first = stamp(path)
    write_values(path, {PUBLIC: True}, stamp=first)
    with pytest.raises(ChangedError):
        write_values(path, {METHOD: "handbook"}, stamp=first)
    assert "handbook" not in path.read_text("utf-8")


@given(days=st.floats(allow_nan=True, allow_infinity=True))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_number_is_written_as_it_is_or_refused(path: Path, days: float) -> None:
    path.write_text(OWN, "utf-8")
    try:
        after = write_values(path, {("retention", "finding_days"): days}, stamp=stamp(path))
    except ValueFaultsError:
        assert not 0.0 <= days <= 36_500.0
        assert path.read_text("utf-8") == OWN
    else:
        assert after.settings.retention.finding_days == days


@pytest.mark.parametrize("meddled", ["audit_days = 20.0", "audit_days = 200.0\nseen = 1"])
def test_a_writer_that_changes_more_than_was_meant_is_stopped(
    path: Path, monkeypatch: pytest.MonkeyPatch, meddled: str
) -> None:
    def meddling(text: str, path: Path, change: Callable[[Any], None]) -> str:
        return write_settings_file.edited(text, path, change).replace("audit_days = 200.0", meddled)

    monkeypatch.setattr(sys.modules["gatusyn.pipeline.write_values"], "edited", meddling)
    with pytest.raises(SettingsError):
        write_values(path, {METHOD: "handbook"}, stamp=stamp(path))
    assert path.read_text("utf-8") == OWN


def test_what_a_text_changes_is_told_by_its_name(path: Path) -> None:
    raw, text = path.read_bytes(), OWN.replace("200.0", "20.0")
    with pytest.raises(SettingsError, match=r"not hold what was meant at retention\.audit_days"):
        write_settings_file.replaced(path, raw, text, {}, stamp=stamp(path))
    with pytest.raises(SettingsError, match=r"not hold what was meant at public\.page"):
        write_settings_file.replaced(path, raw, OWN, {("public", "page"): True}, stamp=stamp(path))
