"""Grades the sections anew whose findings or coverage have changed, and no others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.condition import period_of
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
from gatusyn.store import Store

SECTIONS_AT_ONCE = 2000
"""Sections that are graded together: their looks are in memory."""

_BESIDE_M, _FEWEST, _SHARES = 2.5, 200, 8
_NOWHERE = shapely.box(-2e7, -2e7, -2e7 + 1.0, -2e7 + 1.0)

ModelRates = Mapping[str, Mapping[PixelClass, Rates]]
ConditionsOf = Callable[
    [
        Sequence[Finding],
        LookColumns,
        Network,
        CitySettings,
        ModelRates,
    ],
    Sequence[SectionCondition],
]
"""Grades the sections of a network, or of a part of one, in every period of the looks."""


class Regrade:
    """Grades sections of a store's network.

    Parameters
    ----------
    runs
        Numbers of the runs that count.
    workers
        Grade several parts of the town at once.
    """

    def __init__(
        self,
        store: Store,
        network: Network,
        settings: CitySettings,
        rates: ModelRates,
        runs: Collection[int],
        workers: Workers,
    ) -> None:
        self._workers = workers
        self._store, self._network, self._settings = store, network, settings
        self._rates, self._runs = rates, runs

    def changed(
        self,
        looks: Sequence[tuple[str, Coverage]],
        changed: Sequence[Finding],
        former: Sequence[Finding],
        fresh: Sequence[Finding],
        conditions_of: ConditionsOf,
        *,
        whole: bool,
        some_went: bool,
    ) -> tuple[list[SectionCondition], tuple[str, ...]]:
        """Return new conditions, and all periods that there are.

        Parameters
        ----------
        looks
            What runs that came or went looked at.
        changed, former
            Findings that are new or not as before; and those that they were, or that are gone.
        fresh
            All findings that were derived anew; in the store they are as before.
        """
        before = () if whole else self._store.periods()
        periods = {*before, *(period_of(look.time_s) for _, look in looks)}
        if whole or some_went:
            periods = set(self._store.work.periods_of(self._runs))
        every = range(len(self._network.counted_sections))
        touched = list(every) if whole else self._touched(looks, [*changed, *former])
        replaced = {one.finding_id for one in [*fresh, *former]}
        places = STRtree(np.array([one.footprint for one in fresh], dtype=object))
        part = partial(self._part, fresh, places, replaced, conditions_of, whole=whole)
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
        # In the network's order, as where everything is graded.
        place = {one.section_id: at for at, one in enumerate(self._network.counted_sections)}
        found = [one for own in graded for one in own]
        return sorted(found, key=lambda one: place[one.section_id]), tuple(sorted(periods))

    def _part(
        self,
        fresh: Sequence[Finding],
        places: STRtree,
        replaced: Collection[str],
        conditions_of: ConditionsOf,
        chunk: Sequence[int],
        periods: Sequence[str],
        runs: Collection[int],
        *,
        whole: bool,
    ) -> _Part:
        sections = self._network.counted_sections
        boxes = _boxes([sections[at] for at in chunk])
        inside = np.unique(places.query(boxes_of(boxes), predicate="intersects")[1]).tolist()
        stored = () if whole else self._store.work.findings_of(boxes=boxes, but=replaced)
        findings = [*stored, *(fresh[at] for at in inside)]
        findings.sort(key=lambda one: one.finding_id)
        return _Part(
            store=self._store,
            settings=self._settings,
            rates=self._rates,
            runs=runs,
            sections=chunk,
            findings=findings,
            periods=periods,
            conditions_of=conditions_of,
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
        number = {one.section_id: at for at, one in enumerate(sections)}
        found |= {number[one.section_id] for one in findings if one.section_id in number}
        return sorted(found)

    def _chunks(self, touched: Sequence[int]) -> Iterator[Sequence[int]]:
        shares = self._workers.count * _SHARES if self._workers.count > 1 else 1
        size = min(SECTIONS_AT_ONCE, max(-(-len(touched) // shares), _FEWEST))
        for first in range(0, len(touched), size):
            yield touched[first : first + size]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """What some sections are graded with.

    Parameters
    ----------
    runs
        Numbers of those whose looks count; none where nobody looked in these periods.
    sections
        Their places among the network's counted sections.
    findings
        All that may lie on them, in order of id.
    """

    store: Store
    settings: CitySettings
    rates: ModelRates
    runs: Collection[int]
    sections: Sequence[int]
    findings: Sequence[Finding]
    periods: Sequence[str]
    conditions_of: ConditionsOf


def _graded_apart(task: tuple[_Part, Source]) -> list[SectionCondition]:
    part, source = task
    try:
        return _graded(part, network_of(source))
    finally:
        part.store.close()


def _graded(part: _Part, network: Network) -> list[SectionCondition]:
    sections = [network.counted_sections[at] for at in part.sections]
    # Every period is wanted, also where nobody looked in it.
    looks = LookColumns.of([("", _nowhere(network, period)) for period in part.periods])
    if part.runs:
        looks = LookColumns.joined([part.store.work.looks(_boxes(sections), part.runs), looks])
    links = {one.link_id for one in sections} | {one.link_id for one in part.findings}
    own = tuple(one for one in network.sections if one.link_id in links)
    graded = part.conditions_of(
        part.findings, looks, replace(network, sections=own), part.settings, part.rates
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
