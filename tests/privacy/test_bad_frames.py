"""Frames made to be hard: hidden or refused in bounded time and memory, never let through."""

from __future__ import annotations

import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
import pytest
from tests.privacy.test_redactor import FACE, drawn_car, portrait

from gatusyn.capture import RawFrame
from gatusyn.model import Image, PrivacyParams, UncheckedError
from gatusyn.privacy import Redactor, load_redactor
from gatusyn.privacy.boxes import Candidates, suppress

PLATE = np.s_[382:403, 577:683]


@pytest.fixture(scope="module")
def everywhere() -> Redactor:
    return load_redactor(PrivacyParams(), horizon_share=None)


def raw(image: Image) -> RawFrame:
    return RawFrame(frame_id="f", time_s=0.0, image=image)


def crowd(rows: int, columns: int, *, width_px: int) -> tuple[Image, Candidates]:
    """Return a grid of portraits, and the middles x, y of their faces."""
    factor = width_px / (FACE[2] - FACE[0])
    head = portrait()[20:220, 130:320]
    one = cv2.resize(head, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    high, wide = one.shape[:2]
    middle = np.array([(FACE[0] + FACE[2]) / 2 - 130, (FACE[1] + FACE[3]) / 2 - 20]) * factor
    places = np.array([(x * wide, y * high) for y in range(rows) for x in range(columns)])
    return np.tile(one, (rows, columns, 1)).astype(np.uint8), places + middle


def test_every_face_of_a_crowd_of_thousands_is_hidden(everywhere: Redactor) -> None:
    image, middles = crowd(36, 60, width_px=20)
    assert len(middles) == 2160
    begun = time.monotonic()
    public = everywhere.redact(raw(image))
    assert time.monotonic() - begun < 120
    hidden = np.zeros(image.shape[:2], bool)
    for r in public.redaction.regions:
        hidden[r.y1 : r.y2, r.x1 : r.x2] = True
    seen = [bool(hidden[round(y) - 4 : round(y) + 4, round(x) - 4 : round(x) + 4].all())
            for x, y in middles]  # fmt: skip
    assert all(seen), f"{seen.count(False)} of {len(seen)} faces are left"
    assert (public.image[hidden] != image[hidden]).any(axis=-1).mean() > 0.9


def test_suppressing_thousands_of_candidates_is_bounded() -> None:
    random = np.random.default_rng(1)
    corner = random.uniform(0, 1800, (8_000, 2))
    boxes = np.column_stack([corner, corner + 20, random.uniform(0.2, 1, 8_000)])
    begun = time.monotonic()
    assert len(suppress(boxes, overlap=0.3)) > 3000
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("light", [0.25, 0.6, 1.4])
def test_a_plate_in_poor_or_glaring_light_is_hidden(everywhere: Redactor, light: float) -> None:
    image = np.clip(drawn_car(500, 260) * light, 0, 255).astype(np.uint8)
    plate = everywhere.redact(raw(image)).image[PLATE]
    assert np.ptp(plate.reshape(-1, 3), axis=0).max() == 0


def test_a_plate_beside_the_low_sun_is_hidden(everywhere: Redactor) -> None:
    y, x = np.mgrid[:720, :1280]
    glare = 400 * np.exp(-np.hypot(x - 900, y - 250) / 120)
    image = np.clip(drawn_car(500, 260) + glare[..., None], 0, 255).astype(np.uint8)
    assert (image[240:260, 890:910] == 255).all()
    plate = everywhere.redact(raw(image)).image[PLATE]
    assert np.ptp(plate.reshape(-1, 3), axis=0).max() == 0


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_frames_pass_unchanged(everywhere: Redactor, level: int) -> None:
    image = np.full((720, 1280, 3), level, np.uint8)
    np.testing.assert_array_equal(everywhere.redact(raw(image)).image, image)


def redact_forty_megapixels() -> tuple[float, int, int]:
    """Return seconds, by how many bytes the process grew, and the levels left in the plate."""
    redactor = load_redactor(PrivacyParams(), horizon_share=None)
    image = np.random.default_rng(1).integers(60, 120, (5000, 8000, 3), np.uint8)
    image[4000:4720, 6000:7280] = drawn_car(500, 260)
    before, begun = _peak_bytes(), time.monotonic()
    public = redactor.redact(raw(image))
    plate = public.image[4382:4403, 6577:6683].reshape(-1, 3)
    return (
        time.monotonic() - begun,
        _peak_bytes() - before,
        int(np.ptp(plate, axis=0).max()),
    )


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_forty_megapixels_take_bounded_memory_and_time() -> None:
    """All of the process's memory counts, the network's as well, so it is one of its own."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        seconds, grown, levels = pool.submit(redact_forty_megapixels).result()
    assert seconds < 300
    assert grown < 1_000_000_000
    assert levels == 0


@pytest.mark.parametrize("shape", [(400, 9000), (4000, 300)])
def test_a_plate_in_a_panorama_or_a_narrow_strip_is_hidden(
    everywhere: Redactor, shape: tuple[int, int]
) -> None:
    image = np.full((*shape, 3), 95, np.uint8)
    y, x = shape[0] - 350, shape[1] - 290
    image[y : y + 350, x : x + 290] = drawn_car(500, 260)[220:570, 480:770]
    plate = everywhere.redact(raw(image)).image[y + 162 : y + 183, x + 97 : x + 203]
    assert np.ptp(plate.reshape(-1, 3), axis=0).max() == 0


def test_a_frame_that_is_a_face_everywhere_is_refused_or_hidden() -> None:
    params = PrivacyParams(face_confidence=0.01, plate_confidence=0.01)
    keen = load_redactor(params, horizon_share=None)
    image, _ = crowd(60, 100, width_px=12)
    try:
        share = keen.redact(raw(image)).redaction.covered_share
    except UncheckedError:
        share = 1.0
    assert share > 0.5
