"""Where the vehicle was: as received, and as matched to the network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.network import Direction

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Fixes in order of time.

    Parameters
    ----------
    source
        The file's name, for messages.
    time_s
        Seconds since 1970-01-01 UTC, strictly increasing, shape [n].
    lon_deg, lat_deg
        WGS 84 degrees, shape [n].
    accuracy_m
        Horizontal standard deviation, shape [n]; NaN where the receiver gave none.
    """

    source: str
    time_s: Floats
    lon_deg: Floats
    lat_deg: Floats
    accuracy_m: Floats

    def __len__(self) -> int:
        return int(self.time_s.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """Fixes in the network's projected system, and what their errors are like.

    Parameters
    ----------
    easting_m, northing_m
        Metres in the network's system, shape [n].
    white_m, drift_m
        Standard deviations per axis of the part of the error that is new in every fix, and of the
        part that lasts, shape [n].
    is_guess
        Whether the receiver did not say how large its errors are.
    """

    easting_m: Floats
    northing_m: Floats
    white_m: Floats
    drift_m: Floats
    is_guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTrack:
    """A smoothed track in the network's projected system.

    Parameters
    ----------
    time_s
        Seconds since 1970-01-01 UTC, shape [n].
    easting_m, northing_m
        Metres in the network's system, shape [n].
    bearing_deg
        Direction of travel, clockwise from grid north, shape [n].
    speed_ms
        Metres a second, shape [n].
    sigma_m
        Standard deviation of the position, shape [n].
    distance_m
        Metres driven since the first fix, not falling, shape [n].
    fixes
        What it was smoothed from; None where the places are not smoothed.
    """

    time_s: Floats
    easting_m: Floats
    northing_m: Floats
    bearing_deg: Floats
    speed_ms: Floats
    sigma_m: Floats
    distance_m: Floats
    fixes: Fixes | None = None

    def __len__(self) -> int:
        return int(self.time_s.size)

    def part(self, which: NDArray[np.bool_] | Integers) -> GroundTrack:
        """Return some of the fixes, by a mask [n] or their numbers."""
        return GroundTrack(
            time_s=self.time_s[which],
            easting_m=self.easting_m[which],
            northing_m=self.northing_m[which],
            bearing_deg=self.bearing_deg[which],
            speed_ms=self.speed_ms[which],
            sigma_m=self.sigma_m[which],
            distance_m=self.distance_m[which],
        )

    def followed_by(self, later: GroundTrack) -> GroundTrack:
        """Return these fixes and later ones."""
        return GroundTrack(
            time_s=np.append(self.time_s, later.time_s),
            easting_m=np.append(self.easting_m, later.easting_m),
            northing_m=np.append(self.northing_m, later.northing_m),
            bearing_deg=np.append(self.bearing_deg, later.bearing_deg),
            speed_ms=np.append(self.speed_ms, later.speed_ms),
            sigma_m=np.append(self.sigma_m, later.sigma_m),
            distance_m=np.append(self.distance_m, later.distance_m),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTrack:
    """A ground track on the network's links.

    Parameters
    ----------
    link_index
        Index into ``Network.links``, shape [n]; -1 where the track is on no link.
    offset_m
        Metres from the link's start, shape [n]; NaN where unmatched.
    with_link
        True where the vehicle drives in the link's digitised direction, shape [n].
    distance_m
        Metres between the fix and the link, shape [n]; NaN where unmatched.
    """

    link_index: Integers
    offset_m: Floats
    with_link: NDArray[np.bool_]
    distance_m: Floats

    @property
    def matched(self) -> NDArray[np.bool_]:
        """True where the track is on a link, shape [n]."""
        return self.link_index >= 0

    def part(self, which: NDArray[np.bool_] | Integers) -> MatchedTrack:
        """Return the places of some of the fixes, by a mask [n] or their numbers."""
        return MatchedTrack(
            link_index=self.link_index[which],
            offset_m=self.offset_m[which],
            with_link=self.with_link[which],
            distance_m=self.distance_m[which],
        )


class UnmatchedReason(StrEnum):
    """Why fixes are on no link."""

    NO_PLACE = "no_place"
    """They have no coordinates."""
    NO_LINK_NEAR = "no_link_near"
    """No link that the vehicle may use is near."""
    NO_LINK_FITS = "no_link_fits"
    """Links are near, and none fits the drive: a yard, a car park, a street not in the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedStretch:
    """Consecutive fixes on no link, for one reason.

    Parameters
    ----------
    first, last
        Indexes of the first and the last of them.
    """

    first: int
    last: int
    reason: UnmatchedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera was when a frame was taken, and on which link.

    Parameters
    ----------
    easting_m, northing_m
        Metres in the network's system.
    bearing_deg
        Direction of travel, clockwise from grid north.
    sigma_along_m, sigma_across_m
        Standard deviations of the position along the bearing and across it.
    sigma_bearing_deg
        Standard deviation of the bearing.
    link_id, offset_m, direction
        The matched link, metres from its start, and ``WITH`` or ``AGAINST``.
    """

    time_s: float
    easting_m: float
    northing_m: float
    bearing_deg: float
    speed_ms: float
    sigma_along_m: float
    sigma_across_m: float
    sigma_bearing_deg: float
    link_id: str
    offset_m: float
    direction: Direction
