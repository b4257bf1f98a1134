"""Boxes as YOLO, RT-DETR and DETR export them become regions of the frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.detect.made_models import RDD2022, write_constant, write_toml

from gatusyn.detect import load_detector
from gatusyn.model import DamageMap, DetectParams, PixelClass

SHAPE: list[int | str] = [1, 3, 640, 640]
# A frame of 1280 x 720 px fills the upper 360 rows of the 640 x 640 px picture, at half its size.
FRAME = np.full((720, 1280, 3), 90, np.uint8)
LEFT, TOP, RIGHT, BOTTOM = 100.0, 200.0, 180.0, 260.0
CORNERS = [(200.0, 400.0), (360.0, 400.0), (360.0, 520.0), (200.0, 520.0)]
CENTRED = [140.0, 230.0, 80.0, 60.0]


def seen(folder: Path, answers: dict[str, NDArray[Any]], output: str) -> DamageMap:
    write_constant(folder, answers, shape=SHAPE)
    path = write_toml(folder, RDD2022.format(output=f'kind = "boxes"\n{output}'))
    return load_detector(DetectParams(model=str(path))).detect(FRAME)


def yolo(*rows: list[float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32).T[None]


def assert_one_crazed_box(damage: DamageMap, *, confidence: float = 0.8) -> None:
    (one,) = damage.detections
    assert one.pixel_class is PixelClass.CRACK
    assert one.source_class == "D20"
    assert one.confidence == pytest.approx(confidence, abs=1e-3)
    np.testing.assert_allclose(one.outline_px, CORNERS, atol=0.01)


def test_yolo_with_suppression_left_to_us(tmp_path: Path) -> None:
    rows = [
        [*CENTRED, 0.1, 0.0, 0.8, 0.0],
        [CENTRED[0] + 3, *CENTRED[1:], 0.5, 0.0, 0.0, 0.0],  # the same, as another kind of crack
        [400.0, 100.0, 50.0, 50.0, 0.1, 0.1, 0.1, 0.1],  # too faint
    ]
    damage = seen(tmp_path, {"out": yolo(*rows)}, 'format = "yolo"')
    assert_one_crazed_box(damage)
    assert not damage.sees_road
    assert damage.road.min() == 1.0


def test_boxes_of_two_classes_do_not_suppress_each_other(tmp_path: Path) -> None:
    rows = [[*CENTRED, 0.0, 0.0, 0.8, 0.0], [*CENTRED, 0.0, 0.0, 0.0, 0.7]]
    damage = seen(tmp_path, {"out": yolo(*rows)}, 'format = "yolo"')
    assert [one.pixel_class for one in damage.detections] == [PixelClass.CRACK, PixelClass.POTHOLE]


def test_yolo_transposed_and_normalised_as_rt_detr_comes_from_ultralytics(tmp_path: Path) -> None:
    rows = np.array([[[value / 640 for value in CENTRED] + [0.0, 0.0, 0.8, 0.0]]], np.float32)
    output = 'format = "yolo"\ncoordinates = "normalised"'
    assert_one_crazed_box(seen(tmp_path, {"out": rows}, output))


def test_yolov5_multiplies_by_its_objectness(tmp_path: Path) -> None:
    rows = np.array([[[*CENTRED, 0.5, 0.0, 0.0, 0.9, 0.0]]], np.float32)
    damage = seen(tmp_path, {"out": rows}, 'format = "yolov5"')
    assert_one_crazed_box(damage, confidence=0.45)


def test_corners_with_suppression_in_the_graph(tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = [LEFT, TOP, RIGHT, BOTTOM, 0.8, 2]
    assert_one_crazed_box(seen(tmp_path, {"out": rows}, 'format = "corners"'))


@pytest.mark.parametrize(
    ("values", "row", "confidence"),
    [
        ("probability", [0.1, 0.1, 0.8, 0.1], 0.8),
        ("logits", [-9.0, -9.0, np.log(4.0), -9.0], 0.8),
        ("softmax", [0.0, 0.0, np.log(16.0), 0.0, 0.0], 0.8),
    ],
)
def test_detr_with_scores_of_each_kind(
    tmp_path: Path, values: str, row: list[float], confidence: float
) -> None:
    boxes = np.array([[[value / 640 for value in CENTRED]]], np.float32)
    scores = np.array([[row]], np.float32)
    output = f'format = "detr"\nname = "boxes"\nscores_name = "scores"\nvalues = "{values}"'
    damage = seen(tmp_path, {"boxes": boxes, "scores": scores}, output)
    assert_one_crazed_box(damage, confidence=confidence)


def test_boxes_are_cut_to_the_frame_and_those_in_the_padding_go(tmp_path: Path) -> None:
    rows = [
        [0.0, 350.0, 80.0, 60.0, 0.8, 0.0, 0.0, 0.0],  # over the lower left corner
        [300.0, 500.0, 80.0, 60.0, 0.8, 0.0, 0.0, 0.0],  # below the frame, in the padding
    ]
    damage = seen(tmp_path, {"out": yolo(*rows)}, 'format = "yolo"')
    (one,) = damage.detections
    assert one.outline_px.min(axis=0).tolist() == [0.0, 640.0]
    assert one.outline_px.max(axis=0).tolist() == [80.0, 720.0]


def test_boxes_are_painted_for_masks(tmp_path: Path) -> None:
    damage = seen(tmp_path, {"out": yolo([*CENTRED, 0.0, 0.0, 0.8, 0.0])}, 'format = "yolo"')
    crack = damage.probability[0]
    assert crack[450, 300] == pytest.approx(0.8)
    assert (crack > 0).sum() == 160 * 120


def test_small_boxes_are_left_out(tmp_path: Path) -> None:
    damage = seen(tmp_path, {"out": yolo([140, 230, 7, 7, 0.0, 0.0, 0.8, 0.0])}, 'format = "yolo"')
    assert not damage.detections
