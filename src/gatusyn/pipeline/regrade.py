"""Grades the sections anew whose findings or coverage have changed, and no others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.condition import DeductCurves, derive_conditions, period_of
from gatusyn.geo import boxes_of
from gatusyn.model import (
    CitySettings,
    Coverage,
    Finding,
    LookColumns,
    Network,
    PixelClass,
    Rates,
    Section,
    SectionCondition,
)
from gatusyn.pipeline.workers import Source, Workers, network_of
from gatusyn.store import RunKey, Store

SECTIONS_AT_ONCE = 2000
"""Sections that are graded together: their looks are in memory."""

_SOON = 10_000
"""Sections up to which grading is ended while a transaction is open: others wait for seconds."""

_BESIDE_M, _FEWEST, _SHARES = 2.5, 200, 8
_NOWHERE = shapely.box(-2e7, -2e7, -2e7 + 1.0, -2e7 + 1.0)

ModelRates = Mapping[str, Mapping[PixelClass, Rates]]


def conditions_of(
    findings: Sequence[Finding],
    looks: LookColumns,
    network: Network,
    settings: CitySettings,
    rates: ModelRates,
    *,
    curves: DeductCurves,
) -> tuple[SectionCondition, ...]:
    """Grade the sections of a network, or of a part of one, in every period of the looks."""
    # In an order that does not depend on how the drives came: sums differ in the last digit else.
    return derive_conditions(
        findings,
        looks.in_order(),
        network,
        settings.condition,
        curves,
        rates,
        looking=settings.looks,
    )


class Regrade:
    """Grades sections of a store's network.

    Parameters
    ----------
    runs
        The runs that count.
    workers
        Grade several parts of the town at once.
    """

    def __init__(
        self,
        store: Store,
        network: Network,
        settings: CitySettings,
        curves: DeductCurves,
        runs: Sequence[RunKey],
        workers: Workers,
    ) -> None:
        self._workers = workers
        self._store, self._network, self._settings = store, network, settings
        self._curves = curves
        self._rates = {run.run_id: run.rates for run in runs}
        self._runs = tuple(run.number for run in runs)
        self._place = {one.section_id: at for at, one in enumerate(network.counted_sections)}

    def changed(
        self,
        looks: Sequence[tuple[str, Coverage]],
        changed: Sequence[Finding],
        former: Sequence[Finding],
        fresh: Sequence[Finding],
        *,
        homes: Collection[int],
        whole: bool,
        some_went: bool,
    ) -> tuple[Iterable[SectionCondition], tuple[str, ...]]:
        """Return new conditions, and all periods that there are.

        Helpers begin at once. What takes seconds is ended when it is asked for, so that this
        process can do something else before; what takes longer is ended here.

        Parameters
        ----------
        looks
            What runs that came or went looked at.
        changed, former
            Findings that are new or not as before; and those that they were, or that are gone.
        fresh
            All findings that were derived anew; in the store they are as before.
        homes
            The tiles of which all findings are among ``fresh``.
        """
        before = () if whole else self._store.periods()
        periods = {*before, *(period_of(look.time_s) for _, look in looks)}
        if whole or some_went:
            periods = set(self._store.work.periods_of(self._runs))
        every = range(len(self._network.counted_sections))
        touched = list(every) if whole else self._touched(looks, [*changed, *former])
        places = STRtree(np.array([one.footprint for one in fresh], dtype=object))
        beside = {one.finding_id for one in fresh if one.tile not in homes}
        known = None if whole else _Known(homes=tuple(homes), but=frozenset(beside))
        part = partial(self._part, fresh, places, known)
        source = Source(self._store.work.network_stamp(), self._store)
        wanted = [(chunk, sorted(periods), self._runs) for chunk in self._chunks(touched)]
        if not whole and (new := sorted(periods - set(before))):
            # Nobody looked at the others in a year that is new: there is only one more to say so.
            rest = sorted({*every}.difference(touched))
            wanted += [(chunk, new, ()) for chunk in self._chunks(rest)]
        graded = self._workers.each(
            _graded_apart,
            ((part(*one), source) for one in wanted),
            here=lambda task: _graded(task[0], self._network),
        )
        conditions = self._in_order(graded)
        is_short = sum(len(chunk) for chunk, *_ in wanted) <= _SOON
        return (conditions if is_short else list(conditions)), tuple(sorted(periods))

    def _in_order(self, graded: Iterable[Sequence[SectionCondition]]) -> Iterator[SectionCondition]:
        """Yield conditions in the network's order, as where everything is graded."""
        found = [one for own in graded for one in own]
        yield from sorted(found, key=lambda one: self._place[one.section_id])

    def _part(
        self,
        fresh: Sequence[Finding],
        places: STRtree,
        known: _Known | None,
        chunk: Sequence[int],
        periods: Sequence[str],
        runs: Collection[int],
    ) -> _Part:
        sections = self._network.counted_sections
        boxes = _boxes([sections[at] for at in chunk])
        inside = np.unique(places.query(boxes_of(boxes), predicate="intersects")[1]).tolist()
        return _Part(
            store=self._store,
            settings=self._settings,
            curves=self._curves,
            rates=self._rates,
            runs=runs,
            sections=chunk,
            boxes=boxes,
            fresh=[fresh[at] for at in inside],
            known=known,
            periods=periods,
        )

    def _touched(
        self, looks: Sequence[tuple[str, Coverage]], findings: Sequence[Finding]
    ) -> list[int]:
        """Return the counted sections that looks or findings touch, or may."""
        sections = self._network.counted_sections
        shapes = [*(look.footprint for _, look in looks), *(one.footprint for one in findings)]
        found: set[int] = set()
        if shapes and sections:
            lines = np.array([one.line for one in sections], dtype=object)
            half = np.array([one.width_m / 2.0 for one in sections]) + _BESIDE_M
            asked, far = np.array(shapes, dtype=object), float(half.max())
            # By boxes first: it is asked exactly once, with each section's own width.
            around = np.array([-far, -far, far, far])
            boxes = boxes_of(shapely.bounds(asked) + around)
            shape, section = STRtree(lines).query(boxes)
            near = shapely.distance(asked[shape], lines[section]) <= half[section]
            found = set(section[near].tolist())
        place = self._place
        found |= {place[one.section_id] for one in findings if one.section_id in place}
        return sorted(found)

    def _chunks(self, touched: Sequence[int]) -> Iterator[Sequence[int]]:
        shares = self._workers.count * _SHARES if self._workers.count > 1 else 1
        size = min(SECTIONS_AT_ONCE, max(-(-len(touched) // shares), _FEWEST))
        for first in range(0, len(touched), size):
            yield touched[first : first + size]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Which findings of the store still hold.

    Parameters
    ----------
    homes, but
        All but those at home in these tiles, and those with these ids.
    """

    homes: tuple[int, ...]
    but: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """What some sections are graded with.

    Parameters
    ----------
    runs
        Numbers of those whose looks count; none where nobody looked in these periods.
    sections, boxes
        Their places among the network's counted sections, and where they are.
    fresh, known
        Findings derived anew that may lie on them; and what is read from the store besides.
    """

    store: Store
    settings: CitySettings
    curves: DeductCurves
    rates: ModelRates
    runs: Collection[int]
    sections: Sequence[int]
    boxes: NDArray[np.float64]
    fresh: Sequence[Finding]
    known: _Known | None
    periods: Sequence[str]

    def findings(self) -> list[Finding]:
        """Return all findings that may lie on the sections, in order of id."""
        found = list(self.fresh)
        if self.known is not None:
            stored = self.store.work.findings_of(boxes=self.boxes, but_in=self.known.homes)
            found += [one for one in stored if one.finding_id not in self.known.but]
        return sorted(found, key=lambda one: one.finding_id)


def _graded_apart(task: tuple[_Part, Source]) -> list[SectionCondition]:
    part, source = task
    try:
        return _graded(part, network_of(source))
    finally:
        part.store.close()


def _graded(part: _Part, network: Network) -> list[SectionCondition]:
    sections, findings = [network.counted_sections[at] for at in part.sections], part.findings()
    # Every period is wanted, also where nobody looked in it.
    looks = LookColumns.of([("", _nowhere(network, period)) for period in part.periods])
    if part.runs:
        looks = LookColumns.joined([part.store.work.looks(part.boxes, part.runs), looks])
    linked = {one.link_id for one in sections} | {one.link_id for one in findings}
    own = tuple(one for one in network.sections if one.link_id in linked)
    # A town has many times as many links: of each something would be asked.
    links = sorted({one.link_id for one in own}.union(looks.link_ids.tolist()))
    part_of_town = replace(
        network, links=tuple(network.link_by_id[one] for one in links), sections=own
    )
    graded = conditions_of(
        findings,
        looks,
        part_of_town,
        part.settings,
        part.rates,
        curves=part.curves,
    )
    wanted = {one.section_id for one in sections}
    return [one for one in graded if one.section_id in wanted]


def _nowhere(network: Network, period: str) -> Coverage:
    return Coverage(
        frame_id="",
        link_id=network.links[0].link_id,
        footprint=_NOWHERE,
        time_s=datetime(int(period), 1, 1, tzinfo=UTC).timestamp(),
    )


def _boxes(sections: Sequence[Section]) -> NDArray[np.float64]:
    """Return west, south, east and north of sections' surfaces."""
    return np.asarray(shapely.bounds(_surfaces(sections)), np.float64).reshape(-1, 4)


def _surfaces(sections: Sequence[Section]) -> NDArray[np.object_]:
    lines = np.array([section.line for section in sections], dtype=object)
    halves = np.array([section.width_m / 2.0 + _BESIDE_M for section in sections])
    surfaces: NDArray[np.object_] = shapely.buffer(lines, halves, cap_style="flat")
    return surfaces
