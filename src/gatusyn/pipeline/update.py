"""Derives anew what changes when drives come or go: the same as deriving everything."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.findings import (
    WIDE_M,
    Ground,
    LaidTile,
    Laying,
    Views,
    believed,
    judged,
    keep_identity,
    measured,
    records_of_track,
    tiles_of,
    tracks_of,
    with_each_other,
)
from gatusyn.model import (
    TRACK_FIELDS,
    CitySettings,
    Coverage,
    DamageRecord,
    DamageTrack,
    Finding,
    IdentityEvent,
    Network,
    TrackTable,
    Verdict,
    usable_cores,
)
from gatusyn.pipeline.news import news_of_findings
from gatusyn.pipeline.regrade import ConditionsOf, Regrade
from gatusyn.pipeline.timing import StageClock
from gatusyn.store import DerivedChanges, DerivedFrom, RunKey, Store, TileTracks

Floats = NDArray[np.float64]

_WORTH_A_START = 150
"""Windows from which it is worth to start processes, which takes seconds."""

TILES_AT_ONCE = 200
"""Tiles whose damages are believed together: what they need of tracks and looks is in memory."""


class Update:
    """What changes from one state of the facts to the next.

    Parameters
    ----------
    runs
        The newest runs on the network.
    former
        What the derived rows were made of; None if all have to be derived.
    """

    def __init__(
        self,
        store: Store,
        network: Network,
        settings: CitySettings,
        runs: Sequence[RunKey],
        *,
        former: DerivedFrom | None,
        clock: StageClock,
    ) -> None:
        self._store, self._network, self._settings = store, network, settings
        self._runs = {run.number: run for run in runs}
        self._whole, self._clock = former is None, clock
        self._said = former.verdicts if former else 0
        before = former.runs if former else {}
        self._added = [n for n, run in self._runs.items() if before.get(n) != run.known_as]
        self._gone = [n for n, known in before.items() if n not in self._runs or n in self._added]
        self._facts = _StoreFacts(store, network, settings, frozenset(self._runs))
        self._ground = Ground(
            network=network,
            params=settings.findings,
            records=settings.records,
            runs={run.number: run.run_id for run in runs},
            rates={run.run_id: run.rates for run in runs},
        )

    def changes(
        self, made_from: DerivedFrom, conditions_of: ConditionsOf, *, now_s: float
    ) -> DerivedChanges:
        """Return what has to be written. Tracks of new runs are written at once: they are theirs.

        Parameters
        ----------
        conditions_of
            Grades sections.
        now_s
            When, for the ledger of ids.
        """
        with self._clock.time("tracks"):
            looks = self._track()
        with self._clock.time("tiles"):
            laying = self._laying()
            laying.lay(self._store.work.run_tiles(self._gone) if not self._whole else ())
        with self._clock.time("findings"):
            said = self._store.finding_ledger.verdicts()
            newly_said = [one for one in said if one.number > self._said]
            boxes = np.vstack([_boxes(looks), _boxes_of(newly_said)])
            homes = laying.homes | laying.touched(boxes)
            derived = [
                one
                for tiles in _chunks(sorted(homes), TILES_AT_ONCE)
                for one in believed(laying.with_homes(tiles), self._ground, self._facts)
            ]
            former, findings, events = self._named(homes, derived, said, now_s)
            tiles = [
                TileTracks(
                    tile=one.tile,
                    tracks=TrackTable(values=one.values),
                    reach_m=reach,
                    members=one.members,
                )
                for one, reach in laying.changed_tiles()
            ]
        with self._clock.time("conditions"):
            regrade = Regrade(
                self._store, self._network, self._settings, self._ground.rates, self._runs
            )
            known = {one.finding_id: one for one in former}
            changed = [one for one in findings if known.get(one.finding_id) != one]
            ids = {one.finding_id for one in findings}
            lost = [one for one in former if one.finding_id not in ids]
            conditions, periods = regrade.changed(
                looks,
                changed,
                [*lost, *(known[o.finding_id] for o in changed if o.finding_id in known)],
                findings,
                conditions_of,
                whole=self._whole,
                some_went=bool(self._gone),
            )
        return DerivedChanges(
            made_from=made_from,
            whole=self._whole,
            tiles=tiles,
            records=self._facts.new_records,
            findings=changed if not self._whole else findings,
            gone_ids=[one.finding_id for one in lost],
            conditions=conditions,
            periods=periods,
            events=events,
            news=news_of_findings(former, changed, self._network, now_s=now_s),
        )

    def _track(self) -> list[tuple[str, Coverage]]:
        """Have the tracks of new runs in the store; return what runs that come or go looked at."""
        work, settings = self._store.work, self._settings
        known, looks = work.tracks_made_of(), []
        for number in self._added:
            run = self._runs[number]
            made_of = self._made_of(run)
            if known.get(number) == made_of and self._whole:
                continue
            observations, coverage = work.run_facts(number)
            if not self._whole:
                looks += [(run.run_id, look) for look in coverage]
            if known.get(number) == made_of:
                continue
            tracks = tracks_of(
                number,
                run.run_id,
                observations,
                {look.frame_id: look.footprint for look in coverage},
                self._network,
                settings.findings,
                settings.records,
            )
            values = measured(tracks)
            tiles = set(tiles_of(values[:, 3:5]).tolist()) | work.run_tiles([number])
            work.write_tracks(number, made_of, tracks, TrackTable(values=values), tiles)
        for number in self._gone:
            if number not in self._runs:
                looks += [(f"{number}", look) for look in work.run_facts(number)[1]]
        return looks

    def _made_of(self, run: RunKey) -> str:
        settings = self._settings
        described = (
            f"{run.known_as}|{self._store.work.network_stamp()}|"
            f"{settings.findings}|{settings.records}"
        )
        return hashlib.sha256(described.encode()).hexdigest()[:16]

    def _laying(self) -> Laying:
        work = self._store.work
        tables = work.run_tracks(self._added)
        added = np.vstack(
            [np.zeros((0, len(TRACK_FIELDS))), *(one.values for one in tables.values())]
        )
        order = {number: rank for rank, number in enumerate(self._runs)}

        def load(tiles: Collection[int]) -> Iterable[LaidTile]:
            for one in () if self._whole else work.tiles(tiles):
                yield LaidTile(tile=one.tile, values=one.tracks.values, members=one.members)

        return Laying(
            order,
            added,
            self._settings.findings,
            load=load,
            again=frozenset(self._added),
            wide=frozenset() if self._whole else work.wide_tiles(WIDE_M),
            each=_at_once,
        )

    def _named(
        self,
        homes: Collection[int],
        derived: Sequence[Finding],
        verdicts: Sequence[Verdict],
        now_s: float,
    ) -> tuple[list[Finding], list[Finding], tuple[IdentityEvent, ...]]:
        """Return former findings, those in their places now, and what became of ids.

        Those beside the tiles come too: what lies on them may be other.
        """
        work, settings = self._store.work, self._settings
        former = self._store.findings() if self._whole else work.findings_of(tiles=homes)
        named = keep_identity(
            former,
            self._store.finding_ledger.ended(_boxes_of(derived)),
            derived,
            in_use=lambda ids: () if self._whole else work.ids_in_use(ids, but_in=homes),
            now_s=now_s,
        )
        own = judged(named.findings, verdicts, settings.records)
        beside: dict[str, Finding] = {}
        near: dict[str, Finding] = {}
        if not self._whole:
            beside = self._outside(homes, [*former, *own])
            near = self._outside(homes, list(beside.values()))
        every = {one.finding_id: one for one in own} | near | beside
        found = with_each_other(
            [every[name] for name in sorted(every)],
            settings.findings,
            settings.records,
            only=frozenset({one.finding_id for one in own} | beside.keys()),
        )
        return [*former, *beside.values()], found, named.events

    def _outside(self, homes: Collection[int], findings: Sequence[Finding]) -> dict[str, Finding]:
        """Return findings that touch some and are at home in other tiles, by id."""
        found = self._store.work.findings_of(boxes=_boxes_of(findings))
        return {one.finding_id: one for one in found if one.tile not in homes}


def _at_once(do: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
    """Do a function on things, on all cores where there are enough of them."""
    cores = usable_cores()
    if cores < 2 or len(tasks) < _WORTH_A_START:
        yield from map(do, tasks)
        return
    # A fork would copy the store's open files and locks.
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(do, tasks, chunksize=4)


class _StoreFacts:
    """``Facts`` that are read from the store."""

    def __init__(
        self, store: Store, network: Network, settings: CitySettings, runs: frozenset[int]
    ) -> None:
        self._work, self._network, self._settings, self._runs = store.work, network, settings, runs
        self.new_records: dict[int, Sequence[DamageRecord]] = {}

    def tracks(self, numbers: Sequence[int]) -> Mapping[int, DamageTrack]:
        return self._work.tracks(numbers)

    def records(self, tracks: Sequence[DamageTrack]) -> Mapping[int, Sequence[DamageRecord]]:
        known: dict[int, Sequence[DamageRecord]] = dict(
            self._work.records([one.number for one in tracks])
        )
        for one in tracks:
            if one.number not in known:
                found = records_of_track(one, self._network, self._settings.records)
                known[one.number] = self.new_records[one.number] = found
        return known

    def footprints(self, keys: Sequence[tuple[str, str]]) -> NDArray[np.object_]:
        return np.array(self._work.footprints(keys), dtype=object)

    def views(self, boxes_m: Floats) -> Views:
        looks = self._work.looks(boxes_m, self._runs)
        return Views.of(sorted(looks, key=lambda one: (one[0], one[1].frame_id)))


def _boxes(looks: Sequence[tuple[str, Coverage]]) -> Floats:
    shapes = np.array([look.footprint for _, look in looks], dtype=object)
    return np.asarray(shapely.bounds(shapes), np.float64).reshape(-1, 4)


def _boxes_of(findings: Sequence[Finding] | Sequence[Verdict]) -> Floats:
    shapes = np.array([one.footprint for one in findings], dtype=object)
    return np.asarray(shapely.bounds(shapes), np.float64).reshape(-1, 4)


def _chunks(tiles: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for first in range(0, len(tiles), size):
        yield tiles[first : first + size]
