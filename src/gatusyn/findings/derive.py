"""Joins the observations of the same damage over frames and passes."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import STRtree

from gatusyn.findings.kinds import kind_of
from gatusyn.geo import bearing_at, longest_extent_m, polygons_of, side_of_line
from gatusyn.model import (
    Coverage,
    Finding,
    FindingParams,
    Network,
    Observation,
    PixelClass,
    Side,
)

Seen = tuple[str, Observation]
"""A run's id and an observation of that run."""


def derive_findings(
    observations: Sequence[Seen],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
) -> tuple[Finding, ...]:
    """Join observations to findings.

    Observations of one class are the same damage when their footprints are nearer than a distance
    that, between passes, grows with the uncertainty of their places. A group is believed when
    enough of the frames that looked at the place saw it. Shape and size are those of the pass that
    saw it best: places differ between passes, so the union of all would be too large.

    Parameters
    ----------
    observations, coverage
        With their run's id, in any order; the result does not depend on it.

    Returns
    -------
    tuple of Finding
        Ordered by id.
    """
    looks = STRtree([look.footprint for _, look in coverage])
    findings = []
    for pixel_class in PixelClass:
        of_class = sorted(
            (item for item in observations if item[1].pixel_class is pixel_class),
            key=lambda item: (item[1].time_s, item[0], item[1].observation_id),
        )
        for group in _groups(of_class, params):
            finding = _finding(group, looks, network, params)
            if finding is not None:
                findings.append(finding)
    return tuple(sorted(findings, key=lambda finding: finding.finding_id))


def _groups(seen: Sequence[Seen], params: FindingParams) -> Iterable[list[Seen]]:
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


def _finding(
    group: list[Seen], looks: STRtree, network: Network, params: FindingParams
) -> Finding | None:
    """Return the finding of a group, or None if it is too small or too seldom seen."""
    best = _best_pass(group, params)
    footprint = shapely.union_all([observation.footprint for _, observation in best])
    length = longest_extent_m(footprint)
    centre = footprint.centroid
    sightings = len({(run, observation.frame_id) for run, observation in group})
    looked = max(len(looks.query(centre, predicate="intersects")), sightings)
    mean_confidence = float(np.mean([observation.confidence for _, observation in group]))
    confidence = mean_confidence * sightings / (looked + params.doubt)
    needed = {
        PixelClass.CRACK: params.crack_min_confidence,
        PixelClass.POTHOLE: params.pothole_min_confidence,
        PixelClass.PATCH: params.patch_min_confidence,
    }[group[0][1].pixel_class]
    if length < params.min_size_m or confidence < needed:
        return None
    link_id = Counter(observation.link_id for _, observation in best).most_common(1)[0][0]
    link = network.link_by_id[link_id]
    offset = float(link.line.project(centre))
    run_id, earliest = group[0]
    identity = f"{run_id}|{earliest.observation_id}|{earliest.pixel_class}"
    return Finding(
        finding_id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        kind=kind_of(
            earliest.pixel_class,
            footprint,
            street_deg=bearing_at(link.line, offset),
            params=params,
        ),
        footprint=shapely.MultiPolygon(polygons_of(footprint)),
        sigma_m=min(observation.sigma_m for _, observation in group),
        confidence=confidence,
        link_id=link_id,
        element_id=link.element_id,
        section_id=network.section_at(link_id, offset).section_id,
        offset_m=offset,
        measure=link.measure_at(offset),
        side=Side.RIGHT if side_of_line(link.line, centre) >= 0 else Side.LEFT,
        length_m=length,
        area_m2=float(footprint.area),
        first_seen_s=earliest.time_s,
        last_seen_s=max(observation.time_s for _, observation in group),
        observation_ids=tuple((run, observation.observation_id) for run, observation in group),
    )


def _best_pass(group: list[Seen], params: FindingParams) -> list[Seen]:
    """Return the observations of the pass with the most confident sightings (group by time)."""
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
    return max(passes, key=lambda one: sum(observation.confidence for _, observation in one))
