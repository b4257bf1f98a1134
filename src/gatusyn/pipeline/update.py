"""Derives anew what changes when drives come or go: the same as deriving everything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.condition import DeductCurves
from gatusyn.findings import (
    WIDE_M,
    LaidTile,
    Laying,
    judged,
    keep_identity,
    measured,
    tiles_of,
    tracks_of,
    with_each_other,
)
from gatusyn.geo import strands_of
from gatusyn.model import (
    TRACK_FIELDS,
    CitySettings,
    Coverage,
    Finding,
    IdentityEvent,
    Network,
    TrackTable,
    Verdict,
)
from gatusyn.pipeline.belief import Belief, Records
from gatusyn.pipeline.news import news_of_findings
from gatusyn.pipeline.regrade import Regrade
from gatusyn.pipeline.timing import StageClock
from gatusyn.pipeline.workers import Source, Workers, by_threads, network_of
from gatusyn.store import DerivedChanges, DerivedFrom, RunKey, Store, TileTracks

Floats = NDArray[np.float64]
Task = TypeVar("Task")
Result = TypeVar("Result")

WORTH_A_START = 1500
"""Looks, or tracks, from which it is worth to start processes: those of some kilometres."""

TILES_AT_ONCE = 200
"""Tiles whose damages are believed together: what they need of tracks and looks is in memory."""

_FEWEST_TILES, _TABLES_AT_ONCE = 20, 8
_SHARES = 8
"""For each core: the last to end is not much later than the others."""


class Update:
    """What changes from one state of the facts to the next.

    Parameters
    ----------
    runs
        The newest runs on the network.
    former
        What the derived rows were made of; None if all have to be derived.
    workers
        Must be there until the changes are written: grades may be asked for as late as that.
    """

    def __init__(
        self,
        store: Store,
        network: Network,
        settings: CitySettings,
        runs: Sequence[RunKey],
        curves: DeductCurves,
        *,
        former: DerivedFrom | None,
        workers: Workers,
        clock: StageClock,
    ) -> None:
        self._store, self._network, self._settings = store, network, settings
        self._runs = {run.number: run for run in runs}
        self._whole, self._clock, self._curves = former is None, clock, curves
        self._said = former.verdicts if former else 0
        before = former.runs if former else {}
        self._added = [n for n, run in self._runs.items() if before.get(n) != run.known_as]
        self._gone = [n for n, known in before.items() if n not in self._runs or n in self._added]
        self._belief = Belief(store=store, settings=settings, runs=tuple(runs))
        self._workers = workers

    def changes(self, made_from: DerivedFrom, *, now_s: float) -> DerivedChanges:
        """Return what has to be written. Tracks of new runs are written at once: they are theirs.

        Parameters
        ----------
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
            former, derived, records, tiles = self._believed(laying, sorted(homes))
            former, findings, events = self._named(homes, former, derived, said, now_s)
        with self._clock.time("conditions"):
            regrade = Regrade(
                self._store,
                self._network,
                self._settings,
                self._curves,
                tuple(self._runs.values()),
                self._workers,
            )
            known = {one.finding_id: one for one in former}
            changed = [one for one in findings if _is_other(known.get(one.finding_id), one)]
            ids = {one.finding_id for one in findings}
            lost = [one for one in former if one.finding_id not in ids]
            conditions, periods = regrade.changed(
                looks,
                changed,
                [*lost, *(known[o.finding_id] for o in changed if o.finding_id in known)],
                findings,
                homes=homes,
                whole=self._whole,
                some_went=bool(self._gone),
            )
        return DerivedChanges(
            made_from=made_from,
            whole=self._whole,
            tiles=tiles,
            records=records,
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
            if len(coverage) >= WORTH_A_START:
                self._workers.start()
            if not self._whole:
                looks += [(run.run_id, look) for look in coverage]
            if known.get(number) == made_of:
                continue
            tracks = tracks_of(
                number,
                run.run_id,
                observations,
                {look.frame_id: look.in_view for look in coverage},
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

    def _in_threads(self, do: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Do a function by threads; afterwards a core is idle in which helpers get ready."""
        yield from by_threads(do, tasks)
        source = Source(self._store.work.network_stamp(), self._store)
        self._workers.meanwhile(partial(_get_ready, source))

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
        if len(added) >= WORTH_A_START:
            self._workers.start()
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
            each=self._in_threads,
        )

    def _believed(
        self, laying: Laying, homes: Sequence[int]
    ) -> tuple[list[Finding], list[Finding], Records, list[TileTracks]]:
        """Return what was and what is believed at home in tiles, and what shapes show anew.

        And tiles as they are to be written. Some tiles at once; while helpers begin this process
        reads what was.
        """
        former: list[Finding] = list(self._store.findings()) if self._whole else []
        findings: list[Finding] = []
        records: Records = {}
        changed: list[TileTracks] = []
        cores = self._workers.count
        shares = cores * _SHARES if cores > 1 else 1
        size = min(TILES_AT_ONCE, max(-(-len(homes) // shares), _FEWEST_TILES))
        for some in _chunks(homes, size * _TABLES_AT_ONCE * cores):
            tables = [laying.with_homes(tiles) for tiles in _chunks(some, size)]
            at_work = self._belief.each(tables, self._network, self._workers)
            if not self._whole:
                former += self._store.work.findings_of(tiles=some)
            changed = changed or _changed_tiles(laying)
            for found, new in at_work:
                findings += found
                records |= new
        return former, findings, records, changed or _changed_tiles(laying)

    def _named(
        self,
        homes: Collection[int],
        former: Sequence[Finding],
        derived: Sequence[Finding],
        verdicts: Sequence[Verdict],
        now_s: float,
    ) -> tuple[list[Finding], list[Finding], tuple[IdentityEvent, ...]]:
        """Return former findings, those in their places now, and what became of ids.

        Those beside the tiles come too: what lies on them may be other.
        """
        work, settings = self._store.work, self._settings
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
        found = self._store.work.findings_of(boxes=_boxes_of(findings), but_in=homes)
        return {one.finding_id: one for one in found}


def _get_ready(source: Source) -> None:
    """Have in a helper what it will need: what this file imports, the network, a compiled loop.

    The first compiled loop of a process takes a third of a second, those after it next to nothing.
    """
    network_of(source)
    source.store.close()
    strands_of(np.ones((3, 9), np.bool_), shortest=1.0)


def _is_other(former: Finding | None, now: Finding) -> bool:
    """Say whether a finding is new, or not as it was."""
    # Places move a little all about a drive: that is told sooner than shapes are compared.
    return former is None or former.sigma_along_m != now.sigma_along_m or former != now


def _changed_tiles(laying: Laying) -> list[TileTracks]:
    return [
        TileTracks(
            tile=one.tile,
            tracks=TrackTable(values=one.values),
            reach_m=reach,
            members=one.members,
        )
        for one, reach in laying.changed_tiles()
    ]


def _boxes(looks: Sequence[tuple[str, Coverage]]) -> Floats:
    shapes = np.array([look.in_view for _, look in looks], dtype=object)
    return np.asarray(shapely.bounds(shapes), np.float64).reshape(-1, 4)


def _boxes_of(findings: Sequence[Finding] | Sequence[Verdict]) -> Floats:
    shapes = np.array([one.footprint for one in findings], dtype=object)
    return np.asarray(shapely.bounds(shapes), np.float64).reshape(-1, 4)


def _chunks(tiles: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for first in range(0, len(tiles), size):
        yield tiles[first : first + size]
