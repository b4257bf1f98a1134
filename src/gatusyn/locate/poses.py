"""Where the lens was, and which way it looked, at any moment of a matched drive."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Point

from gatusyn.geo import angle_between_deg, bearing_deg, cut_line, unit_vector
from gatusyn.locate.lanes import StreetView, on_street, turns_of
from gatusyn.locate.motion import MotionChain, Whereabouts
from gatusyn.model import (
    Direction,
    Fixes,
    GroundTrack,
    Link,
    LocateParams,
    MatchedTrack,
    Network,
    Pose,
    Rejected,
    RejectReason,
)

Floats = NDArray[np.float64]

# A vehicle that heads elsewhere does not follow the link.
_ALONG_LINK_DEG = 25.0
_SECANT_M = 4.0
# The links of so many fixes before and after a moment may be the one that the vehicle was on.
_AROUND = 3
_SLOWEST_MS = 0.5
_LARGEST_TURN_SIGMA_DEG = 30.0
_CORNER_SIGMA_DEG = 15.0


class PoseFinder:
    """Poses of one drive, from its fixes and its links.

    The fixes, the vehicle's motion and the lanes of the matched street are weighed together over
    the whole drive; the direction is the link's while the vehicle follows it.

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
        turned = turns_of(network, ground, matched)

        def chain_of(fixes: Fixes) -> MotionChain:
            return MotionChain(
                ground.time_s,
                fixes,
                unrest=params.unrest_m2s3,
                correlation_s=params.fix_correlation_s,
                turned=turned,
            )

        view = StreetView(network, ground, matched, params, default_width_m=default_width_m)
        self._found = on_street(ground, ground.fixes or _as_fixes(ground), view, chain_of)
        self._corner = view.corner

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
            return _rejected(
                frame_id,
                RejectReason.NO_TRACK,
                f"{gap:.0f} s without a fix",
                value=gap,
                limit=self._max_gap_s,
            )
        turn = float(angle_between_deg(ground.bearing_deg[after], ground.bearing_deg[before])) / gap
        if turn > self._params.max_turn_deg_s:
            return _rejected(
                frame_id,
                RejectReason.TURNING,
                f"{turn:.0f} degrees a second",
                value=turn,
                limit=self._params.max_turn_deg_s,
            )
        moment = _between(self._found, before, gap, (time_s - float(ground.time_s[before])) / gap)
        on = self._link(before, moment.place)
        if on is None:
            return _rejected(frame_id, RejectReason.OFF_NETWORK, "no street near the track")
        return self._pose(time_s, before, moment, on)

    def _link(self, before: int, place: Point) -> tuple[Link, bool] | None:
        """Return the nearest of the links of the fixes around, and whether driven as digitised."""
        matched = self._matched
        if max(matched.link_index[before : before + 2]) < 0:
            return None
        around = slice(max(before - _AROUND, 0), before + 2 + _AROUND)
        candidates = {
            (int(link), bool(way))
            for link, way in zip(matched.link_index[around], matched.with_link[around], strict=True)
            if link >= 0
        }
        index, way = min(
            candidates, key=lambda one: (self._network.links[one[0]].line.distance(place), one)
        )
        return self._network.links[index], way

    def _pose(self, time_s: float, before: int, moment: _Moment, on: tuple[Link, bool]) -> Pose:
        link, with_link = on
        offset = float(link.line.project(moment.place))
        along = _link_bearing(link, offset, with_link=with_link)
        bearing, sigma_bearing = self._bearing(before, moment, along)
        sigma_along, sigma_across = moment.sigmas(bearing)
        return Pose(
            time_s=time_s,
            easting_m=moment.place.x,
            northing_m=moment.place.y,
            bearing_deg=bearing,
            speed_ms=moment.speed_ms,
            sigma_along_m=math.hypot(sigma_along, moment.speed_ms * self._params.clock_sigma_s),
            sigma_across_m=sigma_across,
            sigma_bearing_deg=sigma_bearing,
            link_id=link.link_id,
            offset_m=offset,
            direction=Direction.WITH if with_link else Direction.AGAINST,
        )

    def _bearing(self, before: int, moment: _Moment, along: float) -> tuple[float, float]:
        """Weigh the street's direction with the vehicle's own; degrees, and how sure.

        In a corner the vehicle turns where the links only meet: there the street says little.
        """
        ground = self._ground
        own, own_sigma = moment.bearing, moment.turned_deg(moment.bearing)
        if moment.speed_ms < _SLOWEST_MS:
            own, own_sigma = float(ground.bearing_deg[before]), _LARGEST_TURN_SIGMA_DEG
        off = float((own - along + 180.0) % 360.0 - 180.0)
        in_corner = bool(self._corner[before : before + 2].any())
        if abs(off) > max(_ALONG_LINK_DEG, 2.0 * own_sigma):
            return own, own_sigma
        street_sigma = _CORNER_SIGMA_DEG if in_corner else self._params.bearing_sigma_deg
        weight = street_sigma**2 / (street_sigma**2 + own_sigma**2)
        return (along + weight * off) % 360.0, math.sqrt(weight) * own_sigma


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """The vehicle between two fixes: place, velocity and the covariance of both."""

    share: float
    place: Point
    velocity_ms: Floats
    covariance: Floats

    @property
    def speed_ms(self) -> float:
        """Metres a second."""
        return float(np.hypot(*self.velocity_ms))

    @property
    def bearing(self) -> float:
        """Direction of travel, degrees from grid north."""
        return float(bearing_deg(self.velocity_ms[0], self.velocity_ms[1]))

    def sigmas(self, bearing: float) -> tuple[float, float]:
        """Return standard deviations of the place along a bearing and across it, metres."""
        place = self.covariance[:2, :2]
        return _sigma(place, bearing), _sigma(place, bearing + 90.0)

    def turned_deg(self, bearing: float) -> float:
        """Return the standard deviation of the direction of travel, degrees."""
        sideways = _sigma(self.covariance[2:, 2:], bearing + 90.0)
        turned = math.degrees(math.atan2(sideways, max(self.speed_ms, _SLOWEST_MS)))
        return min(turned, _LARGEST_TURN_SIGMA_DEG)


def _sigma(covariance: Floats, bearing: float) -> float:
    unit = np.array(unit_vector(bearing))
    return math.sqrt(max(float(unit @ covariance @ unit), 0.0))


def _between(found: Whereabouts, before: int, gap_s: float, share: float) -> _Moment:
    """Interpolate by the cubic that has both fixes' places and velocities (Hermite)."""
    first, second = found.place_m[before], found.place_m[before + 1]
    one, other = found.velocity_ms[before], found.velocity_ms[before + 1]
    rest = 1.0 - share
    place = (
        rest**2 * (1.0 + 2.0 * share) * first
        + share**2 * (1.0 + 2.0 * rest) * second
        + gap_s * share * rest * (rest * one - share * other)
    )
    return _Moment(
        share=share,
        place=Point(place),
        velocity_ms=rest * one + share * other,
        covariance=rest * found.covariance[before] + share * found.covariance[before + 1],
    )


def _as_fixes(ground: GroundTrack) -> Fixes:
    """Take the places of a track that was not smoothed here for its fixes."""
    return Fixes(
        easting_m=ground.easting_m,
        northing_m=ground.northing_m,
        white_m=ground.sigma_m,
        drift_m=np.zeros(len(ground)),
    )


def _link_bearing(link: Link, offset_m: float, *, with_link: bool) -> float:
    """Return the direction of travel along a link, over a few metres around a place."""
    start = max(min(offset_m - _SECANT_M, link.length_m - 2 * _SECANT_M), 0.0)
    end = min(max(offset_m + _SECANT_M, 2 * _SECANT_M), link.length_m)
    (east1, north1), *_, (east2, north2) = cut_line(link.line, start, end).coords
    bearing = float(bearing_deg(east2 - east1, north2 - north1))
    return bearing if with_link else (bearing + 180.0) % 360.0


def _rejected(frame_id: str, reason: RejectReason, detail: str, **figures: float) -> Rejected:
    return Rejected(frame_id=frame_id, reason=reason, detail=detail, figures=figures)
