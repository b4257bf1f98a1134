"""The settings file: written with its meanings, read back the same, faults named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gatusyn.model import CameraParams, CitySettings, LoginParams, Role, SettingsError
from gatusyn.pipeline import read_settings, write_settings


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    settings = replace(CitySettings(), name='Ängelholm "norra"', camera=CameraParams(height_m=2.25))
    write_settings(tmp_path / "gatusyn.toml", settings)
    assert read_settings(tmp_path / "gatusyn.toml") == settings
    text = (tmp_path / "gatusyn.toml").read_text("utf-8")
    assert "# Lens above the road.\nheight_m = 2.25" in text


def test_names_that_people_gave_may_hold_anything(tmp_path: Path) -> None:
    roles = {"GIS gata": Role.ENGINEER, 'å"\\.b': Role.VIEWER, "IT": Role.ADMINISTRATOR}
    made = CitySettings(login=LoginParams(roles=roles))
    write_settings(tmp_path / "gatusyn.toml", made)
    assert read_settings(tmp_path / "gatusyn.toml") == made


def test_a_setting_that_is_not_there_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "gatusyn.toml"
    path.write_text("[camera]\nheight_m = 2\n")
    assert read_settings(path).camera == CameraParams(height_m=2.0)


def test_what_a_town_says_of_treatments_and_families_is_read_back(tmp_path: Path) -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "guides" / "economy.md"
    example = guide.read_text("utf-8").split("```toml")[1].split("```")[0]
    path = tmp_path / "gatusyn.toml"
    path.write_text(example, "utf-8")
    settings = read_settings(path)
    economy = settings.economy
    assert economy.treatments["overlay"].cost_source == "framework agreement 2026, lot 2"
    assert economy.treatments["overlay"].cost_year == 2026
    assert economy.treatments["thin_overlay"] in economy.treatments_in_use
    assert economy.treatments["levelling"] not in economy.treatments_in_use
    assert economy.price_factor(2024) == pytest.approx(182.0 / 175.3)
    assert economy.families["local"].trigger == 35.0
    write_settings(path, settings)
    assert read_settings(path) == settings
    text = path.read_text("utf-8")
    assert "\ncost_sek_m2 = 172.0" in text, "the town's own is said"
    assert "\n# cost_sek_m2 = 240.0" in text, "ours is a comment"


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
        ("[economy.treatments.overlay]\ncost_sek_m2 = -3\n", "overlay.cost_sek_m2 is -3"),
        ("[economy.treatments.overlay]\ncost = 3\n", "economy.treatments.overlay.cost"),
        ("[economy.treatments.thin]\ncost_year = 2026\n", "thin.cost_sek_m2: field required"),
        ("[economy.treatments]\noverlay = 3\n", "economy.treatments.overlay"),
        ("[economy]\ntreatments = 3\n", "economy.treatments"),
        ("economy = 3\n", "economy"),
        ("[economy]\nprice_year = 2026\n", "economy.price_index.2024 is missing"),
        ("[economy.price_index]\nnow = 3\n", "economy.price_index.now"),
        ("[economy]\ninhabitants = 0\n", "economy.inhabitants is 0"),
        ("[economy]\nunknown_family = 'x'\n", "'x', which is no family"),
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
