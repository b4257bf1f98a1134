"""Where the vehicle was: as received, and as matched to the network."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    time_s: Floats
    easting_m: Floats
    northing_m: Floats
    bearing_deg: Floats
    speed_ms: Floats
    sigma_m: Floats
    distance_m: Floats

    def __len__(self) -> int:
        return int(self.time_s.size)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera was when a frame was taken, and on which link.

    Parameters
    ----------
    easting_m, northing_m
        Metres in the network's system.
    bearing_deg
        Direction of travel, clockwise from grid north.
    sigma_m
        Standard deviation of the position.
    link_id, offset_m, direction
        The matched link, metres from its start, and ``WITH`` or ``AGAINST``.
    """

    time_s: float
    easting_m: float
    northing_m: float
    bearing_deg: float
    speed_ms: float
    sigma_m: float
    link_id: str
    offset_m: float
    direction: Direction
