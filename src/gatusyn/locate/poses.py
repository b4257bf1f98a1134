"""Where the lens was, and which way it looked, at any moment of a matched drive."""

from __future__ import annotations

import math

import numpy as np
from shapely import Point

from gatusyn.geo import angle_between_deg, bearing_deg, cut_line, side_of_line, unit_vector
from gatusyn.model import (
    Direction,
    GroundTrack,
    Link,
    LocateParams,
    MatchedTrack,
    Network,
    Pose,
    Rejected,
    RejectReason,
)

_ALONG_LINK_DEG = 25.0
_SECANT_M = 4.0


class PoseFinder:
    """Poses of one drive, from its smoothed track and its links.

    Along the street the smoothed track decides; across it the track is weighed with the middle of
    the lane (both taken as normal distributions); the direction is the link's while the vehicle
    follows it.

    Parameters
    ----------
    max_gap_s
        No pose is made up within a longer gap between fixes.
    """

    def __init__(
        self,
        network: Network,
        ground: GroundTrack,
        matched: MatchedTrack,
        params: LocateParams,
        *,
        max_gap_s: float,
        default_width_m: float,
    ) -> None:
        self._network = network
        self._ground = ground
        self._matched = matched
        self._params = params
        self._max_gap_s = max_gap_s
        self._default_width_m = default_width_m

    def at(self, frame_id: str, time_s: float) -> Pose | Rejected:
        """Return the pose at a time, or why there is none."""
        ground = self._ground
        after = int(np.searchsorted(ground.time_s, time_s))
        if after == 0 and time_s == ground.time_s[0]:
            after = 1
        if not 0 < after < len(ground):
            return _rejected(frame_id, RejectReason.NO_TRACK, "no fix at that time")
        before = after - 1
        gap = float(ground.time_s[after] - ground.time_s[before])
        if gap > self._max_gap_s:
            return _rejected(frame_id, RejectReason.NO_TRACK, f"{gap:.0f} s without a fix")
        turn = float(angle_between_deg(ground.bearing_deg[after], ground.bearing_deg[before])) / gap
        if turn > self._params.max_turn_deg_s:
            return _rejected(frame_id, RejectReason.TURNING, f"{turn:.0f} degrees a second")
        share = (time_s - float(ground.time_s[before])) / gap
        place = self._between(before, after, share)
        link = self._link(before, after, place)
        if link is None:
            return _rejected(frame_id, RejectReason.OFF_NETWORK, "no street near the track")
        return self._pose(time_s, before, after, share, place, link)

    def _between(self, before: int, after: int, share: float) -> Point:
        ground = self._ground
        return Point(
            ground.easting_m[before] * (1 - share) + ground.easting_m[after] * share,
            ground.northing_m[before] * (1 - share) + ground.northing_m[after] * share,
        )

    def _link(self, before: int, after: int, place: Point) -> tuple[Link, bool] | None:
        """Return the nearer of the two fixes' links, and whether it is driven as digitised."""
        matched = self._matched
        candidates = [
            (self._network.links[matched.link_index[i]], bool(matched.with_link[i]))
            for i in (before, after)
            if matched.link_index[i] >= 0
        ]
        if not candidates:
            return None
        return min(candidates, key=lambda candidate: candidate[0].line.distance(place))

    def _pose(
        self,
        time_s: float,
        before: int,
        after: int,
        share: float,
        place: Point,
        on: tuple[Link, bool],
    ) -> Pose:
        link, with_link = on
        ground = self._ground
        offset = float(link.line.project(place))
        along = _link_bearing(link, offset, with_link=with_link)
        first, second = ground.bearing_deg[before], ground.bearing_deg[after]
        own = (first + share * ((second - first + 180.0) % 360.0 - 180.0)) % 360.0
        sigma = float(max(ground.sigma_m[before], ground.sigma_m[after]))
        follows = float(angle_between_deg(along, own)) < _ALONG_LINK_DEG
        if follows:
            place, sigma = self._in_lane(place, link, sigma, bearing=along, with_link=with_link)
        return Pose(
            time_s=time_s,
            easting_m=place.x,
            northing_m=place.y,
            bearing_deg=along if follows else float(own),
            speed_ms=float(ground.speed_ms[before] * (1 - share) + ground.speed_ms[after] * share),
            sigma_m=sigma,
            link_id=link.link_id,
            offset_m=offset,
            direction=Direction.WITH if with_link else Direction.AGAINST,
        )

    def _in_lane(
        self, place: Point, link: Link, sigma: float, *, bearing: float, with_link: bool
    ) -> tuple[Point, float]:
        """Weigh the place across the street with the middle of the lane."""
        lane = 0.0
        if link.direction is Direction.BOTH:
            lane = (link.width_m or self._default_width_m) / 4.0
        if self._params.left_hand_traffic:
            lane = -lane
        right = side_of_line(link.line, place) * (1.0 if with_link else -1.0)
        weight = sigma**2 / (sigma**2 + self._params.lane_sigma_m**2)
        shift = weight * (lane - right)
        east, north = unit_vector(bearing + 90.0)
        moved = Point(place.x + shift * east, place.y + shift * north)
        across = (1.0 - weight) * sigma**2
        return moved, math.sqrt((sigma**2 + across) / 2.0)


def _link_bearing(link: Link, offset_m: float, *, with_link: bool) -> float:
    """Return the direction of travel along a link, over a few metres around a place."""
    start = max(min(offset_m - _SECANT_M, link.length_m - 2 * _SECANT_M), 0.0)
    end = min(max(offset_m + _SECANT_M, 2 * _SECANT_M), link.length_m)
    (east1, north1), *_, (east2, north2) = cut_line(link.line, start, end).coords
    bearing = float(bearing_deg(east2 - east1, north2 - north1))
    return bearing if with_link else (bearing + 180.0) % 360.0


def _rejected(frame_id: str, reason: RejectReason, detail: str) -> Rejected:
    return Rejected(frame_id=frame_id, reason=reason, detail=detail)
