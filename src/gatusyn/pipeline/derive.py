"""Brings findings and grades up to the newest facts."""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from gatusyn.condition import DeductCurves, load_curves
from gatusyn.findings import derive_findings, judged, keep_identity, with_each_other
from gatusyn.model import (
    CitySettings,
    Coverage,
    Finding,
    IdentityEvent,
    LookColumns,
    Network,
    Observation,
    PixelClass,
    Rates,
    SectionCondition,
    StoreError,
)
from gatusyn.pipeline.city import City
from gatusyn.pipeline.regrade import conditions_of
from gatusyn.pipeline.timing import StageClock
from gatusyn.pipeline.update import Update
from gatusyn.pipeline.workers import Workers
from gatusyn.store import DerivedFrom, Store

_TRIES = 5
_REVISION = "windows in compiled loops, grades by what was looked at"
"""Changes when the same facts and settings give other results: then all is derived once more."""


def bring_up_to_date(
    city: City, *, network: Network | None = None, clock: StageClock | None = None
) -> bool:
    """Derive anew what changes by new drives, newer runs, verdicts, network or settings.

    Where only drives or verdicts came, only what they touch is derived: the result is that of
    deriving everything.

    Parameters
    ----------
    network
        The store's current network, where it has been read already.

    Returns
    -------
    bool
        Whether anything had to be derived. The result is the same however often it is done.

    Raises
    ------
    StoreError
        If the store cannot be used, or other programs derive at the same time again and again.
    """
    with _not_collecting():
        return _brought(city, network, clock or StageClock())


def _brought(city: City, network: Network | None, times: StageClock) -> bool:
    work, curves = city.store.work, curves_of(city)
    for _ in range(_TRIES):
        stamp, runs = stamp_of(city.store.facts_stamp(), city.settings, curves), work.runs()
        former = work.made_from()
        if city.store.derived_stamp() == stamp:
            return False
        made_from = DerivedFrom(
            stamp=stamp,
            basis=basis_of(city.store, city.settings, curves),
            runs={run.number: run.known_as for run in runs},
            verdicts=max((one.number for one in city.store.finding_ledger.verdicts()), default=0),
        )
        with Workers() as workers:
            update = Update(
                city.store,
                network or city.store.read_network(),
                city.settings,
                runs,
                curves,
                former=former if former and former.basis == made_from.basis else None,
                workers=workers,
                clock=times,
            )
            changes = update.changes(made_from, now_s=time.time())
            with times.time("writing"):
                written = work.write(changes, former=former.stamp if former else None)
        if written:
            return True
    raise StoreError(
        city.folder,
        "another program keeps changing the findings",
        "Wait until it has ended, then start again; nothing is lost.",
    )


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Have the interpreter not search for objects that hold each other: none of millions do."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def is_up_to_date(city: City) -> bool:
    """Say whether findings and grades are those of the newest facts and of the settings.

    Raises
    ------
    SettingsError
        If the file of deduct curves is missing or wrong.
    StoreError
        If the store cannot be read.
    """
    stamp = stamp_of(city.store.facts_stamp(), city.settings, curves_of(city))
    return city.store.derived_stamp() == stamp


def curves_of(city: City) -> DeductCurves:
    """Load the deduct curves that a city's settings name, or ours.

    Raises
    ------
    SettingsError
        If the file is missing or wrong.
    """
    file = city.settings.condition.deduct_curves
    return load_curves(None if file is None else city.folder / file)


def stamp_of(facts_stamp: str, settings: CitySettings, curves: DeductCurves) -> str:
    """Return the stamp of what is derived from facts with these settings and curves."""
    params = (settings.findings, settings.records, settings.looks, settings.condition)
    described = "|".join((_REVISION, facts_stamp, *map(str, params), str(curves)))
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def basis_of(store: Store, settings: CitySettings, curves: DeductCurves) -> str:
    """Return the stamp of what all derived rows depend on: network, settings and curves."""
    return stamp_of(store.work.network_stamp(), settings, curves)


def derive(
    observations: Sequence[tuple[str, Observation]],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    settings: CitySettings,
    curves: DeductCurves,
    rates: Mapping[str, Mapping[PixelClass, Rates]],
    store: Store,
) -> tuple[tuple[Finding, ...], tuple[SectionCondition, ...], tuple[IdentityEvent, ...]]:
    """Derive findings and conditions from facts on a network, and write nothing.

    Parameters
    ----------
    rates
        What the model of each run was measured to get right.
    store
        Where the former findings are, whose ids are kept, and what people said.
    """
    found = derive_findings(
        observations, coverage, network, settings.findings, settings.records, rates
    )
    named = keep_identity(
        store.findings(),
        store.finding_ledger.ended(),
        found,
        in_use=lambda ids: (),
        now_s=time.time(),
    )
    said = judged(named.findings, store.finding_ledger.verdicts(), settings.records)
    findings = tuple(with_each_other(said, settings.findings, settings.records))
    looks = LookColumns.of(coverage)
    conditions = conditions_of(findings, looks, network, settings, rates, curves=curves)
    return findings, conditions, named.events
