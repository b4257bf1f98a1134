"""Sharpness tells blur whatever the surface and the contrast; light is the road's own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from shapely import Polygon, box
from tests.locate.test_footprints import CAMERA, PARAMS, pose
from tests.made_network import network_of, street

from gatusyn.locate import FrameGround, Ground, measure_look
from gatusyn.model import Image

ROAD = box(300, 400, 980, 660)


def asphalt(*, grain: float = 12.0, level: float = 110.0, seed: int = 3) -> Image:
    """Return a picture of 1280 x 720 px with stones of some pixels and stains of many."""
    rng = np.random.default_rng(seed)
    stones = cv2.resize(rng.normal(0, grain, (240, 427)), (1280, 720))
    stains = cv2.resize(rng.normal(0, grain / 2, (24, 43)), (1280, 720))
    levels = np.clip(level + stones + stains, 0, 255)
    return np.repeat(levels[..., None], 3, axis=2).astype(np.uint8)


def blurred(image: Image, sigma_px: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8)


def moved(image: Image, length_px: int) -> Image:
    return np.asarray(cv2.filter2D(image, -1, np.full((length_px, 1), 1 / length_px)), np.uint8)


def sharpness(image: Image, part: Polygon = ROAD) -> float:
    found = measure_look(image, part).sharpness
    assert found is not None
    return found


def test_the_more_it_is_blurred_the_less_sharp_it_is() -> None:
    image = asphalt()
    blurs = [sharpness(blurred(image, sigma)) for sigma in (1.0, 2.0, 4.0, 8.0)]
    moves = [sharpness(moved(image, length)) for length in (5, 11, 21, 45)]
    for found in (blurs, moves):
        assert found == sorted(found, reverse=True)
        assert found[0] < sharpness(image)
        assert found[-1] < 0.3


@pytest.mark.parametrize("grain", [5.0, 25.0])
def test_a_smooth_surface_is_no_blurred_one(grain: float) -> None:
    assert sharpness(asphalt(grain=grain)) == pytest.approx(sharpness(asphalt()), abs=0.05)


def test_less_contrast_is_no_blur() -> None:
    image = asphalt()
    veiled = (0.4 * image + 100).astype(np.uint8)
    assert sharpness(veiled) == pytest.approx(sharpness(image), abs=0.05)


def test_another_size_of_frame_has_the_same_sharpness() -> None:
    image = asphalt()
    large = np.asarray(cv2.resize(image, (1920, 1080), interpolation=cv2.INTER_CUBIC), np.uint8)
    part = Polygon([(1.5 * x, 1.5 * y) for x, y in ROAD.exterior.coords])
    assert sharpness(large, part) == pytest.approx(sharpness(image), abs=0.05)


def test_only_the_road_that_is_seen_counts() -> None:
    image = asphalt(level=80.0)
    before = measure_look(image, ROAD)
    image[:390] = 255
    image[:, :290:3] = 0
    after = measure_look(image, ROAD)
    assert before.light == pytest.approx(80.0, abs=1.0)
    assert after.light == pytest.approx(before.light, abs=0.5)
    assert after.sharpness == pytest.approx(before.sharpness, abs=0.01)


def test_what_too_few_pixels_tell_is_not_said() -> None:
    image = asphalt()
    assert measure_look(image, box(600, 500, 612, 512)) == (None, None)
    strip = measure_look(image, box(100, 500, 1100, 510))
    assert strip.light is not None
    assert strip.sharpness is None, "not 12 px high"
    black = np.zeros_like(image)
    assert measure_look(black, ROAD) == (None, 0.0)


def test_coverage_says_how_far_away_it_lies() -> None:
    view = FrameGround.of(CAMERA, PARAMS)
    ground = Ground(network_of(street()), PARAMS)
    measures = measure_look(asphalt(), ROAD)
    look = ground.coverage("f", view, pose(), measures=measures)
    assert look is not None
    assert (look.sharpness, look.light) == measures
    assert look.distance_m == pytest.approx(9.0, abs=0.4)
    far = view.window_px.intersection(
        box(0, 0, 1280, CAMERA.to_pixels(np.array([(8.0, 0.0)]))[0, 1])
    )
    assert isinstance(far, Polygon)
    beyond = ground.coverage("f", view, pose(), seen_px=far)
    assert beyond is not None
    assert beyond.distance_m == pytest.approx(11.0, abs=0.4)
    assert beyond.sharpness is None
