"""A model that cannot be used is told of when it is loaded, by file and cause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from tests.detect.made_models import (
    HEAD,
    RDD2022,
    SEGMENTER,
    write_constant,
    write_model,
    write_segmenter,
    write_toml,
)

from gatusyn.detect import load_detector
from gatusyn.model import DetectParams, ModelWeightsError

WEIGHTS, BIAS = [[1.0, 1.0, 1.0]] * 3, [0.0] * 3
YOLO = RDD2022.format(output='kind = "boxes"\nformat = "yolo"')


def refusal(path: Path) -> str:
    with pytest.raises(ModelWeightsError) as refused:
        load_detector(DetectParams(model=str(path)))
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not valid TOML"),
        ("", "name: Field required"),
        (SEGMENTER.replace("width_px", "width"), "input.width_px: Field required"),
        (SEGMENTER.replace('"segmentation"', '"boxs"'), "'segmentation', 'boxes'"),
        (SEGMENTER.replace('"road"]', '"road", "D40"]'), "mapping lacks D40"),
        (SEGMENTER + '[mapping]\nD99 = "crack"\n', "mapping has D99, which classes has not"),
        (SEGMENTER + '[mapping]\ncrack = "hole"\n', "mapping.crack"),
        (SEGMENTER.replace("crack = 0.5\n", ""), "thresholds lacks crack"),
        (SEGMENTER.replace("crack = 0.5", "crack = 1.5"), "thresholds.crack"),
        (SEGMENTER.replace('["crack", "pothole", "road"]', '["road"]'), "no class is mapped"),
        (SEGMENTER.replace("width_px = 256", "width_px = 9999999"), "input.width_px"),
        (SEGMENTER.replace("width_px = 256", "width_px = 256\nstd = [0, 1, 1]"), "input.std.0"),
        (HEAD + 'sha256 = "12"\n' + SEGMENTER.removeprefix(HEAD), "sha256"),
        (YOLO.replace('"yolo"', '"detr"'), "scores_name"),
        (YOLO.replace('D40 = "pothole"', 'D40 = "road"'), "road cannot come as boxes"),
    ],
)
def test_a_wrong_model_file_names_the_key(tmp_path: Path, text: str, words: str) -> None:
    write_segmenter(tmp_path, weights=WEIGHTS, bias=BIAS)
    path = write_toml(tmp_path, text)
    assert words in refusal(path)
    assert str(path) in refusal(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert "none.toml: cannot be read" in refusal(tmp_path / "none.toml")
    assert "made.onnx: cannot be read" in refusal(write_toml(tmp_path, SEGMENTER))


@pytest.mark.parametrize("content", [b"", b"no model", b"\x00" * 4096])
def test_what_is_no_onnx_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "made.onnx").write_bytes(content)
    assert "made.onnx: is not an ONNX model" in refusal(write_toml(tmp_path, SEGMENTER))


def test_other_weights_than_the_hash_says_are_refused(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=WEIGHTS, bias=BIAS)
    text = HEAD + f'sha256 = "{"0" * 64}"\n' + SEGMENTER.removeprefix(HEAD)
    assert "is not the file that its model file names" in refusal(write_toml(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("width_px = 256", 'width_px = 256\nname = "picture"', "inputs are 'image'"),
        ('"segmentation"', '"segmentation"\nname = "mask"', "outputs are 'probability'"),
        ('"pothole", "road"]', '"pothole", "patch", "road"]', "3 layers for 4 classes"),
        ('"segmentation"', '"segmentation"\nvalues = "class_index"', "[1, h, w] class numbers"),
        ("width_px = 256", 'width_px = 256\nlayout = "nhwc"', "not one picture of 3 channels"),
        ("width_px = 256", "width_px = 256\nmultiple_px = 1", "network fails on a frame"),
    ],
)
def test_a_graph_that_the_model_file_does_not_fit(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    write_segmenter(tmp_path, weights=WEIGHTS, bias=BIAS)
    if "multiple" in new:
        node = helper.make_node("Conv", ["image", "w"], ["probability"], kernel_shape=[200, 1])
        write_model(
            tmp_path,
            [node],
            constants={"w": np.zeros((3, 3, 200, 1), np.float32)},
            outputs={"probability": [1, 3, "h", "w"]},
        )
    text = SEGMENTER.replace(old, new)
    if "patch" in new:
        text += "patch = 0.5\n"
    assert words in refusal(write_toml(tmp_path, text))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ([1, 3, 512, 512], "the network's width is 512"),
        ([1, 3, 256, 256], "input.height_px is not set, but the network's height is 256"),
        ([4, 3, 256, 256], "not one picture"),
        ([1, 1, "h", "w"], "not one picture"),
    ],
)
def test_fixed_sizes_that_differ(tmp_path: Path, shape: list[int | str], words: str) -> None:
    channels = int(shape[1])
    node = helper.make_node("Conv", ["image", "w"], ["probability"], kernel_shape=[1, 1])
    write_model(
        tmp_path,
        [node],
        constants={"w": np.zeros((3, channels, 1, 1), np.float32)},
        outputs={"probability": [shape[0], 3, *shape[2:]]},
        shape=shape,
    )
    assert words in refusal(write_toml(tmp_path, SEGMENTER))


def test_half_precision_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Identity", ["image"], ["probability"])
    write_model(
        tmp_path,
        [node],
        constants={},
        outputs={"probability": [1, 3, "h", "w"]},
        element=TensorProto.FLOAT16,
        output_element=TensorProto.FLOAT16,
    )
    assert "tensor(float16), not float32 or uint8" in refusal(write_toml(tmp_path, SEGMENTER))


def test_an_input_that_is_no_picture(tmp_path: Path) -> None:
    node = helper.make_node("Identity", ["image"], ["probability"])
    outputs: dict[str, list[int | str]] = {"probability": [1, 3]}
    write_model(tmp_path, [node], constants={}, outputs=outputs, shape=[1, 3])
    assert "has 2 axes" in refusal(write_toml(tmp_path, SEGMENTER))


def test_answers_that_are_not_finite(tmp_path: Path) -> None:
    """A black picture divided by its mean: noise alone would not show it."""
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Div", ["image", "mean"], ["share"]),
        helper.make_node("Clip", ["share", "low", "high"], ["probability"]),
    ]
    write_model(
        tmp_path,
        nodes,
        constants={"low": np.array(0, np.float32), "high": np.array(1, np.float32)},
        outputs={"probability": [1, 3, "h", "w"]},
    )
    assert "not finite" in refusal(write_toml(tmp_path, SEGMENTER))


def test_logits_that_are_called_probabilities(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=WEIGHTS, bias=[5.0] * 3, last="")
    assert 'say values = "logits"' in refusal(write_toml(tmp_path, SEGMENTER))


@pytest.mark.parametrize(
    ("output", "columns", "words"),
    [
        ('format = "yolo"', 9, "not [1, 8, n]"),
        ('format = "yolov5"', 8, "not [1, n, 9]"),
        ('format = "corners"', 8, "not [1, n, 6]"),
        ('format = "yolo"\nname = "boxes"', 8, "outputs are 'out'"),
    ],
)
def test_boxes_of_another_shape(tmp_path: Path, output: str, columns: int, words: str) -> None:
    answers = {"out": np.full((1, 300, columns), 0.5, np.float32)}
    write_constant(tmp_path, answers, shape=[1, 3, 640, 640])
    text = RDD2022.format(output=f'kind = "boxes"\n{output}')
    assert words in refusal(write_toml(tmp_path, text))


def test_boxes_in_shares_that_are_called_pixels(tmp_path: Path) -> None:
    answers = {"out": np.full((1, 8, 300), 0.5, np.float32)}
    write_constant(tmp_path, answers, shape=[1, 3, 640, 640])
    assert 'say coordinates = "normalised"' in refusal(write_toml(tmp_path, YOLO))


def test_class_numbers_that_no_class_has(tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = [10, 10, 90, 90, 0.8, 4]
    write_constant(tmp_path, {"out": rows}, shape=[1, 3, 640, 640])
    text = RDD2022.format(output='kind = "boxes"\nformat = "corners"')
    assert "class numbers outside 0 to 3" in refusal(write_toml(tmp_path, text))


def test_two_outputs_need_a_name(tmp_path: Path) -> None:
    answers = {name: np.full((1, 8, 4), 50.0, np.float32) for name in ("one", "two")}
    write_constant(tmp_path, answers, shape=[1, 3, 640, 640])
    assert "does not say which of the outputs 'one', 'two'" in refusal(write_toml(tmp_path, YOLO))
