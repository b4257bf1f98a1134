"""What is hidden away from marked plates is told apart by what was marked by eye."""

from __future__ import annotations

import numpy as np
import pytest
from training.privacy.besides import PARTS, Seen

from gatusyn.evaluate.privacy import near_boxes
from gatusyn.evaluate.read_people import TrueBox
from gatusyn.model import RedactedRegion, RegionKind

SEEN = Seen(
    marked=[(10, 10, 50, 20)],
    plates=[(100, 10, 140, 20)],
    unsure=[(200, 10, 240, 20)],
    none=[(300, 10, 340, 20)],
    heads=[(10, 100, 20, 112)],
    heads_looked_for=True,
)


def region(kind: RegionKind, x1: int, y1: int) -> RedactedRegion:
    return RedactedRegion(kind=kind, x1=x1, y1=y1, x2=x1 + 40, y2=y1 + 14, confidence=0.9)


@pytest.mark.parametrize(
    ("kind", "x1", "y1", "part"),
    [
        (RegionKind.PLATE, 8, 8, 0),
        (RegionKind.PLATE, 98, 8, 1),
        (RegionKind.PLATE, 198, 8, 2),
        (RegionKind.FACE, 5, 100, 3),
        (RegionKind.PLATE, 298, 8, 4),
        (RegionKind.PLATE, 400, 8, 5),
        (RegionKind.FACE, 98, 8, 6),
        (RegionKind.PLATE, 5, 100, 5),
    ],
)
def test_a_region_is_what_was_marked_there(kind: RegionKind, x1: int, y1: int, part: int) -> None:
    assert SEEN.part(region(kind, x1, y1)) == PARTS[part]


def test_where_nobody_looked_for_heads_nothing_is_said_of_them() -> None:
    unseen = Seen([], [], [], [], [], heads_looked_for=False)
    assert unseen.part(region(RegionKind.FACE, 0, 0)) == PARTS[7]


def test_what_is_near_ends_half_a_box_beyond_it() -> None:
    near = near_boxes([TrueBox(kind=RegionKind.PLATE, box=(10, 10, 50, 20))], 40, 100)
    assert near[5:25, 0:70].all()
    assert np.count_nonzero(near) == 20 * 70
