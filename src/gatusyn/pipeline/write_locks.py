"""Writes what somebody settled about streets as the table that a programme is made with."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetLock:
    """A street that is put into a programme or left out of it.

    Parameters
    ----------
    treatment, year
        What is done there and when; None for a street that stays out.
    """

    street: str
    treatment: str | None = None
    year: int | None = None


def write_locks(path: Path, locks: Sequence[StreetLock]) -> None:
    """Write locks as a CSV table that ``make_programme`` reads and checks."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["street", "lock", "treatment", "year", "reason"])
        for one in locks:
            kind = "never" if one.treatment is None else "must"
            writer.writerow([one.street, kind, one.treatment or "", one.year or "", ""])
