"""Joins the observations of the same damage over frames and passes, and names what they show."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree

from gatusyn.findings.groups import Group, Laid, groups_of, lay
from gatusyn.findings.looks import Views
from gatusyn.findings.records import records_of, with_neighbours
from gatusyn.findings.tracks import Seen, Track, tracks_of
from gatusyn.findings.windows import Tile
from gatusyn.geo import bearing_at, moved_shapes, side_of_line
from gatusyn.model import (
    Coverage,
    DamageRecord,
    Finding,
    FindingParams,
    Link,
    Network,
    Observation,
    RecordParams,
    Side,
)

_LOOKED_NEAR_M = 15.0
_BESIDE_M = 0.5


def derive_findings(
    observations: Sequence[Seen],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> tuple[Finding, ...]:
    """Join observations to findings.

    Within a pass, frames' observations of one damage are a track. Tile by tile the
    passes are laid over each other: what the places of a pass have in common, a receiver's error
    above all, is found together with the places of the damages. Then the tracks are assigned to
    damages, one to one in each pass. A finding's place is the weighted mean of its tracks'; shape
    and size are those of the pass that saw it best. What such a shape shows may be several things
    that an engineer would record: each is a finding of its own, and is believed when enough of the
    frames that looked at its place saw it.

    Parameters
    ----------
    observations, coverage
        With their run's id, in any order; the result does not depend on it.

    Returns
    -------
    tuple of Finding
        Ordered by id.
    """
    tracks = tracks_of_runs(observations, coverage, network, params, records)
    laid = lay(tracks, params)
    groups = groups_of(laid, params)
    return findings_of(groups, laid, Views(coverage), network, params, records)


def tracks_of_runs(
    observations: Sequence[Seen],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> list[Track]:
    """Return the tracks of every run."""
    seen: dict[str, list[Observation]] = defaultdict(list)
    looks: dict[str, dict[str, Polygon]] = defaultdict(dict)
    for run_id, observation in observations:
        seen[run_id].append(observation)
    for run_id, look in coverage:
        looks[run_id][look.frame_id] = look.footprint
    return [
        track
        for run_id in sorted(seen)
        for track in tracks_of(run_id, seen[run_id], looks[run_id], network, params, records)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A record with the observations that saw it."""

    identity: str
    record: DamageRecord
    group: Group
    link_id: str
    own: tuple[Seen, ...]
    confidence: float = 0.0


def findings_of(
    groups: Sequence[Group],
    laid: Laid,
    views: Views,
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> tuple[Finding, ...]:
    """Return what groups of tracks show and is large enough and seen often enough."""
    by_tile: dict[Tile, list[_Candidate]] = defaultdict(list)
    for group in groups:
        by_tile[group.tile] += _candidates(group, network, params, records)
    believed = [
        one
        for tile, candidates in sorted(by_tile.items())
        for one in _believed(candidates, tile, laid, views, params)
    ]
    believed.sort(key=lambda one: one.identity)
    # What was not believed does not make its neighbours worse.
    severe = with_neighbours([one.record for one in believed], records)
    links = _Links(network)
    findings = [
        _finding(one, record, network, links) for one, record in zip(believed, severe, strict=True)
    ]
    return tuple(sorted(findings, key=lambda finding: finding.finding_id))


def _candidates(
    group: Group, network: Network, params: FindingParams, records: RecordParams
) -> list[_Candidate]:
    """Return what a group of tracks shows and is large enough."""
    best = group.tracks[group.best]
    line = network.link_by_id[best.link_id].line
    found = records_of(
        best.pixel_class,
        group.shape,
        along_deg=bearing_at(line, float(line.project(group.shape.centroid))),
        confidence=best.confidence,
        params=records,
    )
    first = group.tracks[0]
    identity = f"{first.run_id}|{first.observations[0].observation_id}|{first.pixel_class}"
    return [
        _Candidate(
            identity + (f"|{number}" if number else ""),
            record,
            group,
            best.link_id,
            _own(group, record, several=len(found) > 1),
        )
        for number, record in enumerate(found)
        if record.length_m >= params.min_size_m
    ]


def _own(group: Group, record: DamageRecord, *, several: bool) -> tuple[Seen, ...]:
    """Return the observations of a record, earliest first: those at its place, as far as known."""
    every = [
        (number, (track.run_id, observation))
        for number, track in enumerate(group.tracks)
        for observation in track.observations
    ]
    chosen = [seen for _, seen in every]
    if several:
        offs = [
            group.shape_off_m if number == group.best else group.off_m[number]
            for number, _ in every
        ]
        shapes = np.array([seen[1].footprint for _, seen in every], dtype=object)
        away = shapely.distance(moved_shapes(shapes, -np.array(offs)), record.footprint)
        near = away <= np.where([number == group.best for number, _ in every], 0.0, _BESIDE_M)
        near[int(away.argmin())] |= not near.any()
        chosen = [seen for (_, seen), is_near in zip(every, near.tolist(), strict=True) if is_near]
    return tuple(sorted(chosen, key=lambda one: (one[1].time_s, one[0], one[1].observation_id)))


def _believed(
    candidates: Sequence[_Candidate],
    tile: Tile,
    laid: Laid,
    views: Views,
    params: FindingParams,
) -> list[_Candidate]:
    """Return those of a tile that enough of the frames saw that looked at their places."""
    if not candidates:
        return []
    rows, off_m = laid.windows[tile]
    shapes = [one.record.footprint for one in candidates]
    looks = views.near(shapes, within_m=_LOOKED_NEAR_M).registered(
        [laid.tracks[row] for row in rows.tolist()], laid.placed.place_m[rows], off_m
    )
    counts = looks.counted([shape.representative_point() for shape in shapes])
    believed = []
    for one, looked in zip(candidates, counts.tolist(), strict=True):
        sightings = len({(run, observation.frame_id) for run, observation in one.own})
        mean = float(np.mean([observation.confidence for _, observation in one.own]))
        confidence = mean * sightings / (max(looked, sightings) + params.doubt)
        if confidence >= params.min_confidence(one.group.tracks[0].pixel_class):
            believed.append(replace(one, confidence=confidence))
    return believed


class _Links:
    """Says on which link a place is that may have moved past the end of its own."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._tree = STRtree([link.line for link in network.links])

    def at(self, centre: Point, own: Link) -> Link:
        """Return a place's own link, or the one that goes on where its own ends."""
        offset = float(own.line.project(centre))
        if 0.0 < offset < own.line.length:
            return own
        best, least = own, float(own.line.distance(centre))
        near = self._tree.query(centre, predicate="dwithin", distance=least)
        for index in sorted(near.tolist()):
            link = self._network.links[index]
            away = float(link.line.distance(centre))
            if link.network_type is own.network_type and away < least:
                best, least = link, away
        return best


def _finding(
    candidate: _Candidate, record: DamageRecord, network: Network, links: _Links
) -> Finding:
    centre = record.footprint.centroid
    link = links.at(centre, network.link_by_id[candidate.link_id])
    offset = float(link.line.project(centre))
    own = candidate.own
    return Finding(
        finding_id=hashlib.sha256(candidate.identity.encode()).hexdigest()[:16],
        kind=record.kind,
        footprint=record.footprint,
        sigma_along_m=candidate.group.sigma_m[0],
        sigma_across_m=candidate.group.sigma_m[1],
        confidence=candidate.confidence,
        link_id=link.link_id,
        element_id=link.element_id,
        section_id=network.section_at(link.link_id, offset).section_id,
        offset_m=offset,
        measure=link.measure_at(offset),
        side=Side.RIGHT if side_of_line(link.line, centre) >= 0 else Side.LEFT,
        length_m=record.length_m,
        area_m2=record.area_m2,
        severity_reason=record.reason,
        first_seen_s=own[0][1].time_s,
        last_seen_s=max(observation.time_s for _, observation in own),
        observation_ids=tuple((run, observation.observation_id) for run, observation in own),
    )
