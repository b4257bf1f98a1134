"""``gatusyn models`` and models of one's own at the command line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.detect.made_models import SEGMENTER, write_segmenter, write_toml
from tests.run_cli import run_cli

from gatusyn.detect import ModelFile

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "models.md"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Return a city folder with a model that sees no road in its models folder."""
    folder = tmp_path / "city" / "models"
    folder.mkdir(parents=True)
    (folder.parent / "gatusyn.toml").write_text("", "utf-8")
    write_segmenter(folder, weights=[[9.0, -9.0, -9.0], [-9.0, 9.0, -9.0]], bias=[-4.0, -4.0])
    text = SEGMENTER.replace('"crack", "pothole", "road"', '"D20", "pothole"')
    write_toml(folder, text.replace("road = 0.5\n", "") + '[mapping]\nD20 = "crack"\n')
    return folder.parent


def test_our_own_and_the_citys_are_listed(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(monkeypatch, "models", "--folder", city) == 0
    said = capsys.readouterr().out
    assert "gatusyn-damage" in said
    assert "Apache-2.0" in said
    assert "docs/models/damage.md" in said
    assert "D20 as crack, pothole (sees no road" in said
    assert len(re.findall(r"frames/s here", said)) == 2


def test_a_bad_one_does_not_hide_the_others(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (city / "models" / "a.toml").write_text("name = 1", "utf-8")
    assert run_cli(monkeypatch, "models", "--folder", city) == 8
    said = capsys.readouterr().out
    assert "cannot be used" in said
    assert "D20 as crack" in said


def test_a_city_without_models_has_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gatusyn.toml").write_text("", "utf-8")
    assert run_cli(monkeypatch, "models", "--folder", tmp_path) == 0
    assert capsys.readouterr().out.count("frames/s here") == 1


def test_one_bad_file_is_one_message(
    city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (city / "models" / "made.onnx").unlink()
    assert run_cli(monkeypatch, "models", city / "models" / "made.toml") == 8
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "made.onnx: cannot be read (No such file or directory)" in said.err
    assert run_cli(monkeypatch, "models", "--folder", city / "none") == 8


def test_masks_by_a_model_of_ones_own(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    picture = np.zeros((288, 512, 3), np.uint8)
    picture[192:224, 192:256] = (255, 0, 0)
    Image.fromarray(picture).save(photos / "one.png")
    path = city / "models" / "made.toml"
    assert run_cli(monkeypatch, "detect", photos, "--masks", tmp_path / "out", "--model", path) == 0
    mask = np.asarray(Image.open(tmp_path / "out" / "one.png"))
    assert mask[208, 224] == 2
    assert (mask > 0).mean() < 0.03


def test_the_examples_of_the_guide_are_model_files() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    whole = [block for block in blocks if block.startswith("name =")]
    assert len(whole) == 2
    for block in whole:
        text = re.sub(r'sha256 = "[^"]*"', f'sha256 = "{"0" * 64}"', block)
        ModelFile.model_validate(tomllib.loads(text))
    (detr,) = [block for block in blocks if "scores_name" in block]
    yolo = re.sub(r"\[output\].*?(?=\[mapping\])", detr, whole[0], flags=re.DOTALL)
    text = re.sub(r'sha256 = "[^"]*"\n', "", yolo)
    assert ModelFile.model_validate(tomllib.loads(text)).output.kind == "boxes"


def test_every_key_is_in_the_guide() -> None:
    text = GUIDE.read_text("utf-8")
    model = ModelFile.model_json_schema()
    tables = [model["$defs"][name] for name in ("InputTable", "SegmentationTable", "BoxTable")]
    for table in (model, *tables):
        for key in table["properties"]:
            assert f"{key}`" in text or f"{key}." in text, key
