"""Brings findings and grades up to the newest facts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from gatusyn.condition import DeductCurves, derive_conditions, load_curves
from gatusyn.findings import derive_findings
from gatusyn.model import (
    CitySettings,
    Coverage,
    Finding,
    Network,
    Observation,
    PixelClass,
    Rates,
    SectionCondition,
)
from gatusyn.pipeline.city import City


def bring_up_to_date(city: City) -> bool:
    """Derive findings and conditions again if facts, network or settings have changed.

    Returns
    -------
    bool
        Whether anything had to be derived. The result is the same however often it is done.
    """
    store, curves = city.store, curves_of(city)
    stamp = stamp_of(store.facts_stamp(), city.settings, curves)
    if store.derived_stamp() == stamp:
        return False
    findings, conditions = derive(
        store.observations(),
        store.coverage(),
        store.read_network(),
        city.settings,
        curves,
        {drive.run_id: drive.rates for drive in store.drives()},
    )
    store.write_derived(findings, conditions, stamp=stamp)
    return True


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
    parts = (facts_stamp, settings.findings, settings.records, settings.condition, curves)
    described = "|".join(str(part) for part in parts)
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def derive(
    observations: Sequence[tuple[str, Observation]],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    settings: CitySettings,
    curves: DeductCurves,
    rates: Mapping[str, Mapping[PixelClass, Rates]],
) -> tuple[tuple[Finding, ...], tuple[SectionCondition, ...]]:
    """Derive findings and conditions from facts on a network, and write nothing.

    Parameters
    ----------
    rates
        What the model of each run was measured to get right.
    """
    findings = derive_findings(observations, coverage, network, settings.findings, settings.records)
    conditions = derive_conditions(findings, coverage, network, settings.condition, curves, rates)
    return findings, conditions
