"""Changing costs in a settings file: comments stay, two editors, bad figures, killed between."""

from __future__ import annotations

import math
import os
import tomllib
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatusyn.model import ChangedError, CitySettings, CostError, SettingsError
from gatusyn.pipeline import CostField, read_settings_file, write_costs, write_settings

OWN = """\
# Ours: keep this line
name = "Björkvik"   # and this

[economy.treatments.overlay]  # from the tender
cost_sek_m2 = 172   # lot 2
cost_source = "framework agreement 2026"

# What comes next
[retention]
audit_days = 200.0
"""
COST, COMING = CostField.COST, CostField.MOBILISATION


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "gatusyn.toml"
    made.write_text(OWN, "utf-8")
    return made


def stamp(path: Path) -> str:
    return read_settings_file(path).stamp


def test_only_the_figure_changes(path: Path) -> None:
    after = write_costs(path, {("overlay", COST): 180.5}, stamp=stamp(path))
    assert path.read_text("utf-8") == OWN.replace("= 172 ", "= 180.5 ")
    assert after.settings.economy.treatments["overlay"].cost_sek_m2 == 180.5
    assert ("overlay", "cost_sek_m2") in after.said
    assert ("overlay", "mobilisation_sek") not in after.said


def test_a_new_figure_finds_its_place_and_every_line_stays(path: Path) -> None:
    figures = {("levelling", COST): 99.0, ("overlay", COMING): 1.0}
    after = write_costs(path, figures, stamp=stamp(path))
    text = path.read_text("utf-8")
    assert [line for line in OWN.splitlines() if line not in text.splitlines()] == []
    own = after.settings.economy.treatments
    assert (own["levelling"].cost_sek_m2, own["overlay"].mobilisation_sek) == (99.0, 1.0)
    assert own["overlay"].cost_source == "framework agreement 2026"
    assert after.settings.retention.audit_days == 200.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[economy]\nseed = 3\n",
        "economy.treatments.overlay.cost_sek_m2 = 5\n",
        "[economy]\ntreatments = { overlay = { cost_sek_m2 = 5 } }\n",
        '[economy.treatments]\n"overlay" = {}\n[economy.families.local]\ntrigger = 35\n',
        "[economy.treatments.overlay]\n[retention]\n[economy.treatments.levelling]\ngain = 9\n",
        "# no line end",
        '\r\n[economy]\r\nseed = 3\r\n# "\r\n',
    ],
)
def test_every_way_to_write_a_table(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    figures = {("overlay", COST): 7.25, ("levelling", COMING): 0.0}
    own = write_costs(path, figures, stamp=stamp(path)).settings.economy.treatments
    assert (own["overlay"].cost_sek_m2, own["levelling"].mobilisation_sek) == (7.25, 0.0)
    left = {line.strip() for line in text.splitlines() if line.startswith(("#", "seed", "gain"))}
    assert left <= {line.strip() for line in path.read_text("utf-8").splitlines()}


def test_the_file_that_gatusyn_writes_keeps_its_words(path: Path) -> None:
    write_settings(path, CitySettings(name="Ny"))
    before = path.read_text("utf-8").splitlines()
    write_costs(path, {("overlay", COST): 200.0}, stamp=stamp(path))
    after = path.read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ["cost_sek_m2 = 200"]
    assert len(after) == len(before) + 1


@pytest.mark.parametrize("value", [-1.0, 0.0, math.nan, math.inf, -math.inf, 1e9])
def test_a_bad_figure_is_named_and_nothing_written(path: Path, value: float) -> None:
    figures = {("overlay", COST): value, ("levelling", COST): 100.0, ("overlay", COMING): -1.0}
    with pytest.raises(CostError) as caught:
        write_costs(path, figures, stamp=stamp(path))
    assert set(caught.value.faults) == {("overlay", "cost_sek_m2"), ("overlay", "mobilisation_sek")}
    assert caught.value.faults["overlay", "cost_sek_m2"].startswith(f"is {value:g}. Set it between")
    assert path.read_text("utf-8") == OWN
    assert list(path.parent.iterdir()) == [path]


def test_an_unknown_treatment_is_refused(path: Path) -> None:
    with pytest.raises(CostError, match=r"gold\.cost_sek_m2 is of a treatment that there is not"):
        write_costs(path, {("gold", COST): 5.0}, stamp=stamp(path))
    assert path.read_text("utf-8") == OWN


def test_the_second_of_two_editors_is_refused(path: Path) -> None:
    read = stamp(path)
    write_costs(path, {("overlay", COST): 180.0}, stamp=read)
    with pytest.raises(ChangedError, match="by somebody else"):
        write_costs(path, {("levelling", COST): 99.0}, stamp=read)
    assert "levelling" not in path.read_text("utf-8")


def test_of_many_at_once_one_wins(path: Path) -> None:
    read, barrier, outcomes = stamp(path), Barrier(8), []

    def edit(value: float) -> None:
        barrier.wait()
        try:
            write_costs(path, {("overlay", COST): value}, stamp=read)
            outcomes.append(value)
        except ChangedError:
            outcomes.append(0.0)

    threads = [Thread(target=edit, args=(200.0 + number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [value for value in outcomes if value]
    assert read_settings_file(path).settings.economy.treatments["overlay"].cost_sek_m2 == won


class KilledError(BaseException):
    """As a signal ends a process."""


@pytest.mark.parametrize(("place", "step"), [(os, "fsync"), (Path, "replace")])
def test_killed_between_leaves_the_old_file(
    path: Path, place: object, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KilledError

    read = stamp(path)
    with monkeypatch.context() as patch:
        patch.setattr(place, step, die)
        with pytest.raises(KilledError):
            write_costs(path, {("overlay", COST): 180.0}, stamp=read)
    assert path.read_text("utf-8") == OWN
    write_costs(path, {("overlay", COST): 180.0}, stamp=read)


def test_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    read = stamp(path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left"):
        write_costs(path, {("overlay", COST): 180.0}, stamp=read)
    assert path.read_text("utf-8") == OWN


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(min_value=0.01, max_value=10_000.0))
def test_what_is_written_is_what_is_read(path: Path, value: float) -> None:
    path.write_text(OWN, "utf-8")
    write_costs(path, {("overlay", COST): value}, stamp=stamp(path))
    table = tomllib.loads(path.read_text("utf-8"))
    assert table["economy"]["treatments"]["overlay"]["cost_sek_m2"] == value


def test_rights_and_links_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    write_costs(link, {("overlay", COST): 180.0}, stamp=stamp(link))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "180" in path.read_text("utf-8")
