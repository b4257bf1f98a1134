"""The model for a browser: one size, int8, and it runs in ONNX Runtime Web.

The last needs Node and the npm package onnxruntime-web; ``GATUSYN_ORT_WEB`` names the folder that
holds its ``node_modules`` (else ``web``). Without them it is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tests.detect.made_models import RDD2022, SEGMENTER, write_constant, write_segmenter, write_toml
from tests.run_cli import run_cli

from gatusyn.detect import write_browser_model
from gatusyn.model import Image, ModelWeightsError
from gatusyn.simulate import training_frames

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import * as ort from 'onnxruntime-web/wasm';
import fs from 'node:fs';
ort.env.wasm.numThreads = 1;
const [model, input, output, width, height] = process.argv.slice(1);
const session = await ort.InferenceSession.create(
  fs.readFileSync(model), {executionProviders: ['wasm']});
const bytes = fs.readFileSync(input);
const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const picture = new ort.Tensor('float32', pixels, [1, 3, Number(height), Number(width)]);
const answers = await session.run({[session.inputNames[0]]: picture});
const answer = answers[session.outputNames[0]];
fs.writeFileSync(output, Buffer.from(answer.data.buffer));
console.log(JSON.stringify(answer.dims));
"""


@pytest.fixture(scope="module")
def frames() -> list[Image]:
    return [frame for frame, _ in islice(training_frames(1, 9), 4)]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, frames: list[Image]) -> Path:
    """Return the package's own model, written for a browser."""
    target = tmp_path_factory.mktemp("browser") / "damage.onnx"
    write_browser_model(None, target, width_px=320, frames=frames)
    return target


def test_it_is_small_and_says_how_to_use_it(own: Path) -> None:
    said = json.loads(own.with_suffix(".json").read_text("utf-8"))
    assert said["input"]["name"] == "image"
    assert (said["input"]["width_px"], said["input"]["height_px"]) == (320, 192)
    assert said["output"]["name"] == "probability"
    assert {one["means"] for one in said["classes"]} >= {"crack", "pothole", "road"}
    assert set(said["thresholds"]) >= {"crack", "pothole"}
    assert own.stat().st_size < 5e6
    session = onnxruntime.InferenceSession(str(own), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == [1, 3, 192, 320]
    assert session.get_outputs()[0].shape[2:] == [24, 40]


def test_it_runs_in_onnxruntime_web(own: Path, tmp_path: Path, frames: list[Image]) -> None:
    node = shutil.which("node")
    folder = Path(os.environ.get("GATUSYN_ORT_WEB", ROOT / "web"))
    if node is None or not (folder / "node_modules" / "onnxruntime-web").is_dir():
        pytest.skip("needs node and onnxruntime-web; set GATUSYN_ORT_WEB to their folder")
    small = frames[0][:: 720 // 192, :: 1280 // 320][:192, :320]
    picture = np.ascontiguousarray(small.transpose(2, 0, 1)[None], np.float32) / 255
    picture.tofile(tmp_path / "picture")
    command = [node, "--input-type=module", "--eval", RUN, str(own), str(tmp_path / "picture")]
    command += [str(tmp_path / "answer"), "320", "192"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    session = onnxruntime.InferenceSession(str(own), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"image": picture})
    assert json.loads(done.stdout) == list(expected.shape)
    answer = np.fromfile(tmp_path / "answer", np.float32).reshape(expected.shape)
    # The two round in other places; a call is the same nearly everywhere.
    assert np.abs(answer - expected).mean() < 0.02
    assert ((answer > 0.5) == (expected > 0.5)).mean() > 0.97


def test_a_strangers_model_of_one_size_keeps_it(tmp_path: Path, frames: list[Image]) -> None:
    write_segmenter(tmp_path, weights=[[1.0, 0.0, 0.0]] * 3, bias=[0.0] * 3, shape=[1, 3, 256, 256])
    path = write_toml(
        tmp_path, SEGMENTER.replace("width_px = 256", "width_px = 256\nheight_px = 256")
    )
    model = write_browser_model(path, tmp_path / "out.onnx", width_px=512, frames=frames)
    assert (model.input.width_px, model.input.height_px) == (256, 256)


def test_what_cannot_be_written_is_told(tmp_path: Path, frames: list[Image]) -> None:
    write_constant(tmp_path, {"out": np.ones((1, 9, 4))}, shape=[1, 3, 640, 640])
    path = write_toml(tmp_path, RDD2022.format(output='kind = "boxes"\nformat = "yolo"'))
    with pytest.raises(ModelWeightsError, match=r"not \[1, 8, n\]"):
        write_browser_model(path, tmp_path / "out.onnx", width_px=512, frames=frames)
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelWeightsError, match="cannot be written"):
        write_browser_model(None, tmp_path / "file" / "a.onnx", width_px=160, frames=frames)


def test_at_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_segmenter(tmp_path, weights=[[1.0, 0.0, 0.0]] * 3, bias=[0.0] * 3)
    path, target = write_toml(tmp_path, SEGMENTER), tmp_path / "small.onnx"
    arguments = ["models", path, "--browser", target, "--width", 160]
    assert not run_cli(monkeypatch, *arguments)
    assert "1-int8-160x96, 160 x 96 px" in capsys.readouterr().out
    assert target.with_suffix(".json").is_file()
