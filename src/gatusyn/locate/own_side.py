"""Which side of a street a look counts for: up to the middle, or the whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Polygon

from gatusyn.geo import angle_between_deg, bearing_deg, unit_vector
from gatusyn.model import Direction, Link, LocateParams, Pose

Floats = NDArray[np.float64]

# A vehicle that heads elsewhere does not follow the link, and the link's middle is not its own.
_ALONG_LINK_DEG = 25.0
# So surely on the other side, in standard deviations, it has driven there.
_SURELY = 2.0
_BEYOND_M = 30.0
_ASIDE_M = 60.0
# Where the street turns farther away than this, its middle is taken to go straight on.
_STEEPEST = 0.5
_SAME_M = 0.01


def own_side(link: Link, width_m: float, pose: Pose, params: LocateParams) -> Polygon | None:
    """Return the ground on the vehicle's side of the carriageway's middle; None if all counts.

    A street for one direction is the vehicle's as a whole, and so is one that is too narrow for two
    vehicles to meet. The middle is the link's line, on which the sections lie as well: so an error
    of the vehicle's place does not change how much of them counts. Where the vehicle surely drives
    on the other side, or does not follow the link (in a turn), its own lane is around itself: the
    ground up to a quarter of the carriageway beside the lens counts, as it would in its lane.

    Parameters
    ----------
    width_m
        Of the link's carriageway.

    Returns
    -------
    Polygon or None
        Around the pose; it reaches 30 m behind it and beyond ``locate.far_m``.
    """
    if link.direction is not Direction.BOTH or width_m < params.two_lanes_from_m:
        return None
    keeps = -1.0 if params.left_hand_traffic else 1.0
    east, north = unit_vector(pose.bearing_deg)
    ahead, right = np.array([east, north]), np.array([north, -east])
    place = np.array([pose.easting_m, pose.northing_m])
    middle = _middle(link, pose, params.far_m + _BEYOND_M)
    step = middle[1] - middle[0]
    turned = float(angle_between_deg(float(bearing_deg(*step)), pose.bearing_deg))
    across = np.array([step[1], -step[0]]) / max(float(np.hypot(*step)), 1e-9)
    own_m = keeps * float((place - middle[0]) @ across)
    if turned > _ALONG_LINK_DEG or own_m < -_SURELY * pose.sigma_across_m:
        start = place - keeps * width_m / 4.0 * right
        middle = np.array([start, start + ahead])
    border = _straightened(middle, ahead)
    return Polygon(np.concatenate([border, border[::-1] + keeps * _ASIDE_M * right]))


def _middle(link: Link, pose: Pose, reach_m: float) -> Floats:
    """Return the link's line from beside the pose on, in its direction of travel, shape [n, 2]."""
    line, offset = link.line, pose.offset_m
    if pose.direction is Direction.AGAINST:
        line, offset = LineString(line.coords[::-1]), link.length_m - offset
    # At a link's end there is still a piece of it, which says where the middle goes.
    start = max(min(offset, line.length - 1.0), 0.0)
    places = np.asarray(line.coords, np.float64)
    end = min(start + reach_m, line.length)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
    inside = (along > start + _SAME_M) & (along < end - _SAME_M)
    first, last = (line.interpolate(at).coords[0] for at in (start, end))
    return np.array([first, *places[inside], last])


def _straightened(border: Floats, ahead: Floats) -> Floats:
    """Return a line that goes straight on at both ends, and where it would turn away from ahead."""
    step = np.diff(border, axis=0)
    length = np.hypot(*step.T)
    steep = (step @ ahead) < _STEEPEST * length
    kept = border[: int(steep.argmax()) + 1] if steep.any() else border
    if len(kept) < 2:
        kept = np.array([border[0], border[0] + ahead])
    first, last = kept[1] - kept[0], kept[-1] - kept[-2]
    return np.array(
        [
            kept[0] - _BEYOND_M * first / np.hypot(*first),
            *kept,
            kept[-1] + _BEYOND_M * last / np.hypot(*last),
        ]
    )
