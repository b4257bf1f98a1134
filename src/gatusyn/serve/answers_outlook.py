"""From what a section costs, lasts and is planned to get, to what goes over the wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatusyn.model import PriceLine, TownProgramme
from gatusyn.pipeline import SectionOutlook, treatment_words
from gatusyn.serve.schemas_themes import (
    DebtOut,
    LifeOut,
    PlannedOut,
    SectionOutlookOut,
    TreatmentName,
)


def outlook_out(
    outlook: SectionOutlook | None,
    programme: TownProgramme | None,
    section_id: str,
    *,
    tells_costs: bool,
) -> SectionOutlookOut:
    """Return what a section costs, how long it lasts and what is planned for it."""
    debt, life = None, None
    if outlook is not None and section_id in outlook.section_ids:
        row = outlook.section_ids.index(section_id)
        life = LifeOut(
            low_years=float(outlook.low_years[row]),
            median_years=float(outlook.median_years[row]),
            high_years=float(outlook.high_years[row]),
            is_estimated=not outlook.is_known[row],
        )
        if outlook.is_known[row] and tells_costs:
            sek, due = float(outlook.debt_sek[row]), outlook.treatment[row]
            debt = DebtOut(
                sek=sek,
                low_sek=float(outlook.debt_low_sek[row]),
                high_sek=float(outlook.debt_high_sek[row]),
                sek_m2=sek / float(outlook.area_m2[row]),
                treatment=_treatment(outlook.prices, due) if due else None,
            )
    planned = (
        [] if programme is None else list(_planned(programme, section_id, tells_costs=tells_costs))
    )
    name = None if programme is None else programme.name
    return SectionOutlookOut(debt=debt, life=life, programme=name, planned=planned)


def _planned(
    programme: TownProgramme, section_id: str, *, tells_costs: bool
) -> Iterator[PlannedOut]:
    for project in programme.projects:
        for measure in project.measures:
            if measure.section_id == section_id:
                yield PlannedOut(
                    programme=programme.name,
                    year=project.year,
                    treatment=_treatment(programme.prices, project.treatment),
                    sek=measure.ore / 100.0 if tells_costs else None,
                )


def _treatment(prices: Sequence[PriceLine], name: str) -> TreatmentName:
    return TreatmentName(name=name, words=dict(treatment_words(prices, name)))
