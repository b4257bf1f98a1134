"""Where the strip lies in which what is far and small is looked for."""

from __future__ import annotations

import numpy as np
import pytest

from gatusyn.privacy.load_redactor import passes_for
from gatusyn.privacy.strips import strips


def test_the_strip_leaves_out_what_lies_high_above_the_horizon() -> None:
    strip, *near = passes_for(0.33)
    assert (strip.top, strip.bottom, strip.scale) == pytest.approx((0.1835, 0.58, 1.0))
    assert passes_for(0.05)[0].top == 0.0
    assert passes_for(0.9)[0].bottom == 1.0
    assert [look.scale for look in near] == [0.5, 0.25, 0.125]
    assert all((look.top, look.bottom) == (0.0, 1.0) for look in [*near, *passes_for(None)])


@pytest.mark.parametrize(("height", "width", "rows"), [(720, 1280, 288), (1080, 1920, 432)])
def test_little_of_the_strip_is_filled_up(height: int, width: int, rows: int) -> None:
    first = next(iter(strips(np.zeros((height, width, 3), np.uint8), passes_for(0.33))))
    assert first.pixels.shape == (rows, width, 3)
    assert first.top_px == int(0.1835 * height)
