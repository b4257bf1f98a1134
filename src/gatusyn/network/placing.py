"""Places for all fixes, those that were not decoded included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from gatusyn.model import GroundTrack, MatchParams
from gatusyn.network.candidates import Segments, fix_sigma_m, nearest_places
from gatusyn.network.decoding import Chain
from gatusyn.network.graph import LinkGraph

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Between two fixes a way this much longer than the straight line is a turn on the link itself.
_DETOUR_FACTOR, _DETOUR_M = 2.0, 30.0
# How fast a vehicle's speed wanders: spectral density of its acceleration, m²/s³.
_WANDER = 1.0
# A fix is moved by no more standard deviations.
_MOST_SIGMAS = 3.0
# Times nearer than this are no measure of speed.
_SHORTEST_S = 0.05


def place_fixes(
    graph: LinkGraph,
    chains: Sequence[Chain],
    track: GroundTrack,
    fixes: Integers,
    segments: Segments,
    params: MatchParams,
) -> tuple[Integers, Floats]:
    """Return each fix's directed link (-1 if there is none) and its metres from the link's start.

    A decoded fix lies on the way at its own place, and those between two decoded fixes lie on the
    way between them, as far as they are along the straight line; all these are smoothed along the
    way. Those after a chain's last are projected onto its link.

    Parameters
    ----------
    fixes
        Indexes of the fixes that decoding looked at: what follows one without a link has none.
    segments
        Of the lines of the links.
    """
    directed = np.full(len(track), -1, dtype=np.int64)
    offset = np.full(len(track), np.nan)
    decoded = np.concatenate([chain.fix for chain in chains]) if chains else fixes[:0]
    every = np.arange(len(track))
    leader = np.searchsorted(fixes, every, side="right") - 1
    is_decoded = np.zeros(fixes.size + 1, dtype=np.bool_)
    is_decoded[np.searchsorted(fixes, decoded)] = True
    has_place = (leader >= 0) & is_decoded[leader]
    has_place &= np.isfinite(track.easting_m + track.northing_m)
    sigma = fix_sigma_m(track, params)
    for chain in chains:
        last = int(np.searchsorted(fixes, chain.fix[-1])) + 1
        stop = int(fixes[last]) if last < fixes.size else len(track)
        inner = every[chain.fix[0] : chain.fix[-1] + 1]
        inner = inner[has_place[inner]]
        directed[inner], offset[inner] = _between(graph, chain, track, inner, segments, sigma)
        tail = every[chain.fix[-1] + 1 : stop]
        tail = tail[has_place[tail]]
        link = np.full(tail.size, chain.way[-1], dtype=np.int64)
        directed[tail], offset[tail] = link, _project(segments, link, track, tail)
    return directed, offset


def _between(
    graph: LinkGraph,
    chain: Chain,
    track: GroundTrack,
    fixes: Integers,
    segments: Segments,
    sigma: Floats,
) -> tuple[Integers, Floats]:
    way = np.array(chain.way, dtype=np.int64)
    length = graph.length_m[way]
    base = np.cumsum(length) - length
    decoded = base[chain.place] + chain.offset_m
    before = np.searchsorted(chain.fix, fixes, side="right") - 1
    after = np.minimum(before + 1, chain.fix.size - 1)

    one, other = chain.fix[before], chain.fix[after]
    east, north = track.easting_m, track.northing_m
    chord_east, chord_north = east[other] - east[one], north[other] - north[one]
    ahead = (east[fixes] - east[one]) * chord_east + (north[fixes] - north[one]) * chord_north
    straight = np.hypot(chord_east, chord_north)
    share = np.clip(ahead / np.where(straight > 0, straight, 1.0) ** 2, 0.0, 1.0)
    driven = decoded[after] - decoded[before]
    turned = driven > _DETOUR_FACTOR * straight + _DETOUR_M
    along = decoded[before] + np.where(turned, share > 0.5, share) * driven
    along = _smooth(along, track.time_s[fixes], sigma[fixes], turned)
    along = np.clip(along, 0.0, base[-1] + length[-1])
    place = np.maximum(np.searchsorted(base, along, side="right") - 1, 0)
    offset = np.clip(along - base[place], 0.0, length[place])

    on_turn = np.flatnonzero(turned & (fixes != one))
    if on_turn.size:
        place[on_turn] = chain.place[np.where(share < 0.5, before, after)[on_turn]]
        offset[on_turn] = _project(segments, way[place[on_turn]], track, fixes[on_turn])
    return way[place], offset


def _smooth(along: Floats, time_s: Floats, sigma: Floats, turned: Booleans) -> Floats:
    """Smooth metres along the way, for a speed that wanders (white acceleration).

    The sum of squares of what the fixes miss, in their standard deviations, and of each change of
    speed, in what ``_WANDER`` allows in that time, is made least: P. Eilers, A perfect smoother,
    Anal. Chem. 2003, here for uneven steps. Stretches between turns are smoothed apart, and what
    would move a fix too far stays as it is: the times are not those of such a drive.

    Parameters
    ----------
    turned
        Whether the vehicle turns between each fix and the next, shape [s].
    """
    step = np.diff(time_s)
    if along.size < 3 or not (step > _SHORTEST_S).all():
        return along
    inverse = 1.0 / step
    weight = 2.0 / (_WANDER * (step[1:] + step[:-1]))
    weight[turned[1:-1] | turned[:-2]] = 0.0
    # Change of speed at k: first[k] * s[k] + middle[k] * s[k + 1] + last[k] * s[k + 2].
    first, last = inverse[:-1], inverse[1:]
    middle = -(first + last)
    own = sigma**-2
    banded = np.zeros((3, along.size))
    banded[2] = own
    banded[2, :-2] += weight * first**2
    banded[2, 1:-1] += weight * middle**2
    banded[2, 2:] += weight * last**2
    banded[1, 1:-1] += weight * first * middle
    banded[1, 2:] += weight * middle * last
    banded[0, 2:] = weight * first * last
    smooth = solveh_banded(banded, along * own, check_finite=False)
    return np.where(np.abs(smooth - along) <= _MOST_SIGMAS * sigma, smooth, along)


def _project(segments: Segments, directed: Integers, track: GroundTrack, fixes: Integers) -> Floats:
    link = directed // 2
    _, offset, _, length = nearest_places(
        segments, link, track.easting_m[fixes], track.northing_m[fixes]
    )
    return np.where(directed % 2 == 0, offset, length - offset)
