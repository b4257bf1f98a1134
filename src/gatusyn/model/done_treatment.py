"""What was done to a street: a fact, told by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneTreatment:
    """A completed treatment of one section.

    Parameters
    ----------
    element_id, start_measure, end_measure
        Where the section lay on its link sequence when it was noted.
    ore
        Its part of what was paid, in öre; None where it is not known.
    noted_s
        Seconds since 1970-01-01 UTC.
    """

    section_id: str
    element_id: str
    start_measure: float
    end_measure: float
    treatment: str
    done_on: date
    ore: int | None
    note: str
    noted_by: str
    noted_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedProgramme:
    """A programme as it is kept.

    Parameters
    ----------
    name
        Unique in its town.
    network_version, derived_stamp
        What it was made from.
    document
        The whole programme, as JSON.
    """

    name: str
    made_s: float
    made_by: str
    network_version: str
    derived_stamp: str
    document: str
