"""Segmentation networks of several kinds, and how their layers come to lie on the frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from shapely import Polygon
from tests.detect.made_models import SEGMENTER, write_model, write_segmenter, write_toml

from gatusyn.detect import OnnxDetector, load_detector, read_model_file, write_model_file
from gatusyn.model import DetectParams, Image, PixelClass

# Of a picture 0..1: crack where red, pothole where green, road where blue.
BY_COLOUR = [[8.0, -8.0, -8.0], [-8.0, 8.0, -8.0], [0.0, 0.0, 8.0]]
BIAS = [-4.0, -4.0, -4.0]
# What is grey is road as well: red, green and blue are added.
ON_ROAD = [[8.0, -8.0, -8.0], [-8.0, 8.0, -8.0], [8.0, 8.0, 8.0]]


def loaded(path: Path, **settings: float) -> OnnxDetector:
    return load_detector(DetectParams(model=str(path), **settings))  # type: ignore[arg-type]


def street(width: int = 512, height: int = 288) -> Image:
    """Return blue road below a third of black sky, with a red square on it."""
    frame = np.zeros((height, width, 3), np.uint8)
    frame[height // 3 :] = (0, 0, 255)
    frame[192:224, 192:256] = (255, 0, 0)
    return frame


@pytest.fixture
def by_colour(tmp_path: Path) -> Path:
    write_segmenter(tmp_path, weights=ON_ROAD, bias=BIAS)
    return write_toml(tmp_path, SEGMENTER)


def test_a_square_is_found_where_it_is(by_colour: Path) -> None:
    (one,) = loaded(by_colour).detect(street()).detections
    assert one.pixel_class is PixelClass.CRACK
    assert one.source_class == ""
    square = Polygon([(192, 192), (256, 192), (256, 224), (192, 224)])
    found = Polygon(one.outline_px)
    assert found.intersection(square).area / found.union(square).area > 0.8


@pytest.mark.parametrize("size", [(512, 288), (1024, 576), (600, 900), (1500, 200), (40, 4000)])
def test_the_grid_covers_every_frame(by_colour: Path, size: tuple[int, int]) -> None:
    width, height = size
    damage = loaded(by_colour).detect(street(width, height))
    _, rows, columns = damage.probability.shape
    assert columns * damage.step_px[0] >= width - 1e-6
    assert rows * damage.step_px[1] >= height - 1e-6
    assert rows * columns < 10_000


def test_bgr_mean_and_std_are_heeded(tmp_path: Path) -> None:
    swapped = [[row[2], row[1], row[0]] for row in ON_ROAD]
    write_segmenter(tmp_path, weights=swapped, bias=BIAS)
    plain = street()
    text = SEGMENTER.replace("width_px = 256", 'width_px = 256\ncolour = "bgr"')
    (one,) = loaded(write_toml(tmp_path, text)).detect(plain).detections
    assert one.pixel_class is PixelClass.CRACK
    # Weighted anew, (x - 0.5) / 0.25 gives what x gave: w x + b = w/4 * z + (b + w/2).
    scaled = [[weight / 4 for weight in row] for row in ON_ROAD]
    moved = [bias + sum(row) / 2 for row, bias in zip(ON_ROAD, BIAS, strict=True)]
    write_segmenter(tmp_path, weights=scaled, bias=moved)
    normalised = "width_px = 256\nmean = [0.5, 0.5, 0.5]\nstd = [0.25, 0.25, 0.25]"
    text = SEGMENTER.replace("width_px = 256", normalised)
    (other,) = loaded(write_toml(tmp_path, text)).detect(plain).detections
    np.testing.assert_allclose(other.outline_px, one.outline_px, atol=0.5)


@pytest.mark.parametrize("values", ["logits", "softmax"])
def test_logits_become_probabilities(tmp_path: Path, values: str) -> None:
    write_segmenter(tmp_path, weights=ON_ROAD, bias=BIAS, last="")
    text = SEGMENTER.replace('kind = "segmentation"', f'kind = "segmentation"\nvalues = "{values}"')
    probability = loaded(write_toml(tmp_path, text)).detect(street()).probability
    assert probability.min() >= 0.0
    assert probability.max() <= 1.0
    # Red is 8 - 4 = 4 of crack and of road: sigmoid(4), or a half and a half.
    expected = 0.982 if values == "logits" else 0.5
    assert probability[0].max() == pytest.approx(expected, abs=0.001)


def test_class_numbers_and_several_classes_for_one_of_ours(tmp_path: Path) -> None:
    """The four classes are nothing, D00, D20 and the street; the last covers all but a square."""
    nodes = [
        helper.make_node("AveragePool", ["image"], ["mean"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["mean", "weights", "bias"], ["linear"], kernel_shape=[1, 1]),
        helper.make_node("ArgMax", ["linear"], ["number"], axis=1, keepdims=0),
    ]
    weights = np.array([[0, 0, 0], [0, 9, 0], [9, 0, 0], [0, 0, 9]], np.float32)
    write_model(
        tmp_path,
        nodes,
        constants={
            "weights": weights[:, :, None, None],
            "bias": np.array([1, 0, 0, 0], np.float32),
        },
        outputs={"number": [1, "rows", "columns"]},
        output_element=TensorProto.INT64,
    )
    text = SEGMENTER.replace(
        'classes = ["crack", "pothole", "road"]', 'classes = ["background", "D00", "D20", "street"]'
    )
    text = text.replace('kind = "segmentation"', 'kind = "segmentation"\nvalues = "class_index"')
    text += '[mapping]\nbackground = "none"\nD00 = "crack"\nD20 = "crack"\nstreet = "road"\n'
    frame = street()
    frame[224:256, 192:256] = (0, 255, 0)  # D00 right below the D20: one crack, more D20 above
    frame[176:192, 192:256] = (255, 0, 0)
    damage = loaded(write_toml(tmp_path, text)).detect(frame)
    (one,) = damage.detections
    assert one.source_class == "D20"
    assert one.pixel_class is PixelClass.CRACK
    assert one.confidence > 0.8
    assert damage.sees_road


def test_channels_last_and_a_stretched_fixed_size(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Transpose", ["image"], ["first"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["first", "weights", "bias"], ["linear"], kernel_shape=[1, 1]),
        helper.make_node("Sigmoid", ["linear"], ["squashed"]),
        helper.make_node("Transpose", ["squashed"], ["probability"], perm=[0, 2, 3, 1]),
    ]
    write_model(
        tmp_path,
        nodes,
        constants={
            "weights": np.array(ON_ROAD, np.float32)[:, :, None, None],
            "bias": np.array(BIAS, np.float32),
        },
        outputs={"probability": [1, 128, 128, 3]},
        shape=[1, 128, 128, 3],
    )
    text = SEGMENTER.replace(
        "width_px = 256", 'layout = "nhwc"\nwidth_px = 128\nheight_px = 128\nfit = "stretch"'
    )
    damage = loaded(write_toml(tmp_path, text)).detect(street())
    assert damage.step_px == (4.0, 2.25)
    (one,) = damage.detections
    np.testing.assert_allclose(one.outline_px.mean(axis=0), (224, 208), atol=2.0)


def test_bytes_go_in_where_the_graph_normalises(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Cast", ["image"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["real", "scale"], ["share"]),
        helper.make_node("Conv", ["share", "weights", "bias"], ["linear"], kernel_shape=[1, 1]),
        helper.make_node("Sigmoid", ["linear"], ["probability"]),
    ]
    write_model(
        tmp_path,
        nodes,
        constants={
            "scale": np.array([1 / 255], np.float32),
            "weights": np.array(ON_ROAD, np.float32)[:, :, None, None],
            "bias": np.array(BIAS, np.float32),
        },
        outputs={"probability": [1, 3, "h", "w"]},
        element=TensorProto.UINT8,
    )
    (one,) = loaded(write_toml(tmp_path, SEGMENTER)).detect(street()).detections
    assert one.pixel_class is PixelClass.CRACK


def test_what_lies_above_is_left_out_and_the_rest_stays_the_same(by_colour: Path) -> None:
    whole, lower = loaded(by_colour).detect(street()), loaded(by_colour, top_share=0.5)
    cut = lower.detect(street())
    assert cut.probability.shape == whole.probability.shape
    assert not cut.probability[:, :8].any()
    np.testing.assert_array_equal(cut.probability[:, 8:], whole.probability[:, 8:])
    np.testing.assert_array_equal(cut.detections[0].outline_px, whole.detections[0].outline_px)


def test_damage_beside_the_road_is_left_out(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=BY_COLOUR, bias=BIAS)
    path = write_toml(tmp_path, SEGMENTER)
    frame = street()
    frame[16:64, 64:160] = (255, 0, 0)  # on the wall
    frame[192:224, 192:256] = (0, 0, 255)
    frame[208:224, 192:256] = (255, 0, 0)  # narrow, so that road is right beside it
    (one,) = loaded(path).detect(frame).detections
    assert one.outline_px[:, 1].min() > 190
    assert len(loaded(path, min_on_road_share=0.0).detect(frame).detections) == 2


def test_without_road_ahead_there_is_no_damage(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=BY_COLOUR, bias=BIAS)
    path = write_toml(tmp_path, SEGMENTER)
    wall = np.zeros((288, 512, 3), np.uint8)
    wall[:, ::64] = (255, 0, 0)
    wall[100:120] = (255, 0, 0)
    damage = loaded(path).detect(wall)
    assert not damage.detections
    assert not damage.probability[:-1].any()


def test_a_model_without_road_sees_damage_everywhere(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=BY_COLOUR[:2], bias=BIAS[:2])
    text = SEGMENTER.replace(', "road"]', "]").replace("road = 0.5\n", "")
    damage = loaded(write_toml(tmp_path, text)).detect(street())
    assert not damage.sees_road
    assert damage.road.min() == 1.0
    assert len(damage.detections) == 1


def test_the_version_names_the_weights(by_colour: Path) -> None:
    before = loaded(by_colour).version
    assert before.startswith("made 1 ")
    assert "crack 0.5" in before
    write_segmenter(by_colour.parent, weights=BY_COLOUR, bias=BIAS)
    assert loaded(by_colour).version != before


def test_a_model_file_that_is_written_is_read_the_same(by_colour: Path) -> None:
    table = (
        '\n[calibration.crack]\na = 0.5\nb = -1.25\n\n[mapping]\n"D 20" = "crack"\n"é" = "none"\n'
    )
    text = SEGMENTER.replace('["crack",', '["crack", "D 20", "é",') + table
    path = write_toml(
        by_colour.parent, text.replace("width_px = 256", "width_px = 256\nmean = [1, 2, 3]")
    )
    model = read_model_file(path)
    copy = by_colour.parent / "copy.toml"
    write_model_file(copy, model)
    again = read_model_file(copy)
    assert again.sha256 is not None
    assert again.model_copy(update={"sha256": None}) == model


def test_what_was_measured_at_one_width_is_not_said_of_another(by_colour: Path) -> None:
    measured = "\n[calibration.crack]\na = 0.5\n\n[rates.crack]\nprecision = 0.8\nrecall = 0.7\n"
    model = read_model_file(write_toml(by_colour.parent, SEGMENTER + measured))
    assert model.at_size(width_px=256, height_px=None) == model
    assert model.at_size(width_px=256, height_px=160).rates == model.rates
    smaller = model.at_size(width_px=128, height_px=None)
    assert smaller.input.width_px == 128
    assert not smaller.calibration
    assert not smaller.rates
