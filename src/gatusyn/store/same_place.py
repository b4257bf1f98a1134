"""Which two pictures show one place then and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

NEAR_M = 10.0
"""Two cameras farther apart show another stretch of road."""

TURNED_DEG = 45.0
"""Two cameras turned farther apart look another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """From where a picture was taken, and on which drive.

    Parameters
    ----------
    run, frame_id
        Name the picture.
    """

    run: int
    frame_id: str
    time_s: float
    easting_m: float
    northing_m: float
    bearing_deg: float


def then_and_now(points: Sequence[Standpoint]) -> tuple[Standpoint, Standpoint] | None:
    """Return the two standpoints of one place that are farthest apart in time, the earlier first.

    Drives are compared as a whole, those with the longest time between them first; of two drives
    the standpoints that are nearest to each other are taken. None if no two drives looked at the
    place from about the same spot and the same way.
    """
    of_run: dict[int, list[Standpoint]] = {}
    for one in sorted(points, key=lambda own: (own.time_s, own.frame_id)):
        of_run.setdefault(one.run, []).append(one)
    drives = list(of_run.values())
    pairs = sorted(combinations(drives, 2), key=lambda pair: pair[0][0].time_s - pair[1][0].time_s)
    for early, late in pairs:
        nearest = _nearest(early, late)
        if nearest is not None:
            return nearest
    return None


def _nearest(
    early: Sequence[Standpoint], late: Sequence[Standpoint]
) -> tuple[Standpoint, Standpoint] | None:
    def columns(points: Sequence[Standpoint]) -> np.ndarray:
        return np.array([(one.easting_m, one.northing_m, one.bearing_deg) for one in points])

    apart = columns(early)[:, None, :] - columns(late)[None, :, :]
    away_m = np.hypot(apart[..., 0], apart[..., 1])
    turned = np.abs((apart[..., 2] + 180.0) % 360.0 - 180.0)
    away_m[(away_m > NEAR_M) | (turned > TURNED_DEG)] = np.inf
    first, second = divmod(int(away_m.argmin()), away_m.shape[1])
    return None if np.isinf(away_m[first, second]) else (early[first], late[second])
