"""Tracks: what one pass of one run saw of one damage, over its frames."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.findings.records import parts_apart
from gatusyn.geo import bearings_at, polygons_of
from gatusyn.model import (
    TRACKS_A_RUN,
    DamageTrack,
    Direction,
    FindingParams,
    Network,
    Observation,
    PixelClass,
    RecordParams,
    Sighting,
)

Seen = tuple[str, Observation]
"""A run's id and an observation of that run."""


PASS_M = 40.0
"""A damage is in view over fewer metres than this: seen again later, it is another pass."""

_SLIVER_M2 = 0.01


def sigmas_of(observation: Observation) -> tuple[float, float]:
    """Return standard deviations of an observation's place, along and across the street."""
    return observation.sigma_along_m, observation.sigma_across_m


def clock_s(observation: Observation, params: FindingParams) -> float:
    """Return a time by which passes of one run are told apart.

    Where the times were cut to the day it is the way that goes on.
    """
    if observation.way_m is None:
        return observation.time_s
    return observation.way_m / PASS_M * params.pass_gap_s


def tracks_of(
    run: int,
    run_id: str,
    observations: Sequence[Observation],
    looks: Mapping[str, Polygon],
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> list[DamageTrack]:
    """Join a run's observations of the same damage in the same pass.

    Parameters
    ----------
    run
        The run's number, for the tracks'.
    observations
        In any order.
    looks
        What each frame of the run looked at, by its id.
    """
    groups: list[list[Observation]] = []
    shapes: list[BaseGeometry] = []
    for pixel_class in PixelClass:
        of_class = sorted(
            (one for one in observations if one.pixel_class is pixel_class),
            key=lambda one: (clock_s(one, params), one.observation_id),
        )
        for group in _groups(of_class, params):
            for part, own in _parts(pixel_class, nearest_view(group, looks), group, records):
                groups.append(own)
                shapes.append(part)
    made = _tracks(run_id, groups, shapes, network, params)
    made.sort(key=lambda one: (one.sightings[0].observation_id, one.pixel_class))
    return [replace(one, number=run * TRACKS_A_RUN + place) for place, one in enumerate(made)]


def nearest_view(one_pass: Sequence[Observation], looks: Mapping[str, Polygon]) -> BaseGeometry:
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
    by_frame: dict[str, list[BaseGeometry]] = defaultdict(list)
    for observation in one_pass:
        by_frame[observation.frame_id].append(observation.footprint)
    for frame, footprints in reversed(by_frame.items()):
        seen = shapely.union_all(footprints) if len(footprints) > 1 else footprints[0]
        parts.append(seen.difference(shapely.union_all(later)) if later else seen)
        if frame in looks:
            later.append(looks[frame])
    return shapely.union_all(parts) if len(parts) > 1 else parts[0]


def _groups(seen: Sequence[Observation], params: FindingParams) -> Iterable[list[Observation]]:
    """Yield groups of observations (of one class, in order of time) that lie near each other."""
    if not seen:
        return
    shapes = np.array([one.footprint for one in seen], dtype=object)
    clock = np.array([clock_s(one, params) for one in seen])
    first, second = STRtree(shapes).query(shapes, predicate="dwithin", distance=params.join_m)
    near = (first < second) & (np.abs(clock[first] - clock[second]) <= params.pass_gap_s)
    graph = coo_array(
        (np.ones(near.sum(), np.int8), (first[near], second[near])), shape=(len(seen),) * 2
    )
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, list[Observation]] = defaultdict(list)
    for label, one in zip(labels.tolist(), seen, strict=True):
        groups[label].append(one)
    yield from groups.values()


def _parts(
    pixel_class: PixelClass,
    shape: BaseGeometry,
    group: list[Observation],
    records: RecordParams,
) -> Iterator[tuple[BaseGeometry, list[Observation]]]:
    """Yield the separate things of a shape, each with the observations nearest to it.

    Holes and patches that far frames ran together lie apart as the nearest frame saw them. A crack
    is seen with gaps: it stays whole.
    """
    if pixel_class is PixelClass.CRACK:
        yield shape, group
        return
    parts = [one for one in parts_apart(shape, records.gap_m) if one.area >= _SLIVER_M2]
    if len(parts) < 2:
        yield shape, group
        return
    shapes = np.array(parts, dtype=object)
    footprints = np.array([one.footprint for one in group], dtype=object)
    nearest = shapely.distance(footprints[:, None], shapes[None, :]).argmin(axis=1)
    for number, part in enumerate(parts):
        own = [one for one, at in zip(group, nearest.tolist(), strict=True) if at == number]
        if own:
            yield part, own


def _tracks(
    run_id: str,
    groups: Sequence[Sequence[Observation]],
    shapes: Sequence[BaseGeometry],
    network: Network,
    params: FindingParams,
) -> list[DamageTrack]:
    """Return the track of each group of observations and its shape, not numbered yet."""
    if not groups:
        return []
    links = [Counter(one.link_id for one in own).most_common(1)[0][0] for own in groups]
    lines = np.array([network.link_by_id[link_id].line for link_id in links], dtype=object)
    offsets = shapely.line_locate_point(lines, shapely.centroid(np.array(shapes, dtype=object)))
    bearings = np.rint(bearings_at(lines, offsets)).tolist()
    return [
        DamageTrack(
            number=0,
            run_id=run_id,
            pixel_class=own[0].pixel_class,
            sightings=tuple(
                Sighting(
                    observation_id=one.observation_id,
                    frame_id=one.frame_id,
                    time_s=one.time_s,
                    confidence=one.confidence,
                )
                for one in own
            ),
            shape=shape,
            link_id=link_id,
            offset_m=offset,
            heading_deg=(bearing + (180.0 if _is_against(own, link_id) else 0.0)) % 360.0,
            sigma_m=(
                min(sigmas_of(one)[0] for one in own),
                min(sigmas_of(one)[1] for one in own),
            ),
            clock_s=(clock_s(own[0], params), clock_s(own[-1], params)),
        )
        for own, shape, link_id, offset, bearing in zip(
            groups, _as_parts(shapes), links, offsets.tolist(), bearings, strict=True
        )
    ]


def _is_against(group: Sequence[Observation], link_id: str) -> bool:
    """Say whether most that were seen on a link were seen against its direction."""
    on_link = [one for one in group if one.link_id == link_id]
    return 2 * sum(one.direction is Direction.AGAINST for one in on_link) > len(on_link)


def _as_parts(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return shapes as polygons of several parts, without what has no area."""
    every = np.array(shapes, dtype=object)
    single = shapely.get_type_id(every) == shapely.GeometryType.POLYGON
    single &= ~shapely.is_empty(every)
    if single.any():
        every[single] = shapely.multipolygons(every[single][:, None])
    return [
        one if isinstance(one, MultiPolygon) else MultiPolygon(polygons_of(one))
        for one in every.tolist()
    ]
