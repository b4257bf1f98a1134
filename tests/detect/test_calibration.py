"""A model file's calibration makes probabilities of confidences and moves no outline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.detect.made_models import (
    RDD2022,
    SEGMENTER,
    write_constant,
    write_segmenter,
    write_toml,
)

from gatusyn.detect import Calibration, load_detector, logit
from gatusyn.model import DetectParams, ModelWeightsError

GREY = np.full((144, 256, 3), 128, np.uint8)
TABLE = "\n[calibration.crack]\na = 0.5\nb = -1.0\n"
SCALING = Calibration(a=0.5, b=-1.0)


def test_a_region_is_as_sure_as_its_calibrated_pixels(tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=[[4.0] * 3, [-9.0] * 3, [9.0] * 3], bias=[-4.0, 0.0, 0.0])
    (raw,) = (
        load_detector(DetectParams(model=str(write_toml(tmp_path, SEGMENTER))))
        .detect(GREY)
        .detections
    )
    path = write_toml(tmp_path, SEGMENTER + TABLE)
    (one,) = load_detector(DetectParams(model=str(path))).detect(GREY).detections
    np.testing.assert_array_equal(one.outline_px, raw.outline_px)
    expected = float(SCALING.probability(np.array(raw.confidence)))
    assert one.confidence == pytest.approx(expected, abs=1e-4)
    assert abs(one.confidence - raw.confidence) > 0.1


def test_a_box_is_calibrated_too(tmp_path: Path) -> None:
    box = np.array([[140.0, 230.0, 80.0, 60.0, 0.1, 0.0, 0.8, 0.0]], np.float32).T[None]
    write_constant(tmp_path, {"out": box}, shape=[1, 3, 640, 640])
    text = RDD2022.format(output='kind = "boxes"\nformat = "yolo"') + TABLE
    detector = load_detector(DetectParams(model=str(write_toml(tmp_path, text))))
    (one,) = detector.detect(np.zeros((720, 1280, 3), np.uint8)).detections
    assert one.confidence == pytest.approx(float(SCALING.probability(np.array(0.8))), abs=1e-4)


@pytest.mark.parametrize("line", ["a = 0.0", "a = -1.0", "a = nan", "c = 1.0"])
def test_a_calibration_that_turns_the_order_is_refused(line: str, tmp_path: Path) -> None:
    write_segmenter(tmp_path, weights=[[4.0] * 3, [-9.0] * 3, [9.0] * 3], bias=[-4.0, 0.0, 0.0])
    path = write_toml(tmp_path, f"{SEGMENTER}\n[calibration.crack]\nb = 0.0\n{line}\n")
    with pytest.raises(ModelWeightsError, match=r"calibration\.crack"):
        load_detector(DetectParams(model=str(path)))


def test_a_saturated_output_has_a_finite_logit() -> None:
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()
