from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gatusyn.model import RegionKind
from gatusyn.privacy.finders import (
    FaceFinder,
    Pass,
    PlateFinder,
    cells_above,
    cut,
    decode_faces,
    decode_plates,
    on_picture,
)

Arrays = list[NDArray[np.float32]]
WHOLE = Pass(top=0.0, bottom=1.0, scale=1.0)


class Scripted:
    """Stands for a model: answers from a function of its input."""

    def __init__(self, cell: tuple[int, int], kind: RegionKind) -> None:
        self.cell = cell
        self.kind = kind
        self.seen: list[tuple[int, ...]] = []

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> Arrays:
        (batch,) = input_feed.values()
        self.seen.append(batch.shape)
        rows, columns = batch.shape[2] // 4, batch.shape[3] // 4
        score = np.zeros((1, 1, rows, columns), np.float32)
        score[0, 0][self.cell] = 0.8
        if self.kind is RegionKind.FACE:
            size = np.full((1, 2, rows, columns), np.log(5.0), np.float32)
            return [score, size, np.zeros((1, 2, rows, columns), np.float32)]
        return [score, np.full((1, 4, rows, columns), 6.0, np.float32)]


def test_a_face_is_decoded_where_its_cell_is() -> None:
    heat = np.zeros((8, 10), np.float32)
    heat[3, 6] = 0.9
    size = np.zeros((2, 8, 10), np.float32)
    size[:, 3, 6] = np.log(10.0), np.log(5.0)
    shift = np.zeros((2, 8, 10), np.float32)
    shift[:, 3, 6] = 0.25, -0.25
    (box,) = decode_faces(heat, size, shift, threshold=0.5)
    middle_x, middle_y = (6 - 0.25 + 0.5) * 4, (3 + 0.25 + 0.5) * 4
    expected = [middle_x - 10, middle_y - 20, middle_x + 10, middle_y + 20, 0.9]
    np.testing.assert_allclose(box, expected, rtol=1e-6)


def test_a_plate_is_decoded_by_its_distances() -> None:
    probability = np.zeros((8, 10), np.float32)
    probability[2, 4] = 0.7
    distances = np.zeros((4, 8, 10), np.float32)
    distances[:, 2, 4] = 8.0, 3.0, 12.0, 5.0
    (box,) = decode_plates(probability, distances, threshold=0.5)
    np.testing.assert_allclose(box, [10.0, 7.0, 30.0, 15.0, 0.7], rtol=1e-6)


def test_nothing_above_the_threshold_is_nothing() -> None:
    empty = np.zeros((8, 10), np.float32)
    assert decode_plates(empty, np.zeros((4, 8, 10), np.float32), threshold=0.1).shape == (0, 5)


def test_a_picture_made_to_fool_the_finder_is_bounded() -> None:
    scores = np.linspace(0.5, 1.0, 10_000, dtype=np.float32).reshape(100, 100)
    rows, columns = cells_above(scores, 0.4)
    assert len(rows) == 2000
    assert scores[rows, columns].min() > scores.mean()


@given(
    st.integers(1, 90),
    st.integers(1, 200),
    st.floats(0.0, 0.9),
    st.floats(0.05, 1.0),
    st.sampled_from([0.5, 0.75, 1.0]),
)
def test_any_picture_can_be_cut_and_its_boxes_come_back(
    height: int, width: int, top: float, share: float, scale: float
) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    strip = cut(image, Pass(top=top, bottom=min(top + share, 1.0), scale=scale))
    assert strip.pixels.shape[0] % 32 == 0
    assert strip.pixels.shape[1] % 32 == 0
    x, y = 0.3 * width, strip.top_px + 0.2
    inside = np.array(
        [[x * strip.scale_x, (y - strip.top_px) * strip.scale_y, 1.0, 1.0, 0.5]], np.float64
    )
    np.testing.assert_allclose(on_picture(inside, strip)[0, :2], [x, y])


def test_large_pictures_are_looked_at_in_a_bounded_size() -> None:
    strip = cut(np.zeros((3000, 4000, 3), np.uint8), WHOLE)
    assert strip.pixels.shape[1] == 1920


@pytest.mark.parametrize("kind", list(RegionKind))
def test_finders_answer_in_pixels_of_the_picture(kind: RegionKind) -> None:
    session = Scripted((5, 10), kind)
    passes = (Pass(top=0.25, bottom=1.0, scale=0.5),)
    finder = (
        FaceFinder(session=session, model="m", passes=passes)
        if kind is RegionKind.FACE
        else PlateFinder(session=session, model="m", passes=passes)
    )
    (box,) = finder.find(np.zeros((256, 256, 3), np.uint8), threshold=0.5)
    assert session.seen == [(1, 3 if kind is RegionKind.FACE else 1, 96, 128)]
    assert (box[0] + box[2]) / 2 == pytest.approx(2 * 42)
    assert (box[1] + box[3]) / 2 == pytest.approx(2 * 22 + 64)
    assert finder.kind is kind
    assert finder.version == "m, rows 0.25-1.00 at 0.5"


def test_what_two_passes_see_is_found_once() -> None:
    session = Scripted((5, 10), RegionKind.FACE)
    finder = FaceFinder(session=session, model="m", passes=(WHOLE, WHOLE))
    assert len(finder.find(np.zeros((64, 96, 3), np.uint8), threshold=0.5)) == 1
    assert len(session.seen) == 2
