from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind, UncheckedError
from gatusyn.privacy.decode import decode, surest_cells
from gatusyn.privacy.finders import NetworkFinder, on_picture
from gatusyn.privacy.strips import Halves, Pass, cut, strips

Arrays = list[NDArray[np.float32]]
WHOLE = Pass(top=0.0, bottom=1.0, scale=1.0)
PYRAMID = tuple(Pass(top=0.0, bottom=1.0, scale=scale) for scale in (1.0, 0.5, 0.25))


HALF = {RegionKind.FACE: 0.5, RegionKind.PLATE: 0.5}


class Scripted:
    """Stands for the network: sees one thing of each kind, wherever it is told to."""

    def __init__(self, head: tuple[int, int], plate: tuple[int, int]) -> None:
        self.cells = head, plate
        self.seen: list[tuple[int, ...]] = []

    def run(self, output_names: Sequence[str] | None, input_feed: dict[str, Image]) -> Arrays:
        assert output_names == ["probability", "distances"]
        (batch,) = input_feed.values()
        assert batch.dtype == np.uint8
        self.seen.append(batch.shape)
        rows, columns = batch.shape[1] // 4, batch.shape[2] // 4
        score = np.zeros((1, 2, rows, columns), np.float32)
        for kind, cell in enumerate(self.cells):
            score[0, kind][cell] = 0.8 - 0.1 * kind
        return [score, np.full((1, 2, 4, rows, columns), 6.0, np.float32)]


def test_a_thing_is_decoded_by_its_distances() -> None:
    probability = np.zeros((2, 8, 10), np.float32)
    probability[1, 2, 4] = 0.7
    distances = np.zeros((2, 4, 8, 10), np.float32)
    distances[1, :, 2, 4] = 8.0, 3.0, 12.0, 5.0
    seen = decode(probability, distances, threshold=0.5)
    assert seen.views.tolist() == [1]
    (box,) = seen.boxes
    np.testing.assert_allclose(box, [10.0, 7.0, 30.0, 15.0, 0.7], rtol=1e-6)


def test_nothing_above_the_threshold_is_nothing() -> None:
    empty = np.zeros((1, 8, 10), np.float32)
    seen = decode(empty, np.zeros((1, 4, 8, 10), np.float32), threshold=0.1)
    assert seen.boxes.shape == (0, 5)


def test_a_crowd_is_found_whole_and_a_picture_made_to_fool_the_finder_is_refused() -> None:
    crowd = np.full((1, 100, 190), 0.5, np.float32)
    assert len(surest_cells(crowd, 0.4)[0]) == 19_000
    with pytest.raises(UncheckedError, match="limit 20000"):
        surest_cells(np.full((1, 100, 201), 0.5, np.float32), 0.4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_answer_that_is_no_number_is_no_clearance(value: float) -> None:
    scores = np.zeros((1, 8, 8), np.float32)
    scores[0, 3, 3] = value
    with pytest.raises(UncheckedError, match="no number"):
        surest_cells(scores, 0.4)


@pytest.mark.parametrize("shape", [(3000, 4000), (1000, 9000), (5472, 1800), (1921, 1921)])
def test_a_large_picture_is_looked_at_as_large_as_it_is(shape: tuple[int, int]) -> None:
    image = np.zeros((*shape, 3), np.uint8)
    seen = np.zeros(shape, bool)
    for strip in list(strips(image, (WHOLE,)))[1:]:
        assert strip.scale_x == strip.scale_y == 1.0
        high, wide = strip.pixels.shape[:2]
        assert max(high, wide) <= 1920
        seen[strip.top_px : strip.top_px + high, strip.left_px : strip.left_px + wide] = True
    assert seen.all()


def test_tiles_overlap_so_that_a_face_on_their_edge_is_whole_in_one() -> None:
    image = np.zeros((2500, 4100, 3), np.uint8)
    tiles = [
        (s.left_px, s.top_px, s.left_px + s.pixels.shape[1], s.top_px + s.pixels.shape[0])
        for s in list(strips(image, (WHOLE,)))[1:]
    ]
    for x, y in [(1500, 1500), (1600, 1600), (1919, 1919), (3100, 1700), (3799, 2199)]:
        assert any(a <= x and b <= y and x + 300 <= c and y + 300 <= d for a, b, c, d in tiles)


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
    strip = cut(Halves(levels=[image]), Pass(top=top, bottom=min(top + share, 1.0), scale=scale))
    assert strip.pixels.shape[0] % 16 == 0
    assert strip.pixels.shape[1] % 16 == 0
    x, y = 0.3 * width, strip.top_px + 0.2
    inside = np.array(
        [[x * strip.scale_x, (y - strip.top_px) * strip.scale_y, 1.0, 1.0, 0.5]], np.float64
    )
    np.testing.assert_allclose(on_picture(inside, strip)[0, :2], [x, y])


def test_large_pictures_are_looked_at_in_a_bounded_size() -> None:
    strip = cut(Halves(levels=[np.zeros((3000, 4000, 3), np.uint8)]), WHOLE)
    assert strip.pixels.shape[1] == 1920


def test_both_kinds_are_found_in_one_look_in_pixels_of_the_picture() -> None:
    session = Scripted((5, 10), (2, 3))
    finder = NetworkFinder(
        session=session, model="m", passes=(Pass(top=0.25, bottom=1.0, scale=0.5),)
    )
    found = finder.find(np.full((256, 256, 3), 255, np.uint8), thresholds=HALF)
    assert session.seen == [(1, 96, 128, 3)]
    for kind, (row, column), confidence in (
        (RegionKind.FACE, (5, 10), 0.8),
        (RegionKind.PLATE, (2, 3), 0.7),
    ):
        ((x1, y1, x2, y2, sure),) = found[kind]
        assert (x1 + x2) / 2 == pytest.approx(2 * (4 * column + 2))
        assert (y1 + y2) / 2 == pytest.approx(2 * (4 * row + 2) + 64)
        assert (x2 - x1, y2 - y1) == pytest.approx((24, 24))
        assert sure == pytest.approx(confidence)
    assert finder.version == "m, rows 0.25-1.00 at 0.5"


def test_each_kind_has_its_own_threshold() -> None:
    finder = NetworkFinder(session=Scripted((5, 10), (2, 3)), model="m", passes=(WHOLE,))
    thresholds = {RegionKind.FACE: 0.85, RegionKind.PLATE: 0.65}
    found = finder.find(np.zeros((64, 96, 3), np.uint8), thresholds=thresholds)
    assert {kind: len(boxes) for kind, boxes in found.items()} == {
        RegionKind.FACE: 0,
        RegionKind.PLATE: 1,
    }


def test_what_two_passes_see_is_found_once() -> None:
    session = Scripted((5, 10), (2, 3))
    finder = NetworkFinder(session=session, model="m", passes=(WHOLE, WHOLE))
    found = finder.find(np.zeros((64, 160, 3), np.uint8), thresholds=HALF)
    assert [len(boxes) for boxes in found.values()] == [1, 1]
    assert len(session.seen) == 2


def test_strips_looked_at_side_by_side_give_the_same_and_a_fault_in_one_is_told() -> None:
    class Faulty(Scripted):
        def run(self, output_names: Sequence[str] | None, input_feed: dict[str, Image]) -> Arrays:
            answer = super().run(output_names, input_feed)
            # By the strip, not by the count: strips are looked at in any order.
            answer[0][:] = np.nan if input_feed["image"].shape[2] == 320 else answer[0]
            return answer

    picture = np.zeros((160, 640, 3), np.uint8)
    with ThreadPoolExecutor(2) as workers:
        alone, together = (
            NetworkFinder(
                session=Scripted((5, 10), (2, 3)), model="m", passes=PYRAMID, workers=threads
            ).find(picture, thresholds=HALF)
            for threads in (None, workers)
        )
        for kind, boxes in alone.items():
            assert len(boxes) > 1
            np.testing.assert_array_equal(boxes, together[kind])
        faulty = NetworkFinder(
            session=Faulty((5, 10), (2, 3)), model="m", passes=PYRAMID, workers=workers
        )
        with pytest.raises(UncheckedError, match="is no number"):
            faulty.find(picture, thresholds=HALF)


def test_a_small_picture_is_not_looked_at_any_smaller() -> None:
    sizes = [strip.pixels.shape[1] for strip in strips(np.zeros((60, 300, 3), np.uint8), PYRAMID)]
    assert sizes == [304, 160]
    assert len(list(strips(np.zeros((60, 90, 3), np.uint8), PYRAMID))) == 1


@pytest.mark.parametrize("shape", [(360, 640), (361, 643), (90, 2000)])
def test_a_picture_shrunk_by_halves_is_the_same_but_for_rounding(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (*shape, 3)).astype(np.uint8)
    image = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.uint8)
    for share in (2, 4, 8):
        size = round(shape[1] / share), round(shape[0] / share)
        alone = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        assert (
            np.abs(Halves(levels=[image]).shrunk(size).astype(int) - alone.astype(int)).max() <= 4
        )


def test_the_surest_cell_of_a_thing_stands_for_it() -> None:
    probability = np.zeros((2, 8, 10), np.float32)
    probability[0, 2:4, 4:7] = 0.6
    probability[0, 3, 5] = 0.9
    probability[1, 0, 9] = 0.7
    seen = decode(probability, np.ones((2, 4, 8, 10), np.float32), threshold=0.5)
    assert seen.views.tolist() == [0, 1]
    np.testing.assert_allclose(seen.boxes[:, 4], [0.9, 0.7], rtol=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_the_surest_cells_are_those_that_a_dilated_map_equals(seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 6, (3, 7, 9)).astype(np.float32) / np.float32(
        5
    )
    wanted = [
        (view, row, column)
        for view, one in enumerate(scores)
        for row, column in np.argwhere((one >= 0.4) & (one == cv2.dilate(one, np.ones((3, 3)))))
    ]
    assert list(zip(*surest_cells(scores, 0.4), strict=True)) == wanted


def test_places_of_many_tiles_are_limited_together() -> None:
    class Keen(Scripted):
        def run(self, output_names: Sequence[str] | None, input_feed: dict[str, Image]) -> Arrays:
            answer = super().run(output_names, input_feed)
            answer[0][0, 1, :70, :100] = 0.8
            return answer

    finder = NetworkFinder(session=Keen((5, 10), (2, 3)), model="m", passes=(WHOLE,))
    found = finder.find(np.zeros((400, 1900, 3), np.uint8), thresholds=HALF)
    assert len(found[RegionKind.PLATE]) > 1
    with pytest.raises(UncheckedError, match="limit 20000"):
        finder.find(np.zeros((400, 5000, 3), np.uint8), thresholds=HALF)
