"""Grades the sections anew whose findings or coverage have changed, and no others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

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
    Network,
    PixelClass,
    Rates,
    Section,
    SectionCondition,
)
from gatusyn.store import Store

SECTIONS_AT_ONCE = 2000
"""Sections that are graded together: their looks are in memory."""

_BESIDE_M = 2.5
_NOWHERE = shapely.box(-2e7, -2e7, -2e7 + 1.0, -2e7 + 1.0)

ModelRates = Mapping[str, Mapping[PixelClass, Rates]]
ConditionsOf = Callable[
    [
        Sequence[Finding],
        Sequence[tuple[str, Coverage]],
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
    """

    def __init__(
        self,
        store: Store,
        network: Network,
        settings: CitySettings,
        rates: ModelRates,
        runs: Collection[int],
    ) -> None:
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
        sections = self._network.counted_sections
        if whole or periods - set(before):
            touched = list(range(len(sections)))
        else:
            touched = self._touched(looks, [*changed, *former])
        replaced = {one.finding_id for one in [*fresh, *former]}
        result: list[SectionCondition] = []
        for chunk in self._chunks(touched):
            result += self._graded(
                chunk, fresh, replaced, sorted(periods), conditions_of, whole=whole
            )
        return result, tuple(sorted(periods))

    def _graded(
        self,
        chunk: Sequence[Section],
        fresh: Sequence[Finding],
        replaced: Collection[str],
        periods: Sequence[str],
        conditions_of: ConditionsOf,
        *,
        whole: bool,
    ) -> list[SectionCondition]:
        boxes = np.asarray(shapely.bounds(_surfaces(chunk)), np.float64).reshape(-1, 4)
        stored = () if whole else self._store.work.findings_of(boxes=boxes)
        near = STRtree(boxes_of(boxes))
        shapes = np.array([one.footprint for one in fresh], dtype=object)
        inside = np.unique(near.query(shapes, predicate="intersects")[0]).tolist()
        findings = [one for one in stored if one.finding_id not in replaced]
        findings += [fresh[at] for at in inside]
        findings.sort(key=lambda one: one.finding_id)
        looks = list(self._store.work.looks(boxes, self._runs))
        # Every period is wanted, also where nobody looked in it.
        looks += [("", self._nowhere(period)) for period in periods]
        links = {one.link_id for one in chunk} | {one.link_id for one in findings}
        own = tuple(one for one in self._network.sections if one.link_id in links)
        part = replace(self._network, sections=own)
        wanted = {one.section_id for one in chunk}
        graded = conditions_of(findings, looks, part, self._settings, self._rates)
        return [one for one in graded if one.section_id in wanted]

    def _nowhere(self, period: str) -> Coverage:
        return Coverage(
            frame_id="",
            link_id=self._network.links[0].link_id,
            footprint=_NOWHERE,
            time_s=datetime(int(period), 1, 1, tzinfo=UTC).timestamp(),
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
            asked = np.array(shapes, dtype=object)
            shape, section = STRtree(lines).query(
                asked, predicate="dwithin", distance=float(half.max())
            )
            near = shapely.distance(asked[shape], lines[section]) <= half[section]
            found = set(section[near].tolist())
        number = {one.section_id: at for at, one in enumerate(sections)}
        found |= {number[one.section_id] for one in findings if one.section_id in number}
        return sorted(found)

    def _chunks(self, touched: Sequence[int]) -> Iterator[list[Section]]:
        sections = self._network.counted_sections
        for first in range(0, len(touched), SECTIONS_AT_ONCE):
            yield [sections[at] for at in touched[first : first + SECTIONS_AT_ONCE]]


def _surfaces(sections: Sequence[Section]) -> NDArray[np.object_]:
    lines = np.array([section.line for section in sections], dtype=object)
    halves = np.array([section.width_m / 2.0 + _BESIDE_M for section in sections])
    surfaces: NDArray[np.object_] = shapely.buffer(lines, halves, cap_style="flat")
    return surfaces
