"""The part of a town that a contractor was given: a store that has nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import (
    Finding,
    Network,
    PlannedProject,
    SectionCondition,
    Visitor,
)
from gatusyn.serve.errors import MissingError
from gatusyn.store import GradeColumns, StoreState
from gatusyn.store.protocol import Box, DriveSummary, PictureView, Store
from gatusyn.store.protocol_lookup import ChangedPlaces, DrawnFindings, FindingFilter, FindingOrder

PICTURES_AGAIN_S = 60.0
"""Which pictures are theirs is worked out no more often than this."""


def part_of_network(network: Network, areas: frozenset[str]) -> Network:
    """Return the streets of a network that are among the areas, by name; large or small letters.

    A street without a name is known by its link sequence's id, as everywhere on the map.
    """
    wanted = {area.strip().casefold() for area in areas}
    links = [
        own
        for own in network.links
        if (own.street_name or own.element_id).strip().casefold() in wanted
    ]
    kept = {own.link_id for own in links}
    sections = tuple(own for own in network.sections if own.link_id in kept)
    return replace(network, links=tuple(links), sections=sections)


def projects_seen_by(
    visitor: Visitor, projects: Iterable[PlannedProject]
) -> tuple[PlannedProject, ...]:
    """Return the projects that a visitor may see: by street or district, and by treatment."""
    return tuple(
        own
        for own in projects
        if _is_among((own.street, own.district), visitor.areas)
        and _is_among((own.treatment,), visitor.treatments)
    )


def _is_among(names: Iterable[str], given: frozenset[str] | None) -> bool:
    if given is None:
        return True
    wanted = {one.strip().casefold() for one in given}
    return any(name.strip().casefold() in wanted for name in names if name.strip())


class PartLookup:
    """Quick questions to a part of a town."""

    def __init__(self, part: PartStore, store: Store) -> None:
        self._part = part
        self._store = store

    def changes(self) -> str:
        """Return a text that is another one whenever anything in the store may have changed."""
        return self._store.lookup.changes()

    def network_stamp(self) -> str:
        """Return a text that is another one when the current network or its reading is."""
        return self._store.lookup.network_stamp()

    def state(self) -> StoreState:
        """Return whether the store can be worked with."""
        return self._store.lookup.state()

    def grades(self, period: str) -> GradeColumns:
        """Return the grades of a period; who lays them out leaves out what is not in the part."""
        return self._store.lookup.grades(period)

    def count_findings(self, *, at_s: float | None = None) -> int:
        """Return how many findings are there now, or were at a moment."""
        found = self._part.own_findings(self._store.findings())
        return sum(own.is_there if at_s is None else own.was_there(at_s) for own in found)

    def finding(self, finding_id: str) -> Finding | None:
        """Return a finding; None if there is no such finding in the part."""
        found = self._store.lookup.finding(finding_id)
        return next(iter(self._part.own_findings([] if found is None else [found])), None)

    def findings_after(
        self,
        finding_id: str,
        *,
        limit: int,
        box: Box | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
    ) -> tuple[Finding, ...]:
        """Return findings in the order of their ids, from the first after an id on."""
        found: list[Finding] = []
        batch_size = max(limit, 1000)
        while len(found) < limit:
            batch = self._store.lookup.findings_after(
                finding_id, limit=batch_size, box=box, since_s=since_s, until_s=until_s
            )
            found += self._part.own_findings(batch)
            if len(batch) < batch_size:
                break
            finding_id = batch[-1].finding_id
        return tuple(found[:limit])

    def list_findings(
        self,
        wanted: FindingFilter,
        *,
        order: FindingOrder = FindingOrder.ID,
        falling: bool = False,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, tuple[Finding, ...]]:
        """Return how many findings of a kind there are in the part, and some of them."""
        own = self._part.own_links()
        links = own if wanted.links is None else own & frozenset(wanted.links)
        total, found = self._store.lookup.list_findings(
            replace(wanted, links=links),
            order=order,
            falling=falling,
            limit=limit,
            offset=offset,
        )
        return total, tuple(self._part.own_findings(found))

    def drawn_findings(self, box: Box) -> DrawnFindings:
        """Return the findings of the part near a box, the most severe, then the largest first."""
        found = self._store.lookup.drawn_findings(box)
        return found.of(self._part.is_own(found.section_ids))

    def changed_places(self, number: int) -> ChangedPlaces:
        """Return where findings have changed since a change, in the part or not."""
        return self._store.lookup.changed_places(number)


class PartStore:
    """What a reader reads of a store, for some of its streets: nothing of the others is there.

    Parameters
    ----------
    store
        The whole town's.
    areas
        Names of streets.
    """

    def __init__(self, store: Store, areas: frozenset[str]) -> None:
        self._store = store
        self._areas = areas
        self._lock = Lock()
        self._network: tuple[str, Network, frozenset[str]] | None = None
        self._pictures: set[str] = set()
        self._pictures_of_s = float("-inf")

    @cached_property
    def lookup(self) -> PartLookup:
        """Quick questions, for a service."""
        return PartLookup(self, self._store)

    def _current(self) -> tuple[str, Network, frozenset[str]]:
        stamp = self._store.lookup.network_stamp()
        with self._lock:
            if self._network is None or self._network[0] != stamp:
                network = part_of_network(self._store.read_network(), self._areas)
                names = frozenset(own.section_id for own in network.sections)
                self._network = stamp, network, names
            return self._network

    def _holds(self, section_id: str) -> bool:
        return section_id in self._current()[2]

    def own_findings(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return those of findings that lie in the part."""
        names = self._current()[2]
        return [own for own in findings if own.section_id in names]

    def is_own(self, section_ids: Iterable[str]) -> NDArray[np.bool_]:
        """Say of each section whether it lies in the part, bool [sections]."""
        names = self._current()[2]
        return np.array([own in names for own in section_ids], dtype=bool)

    def own_links(self) -> frozenset[str]:
        """Return the ids of the part's links."""
        return frozenset(own.link_id for own in self._current()[1].links)

    def read_network(self) -> Network:
        """Return the part of the current network.

        Raises
        ------
        MissingError
            If the network has no street of these names.
        """
        network = self._current()[1]
        if not network.sections:
            raise MissingError(
                "Your areas", "hold no street of this town", "Ask your administrator."
            )
        return network

    def derived_stamp(self) -> str | None:
        """Return the stamp with which derived rows were written, and of what it is a part."""
        return f"{self._store.derived_stamp()}|{sorted(self._areas)}"

    def facts_stamp(self) -> str:
        """Return a hash that changes when the newest facts or the network do."""
        return self._store.facts_stamp()

    def periods(self) -> tuple[str, ...]:
        """Return the periods that have conditions, oldest first."""
        return self._store.periods()

    def drives(self) -> tuple[DriveSummary, ...]:
        """Return the newest run of every drive, oldest drive first."""
        return self._store.drives()

    def findings(
        self, *, box: Box | None = None, section_id: str | None = None
    ) -> tuple[Finding, ...]:
        """Return findings, those that touch a box, or those of a section."""
        return tuple(self.own_findings(self._store.findings(box=box, section_id=section_id)))

    def conditions(
        self, *, period: str | None = None, section_ids: Iterable[str] | None = None
    ) -> tuple[SectionCondition, ...]:
        """Return conditions of a period (the newest if None), of some sections or of all."""
        names = self._current()[2]
        wanted = names if section_ids is None else [own for own in section_ids if own in names]
        return self._store.conditions(period=period, section_ids=wanted) if wanted else ()

    def pictures(
        self, section_id: str, *, limit: int = 24, until_s: float | None = None
    ) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section, those with findings first.

        What is drawn on them is what was seen in the part.
        """
        if not self._holds(section_id):
            return ()
        return self._shown(self._store.pictures(section_id, limit=limit, until_s=until_s))

    def picture_pair(
        self, section_id: str, *, finding_id: str | None = None, until_s: float | None = None
    ) -> tuple[PictureView, PictureView] | None:
        """Return the earliest and the newest picture of one place in the part; None if none is."""
        if not self._holds(section_id):
            return None
        pair = self._store.picture_pair(section_id, finding_id=finding_id, until_s=until_s)
        if pair is None:
            return None
        first, second = self._shown(pair)
        return first, second

    def _shown(self, found: tuple[PictureView, ...]) -> tuple[PictureView, ...]:
        with self._lock:
            self._pictures |= {own.picture_id for own in found}
        return tuple(
            replace(
                view,
                observations=tuple(
                    own
                    for own in view.observations
                    if own.section_id is not None and self._holds(own.section_id)
                ),
            )
            for view in found
        )

    def picture_path(self, picture_id: str) -> Path | None:
        """Return the file of a picture that looked at a section of the part; None if none did."""
        return self._store.picture_path(picture_id) if self._is_own(picture_id) else None

    def _is_own(self, picture_id: str) -> bool:
        with self._lock:
            is_known = picture_id in self._pictures
            now_s = time.monotonic()
            if is_known or now_s - self._pictures_of_s < PICTURES_AGAIN_S:
                return is_known
            self._pictures_of_s = now_s
        for section_id in self._current()[2]:
            self.pictures(section_id)
        with self._lock:
            return picture_id in self._pictures
