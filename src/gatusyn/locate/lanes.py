"""Where on a street a vehicle drives, and what that says of where it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import angle_between_deg, bearing_deg
from gatusyn.locate.motion import Lane, MotionChain, Turned, Whereabouts
from gatusyn.model import Direction, Fixes, GroundTrack, Link, LocateParams, MatchedTrack, Network

Floats = NDArray[np.float64]

# A half of a carriageway that is at least as wide as this for each lane has so many lanes.
_NARROWEST_LANE_M = 3.0
# Beyond this a lane leaves room for parked cars; half of the room is where the vehicle may be.
_WIDEST_LANE_M = 3.5
# Metres driven over which a vehicle's place in its lane changes.
_LANE_MEMORY_M = 60.0
_SLACK_M = 0.15
# The lane says nothing in a turn, nor near a link's end where the way goes on round a corner.
_ALONG_LANE_DEG = 15.0
_CORNER_M = 12.0
_REACH_M = 1.0
# Farther than this from the lane, in standard deviations, the vehicle is not in it.
_MOST_SIGMAS = 3.5
_ROUNDS = 3
# So many fixes in their lanes tell the size of lasting errors, which is within these limits.
_FEWEST = 60
_DRIFT_M = (0.2, 20.0)
# Places nearer than this tell no direction; what turns more in one step is a way back or a jump.
_CHORD_M = 3.0
_SHARPEST_DEG = 100.0
# How unsure the change of velocity in a turn is, as a share of itself.
_TURN_SHARE = 0.4


def lane_of(
    link: Link, *, with_link: bool, left_hand: bool, sigma_m: float, default_width_m: float
) -> tuple[float, float]:
    """Return how far right of a link's line a vehicle keeps on average, and how surely.

    Parameters
    ----------
    with_link
        Whether it drives in the digitised direction.
    sigma_m
        Standard deviation about the middle of a lane of known place.

    Returns
    -------
    tuple of float
        Metres to the right of the direction of travel, and the standard deviation in metres.
    """
    width = link.width_m or default_width_m
    both = link.direction is Direction.BOTH
    own = width / 2.0 if both else width
    lanes = max(1, math.floor(own / _NARROWEST_LANE_M))
    lane = own / lanes
    # Any of the lanes, equally likely; and room that a lane does not need.
    between = lane * math.sqrt((lanes**2 - 1) / 12.0)
    room = max(lane - _WIDEST_LANE_M, 0.0) / 2.0
    unknown = 0.0 if link.width_m else 0.1 * default_width_m / (2.0 if both else 1.0)
    middle = own / 2.0 if both else 0.0
    return (
        -middle if left_hand else middle,
        math.sqrt(sigma_m**2 + between**2 + room**2 + unknown**2),
    )


class StreetView:
    """The lanes of the links that a drive was matched to, fix by fix.

    Attributes
    ----------
    corner
        Whether the way turns near a fix, where one link ends and the next begins, shape [n].
    """

    def __init__(
        self,
        network: Network,
        ground: GroundTrack,
        matched: MatchedTrack,
        params: LocateParams,
        *,
        default_width_m: float,
    ) -> None:
        on = np.flatnonzero(matched.link_index >= 0)
        index = matched.link_index[on]
        used, own = np.unique(index, return_inverse=True)
        lines = np.array([network.links[i].line for i in used], dtype=object)
        both_ways = np.array(
            [
                [
                    lane_of(
                        network.links[i],
                        with_link=way,
                        left_hand=params.left_hand_traffic,
                        sigma_m=params.lane_sigma_m,
                        default_width_m=default_width_m,
                    )
                    for way in (False, True)
                ]
                for i in used
            ]
        ).reshape(-1, 2, 2)
        self._fix = on
        self._lines = lines[own]
        self._length = shapely.length(self._lines)
        self._sign = np.where(matched.with_link[on], 1.0, -1.0)
        lane = both_ways[own, matched.with_link[on].astype(int)]
        self._aside, self._sigma = lane[:, 0], lane[:, 1]
        self._heading = ground.bearing_deg[on]
        driven = np.diff(ground.distance_m)
        self._kept = np.exp(-driven / _LANE_MEMORY_M)
        self._corner = self._near_corner(matched)
        self.corner = np.zeros(len(ground), dtype=bool)
        self.corner[on] = self._corner

    def _near_corner(self, matched: MatchedTrack) -> NDArray[np.bool_]:
        """Say of which fixes the way bends where their link ends, near them."""
        if not len(self._fix):
            return np.zeros(0, dtype=bool)
        start, end = self._tangent(np.zeros(len(self._fix))), self._tangent(self._length)
        leaving = np.where(self._sign[:, None] > 0, end, -start)
        entering = np.where(self._sign[:, None] > 0, start, -end)
        changes = np.flatnonzero(np.any(leaving[:-1] != leaving[1:], axis=1))
        bends = changes[
            (leaving[changes] * entering[changes + 1]).sum(axis=1)
            < math.cos(math.radians(_ALONG_LANE_DEG))
        ]
        offset = matched.offset_m[self._fix]
        along = np.where(self._sign > 0, offset, self._length - offset)
        near = np.zeros(len(self._fix), dtype=bool)
        # Runs of fixes on one link: the last of a run looks ahead, the first of the next back.
        first = np.concatenate(([0], changes + 1))
        last = np.concatenate((changes, [len(along) - 1]))
        run = np.searchsorted(first, np.arange(len(along)), side="right") - 1
        bent_end = np.isin(last, bends)[run]
        bent_start = np.isin(first - 1, bends)[run]
        near |= bent_end & (self._length - along < _CORNER_M)
        near |= bent_start & (along < _CORNER_M)
        return near

    def _tangent(self, offset: Floats) -> Floats:
        """Return unit vectors [m, 2] of the lines in digitised direction at offsets [m]."""
        low = np.clip(offset - _REACH_M, 0.0, np.maximum(self._length - 2 * _REACH_M, 0.0))
        high = np.minimum(low + 2 * _REACH_M, self._length)
        step = _at(self._lines, high) - _at(self._lines, low)
        unit: Floats = step / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
        return unit

    def lane(self, place_m: Floats, covariance_m2: Floats) -> Lane:
        """Return the lane beside where the vehicle is thought to have been."""
        place = place_m[self._fix]
        offset = shapely.line_locate_point(self._lines, shapely.points(place))
        ahead = self._tangent(offset) * self._sign[:, None]
        right = np.column_stack((ahead[:, 1], -ahead[:, 0]))
        middle = _at(self._lines, offset) + right * self._aside[:, None]
        covariance = covariance_m2[self._fix, :2, :2]
        off = ((place - middle) * right).sum(axis=1)
        spread = np.einsum("ni,nij,nj->n", right, covariance, right) + self._sigma**2
        turned = angle_between_deg(bearing_deg(ahead[:, 0], ahead[:, 1]), self._heading)
        sure = (np.abs(off) <= _MOST_SIGMAS * np.sqrt(spread)) & (turned < _ALONG_LANE_DEG)
        sure &= ~self._corner
        return Lane(
            fix=self._fix[sure],
            middle_m=middle[sure],
            right=right[sure],
            sigma_m=self._sigma[sure],
            kept=self._kept,
            slack_m=_SLACK_M,
        )


def turns_of(network: Network, ground: GroundTrack, matched: MatchedTrack) -> Turned:
    """Return by how much the way on the network turns between each fix and the next.

    The way is that through the places of the fixes on their links, so a corner is rounded over the
    fixes beside it; when exactly the vehicle turns is not known better than that.
    """
    place = np.column_stack((ground.easting_m, ground.northing_m))
    on = np.flatnonzero(matched.link_index >= 0)
    lines = np.array([network.links[i].line for i in matched.link_index[on]], dtype=object)
    place[on] = _at(lines, matched.offset_m[on])
    ends = np.concatenate((place[:1], place, place[-1:]))
    chord = ends[2:] - ends[:-2]
    far = np.hypot(chord[:, 0], chord[:, 1]) > _CHORD_M
    heading = np.asarray(bearing_deg(chord[:, 0], chord[:, 1]))
    last = np.maximum.accumulate(np.where(far, np.arange(len(far)), 0))
    heading = heading[last]
    right = (np.diff(heading) + 180.0) % 360.0 - 180.0
    sharp = np.abs(right) > _SHARPEST_DEG
    moved = np.radians(np.abs(right)) * (ground.speed_ms[1:] + ground.speed_ms[:-1]) / 2.0
    unsure = (_TURN_SHARE * moved) ** 2 / np.maximum(np.diff(ground.time_s), 0.1)
    return Turned(right_deg=np.where(sharp, 0.0, right), unrest_m2s3=unsure)


def _at(lines: NDArray[np.object_], offset: Floats) -> Floats:
    return shapely.get_coordinates(shapely.line_interpolate_point(lines, offset))


def on_street(
    ground: GroundTrack, fixes: Fixes, view: StreetView, chain_of: Callable[[Fixes], MotionChain]
) -> Whereabouts:
    """Return where the vehicle was by its fixes, its motion and the lanes of its street.

    A lane is a straight line only near one place: so it is taken anew where the vehicle turns out
    to have been, a few times (Gauss-Newton). How large the lasting errors of a receiver are that
    does not say it, shows in how far the fixes are from the lanes.
    """
    chain = chain_of(fixes)
    place = np.column_stack((ground.easting_m, ground.northing_m))
    lane = view.lane(place, ground.sigma_m[:, None, None] ** 2 * np.eye(2))
    for _ in range(_ROUNDS - 1):
        found = chain.solved(lane)
        lane = view.lane(found.place_m, found.covariance)
    found = chain.solved(lane)
    for _ in range(_ROUNDS if fixes.is_guess else 0):
        lane = view.lane(found.place_m, found.covariance)
        if len(lane.fix) < _FEWEST:
            break
        scale = math.sqrt(float(found.drift_square[lane.fix].mean()))
        fixes = replace(fixes, drift_m=np.clip(scale * fixes.drift_m, *_DRIFT_M))
        found = chain_of(fixes).solved(lane)
    return found
