"""Regions: outlines, areas and confidences of what reaches a threshold."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon

from gatusyn.detect import MASK_VALUES, find_regions, mask_of
from gatusyn.model import DamageMap, PixelClass


def test_a_rectangle_is_outlined_with_its_confidence() -> None:
    probability = np.zeros((100, 200), np.float32)
    probability[20:60, 50:90] = 0.8
    (region,) = find_regions(
        probability, pixel_class=PixelClass.CRACK, threshold=0.5, min_area_px=100.0
    )
    assert Polygon(region.outline_px).bounds == (50.0, 20.0, 89.0, 59.0)
    assert region.confidence == pytest.approx(0.8)
    assert region.pixel_class is PixelClass.CRACK


def test_small_and_faint_regions_are_left_out() -> None:
    probability = np.zeros((100, 200), np.float32)
    probability[10:14, 10:14] = 0.9
    probability[50:90, 50:90] = 0.4
    assert not find_regions(
        probability, pixel_class=PixelClass.CRACK, threshold=0.5, min_area_px=100.0
    )
    assert (
        len(
            find_regions(probability, pixel_class=PixelClass.CRACK, threshold=0.5, min_area_px=16.0)
        )
        == 1
    )


def test_mask_values_add_up_where_damages_overlap() -> None:
    probability = np.zeros((4, 4, 6), np.float32)
    probability[0, :, :4] = 0.9
    probability[1, :, 2:] = 0.9
    probability[2, 3, 5] = 0.9
    thresholds = dict.fromkeys(PixelClass, 0.5)
    damage = DamageMap(probability=probability, detections=())
    mask = mask_of(damage, thresholds, width_px=6, height_px=4)
    assert mask[0].tolist() == [2, 2, 6, 6, 4, 4]
    assert mask[3].tolist() == [2, 2, 6, 6, 4, 12]
    assert [MASK_VALUES[name] for name in PixelClass] == [2, 4, 8]


def test_outlines_are_drawn_in_by_the_spread_but_never_to_nothing() -> None:
    probability = np.zeros((100, 200), np.float32)
    probability[20:60, 50:90] = 0.8
    probability[80:88, 10:190] = 0.8
    regions = find_regions(
        probability,
        pixel_class=PixelClass.CRACK,
        threshold=0.5,
        min_area_px=10.0,
        spread_px=6.0,
    )
    bounds = sorted(Polygon(region.outline_px).bounds for region in regions)
    assert bounds[0] == (10.0, 80.0, 189.0, 87.0), "a band that is all spread keeps its outline"
    assert bounds[1] == pytest.approx((56.0, 26.0, 83.0, 53.0), abs=1.0)
