"""Brings findings and grades up to the newest facts."""

from __future__ import annotations

import hashlib

from gatusyn.condition import derive_conditions
from gatusyn.findings import derive_findings
from gatusyn.pipeline.city import City


def bring_up_to_date(city: City) -> bool:
    """Derive findings and conditions again if facts, network or settings have changed.

    Returns
    -------
    bool
        Whether anything had to be derived. The result is the same however often it is done.
    """
    store, settings = city.store, city.settings
    described = f"{store.facts_stamp()}|{settings.findings}|{settings.records}|{settings.condition}"
    stamp = hashlib.sha256(described.encode()).hexdigest()[:16]
    if store.derived_stamp() == stamp:
        return False
    network, coverage = store.read_network(), store.coverage()
    findings = derive_findings(
        store.observations(), coverage, network, settings.findings, settings.records
    )
    rates = {drive.run_id: drive.rates for drive in store.drives()}
    conditions = derive_conditions(findings, coverage, network, settings.condition, rates)
    store.write_derived(findings, conditions, stamp=stamp)
    return True
