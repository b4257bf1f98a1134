"""The settings file: written with its meanings, read back the same, faults named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gatusyn.model import CameraParams, CitySettings, SettingsError
from gatusyn.pipeline import read_settings, write_settings


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    settings = replace(CitySettings(), name='Ängelholm "norra"', camera=CameraParams(height_m=2.25))
    write_settings(tmp_path / "gatusyn.toml", settings)
    assert read_settings(tmp_path / "gatusyn.toml") == settings
    text = (tmp_path / "gatusyn.toml").read_text("utf-8")
    assert "# Lens above the road.\nheight_m = 2.25" in text


def test_a_setting_that_is_not_there_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "gatusyn.toml"
    path.write_text("[camera]\nheight_m = 2\n")
    assert read_settings(path).camera == CameraParams(height_m=2.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[camera]\nheight = 2\n", "camera.height is no setting"),
        (
            "[condition]\ncrazing_weight = 0.8\ncurve_exponent = 0.5\n",
            "condition.crazing_weight, condition.curve_exponent are no settings",
        ),
        ("[condition]\nmethod = 'pci'\n", "condition.method"),
        ("[camera]\nheight_m = 'high'\npitch_deg = 'x'\n", "camera.pitch_deg"),
        ("[camera]\nheight_m = 60\n", "between 0.3 and 6"),
        ("[camera\n", "not valid TOML"),
    ],
)
def test_faults_are_named_with_the_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "gatusyn.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_folder_that_is_no_city_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gatusyn init"):
        read_settings(tmp_path / "gatusyn.toml")
