"""The town in figures, from its store."""

from __future__ import annotations

from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import bring_up_to_date
from gatusyn.report import ReportSummary, report_summary


def summarise(city: City) -> ReportSummary:
    """Bring a city up to date and sum up its newest period."""
    bring_up_to_date(city)
    store = city.store
    drives = store.drives()
    return report_summary(
        store.read_network(),
        store.conditions(),
        store.findings(),
        drives,
        rejected={drive.drive_id: store.rejected(drive.drive_id) for drive in drives},
        settings=city.settings,
    )
