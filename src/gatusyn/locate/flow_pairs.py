"""Puts flows in order for the fit: points, speeds, and a first guess at the vanishing point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.camera import view_rows
from gatusyn.locate.two_views import Pairs
from gatusyn.model import Flow, GroundTrack

Floats = NDArray[np.float64]

_POINTS: Final = 400
_FEWEST_POINTS: Final = 40
_STILL_PX: Final = 1.0
"""What moves less says little, and coding pulls it towards standing still. Of 1280 px width."""

_SLOWEST_MS: Final = 2.0
_LEAST_MOVED_PX: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """Pairs of frames with what the track says of them.

    Parameters
    ----------
    pairs
        Points.
    time_s
        Midway between the frames, seconds since 1970-01-01 UTC, [p].
    driven_m
        Metres driven between them by the track's speed, [p].
    speed_ms
        The track's speed, [p].
    turn_deg_s
        The track's turn rate, to the right, [p].
    group
        Pairs of one look have the same number, rising with time, [p].
    """

    pairs: Pairs
    time_s: Floats
    driven_m: Floats
    speed_ms: Floats
    turn_deg_s: Floats
    group: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time_s)

    def some(self, chosen: NDArray[np.bool_]) -> Views:
        """Return the chosen pairs."""
        return Views(
            pairs=self.pairs.some(chosen),
            time_s=self.time_s[chosen],
            driven_m=self.driven_m[chosen],
            speed_ms=self.speed_ms[chosen],
            turn_deg_s=self.turn_deg_s[chosen],
            group=self.group[chosen],
        )

    def thinned(self, step: int) -> Views:
        """Return the same pairs with one point of so many."""
        pairs = Pairs(
            before=self.pairs.before[:, ::step],
            after=self.pairs.after[:, ::step],
            there=self.pairs.there[:, ::step],
        )
        return replace(self, pairs=pairs)


def views_of(flows: Sequence[Flow], ground: GroundTrack) -> Views:
    """Return the usable pairs: moving, and with enough points to follow."""
    time_s = np.array([flow.time_s for flow in flows])
    speed = np.interp(time_s, ground.time_s, ground.speed_ms)
    turn = _turn_rates(ground, time_s)
    apart = np.array([flow.apart_s for flow in flows])
    points = [_points(flow) for flow in flows]
    usable = np.array(
        [
            len(before) >= _FEWEST_POINTS
            and np.median(np.hypot(*(after - before).T)) * 1280 > _LEAST_MOVED_PX
            for before, after in points
        ],
        dtype=bool,
    )
    usable &= speed > _SLOWEST_MS
    chosen = np.flatnonzero(usable)
    pairs = _padded([points[index] for index in chosen])
    group = np.concatenate([[0], np.cumsum(np.diff(time_s[chosen]) > 0.5)])[: len(chosen)]
    return Views(
        pairs=pairs,
        time_s=time_s[chosen],
        driven_m=(speed * apart)[chosen],
        speed_ms=speed[chosen],
        turn_deg_s=turn[chosen],
        group=group.astype(np.int64),
    )


def _points(flow: Flow) -> tuple[Floats, Floats]:
    """Return points right of and below the middle, over the width, without those that rest."""
    middle = np.array([(flow.width_px - 1) / 2.0, (flow.height_px - 1) / 2.0])
    before = (flow.before_px - middle) / flow.width_px
    after = (flow.after_px - middle) / flow.width_px
    moving = np.hypot(*(after - before).T) > _STILL_PX / 1280.0
    before, after = before[moving], after[moving]
    if len(before) > _POINTS:
        spread = np.linspace(0, len(before) - 1, _POINTS).astype(np.int64)
        before, after = before[spread], after[spread]
    return before, after


def _padded(points: list[tuple[Floats, Floats]]) -> Pairs:
    most = max((len(before) for before, _ in points), default=0)
    before, after = np.zeros((len(points), most, 2)), np.zeros((len(points), most, 2))
    there = np.zeros((len(points), most), dtype=bool)
    for index, (first, second) in enumerate(points):
        before[index, : len(first)] = first
        after[index, : len(second)] = second
        there[index, : len(first)] = True
    return Pairs(before=before, after=after, there=there)


def _turn_rates(ground: GroundTrack, time_s: Floats) -> Floats:
    bearing = np.degrees(np.unwrap(np.radians(ground.bearing_deg)))
    rate = np.gradient(bearing, ground.time_s) if len(ground) > 1 else np.zeros(len(ground))
    return np.asarray(np.interp(time_s, ground.time_s, rate))


def first_focus(views: Views) -> Floats:
    """Return about where the focus of expansion is: x, y from the middle, over the width, [2].

    On straight stretches points move away from it. The best of a grid, by the angle between where
    a point moves and where it should; an angle over 30 degrees counts as 30.
    """
    straight = np.abs(views.turn_deg_s) < max(3.0, float(np.median(np.abs(views.turn_deg_s))))
    pairs = views.pairs.some(straight)
    before, after = pairs.before[pairs.there], pairs.after[pairs.there]
    moved = after - before
    long = np.hypot(*moved.T) > 3.0 * _STILL_PX / 1280.0
    before, moved = before[long], moved[long]
    step = max(len(before) // 4000, 1)
    before, moved = before[::step], moved[::step]
    heading = np.arctan2(moved[:, 1], moved[:, 0])

    def cost(focus: Floats) -> float:
        away = before - focus
        error = np.arctan2(away[:, 1], away[:, 0]) - heading
        error = np.abs((error + np.pi) % (2 * np.pi) - np.pi)
        return float(np.minimum(error, np.pi / 6).mean())

    best, reach = np.zeros(2), np.array([0.9, 0.6])
    for _ in range(5):
        offsets = np.linspace(-1.0, 1.0, 15)
        grid = [best + reach * (x, y) for y in offsets for x in offsets]
        best = min(grid, key=cost)
        reach = reach / 5.0
    return best


def first_rates(views: Views, shared: Floats) -> Floats:
    """Return about the metres driven over the lens's height of each pair, [p]; NaN without road."""
    rows = view_rows(shared[:1], shared[1:2], shared[2:3])[0]
    focal = float(np.exp(shared[3]))
    focus = rows[:2, 0] / rows[2, 0] * focal
    before, after = views.pairs.before, views.pairs.after
    ray = np.concatenate([before / focal, np.ones((*before.shape[:2], 1))], axis=-1)
    level = ray @ rows
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = 1.0 - np.hypot(*np.moveaxis(before - focus, -1, 0)) / np.hypot(
            *np.moveaxis(after - focus, -1, 0)
        )
        rate = grown / (level[..., 2] * rows[2, 0])
        aside = np.abs(level[..., 1] / level[..., 2])
    road = views.pairs.there & (level[..., 2] > 0.12) & (aside < 1.5) & (rate > 0)
    masked = np.where(road, rate, np.nan)
    enough = road.sum(axis=1) >= 5
    result = np.full(len(views), np.nan)
    result[enough] = np.nanmedian(masked[enough], axis=1)
    return result
