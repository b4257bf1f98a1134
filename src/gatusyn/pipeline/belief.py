"""Believes the damages of tiles, with what the store has of them: on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gatusyn.findings import Ground, believed, records_of_track
from gatusyn.model import (
    CitySettings,
    DamageRecord,
    Finding,
    LookColumns,
    Network,
    SightingColumns,
)
from gatusyn.pipeline.workers import Source, Workers, network_of
from gatusyn.store import RunKey, Store

Floats = NDArray[np.float64]
Records = dict[int, Sequence[DamageRecord]]
Believed = tuple[list[Finding], Records]
"""What is believed, and what shapes show that was not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Belief:
    """What damages are believed with.

    Parameters
    ----------
    runs
        The newest runs on the network.
    """

    store: Store
    settings: CitySettings
    runs: Sequence[RunKey]

    def each(
        self, tables: Sequence[Floats], network: Network, workers: Workers
    ) -> Iterator[Believed]:
        """Believe what tables of tracks show, on all cores; helpers begin at once.

        Parameters
        ----------
        tables
            Each holds what belongs to some tiles.
        """
        if len(tables) < 2 or workers.count < 2:
            return map(partial(self.here, network=network), tables)
        source = Source(self.store.work.network_stamp(), self.store)
        return workers.each(
            _believed,
            [_Share(self, source, values) for values in tables],
            here=lambda share: self.here(share.values, network),
        )

    def here(self, values: Floats, network: Network) -> Believed:
        """Do the same with one table in this process."""
        ground = Ground(
            network=network,
            params=self.settings.findings,
            records=self.settings.records,
            runs={run.number: run.run_id for run in self.runs},
            rates={run.run_id: run.rates for run in self.runs},
        )
        facts = _StoreFacts(self, network)
        return believed(values, ground, facts), facts.new_records


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """What a helper believes."""

    belief: Belief
    source: Source
    values: Floats


def _believed(share: _Share) -> Believed:
    try:
        return share.belief.here(share.values, network_of(share.source))
    finally:
        share.belief.store.close()


class _StoreFacts:
    """``Facts`` that are read from the store."""

    def __init__(self, belief: Belief, network: Network) -> None:
        self._work, self._network = belief.store.work, network
        self._params = belief.settings.records
        self._runs = frozenset(run.number for run in belief.runs)
        self.new_records: Records = {}

    def links(self, numbers: Sequence[int]) -> Mapping[int, str]:
        return self._work.track_links(numbers)

    def sightings(self, numbers: Sequence[int]) -> SightingColumns:
        return self._work.sightings(numbers)

    def records(self, numbers: Sequence[int]) -> Mapping[int, Sequence[DamageRecord]]:
        known: Records = dict(self._work.records(numbers))
        # Few are asked what they show for the first time: whole tracks are read of these only.
        rest = self._work.tracks([number for number in numbers if number not in known])
        for number, one in rest.items():
            found = records_of_track(one, self._network, self._params)
            known[number] = self.new_records[number] = found
        return known

    def footprints(self, keys: Sequence[tuple[str, str]]) -> NDArray[np.object_]:
        return np.array(self._work.footprints(keys), dtype=object)

    def views(self, boxes_m: Floats) -> LookColumns:
        return self._work.looks(boxes_m, self._runs)
