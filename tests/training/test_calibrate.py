"""One command makes a model's output a probability and writes down how often it is right."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures
from tests.detect.made_models import SEGMENTER, write_segmenter, write_toml
from training.calibrate import Fitted, main, rewritten
from training.data import REPORT_LINES, VALIDATION_LINES

from gatusyn.detect import Calibration, load_detector
from gatusyn.evaluate import score
from gatusyn.model import DetectParams, PixelClass

CRACK = PixelClass.CRACK


def write_road(folder: Path) -> None:
    """Write frames whose blocks of cells are the redder the likelier they are cracked."""
    random = np.random.default_rng(3)
    rows = []
    for line in (*VALIDATION_LINES[:3], REPORT_LINES[0]):
        for number in range(3):
            name = f"{line}_{number}"
            rows.append({"frame": name, "survey_line": line})
            red = random.integers(0, 256, (10, 8))
            cracked = random.random((10, 8)) < 0.7 * red / 255
            # A report line would teach the contrary: it must not be looked at.
            cracked = ~cracked if line in REPORT_LINES else cracked
            block = np.ones((32, 32), np.uint8)
            picture = np.zeros((320, 256, 3), np.uint8)
            picture[..., 0] = np.kron(red.astype(np.uint8), block)
            picture[..., 2] = 200
            mask = 1 + 2 * np.kron(cracked.astype(np.uint8), block)
            for part, content in (("images", picture), ("masks", mask)):
                (folder / part).mkdir(parents=True, exist_ok=True)
                Pictures.fromarray(content).save(folder / part / f"{name}.png")
    with (folder / "frames.csv").open("w", newline="") as stream:
        table = csv.DictWriter(stream, ["frame", "survey_line"])
        table.writeheader()
        table.writerows(rows)


def test_tables_are_written_and_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_road(tmp_path / "road")
    write_segmenter(
        tmp_path,
        weights=[[8.0, 0.0, 0.0], [-9.0, -9.0, -9.0], [0.0, 0.0, 9.0]],
        bias=[-4.0, 0.0, 0.0],
    )
    path = write_toml(tmp_path, SEGMENTER)
    with caplog.at_level("INFO"):
        main(["--model", str(path), "--road", str(tmp_path / "road")])
    assert "pothole: too few regions" in caplog.text
    written = path.read_text()
    content = tomllib.loads(written)
    assert content["thresholds"] == {"crack": 0.5, "pothole": 0.5, "road": 0.5}
    assert set(content["calibration"]) == set(content["rates"]) == {"crack"}
    # Half red and more is called, and cracked in 0.7 * 0.75 of the cases.
    assert content["rates"]["crack"]["precision"] == pytest.approx(0.525, abs=0.08)
    detector = load_detector(DetectParams(model=str(path)))
    assert detector.rates[CRACK].recall == content["rates"]["crack"]["recall"]
    # A region on red ground is cracked in 0.7 * 0.75 of its cells, however sure the network is.
    (said,) = detector.model.calibration[CRACK].probability(np.array([0.8]))
    assert said == pytest.approx(0.55, abs=0.12)
    main(["--model", str(path), "--road", str(tmp_path / "road")])
    assert path.read_text() == written


def test_patches_are_measured_on_labels_by_eye(tmp_path: Path) -> None:
    road = tmp_path / "road"
    write_road(road)
    write_segmenter(
        tmp_path,
        weights=[[0.0, -9.0, -9.0], [8.0, 0.0, 0.0], [0.0, 0.0, 9.0]],
        bias=[-9.0, -4.0, 0.0],
    )
    path = write_toml(tmp_path, SEGMENTER.replace("pothole", "patch"))
    (tmp_path / "eye").mkdir()
    half = np.ones((320, 256), np.uint8)
    half[160:] += 8
    for name in (f"{VALIDATION_LINES[0]}_0", f"{REPORT_LINES[0]}_0"):
        Pictures.fromarray(half).save(tmp_path / "eye" / f"{name}.png")
    main(["--model", str(path), "--road", str(road), "--eye", str(tmp_path / "eye")])
    content = tomllib.loads(path.read_text())
    red = np.asarray(Pictures.open(road / "images" / f"{VALIDATION_LINES[0]}_0.png"))[..., 0]
    called = red[::32, ::32][4:] >= 128
    right = called[1:].sum()
    assert "calibration" not in content or "patch" not in content["calibration"]
    assert content["rates"]["patch"]["precision"] == pytest.approx(right / called.sum(), abs=0.05)
    assert content["rates"]["patch"]["recall"] == pytest.approx(right / (5 * 8), abs=0.05)


def test_a_scaling_that_does_not_help_is_not_written() -> None:
    def found(before: float, after: float) -> Fitted:
        scored = score([], CRACK, 0.5)
        return Fitted(calibration=Calibration(a=2.0), before=before, after=after, score=scored)

    text = rewritten("", {CRACK: found(0.1, 0.2), PixelClass.POTHOLE: found(0.2, 0.1)}, {})
    assert set(tomllib.loads(text)["calibration"]) == {"pothole"}
    assert set(tomllib.loads(text)["rates"]) == {"crack", "pothole"}
