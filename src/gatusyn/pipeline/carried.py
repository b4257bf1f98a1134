"""Carries the facts of drives over to a new delivery of the network, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from shapely import Polygon

from gatusyn.geo import moved_shapes
from gatusyn.model import (
    CarriedFacts,
    CarriedPlace,
    Coverage,
    Direction,
    FactKind,
    Loss,
    Network,
    Observation,
    RecordedFacts,
    Side,
)
from gatusyn.network import CarriedOver, Carrier

FactKey = tuple[str, str]
"""A run's id, and the frame's or observation's in it."""


class _Fact(NamedTuple):
    """What of a fact has to do with its place."""

    key: FactKey
    link_id: str
    offset_m: float
    direction: Direction
    side: Side | None


@dataclass(slots=True, kw_only=True)
class FactCount:
    """How facts of one kind were carried over.

    Parameters
    ----------
    own
        Recorded on the new delivery itself.
    by_id, by_geometry
        Where link sequence and measure said the same as the lines, and where only the lines spoke.
    lost
        By reason.
    """

    own: int = 0
    by_id: int = 0
    by_geometry: int = 0
    lost: Counter[Loss] = field(default_factory=Counter)

    @property
    def carried(self) -> int:
        """All that have a place on the new delivery."""
        return self.own + self.by_id + self.by_geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The facts as they are on the new delivery.

    Parameters
    ----------
    facts
        For the store: the places of what was recorded on another delivery.
    observations, coverage
        Those that have a place, in the order in which they were recorded.
    lost
        Observations that have none, as recorded, and why.
    counts
        By kind of fact.
    """

    facts: CarriedFacts
    observations: tuple[tuple[str, Observation], ...]
    coverage: tuple[tuple[str, Coverage], ...]
    lost: tuple[tuple[str, Observation, Loss], ...]
    counts: Mapping[FactKind, FactCount]


def carry_facts(
    recorded: RecordedFacts, new: Network, carrier_of: Callable[[str], tuple[Network, Carrier]]
) -> Carried:
    """Carry facts over to a delivery, each from the one on which it was recorded.

    So nothing drifts from delivery to delivery, and what one delivery lacked the next can have.

    Parameters
    ----------
    carrier_of
        Given a version, returns that delivery and what carries from it to the new one.
    """
    counts = {kind: FactCount() for kind in FactKind}
    deliveries = {
        version: new if version == new.version else carrier_of(version)[0]
        for version in {*recorded.versions.values()}
    }
    frames = _frames(recorded, deliveries)
    seen = [
        _Fact((run_id, o.observation_id), o.link_id, o.offset_m, o.direction, o.side)
        for run_id, o in recorded.observations
    ]
    places: dict[FactKind, dict[FactKey, CarriedPlace | Loss]] = {}
    for kind, facts in ((FactKind.FRAME, frames), (FactKind.OBSERVATION, seen)):
        own = [fact for fact in facts if recorded.versions[fact.key[0]] == new.version]
        counts[kind].own = len(own)
        places[kind] = {}
        for version in sorted({*recorded.versions.values()} - {new.version}):
            group = [fact for fact in facts if recorded.versions[fact.key[0]] == version]
            places[kind] |= _places(kind, group, new, *carrier_of(version), counts[kind])
    of_frame, of_observation = places[FactKind.FRAME], places[FactKind.OBSERVATION]
    lost = [
        (run_id, observation, why)
        for run_id, observation in recorded.observations
        if isinstance(why := of_observation.get((run_id, observation.observation_id)), Loss)
    ]
    return Carried(
        facts=CarriedFacts(
            run_ids=tuple(
                run_id for run_id, one in recorded.versions.items() if one != new.version
            ),
            places=tuple(
                place
                for group in (of_frame, of_observation)
                for place in group.values()
                if isinstance(place, CarriedPlace)
            ),
        ),
        observations=_observations(recorded.observations, of_observation),
        coverage=_coverage(recorded.coverage, of_frame),
        lost=tuple(lost),
        counts=counts,
    )


def _frames(recorded: RecordedFacts, deliveries: Mapping[str, Network]) -> list[_Fact]:
    """Return frames where their lens was; where that was taken away, where they looked at."""
    facts = {
        key: _Fact(key, pose.link_id, pose.offset_m, pose.direction, None)
        for key, pose in recorded.poses.items()
    }
    for run_id, look in recorded.coverage:
        key = run_id, look.frame_id
        if key in recorded.placeless:
            line = deliveries[recorded.versions[run_id]].link_by_id[look.link_id].line
            offset_m = float(line.project(look.footprint.centroid))
            facts[key] = facts[key]._replace(link_id=look.link_id, offset_m=offset_m)
    return list(facts.values())


def _places(
    kind: FactKind,
    facts: Sequence[_Fact],
    new: Network,
    old: Network,
    carrier: Carrier,
    count: FactCount,
) -> dict[FactKey, CarriedPlace | Loss]:
    index = {link.link_id: place for place, link in enumerate(old.links)}
    now = carrier.carry(
        np.array([index[fact.link_id] for fact in facts], dtype=np.int64),
        np.array([fact.offset_m for fact in facts], dtype=np.float64),
    )
    count.by_id += int((now.found & now.by_id).sum())
    count.by_geometry += int((now.found & ~now.by_id).sum())
    places: dict[FactKey, CarriedPlace | Loss] = {}
    for number, fact in enumerate(facts):
        if now.found[number]:
            places[fact.key] = _place(kind, fact, new, now, number)
        else:
            why = now.why(number)
            count.lost[why] += 1
            places[fact.key] = why
    return places


def _place(
    kind: FactKind, fact: _Fact, new: Network, now: CarriedOver, number: int
) -> CarriedPlace:
    link = new.links[now.link[number]]
    offset_m = float(now.offset_m[number])
    direction, side = fact.direction, fact.side
    if now.is_reversed[number]:
        direction = {
            Direction.WITH: Direction.AGAINST,
            Direction.AGAINST: Direction.WITH,
            Direction.BOTH: Direction.BOTH,
        }[direction]
        side = side and (Side.LEFT if side is Side.RIGHT else Side.RIGHT)
    east, north = now.shift_m[number].tolist()
    return CarriedPlace(
        kind=kind,
        run_id=fact.key[0],
        fact_id=fact.key[1],
        link_id=link.link_id,
        element_id=link.element_id,
        section_id=new.section_at(link.link_id, offset_m).section_id,
        offset_m=offset_m,
        measure=link.measure_at(offset_m),
        side=side,
        direction=direction,
        shift_m=(east, north),
    )


def _observations(
    recorded: Sequence[tuple[str, Observation]], places: Mapping[FactKey, CarriedPlace | Loss]
) -> tuple[tuple[str, Observation], ...]:
    kept = [
        (run_id, one, place)
        for run_id, one in recorded
        if not isinstance(place := places.get((run_id, one.observation_id)), Loss)
    ]
    shapes = _moved((one.footprint, place) for _, one, place in kept)
    return tuple(
        (
            run_id,
            one
            if place is None
            else replace(
                one,
                footprint=shape,
                link_id=place.link_id,
                element_id=place.element_id,
                section_id=place.section_id,
                offset_m=place.offset_m,
                measure=place.measure,
                side=place.side or one.side,
                direction=place.direction,
            ),
        )
        for (run_id, one, place), shape in zip(kept, shapes, strict=True)
    )


def _coverage(
    recorded: Sequence[tuple[str, Coverage]], places: Mapping[FactKey, CarriedPlace | Loss]
) -> tuple[tuple[str, Coverage], ...]:
    kept = [
        (run_id, look, place)
        for run_id, look in recorded
        if not isinstance(place := places.get((run_id, look.frame_id)), Loss)
    ]
    shapes = _moved((look.footprint, place) for _, look, place in kept)
    shown = _moved((look.in_view, place) for _, look, place in kept)
    return tuple(
        (
            run_id,
            look
            if place is None
            else replace(
                look,
                link_id=place.link_id,
                footprint=shape,
                shown=None if look.shown is None else more,
            ),
        )
        for (run_id, look, place), shape, more in zip(kept, shapes, shown, strict=True)
    )


def _moved(shapes: Iterable[tuple[Polygon, CarriedPlace | None]]) -> list[Polygon]:
    pairs = list(shapes)
    shift_m = [(0.0, 0.0) if place is None else place.shift_m for _, place in pairs]
    return list(
        moved_shapes(
            np.array([shape for shape, _ in pairs], dtype=object),
            np.array(shift_m, dtype=np.float64).reshape(-1, 2),
        )
    )
