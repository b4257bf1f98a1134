"""A region marked by a person: hidden in the stored JPEG so that nothing of it is left."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.test_redactor import Fixed
from tests.store.made_store import make_redaction

import gatusyn
from gatusyn.capture import RawFrame
from gatusyn.model import (
    Image,
    PrivacyParams,
    PublicFrame,
    RedactedRegion,
    RegionError,
    RegionKind,
    StoredPicture,
)
from gatusyn.privacy import Redactor, hide_marked

PACKAGE = Path(gatusyn.__file__).resolve().parent
WIDTH, HEIGHT = 117, 83  # no multiples of a block


def region(x1: int, y1: int, x2: int, y2: int) -> RedactedRegion:
    return RedactedRegion(
        kind=RegionKind.FACE, x1=x1, y1=y1, x2=x2, y2=y2, confidence=1.0, marked=True
    )


def encoded(image: Image) -> bytes:
    written, data = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    assert written
    return bytes(data.tobytes())


def stored(image: Image, *, scale: float = 1.0) -> StoredPicture:
    return StoredPicture(
        picture_id="run-1/000000",
        frame_id="frame-0",
        time_s=5.0,
        jpeg=encoded(image),
        scale=scale,
        width_px=round(image.shape[1] / scale),
        height_px=round(image.shape[0] / scale),
        redaction=make_redaction(),
    )


def noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


boxes = st.tuples(
    st.integers(0, WIDTH - 2), st.integers(0, HEIGHT - 2), st.integers(1, 60), st.integers(1, 60)
).map(lambda b: region(b[0], b[1], min(b[0] + b[2], WIDTH), min(b[1] + b[3], HEIGHT)))


@settings(max_examples=60)
@given(boxes, st.integers(0, 2**32 - 1))
def test_not_a_byte_depends_on_what_was_hidden(box: RedactedRegion, seed: int) -> None:
    image = noise(seed)
    other = image.copy()
    other[box.y1 : box.y2, box.x1 : box.x2] = noise(seed + 1)[box.y1 : box.y2, box.x1 : box.x2]
    one, two = hide_marked(stored(image), box), hide_marked(stored(other), box)
    assert encoded(one.image) == encoded(two.image)
    inside = one.image[box.y1 : box.y2, box.x1 : box.x2].reshape(-1, 3)
    assert len(np.unique(inside, axis=0)) == 1


def test_a_picture_stored_smaller_is_hidden_in_its_own_pixels() -> None:
    picture = stored(np.full((270, 480, 3), 90, np.uint8), scale=0.25)
    drawn = noise(1)[:30, :40]
    image = np.full((270, 480, 3), 90, np.uint8)
    image[100:130, 200:240] = drawn
    picture = stored(image, scale=0.25)
    public = hide_marked(picture, region(801, 402, 959, 519))
    assert np.ptp(public.image[100:130, 200:240].reshape(-1, 3), axis=0).max() == 0
    assert public.redaction.covered_share == pytest.approx(
        (158 * 117 + 29 * 38) / (1920 * 1080), rel=1e-6
    ), "measured in the frame, with what was hidden before"


def test_the_rest_of_the_picture_stays_as_it_was() -> None:
    image = cv2.GaussianBlur(noise(7), (0, 0), 3).astype(np.uint8)
    public = hide_marked(stored(image), region(20, 20, 30, 30))
    before = cv2.imdecode(np.frombuffer(encoded(image), np.uint8), cv2.IMREAD_COLOR)
    assert before is not None
    rest = np.ones((HEIGHT, WIDTH), np.bool_)
    rest[14:34, 14:34] = False
    np.testing.assert_array_equal(public.image[rest], before[:, :, ::-1][rest])


def test_the_record_says_that_a_person_marked_it() -> None:
    public = hide_marked(stored(noise(2)), region(40, 40, 50, 60))
    assert isinstance(public, PublicFrame)
    former = make_redaction()
    assert public.redaction.regions == (*former.regions, region(40, 40, 50, 60))
    assert public.redaction.model == former.model, "the miss is that version's"
    assert (public.frame_id, public.time_s) == ("frame-0", 5.0)
    assert not public.image.flags.writeable


def test_raw_pixels_do_not_pass() -> None:
    raw: Any = RawFrame(frame_id="f", time_s=0.0, image=noise(1))
    with pytest.raises(TypeError, match="StoredPicture"):
        hide_marked(raw, region(1, 1, 5, 5))
    array: Any = noise(1)
    with pytest.raises(TypeError, match="StoredPicture"):
        hide_marked(array, region(1, 1, 5, 5))


def test_a_broken_file_is_told() -> None:
    broken = stored(noise(1))
    object.__setattr__(broken, "jpeg", b"no picture at all")
    with pytest.raises(RegionError, match="cannot be read"):
        hide_marked(broken, region(1, 1, 5, 5))


def test_what_was_marked_before_is_hidden_in_the_next_run() -> None:
    redactor = Redactor(finder=Fixed(), params=PrivacyParams())
    image = noise(4)
    marks = (region(10, 10, 30, 40), region(100, 70, 400, 400), region(500, 500, 600, 600))
    public = redactor.redact(RawFrame(frame_id="f", time_s=0.0, image=image), marked=marks)
    assert len(np.unique(public.image[10:40, 10:30].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(public.image[70:, 100:].reshape(-1, 3), axis=0)) == 1
    assert [(r.x2, r.y2, r.marked) for r in public.redaction.regions] == [
        (30, 40, True),
        (WIDTH, HEIGHT, True),
    ], "clipped to the frame; what lies outside it is left out"


def test_only_the_store_says_that_a_picture_is_stored() -> None:
    makers = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and "StoredPicture" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
    }
    assert makers <= {"store"}
