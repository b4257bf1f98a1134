"""What people settled, wish for or have done, from their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from gatusyn.model import (
    DoneTreatment,
    EconomyParams,
    FormFault,
    Network,
    Section,
)
from gatusyn.pipeline.ore import shared_ore
from gatusyn.pipeline.read_areas import AREA_FILES, read_area_layer
from gatusyn.pipeline.read_sheet import SheetRow, read_sheet
from gatusyn.pipeline.sheet_places import PLACE_COLUMNS, SheetPlaces

_TREATMENT: Mapping[str, Sequence[str]] = {"treatment": ("åtgärd", "measure")}
_YEAR: Mapping[str, Sequence[str]] = {"year": ("år",)}
_REASON: Mapping[str, Sequence[str]] = {"reason": ("skäl", "orsak", "note", "anmärkning")}
LOCK_COLUMNS = {**PLACE_COLUMNS, "lock": ("lås",), **_TREATMENT, **_YEAR, **_REASON}
OWN_COLUMNS = {**PLACE_COLUMNS, **_TREATMENT, **_YEAR, **_REASON}
WEIGHT_COLUMNS = {
    **PLACE_COLUMNS,
    "district": ("område", "stadsdel", "area"),
    "bus": ("bus_route", "buss", "busslinje"),
    "school": ("skola",),
    "weight": ("vikt",),
}
DONE_COLUMNS = {
    **PLACE_COLUMNS,
    "project": ("projekt",),
    **_TREATMENT,
    "date": ("datum", "done_on", "klart"),
    "cost_sek": ("cost", "kostnad", "kostnad_sek"),
    **_REASON,
}
LOCK_WORDS = {
    "must": ("must", "måste", "ska", "contracted", "upphandlad", "avtalad"),
    "not-before": ("not_before", "not before", "tidigast", "inte före"),
    "never": ("never", "aldrig"),
}
_YES = {"1", "yes", "ja", "x", "true", "sant", "sim"}
_NO = {"0", "no", "nej", "false", "falskt", "não"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLock:
    """A lock of one section as a person wrote it; ``year`` is a calendar year."""

    row: SheetRow
    section: Section
    kind: str
    treatment: str | None
    year: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTreatment:
    """A treatment of one section on the engineer's own list."""

    row: SheetRow
    section: Section
    treatment: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """What a table says of sections, by section id: district, bus, school and weight."""

    district: Mapping[str, str] = field(default_factory=dict)
    is_bus: frozenset[str] = frozenset()
    is_school: frozenset[str] = frozenset()
    weight: Mapping[str, float] = field(default_factory=dict)


def read_locks(path: Path, network: Network, params: EconomyParams) -> tuple[WantedLock, ...]:
    """Read what is settled: contracted, not before a year, never.

    Raises
    ------
    ProgrammeError
        Names file and row.
    """
    places = SheetPlaces(network)
    locks = []
    for row in read_sheet(path, LOCK_COLUMNS):
        kind, year = _lock_kind(row), row.year_in("year")
        treatment = treatment_of(row, params) if "treatment" in row.values else None
        if kind == "must" and (treatment is None or year is None):
            raise row.fault("must is without treatment or year", "Give both.")
        if kind == "not-before" and year is None:
            raise row.fault("not-before is without a year", "Give the first year allowed.")
        if kind == "never" and year is not None:
            raise row.fault("never has a year", "Leave it out, or write not-before.")
        locks += [
            WantedLock(
                row=row,
                section=section,
                kind=kind,
                treatment=treatment,
                year=year,
                reason=row.values.get("reason", ""),
            )
            for section in places.sections_of(row)
        ]
    return tuple(locks)


def read_own_list(
    path: Path, network: Network, params: EconomyParams
) -> tuple[WantedTreatment, ...]:
    """Read the engineer's own list: what would be done where and when.

    Raises
    ------
    ProgrammeError
        Names file and row; also where a section gets two treatments in one year.
    """
    places = SheetPlaces(network)
    wanted: dict[tuple[str, int], WantedTreatment] = {}
    for row in read_sheet(path, OWN_COLUMNS, needed=("treatment", "year")):
        treatment, year = treatment_of(row, params), row.year_in("year")
        if year is None:
            raise row.fault("has no year", "Say in which year it is done.")
        for section in places.sections_of(row):
            before = wanted.get((section.section_id, year))
            if before is not None and before.treatment != treatment:
                raise row.fault(
                    f"section {section.section_id} gets {before.treatment} in {year} already "
                    f"(row {before.row.number})",
                    "Keep one of them.",
                )
            wanted[section.section_id, year] = WantedTreatment(
                row=row, section=section, treatment=treatment, year=year
            )
    return tuple(wanted.values())


def read_places(path: Path, network: Network) -> PlaceWords:
    """Read what a table says of streets and sections; a later row overrules an earlier one.

    A layer of areas (GeoPackage, GeoJSON, shapefile) says it of the sections that lie in them.

    Raises
    ------
    ProgrammeError
        Names file and row.
    """
    district: dict[str, str] = {}
    marked: dict[str, dict[str, bool]] = {"bus": {}, "school": {}}
    weight: dict[str, float] = {}
    for row, sections in _rows_with_sections(path, network):
        number = row.number_in("weight")
        if number is not None and not 0.0 <= number <= 100.0:
            raise row.fault(f"weight is {number:g}", "Give 0 to 100; 1 counts plainly.")
        for section in sections:
            if "district" in row.values:
                district[section.section_id] = row.values["district"]
            if number is not None:
                weight[section.section_id] = number
            for column, of in marked.items():
                if column in row.values:
                    of[section.section_id] = _yes(row, column)
    return PlaceWords(
        district=district,
        is_bus=frozenset(name for name, yes in marked["bus"].items() if yes),
        is_school=frozenset(name for name, yes in marked["school"].items() if yes),
        weight=weight,
    )


def _rows_with_sections(
    path: Path, network: Network
) -> Iterator[tuple[SheetRow, tuple[Section, ...]]]:
    if path.suffix.lower() in AREA_FILES:
        yield from read_area_layer(path, network, WEIGHT_COLUMNS)
        return
    places = SheetPlaces(network)
    for row in read_sheet(path, WEIGHT_COLUMNS):
        yield row, places.sections_of(row)


def read_done(
    path: Path,
    network: Network,
    params: EconomyParams,
    *,
    projects: Mapping[int, tuple[str, Sequence[str]]],
    by: str,
    now_s: float,
) -> tuple[DoneTreatment, ...]:
    """Read what was done: a row a stretch or a project, with its day and what it cost.

    A row's cost is divided among its sections by their area.

    Parameters
    ----------
    projects
        Treatment and section ids of the numbered projects of a programme; empty if none is meant.

    Raises
    ------
    ProgrammeError
        Names file and row.
    """
    places = SheetPlaces(network)
    by_id = {one.section_id: one for one in network.counted_sections}
    done: list[DoneTreatment] = []
    for row in read_sheet(path, DONE_COLUMNS, needed=("date",)):
        named, sections = _done_where(row, places, by_id, projects)
        treatment = treatment_of(row, params) if "treatment" in row.values else named
        day, cost = row.day_in("date"), row.number_in("cost_sek")
        if treatment is None or day is None:
            raise row.fault("has no treatment or no date", "Give both.")
        if day > datetime.fromtimestamp(now_s, tz=UTC).date() + timedelta(days=1):
            raise row.fault(f"date is {day}, which has not come yet", "Give the day it was done.")
        if cost is not None and not 0.0 <= cost <= 1e12:
            raise row.fault(f"cost_sek is {cost:g}", "Give what was paid, 0 or more.")
        done += done_on(
            sections,
            treatment,
            day,
            cost_sek=cost,
            note=row.values.get("reason", ""),
            by=by,
            now_s=now_s,
        )
    return tuple(done)


def done_on(
    sections: Sequence[Section],
    treatment: str,
    day: date,
    *,
    cost_sek: float | None,
    note: str,
    by: str,
    now_s: float,
) -> list[DoneTreatment]:
    """Return a treatment of some sections, its cost divided among them by their area."""
    parts = None if cost_sek is None else shared_ore(cost_sek, [one.area_m2 for one in sections])
    return [
        DoneTreatment(
            section_id=section.section_id,
            element_id=section.element_id,
            start_measure=section.start_measure,
            end_measure=section.end_measure,
            treatment=treatment,
            done_on=day,
            ore=None if parts is None else parts[place],
            note=note,
            noted_by=by,
            noted_s=now_s,
        )
        for place, section in enumerate(sections)
    ]


def _done_where(
    row: SheetRow,
    places: SheetPlaces,
    by_id: Mapping[str, Section],
    projects: Mapping[int, tuple[str, Sequence[str]]],
) -> tuple[str | None, tuple[Section, ...]]:
    """Return the treatment, where a project names it, and the sections of a row."""
    if "project" not in row.values:
        return None, places.sections_of(row)
    number = row.number_in("project")
    found = None if number is None or number != int(number) else projects.get(int(number))
    if found is None:
        raise row.fault(
            f"there is no project {row.values['project']}",
            "Name the programme with --programme, and a number that it has.",
        )
    sections = tuple(by_id[name] for name in found[1] if name in by_id)
    if not sections:
        raise row.fault(
            f"project {row.values['project']} has no section on today's network",
            "Give element_id and measures instead.",
        )
    return found[0], sections


def treatment_of(row: SheetRow, params: EconomyParams) -> str:
    """Return the name of the treatment that a row means, by its key or its Swedish name.

    Raises
    ------
    ProgrammeError
        If it names none, or one that the town does not use.
    """
    said = row.values.get("treatment")
    if said is None:
        raise row.fault("names no treatment", f"There are: {_names(params)}.")
    key = said.casefold().replace(" ", "_").replace("-", "_")
    for one in params.treatments_in_use:
        if key in (one.name.casefold(), one.swedish.casefold().replace(" ", "_")):
            return one.name
    for one in params.treatments.values():
        if key in (one.name.casefold(), one.swedish.casefold().replace(" ", "_")):
            raise row.fault(
                f"{said!r} is not planned (programme.unplanned, or in_use = false)",
                f"Leave the row out, or plan it. There are: {_names(params)}.",
                form=FormFault.TREATMENT_UNKNOWN,
            )
    raise row.fault(
        f"there is no treatment {said!r}",
        f"There are: {_names(params)}.",
        form=FormFault.TREATMENT_UNKNOWN,
    )


def _names(params: EconomyParams) -> str:
    return ", ".join(f"{one.name} ({one.swedish})" for one in params.treatments_in_use)


def _lock_kind(row: SheetRow) -> str:
    said = row.values.get("lock", "must").casefold()
    for kind, words in LOCK_WORDS.items():
        if said == kind or said in words:
            return kind
    raise row.fault(
        f"lock is {said!r}", "Write must (ska), not-before (tidigast) or never (aldrig)."
    )


def _yes(row: SheetRow, column: str) -> bool:
    said = row.values[column].casefold()
    if said not in _YES | _NO:
        raise row.fault(f"{column} is {row.values[column]!r}", "Write yes or no (ja, nej).")
    return said in _YES
