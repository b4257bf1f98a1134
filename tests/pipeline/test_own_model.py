"""A city with a damage model of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.detect.made_models import SEGMENTER, write_segmenter, write_toml
from tests.made_town import PARAMS

from gatusyn.cli.demo import settings_of
from gatusyn.model import DetectParams, ModelWeightsError
from gatusyn.pipeline import City, create_city, inspect_drives
from gatusyn.simulate import TownFiles


@pytest.fixture
def city(small_town: TownFiles, tmp_path: Path) -> City:
    """Return a city whose model calls what is dark a crack, and sees no road."""
    settings = replace(settings_of(PARAMS), detect=DetectParams(model="models/made.toml"))
    made = create_city(tmp_path / "city", network=small_town.network, settings=settings)
    folder = made.folder / "models"
    folder.mkdir()
    write_segmenter(folder, weights=[[-9.0] * 3, [0.0] * 3], bias=[9.0, -9.0])
    text = SEGMENTER.replace(', "road"]', "]").replace("road = 0.5\n", "")
    write_toml(folder, text)
    return made


def test_its_path_starts_at_the_city_and_road_is_taken_to_be_everywhere(
    city: City, small_town: TownFiles
) -> None:
    (outcome,) = inspect_drives(city, [small_town.drives[0][0]]).outcomes
    assert outcome.error is None
    assert outcome.facts is not None
    assert outcome.facts.detector_version.startswith("made 1 ")
    assert any("does not tell road" in str(remark) for remark in outcome.facts.remarks)


def test_a_bad_one_stops_before_the_first_frame(city: City, small_town: TownFiles) -> None:
    (city.folder / "models" / "made.onnx").write_bytes(b"no model")
    with pytest.raises(ModelWeightsError, match=r"made\.onnx: is not an ONNX model"):
        inspect_drives(city, [small_town.drives[0][0]])
