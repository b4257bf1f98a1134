"""A new delivery of the city's network: what was stored is carried over to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gatusyn.model import (
    CarryParams,
    FactKind,
    Finding,
    Grade,
    Network,
    NetworkError,
    SectionCondition,
)
from gatusyn.network import Carrier, DeliveryChanges, compare, in_system, read_network
from gatusyn.pipeline.carried import Carried, FactCount, carry_facts
from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import curves_of, derive, stamp_of
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.write_not_carried import write_not_carried
from gatusyn.store import require_layers

Derived = tuple[tuple[Finding, ...], tuple[SectionCondition, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChange:
    """A period's grades before and after: metres looked at, and metres of graded sections."""

    period: str
    seen_m: tuple[float, float]
    graded_m: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """What became of the findings.

    Parameters
    ----------
    before
        How many there were.
    kept
        Those that are there as before: with the same id.
    regrouped
        Those whose observations now make another finding, or none that is believed.
    lost
        Those of which no observation was carried over.
    """

    before: int
    kept: int
    regrouped: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkUpdate:
    """What a new delivery changes.

    Parameters
    ----------
    network
        The new delivery, in the city's system.
    delivered_epsg
        The system it came in.
    changes
        None if the city has this very delivery already: then nothing was done.
    counts
        How frames (each with what it looked at) and observations were carried over.
    """

    network: Network
    delivered_epsg: int
    changes: DeliveryChanges | None = None
    counts: Mapping[FactKind, FactCount] | None = None
    findings: FindingChange | None = None
    periods: tuple[PeriodChange, ...] = ()


def update_network(
    city: City,
    path: Path,
    *,
    mapping: Path | None = None,
    layer: str | None = None,
    day: date | None = None,
    params: CarryParams | None = None,
    not_carried: Path | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> NetworkUpdate:
    """Make a new delivery the city's network and carry over what is stored.

    Everything is worked out first and written in one transaction. The former delivery and all facts
    stay as they are: giving the former delivery again goes back to it.

    Parameters
    ----------
    path, mapping, layer, day
        As in ``create_city``.
    not_carried
        A ``.gpkg`` or ``.geojson`` file for what has no place on the new delivery; it is written in
        a dry run, too.
    dry_run
        Work everything out and change nothing in the city.

    Raises
    ------
    GatusynError
        If the delivery cannot be used or is of another place, a drive is being inspected, or a file
        cannot be written; the city is as it was.
    """
    steps, limits = progress or SilentProgress(), params or CarryParams()
    if not_carried is not None:
        require_layers(not_carried, overwrite=overwrite)
    steps.step("reading the network", 0, 0)
    delivered = read_network(
        path, params=city.settings.network, mapping=mapping, layer=layer, day=day
    )
    new = in_system(delivered, city.store.read_network().epsg, city.settings.network, source=path)
    with city.store.inspecting():
        current = city.store.read_network()
        if _is_same(current, new):
            return NetworkUpdate(network=new, delivered_epsg=delivered.epsg)
        steps.step("comparing the deliveries", 0, 0)
        carriers = _Carriers(city, current, new, limits)
        changes = compare(current, new, carriers.of(current.version)[1])
        _require_same_place(path, changes, limits)
        carried, before, after = _carry(city, current, new, carriers, steps)
        if not_carried is not None:
            write_not_carried(not_carried, changes, carried, epsg=new.epsg, overwrite=overwrite)
        if not dry_run:
            steps.step("storing the network", 0, 0)
            city.store.write_delivery(
                new,
                carried.facts,
                *after,
                stamp_of=lambda facts: stamp_of(facts, city.settings, curves_of(city)),
            )
    return NetworkUpdate(
        network=new,
        delivered_epsg=delivered.epsg,
        changes=changes,
        counts=carried.counts,
        findings=_finding_change(before[0], after[0], carried),
        periods=_period_changes(current, before[1], new, after[1]),
    )


def _carry(
    city: City, current: Network, new: Network, carriers: _Carriers, steps: Progress
) -> tuple[Carried, Derived, Derived]:
    """Return the facts on the new delivery, and what derives before and after."""
    steps.step("carrying over what was seen", 0, 0)
    recorded = city.store.recorded()
    carried = carry_facts(recorded, new, carriers.of)
    steps.step("grading the sections", 0, 0)
    after = derive(
        carried.observations,
        carried.coverage,
        new,
        city.settings,
        curves_of(city),
        recorded.rates,
    )
    return carried, _before(city, current), after


class _Carriers:
    """What carries from each former delivery to the new one, made when first asked for."""

    def __init__(self, city: City, current: Network, new: Network, params: CarryParams) -> None:
        self._store, self._new, self._params = city.store, new, params
        self._made = {current.version: (current, Carrier(current, new, params))}

    def of(self, version: str) -> tuple[Network, Carrier]:
        if version not in self._made:
            old = self._store.read_delivery(version)
            self._made[version] = (old, Carrier(old, self._new, self._params))
        return self._made[version]


def _is_same(current: Network, new: Network) -> bool:
    return (
        current.version == new.version
        and current.links == new.links
        and current.sections == new.sections
    )


def _require_same_place(path: Path, changes: DeliveryChanges, params: CarryParams) -> None:
    if changes.overlap < params.min_overlap:
        raise NetworkError(
            path.name,
            f"has only {100 * changes.overlap:.0f} % of the city's streets within "
            f"{params.max_shift_m:g} m of where they are; nothing was changed",
            "Is it the right town, whole, and in the coordinate system that it says? If the town "
            "is another, make another city folder with `gatusyn init`.",
        )


def _before(city: City, current: Network) -> Derived:
    """Return what is derived on the current network, without writing it."""
    store = city.store
    curves = curves_of(city)
    if store.derived_stamp() == stamp_of(store.facts_stamp(), city.settings, curves):
        conditions = [one for period in store.periods() for one in store.conditions(period=period)]
        return store.findings(), tuple(conditions)
    rates = {drive.run_id: drive.rates for drive in store.drives()}
    return derive(store.observations(), store.coverage(), current, city.settings, curves, rates)


def _finding_change(
    before: Sequence[Finding], after: Sequence[Finding], carried: Carried
) -> FindingChange:
    ids = {finding.finding_id for finding in after}
    there = {(run_id, one.observation_id) for run_id, one in carried.observations}
    gone = [finding for finding in before if finding.finding_id not in ids]
    lost = sum(there.isdisjoint(finding.observation_ids) for finding in gone)
    return FindingChange(
        before=len(before),
        kept=len(before) - len(gone),
        regrouped=len(gone) - lost,
        lost=lost,
    )


def _period_changes(
    old: Network,
    before: Sequence[SectionCondition],
    new: Network,
    after: Sequence[SectionCondition],
) -> tuple[PeriodChange, ...]:
    sides = [_lengths(old, before), _lengths(new, after)]
    return tuple(
        PeriodChange(
            period=period,
            seen_m=(sides[0].get(period, (0.0, 0.0))[0], sides[1].get(period, (0.0, 0.0))[0]),
            graded_m=(sides[0].get(period, (0.0, 0.0))[1], sides[1].get(period, (0.0, 0.0))[1]),
        )
        for period in sorted({*sides[0], *sides[1]})
    )


def _lengths(
    network: Network, conditions: Sequence[SectionCondition]
) -> dict[str, tuple[float, float]]:
    """Return metres looked at, and metres of graded sections, by period."""
    length = {section.section_id: section.length_m for section in network.counted_sections}
    result: dict[str, tuple[float, float]] = {}
    for one in conditions:
        seen, graded = result.get(one.period, (0.0, 0.0))
        own = length[one.section_id]
        result[one.period] = (
            seen + own * one.observed_share,
            graded + (0.0 if one.grade is Grade.UNKNOWN else own),
        )
    return result
