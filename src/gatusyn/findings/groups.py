"""Which observations are of the same damage, and what they say of its shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.model import FindingParams, Observation

Seen = tuple[str, Observation]
"""A run's id and an observation of that run."""

Looks = Mapping[tuple[str, str], Polygon]
"""What each frame, by run and frame id, looked at."""


def groups_of(seen: Sequence[Seen], params: FindingParams) -> Iterable[list[Seen]]:
    """Yield groups of observations (in order of time) that are the same damage."""
    if not seen:
        return
    shapes = np.array([item[1].footprint for item in seen], dtype=object)
    sigma = np.array([item[1].sigma_m for item in seen])
    first, second = _near_pairs(shapes, float(sigma.max()), params)
    reach = params.join_m + params.join_sigmas * np.where(
        _same_pass(seen, first, second, params), 0.0, np.hypot(sigma[first], sigma[second])
    )
    joined = shapely.distance(shapes[first], shapes[second]) <= reach
    graph = coo_array(
        (np.ones(joined.sum(), np.int8), (first[joined], second[joined])),
        shape=(len(seen), len(seen)),
    )
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, list[Seen]] = defaultdict(list)
    for label, item in zip(labels, seen, strict=True):
        groups[int(label)].append(item)
    yield from groups.values()


def best_pass(group: Sequence[Seen], looks: Looks, params: FindingParams) -> list[Seen]:
    """Return the observations of the pass that saw a damage best, in order of time.

    That is the one with the most confident sightings, where each pass counts by the share of the
    damage, as all passes saw it, that it looked at: from the other lane a part may be out of view.
    """
    passes: list[list[Seen]] = []
    for item in sorted(group, key=lambda seen: (seen[0], seen[1].time_s)):
        last = passes[-1][-1] if passes else None
        if (
            last is not None
            and last[0] == item[0]
            and item[1].time_s - last[1].time_s <= params.pass_gap_s
        ):
            passes[-1].append(item)
        else:
            passes.append([item])
    if len(passes) == 1:
        return passes[0]
    whole = shapely.union_all([observation.footprint for _, observation in group])

    def worth(one: list[Seen]) -> float:
        frames = {(run_id, observation.frame_id) for run_id, observation in one}
        looked_at = shapely.union_all([looks[frame] for frame in frames if frame in looks])
        share = looked_at.intersection(whole).area / whole.area
        return float(share * sum(observation.confidence for _, observation in one))

    return max(passes, key=worth)


def nearest_view(one_pass: Sequence[Seen], looks: Looks) -> BaseGeometry:
    """Return the shape of a damage in a pass, each place as the frame nearest to it saw it.

    A footprint is stretched along the view the more, the farther away it was seen. A vehicle comes
    nearer to what it looks at: so of the frames that saw the damage, the last that looked at a
    place saw it best. Parts that only an earlier frame looked at come from that one.

    Parameters
    ----------
    one_pass
        In order of time.
    """
    parts: list[BaseGeometry] = []
    later: list[BaseGeometry] = []
    by_frame: dict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    for run_id, observation in one_pass:
        by_frame[run_id, observation.frame_id].append(observation.footprint)
    for frame, footprints in reversed(by_frame.items()):
        seen = shapely.union_all(footprints)
        parts.append(seen.difference(shapely.union_all(later)) if later else seen)
        if frame in looks:
            later.append(looks[frame])
    return shapely.union_all(parts)


def _near_pairs(
    shapes: NDArray[np.object_], largest_sigma: float, params: FindingParams
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    farthest = params.join_m + params.join_sigmas * largest_sigma * np.sqrt(2.0)
    first, second = STRtree(shapes).query(shapes, predicate="dwithin", distance=farthest)
    upper = first < second
    return first[upper], second[upper]


def _same_pass(
    seen: Sequence[Seen],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    params: FindingParams,
) -> NDArray[np.bool_]:
    time = np.array([item[1].time_s for item in seen])
    _, run = np.unique([item[0] for item in seen], return_inverse=True)
    same: NDArray[np.bool_] = (run[first] == run[second]) & (
        np.abs(time[first] - time[second]) <= params.pass_gap_s
    )
    return same
