"""Joins the observations of the same damage over frames and passes, and names what they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from gatusyn.findings.believe import Ground, believed, records_of_track
from gatusyn.findings.beside import with_each_other
from gatusyn.findings.groups import lay, regrouped
from gatusyn.findings.life import ModelRates
from gatusyn.findings.placed import Floats, measured
from gatusyn.findings.seen import ObservationKey
from gatusyn.findings.tracks import Seen, tracks_of
from gatusyn.model import (
    Coverage,
    DamageRecord,
    DamageTrack,
    Finding,
    FindingParams,
    LookColumns,
    Network,
    Observation,
    RecordParams,
    SightingColumns,
)


def derive_findings(
    observations: Sequence[Seen],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
    records: RecordParams,
    rates: ModelRates | None = None,
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
    rates
        What the model of each run was measured to get right.

    Returns
    -------
    tuple of Finding
        Ordered by id; ids are those of the earliest observations.
    """
    runs = dict(enumerate(sorted({run_id for run_id, _ in observations}), start=1))
    tracks = _tracks(runs, observations, coverage, network, params, records)
    values = regrouped(lay(measured(tracks), params), params)
    ground = Ground(network=network, params=params, records=records, runs=runs, rates=rates or {})
    facts = _InMemory(
        {one.number: one for one in tracks},
        LookColumns.of(coverage).in_order(),
        {(run_id, one.observation_id): one.footprint for run_id, one in observations},
        ground,
    )
    found = sorted(believed(values, ground, facts), key=lambda one: one.finding_id)
    return tuple(with_each_other(found, params, records))


def _tracks(
    runs: Mapping[int, str],
    observations: Sequence[Seen],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: FindingParams,
    records: RecordParams,
) -> list[DamageTrack]:
    """Return the tracks of every run."""
    seen: dict[str, list[Observation]] = defaultdict(list)
    looks: dict[str, dict[str, Polygon]] = defaultdict(dict)
    for run_id, observation in observations:
        seen[run_id].append(observation)
    for run_id, look in coverage:
        looks[run_id][look.frame_id] = look.in_view
    return [
        track
        for number, run_id in runs.items()
        for track in tracks_of(
            number, run_id, seen[run_id], looks[run_id], network, params, records
        )
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _InMemory:
    """``Facts`` that are all there."""

    every: Mapping[int, DamageTrack]
    looks: LookColumns
    shapes: Mapping[ObservationKey, Polygon]
    ground: Ground

    def links(self, numbers: Sequence[int]) -> Mapping[int, str]:
        return {number: self.every[number].link_id for number in numbers}

    def sightings(self, numbers: Sequence[int]) -> SightingColumns:
        return SightingColumns.of([self.every[number].sightings for number in numbers])

    def records(self, numbers: Sequence[int]) -> Mapping[int, Sequence[DamageRecord]]:
        ground = self.ground
        return {
            number: records_of_track(self.every[number], ground.network, ground.records)
            for number in numbers
        }

    def footprints(self, keys: Sequence[ObservationKey]) -> NDArray[np.object_]:
        return np.array([self.shapes[key] for key in keys], dtype=object)

    def views(self, boxes_m: Floats) -> LookColumns:
        return self.looks
