"""A model file's int8 variant: taken where the processor counts exactly, and said so."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from tests.detect.made_models import SEGMENTER, write_segmenter, write_toml

from gatusyn.detect import load_detector, make_variants
from gatusyn.model import DetectParams, ModelWeightsError, counts_int8_exactly

INT8 = '\n[int8]\nweights = "small.onnx"\n'


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Return a model file with two variants; the second has other weights, to tell them apart."""
    write_segmenter(tmp_path, weights=[[9.0, 9.0, 9.0]] * 3, bias=[-9.0] * 3)
    (tmp_path / "made.onnx").rename(tmp_path / "small.onnx")
    write_segmenter(tmp_path, weights=[[1.0, 1.0, 1.0]] * 3, bias=[0.0] * 3)
    return write_toml(tmp_path, SEGMENTER + INT8)


@pytest.mark.parametrize(
    ("precision", "exact", "taken"),
    [
        ("auto", True, True),
        ("auto", False, False),
        ("int8", False, True),
        ("float32", True, False),
    ],
)
def test_the_processor_or_the_settings_choose(
    both: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: Literal["auto", "float32", "int8"],
    exact: bool,
    taken: bool,
) -> None:
    module = importlib.import_module("gatusyn.detect.load_detector")
    monkeypatch.setattr(module, "counts_int8_exactly", lambda: exact)
    detector = load_detector(DetectParams(model=str(both), precision=precision))
    assert ("-int8" in detector.version) == taken
    assert detector.model.weights == ("small.onnx" if taken else "made.onnx")


def test_int8_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=[[1.0, 1.0, 1.0]] * 3, bias=[0.0] * 3)
    path = write_toml(tmp_path, SEGMENTER)
    with pytest.raises(ModelWeightsError, match="has no int8 variant"):
        load_detector(DetectParams(model=str(path), precision="int8"))
    assert "-int8" not in load_detector(DetectParams(model=str(path))).version


def test_missing_int8_weights_are_named(both: Path) -> None:
    (both.parent / "small.onnx").unlink()
    with pytest.raises(ModelWeightsError, match=r"small\.onnx: cannot be read"):
        load_detector(DetectParams(model=str(both), precision="int8"))


def test_the_benchmark_takes_the_int8_that_is_there(both: Path, tmp_path: Path) -> None:
    frames = [np.full((144, 256, 3), 90, np.uint8)] * 2
    folder = tmp_path / "made"
    folder.mkdir()
    own = list(make_variants(both, widths_px=(), frames=frames, folder=folder))
    assert [v.weights.name for v in own] == ["made.onnx", "small.onnx"]
    assert not list(folder.iterdir())
    other = list(make_variants(both, widths_px=(128,), frames=frames, folder=folder))
    assert [v.weights.name for v in other] == ["made.onnx", "128.onnx"]


@pytest.mark.parametrize(
    ("machine", "flags", "exact"),
    [
        ("x86_64", "flags : fpu sse avx2", False),
        ("x86_64", "flags : fpu avx2 avx512_vnni", True),
        ("AMD64", "flags : fpu avx_vnni", True),
        ("aarch64", None, True),
        ("x86_64", None, False),
    ],
)
def test_what_the_processor_says(
    tmp_path: Path, machine: str, flags: str | None, exact: bool
) -> None:
    path = tmp_path / "cpuinfo"
    if flags is not None:
        path.write_text(f"model name : avx512_vnni\n{flags}\n", "utf-8")
    assert counts_int8_exactly(machine=machine, cpuinfo=path) is exact
