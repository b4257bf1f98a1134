"""Joins the observations of the same damage over frames and passes, and names what they show."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely import STRtree

from gatusyn.findings.groups import Looks, Seen, best_pass, groups_of, nearest_view
from gatusyn.findings.records import records_of, with_neighbours
from gatusyn.geo import bearing_at, side_of_line
from gatusyn.model import (
    Coverage,
    DamageRecord,
    Finding,
    FindingParams,
    Network,
    PixelClass,
    RecordParams,
    Side,
)


def derive_findings(
    observations: Sequence[Seen],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> tuple[Finding, ...]:
    """Join observations to findings.

    Observations of one class are the same damage when their footprints are nearer than a distance
    that, between passes, grows with the uncertainty of their places. Shape and size are those of
    the pass that saw it best: places differ between passes, so the union of all would be too large.
    What such a shape shows may be several things that an engineer would record: each is a finding
    of its own, and is believed when enough of the frames that looked at its place saw it.

    Parameters
    ----------
    observations, coverage
        With their run's id, in any order; the result does not depend on it.

    Returns
    -------
    tuple of Finding
        Ordered by id.
    """
    looks = _Looks.of(coverage)
    candidates = []
    for pixel_class in PixelClass:
        of_class = sorted(
            (item for item in observations if item[1].pixel_class is pixel_class),
            key=lambda item: (item[1].time_s, item[0], item[1].observation_id),
        )
        for group in groups_of(of_class, params):
            candidates += _candidates(group, looks, network, params, records)
    # What was not believed does not make its neighbours worse.
    believed = sorted(candidates, key=lambda one: one.identity)
    severe = with_neighbours([one.record for one in believed], records)
    findings = [
        _finding(one, record, network) for one, record in zip(believed, severe, strict=True)
    ]
    return tuple(sorted(findings, key=lambda finding: finding.finding_id))


@dataclass(frozen=True, slots=True)
class _Looks:
    """What was looked at, by frame and by place."""

    by_frame: Looks
    tree: STRtree

    @classmethod
    def of(cls, coverage: Sequence[tuple[str, Coverage]]) -> _Looks:
        shapes = [look.footprint for _, look in coverage]
        frames = {(run_id, look.frame_id): look.footprint for run_id, look in coverage}
        return cls(frames, STRtree(shapes))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A record with the observations that saw it, believed enough to become a finding."""

    identity: str
    record: DamageRecord
    link_id: str
    confidence: float
    group: Sequence[Seen]


def _candidates(
    group: Sequence[Seen],
    looks: _Looks,
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> list[_Candidate]:
    """Return what a group of observations shows and is large enough and seen often enough."""
    best = best_pass(group, looks.by_frame, params)
    footprint = nearest_view(best, looks.by_frame)
    link_id = Counter(observation.link_id for _, observation in best).most_common(1)[0][0]
    line = network.link_by_id[link_id].line
    pixel_class = group[0][1].pixel_class
    found = records_of(
        pixel_class,
        footprint,
        along_deg=bearing_at(line, float(line.project(footprint.centroid))),
        confidence=float(np.mean([observation.confidence for _, observation in best])),
        params=records,
    )
    candidates = []
    needed = params.min_confidence(pixel_class)
    for number, record in enumerate(found):
        own = _own(group, record, best, several=len(found) > 1)
        confidence = _confidence(own, record, looks, params)
        if record.length_m >= params.min_size_m and confidence >= needed:
            run_id, earliest = group[0]
            identity = f"{run_id}|{earliest.observation_id}|{pixel_class}"
            identity += f"|{number}" if number else ""
            candidates.append(_Candidate(identity, record, link_id, confidence, own))
    return candidates


def _own(
    group: Sequence[Seen], record: DamageRecord, best: Sequence[Seen], *, several: bool
) -> list[Seen]:
    """Return the observations of a record: of other passes those at its place, as far as known."""
    if not several:
        return list(group)
    own = [
        item
        for item in group
        if item[1].footprint.distance(record.footprint)
        <= (0.0 if item in best else item[1].sigma_m)
    ]
    nearest = min(group, key=lambda item: item[1].footprint.distance(record.footprint))
    return own or [nearest]


def _confidence(
    own: Sequence[Seen], record: DamageRecord, looks: _Looks, params: FindingParams
) -> float:
    """Return the mean confidence, times the share of the looks at its place that saw it."""
    sightings = len({(run, observation.frame_id) for run, observation in own})
    centre = record.footprint.representative_point()
    looked = max(len(looks.tree.query(centre, predicate="intersects")), sightings)
    mean = float(np.mean([observation.confidence for _, observation in own]))
    return mean * sightings / (looked + params.doubt)


def _finding(candidate: _Candidate, record: DamageRecord, network: Network) -> Finding:
    link = network.link_by_id[candidate.link_id]
    centre = record.footprint.centroid
    offset = float(link.line.project(centre))
    own = candidate.group
    return Finding(
        finding_id=hashlib.sha256(candidate.identity.encode()).hexdigest()[:16],
        kind=record.kind,
        footprint=record.footprint,
        sigma_m=min(observation.sigma_m for _, observation in own),
        confidence=candidate.confidence,
        link_id=candidate.link_id,
        element_id=link.element_id,
        section_id=network.section_at(candidate.link_id, offset).section_id,
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
