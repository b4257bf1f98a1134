"""The yardstick's figures, and their likeness to the yardstick's own script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures
from tests.evaluate.made_frames import HEIGHT, WIDTH, cell, frame, mask_of

from gatusyn.evaluate.callers import MaskCaller
from gatusyn.evaluate.cells import FrameCells
from gatusyn.evaluate.evaluation import Question, evaluate
from gatusyn.evaluate.read_frames import read_frames, truth_in
from gatusyn.evaluate.scores import rank_correlation, score
from gatusyn.model import PixelClass

CRACK = PixelClass.CRACK


def cracked(name: str, true: list[int], called: list[int]) -> FrameCells:
    """Return a frame with cracks in some columns of its fifth row of cells."""
    probability = np.zeros((HEIGHT, WIDTH), np.float32)
    for column in called:
        probability[cell(5, column)] = 0.8
    truth = mask_of(*((2, *cell(5, column)) for column in true))
    return frame(name, truth, {CRACK: probability})


def test_cells_are_counted_over_all_frames_that_have_the_damage() -> None:
    frames = [
        cracked("a", true=[0, 1, 2], called=[1, 2, 3]),
        cracked("b", true=[0], called=[0]),
        cracked("none", true=[], called=[4, 5]),
    ]
    result = score(frames, CRACK, 0.5)
    assert (result.frames, result.cells_true, result.cells_called) == (2, 4, 4)
    assert (result.precision, result.recall, result.f1) == pytest.approx((0.75, 0.75, 0.75))
    # Six rows of eight cells count.
    assert result.called_where_unlabelled == pytest.approx(2 / 48)
    assert result.extent_error == 0.0


def test_every_frame_counts_where_labels_are_complete() -> None:
    frames = [cracked("a", true=[0], called=[0]), cracked("none", true=[], called=[4, 5])]
    result = score(frames, CRACK, 0.5, complete=True)
    assert (result.frames, result.cells_called) == (2, 3)
    assert result.precision == pytest.approx(1 / 3)
    assert result.extent_bias == pytest.approx((0 + 2 / 48) / 2)


def test_nothing_marked_and_nothing_called_is_no_fault() -> None:
    result = score([cracked("none", true=[], called=[])], CRACK, 0.5)
    assert (result.f1, result.frames, result.cells_called) == (0.0, 0, 0)
    assert result.f1_interval is None


def test_intervals_are_wider_over_lines_than_over_their_frames() -> None:
    good = [cracked(f"g{i}", true=[0, 1], called=[0, 1]) for i in range(10)]
    bad = [cracked(f"b{i}", true=[0, 1], called=[2, 3]) for i in range(10)]
    lines = ["good"] * 10 + ["bad"] * 10
    by_frame = score([*good, *bad], CRACK, 0.5).recall_interval
    by_line = score([*good, *bad], CRACK, 0.5, units=lines).recall_interval
    assert by_frame is not None
    assert by_line == (0.0, 1.0)
    assert 0.0 < by_frame[0] < 0.5 < by_frame[1] < 1.0


def test_ties_share_their_rank() -> None:
    one, other = np.array([1.0, 2.0, 2.0, 3.0]), np.array([2.0, 3.0, 3.0, 9.0])
    assert rank_correlation(one, other) == pytest.approx(1.0)
    assert rank_correlation(one, -other) == pytest.approx(-1.0)
    assert rank_correlation(one, np.ones(4)) == 0.0


@pytest.mark.shared
def test_the_figures_are_those_of_the_yardstick(shared: Path, tmp_path: Path) -> None:
    road = shared / "data" / "road"
    truth = truth_in(road / "masks", ".png")
    names = list(truth)[::60]
    photos = {path.stem: path for path in (road / "images").iterdir()}
    predicted = tmp_path / "masks"
    predicted.mkdir()
    for name in names[1:]:
        # Marks moved aside: some cells right, some missed, some false; one prediction is missing.
        moved = np.roll(np.array(Pictures.open(truth[name])) & 6, (9, 23), axis=(0, 1))
        Pictures.fromarray(moved).save(predicted / f"{name}.png")
    (tmp_path / "frames.txt").write_text("\n".join(names))
    command = [
        *[sys.executable, str(shared / "eval" / "damage_score.py"), str(predicted)],
        *[str(road / "masks"), "--frames", str(tmp_path / "frames.txt"), "--json"],
    ]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    caller = MaskCaller(predicted)
    ours = evaluate(read_frames(photos, truth, caller, names=names), caller, Question())
    assert theirs["frames"] == len(ours.reading.accepted) == len(names)
    assert theirs["missing_predictions"] == ours.reading.missing_calls == 1
    for damage in (PixelClass.CRACK, PixelClass.POTHOLE):
        for figure, value in theirs[damage].items():
            assert getattr(ours.scores[damage], figure) == pytest.approx(value, abs=5.1e-5), figure
        assert ours.scores[damage].frames > 3
