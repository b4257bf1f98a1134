"""Candidates that the verifier learns from are what the marks say, or left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from training.privacy.candidates import BEYOND, Cuts, collect, pack, resized, shares, unpacked
from training.privacy.pictures import HEAD, PLATE, no_boxes

from gatusyn.model import Image, RegionKind, UncheckedError
from gatusyn.privacy.finders import Found, Thresholds
from gatusyn.privacy.verifier import HEIGHT, WIDTH

STREET = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)


@dataclass
class Proposing:
    """Proposes the same boxes in every picture, each with confidence 0.5."""

    heads: Sequence[Sequence[float]] = ()
    plates: Sequence[Sequence[float]] = ()
    version: str = "proposing"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        rows = {RegionKind.FACE: self.heads, RegionKind.PLATE: self.plates}
        return {kind: np.array([[*b, 0.5] for b in rows[kind]]).reshape(-1, 5) for kind in rows}


class TooMuch:
    version = "too much"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        raise UncheckedError("frame", "too much")


def marked(*rows: Sequence[float]) -> NDArray[np.float64]:
    return np.array([[*row] for row in rows], float).reshape(-1, 6)


def test_a_proposal_on_a_mark_is_one_and_elsewhere_is_none() -> None:
    cuts, boxes = Cuts(), marked([50, 50, 80, 90, HEAD, 0], [100, 50, 200, 75, PLATE, 0])
    finder = Proposing(
        heads=[[51, 49, 81, 88], [150, 120, 170, 150]],
        plates=[[102, 51, 195, 76], [10, 150, 70, 170]],
    )
    collect(cuts, finder, STREET, boxes)
    assert (cuts.kinds, cuts.wanted, cuts.sure) == ([0, 0, 1, 1], [1, 0, 1, 0], [0.5] * 4)
    assert {view.shape for view in cuts.views} == {(BEYOND * HEIGHT, BEYOND * WIDTH, 3)}


@pytest.mark.parametrize(
    "box",
    [
        [35, 50, 65, 90],  # partly on a mark
        [55, 60, 65, 70],  # within one
        [152, 122, 170, 150],  # on what may be one
        [250, 100, 254, 104],  # too small to tell
    ],
)
def test_what_nobody_can_tell_is_left_out(box: Sequence[float]) -> None:
    cuts = Cuts()
    boxes = marked([50, 50, 80, 90, HEAD, 0], [150, 120, 170, 150, HEAD, 1])
    collect(cuts, Proposing(heads=[box]), STREET, boxes)
    assert not cuts.views


def test_a_mark_of_the_other_kind_says_nothing() -> None:
    cuts = Cuts()
    finder = Proposing(heads=[[100, 50, 125, 75]])
    collect(cuts, finder, STREET, marked([100, 50, 125, 75, PLATE, 0]))
    assert (cuts.kinds, cuts.wanted) == ([0], [0])


def test_kinds_that_are_not_known_in_a_picture_are_not_asked_for() -> None:
    cuts, finder = Cuts(), Proposing(heads=[[50, 50, 80, 90]], plates=[[10, 150, 70, 170]])
    collect(cuts, finder, STREET, no_boxes(), kinds=(1,))
    assert cuts.kinds == [1]


def test_marks_are_learned_from_unless_they_are_doubtful_or_tiny() -> None:
    cuts = Cuts()
    boxes = marked(
        [50, 50, 80, 90, HEAD, 0], [150, 120, 170, 150, HEAD, 1], [9, 9, 12, 12, HEAD, 0]
    )
    collect(cuts, Proposing(), STREET, boxes, random=np.random.default_rng(1))
    assert (cuts.kinds, cuts.wanted, cuts.sure) == ([0], [1], [1.0])


def test_a_picture_that_could_not_be_checked_teaches_nothing() -> None:
    cuts, boxes = Cuts(), marked([50, 50, 80, 90, HEAD, 0])
    collect(cuts, TooMuch(), STREET, boxes, random=np.random.default_rng(1))
    assert not cuts.views


def test_shares_are_of_the_best_box_and_of_oneself() -> None:
    boxes = marked([0, 0, 10, 10, HEAD, 0], [0, 0, 40, 40, HEAD, 0])
    assert shares(np.array([0.0, 0, 10, 20]), boxes) == pytest.approx((0.5, 1.0))
    assert shares(np.array([0.0, 0, 10, 20]), no_boxes()) == (0.0, 0.0)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("scale", [0.5, 1.0, 1.3])
def test_boxes_stay_on_what_they_frame(scale: float, mirrored: bool) -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[20:40, 120:180] = 255
    boxes = marked([120, 20, 180, 40, PLATE, 0])
    shown, ((x1, y1, x2, y2, *_),) = resized(picture, boxes, scale, mirrored=mirrored)
    rows, columns = np.nonzero(shown[..., 0] > 127)
    seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(seen, [x1, y1, x2, y2], atol=1)
    assert boxes[0, 0] == 120, "the marks themselves are not changed"


def test_what_was_packed_is_read_one_file_after_the_other(tmp_path: Path) -> None:
    paths = [tmp_path / "photos.npz", tmp_path / "signs.npz"]
    for path, cuts in zip(paths, (Cuts(), Cuts(from_photos=False, of_signs=True)), strict=True):
        collect(cuts, Proposing(heads=[[50, 50, 80, 90]]), STREET, no_boxes())
        pack(cuts, path)
    packed = unpacked(paths)
    assert packed["views"].shape == (2, BEYOND * HEIGHT, BEYOND * WIDTH, 3)
    assert packed["is_photo"].tolist() == [1, 0]
    assert packed["is_sign"].tolist() == [0, 1]
    assert packed["sure"].tolist() == [0.5, 0.5]
    assert sorted(tmp_path.iterdir()) == paths, "nothing half written is left"
