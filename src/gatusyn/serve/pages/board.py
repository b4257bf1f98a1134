"""A programme as lanes of streets: one for each year, and one for what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatusyn.model import TownProgramme
from gatusyn.pipeline import ProjectRow, StreetLock

MOST_CARDS = 10
"""In a lane; the tables have all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A street's work of one sort in one year, or a street that is left out.

    Parameters
    ----------
    treatment, treatment_name
        Empty where it is left out.
    sek
        What the work costs; the street's debt afterwards where it is left out; None if not known.
    is_locked
        Whether somebody has put it there.
    """

    street: str
    treatment: str
    treatment_name: str
    sek: float | None
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Cards in one place.

    Parameters
    ----------
    year
        None for what is left out.
    more
        Cards that are not shown.
    sek
        What all of its work costs; 0 for what is left out.
    """

    year: int | None
    cards: tuple[Card, ...]
    more: int
    sek: float


def lanes_of(
    programme: TownProgramme, rows: Sequence[ProjectRow], locks: Sequence[StreetLock]
) -> list[Lane]:
    """Return a programme's lanes, the dearest work first."""
    left = {own.street for own in locks if own.treatment is None}
    put = {(own.street, own.treatment, own.year) for own in locks}
    out = {own.street: own.debt_sek for own in programme.out if own.street}
    names = [*sorted(left), *(own for own in out if own not in left)]
    outside = [
        Card(
            street=name,
            treatment="",
            treatment_name="",
            sek=out.get(name),
            is_locked=name in left,
        )
        for name in names
    ]
    lanes = [_lane(None, outside)]
    for year in programme.years:
        sums: dict[tuple[str, str, str], float] = {}
        for row in rows:
            own = row.project
            if own.year == year and own.street:
                key = own.street, own.treatment, row.treatment_name
                sums[key] = sums.get(key, 0.0) + own.ore / 100
        cards = [
            Card(
                street=street,
                treatment=treatment,
                treatment_name=name,
                sek=sek,
                is_locked=(street, treatment, year) in put,
            )
            for (street, treatment, name), sek in sorted(sums.items(), key=lambda own: -own[1])
        ]
        lanes.append(_lane(year, cards, sek=programme.ore_in(year) / 100))
    return lanes


def _lane(year: int | None, cards: Sequence[Card], *, sek: float = 0.0) -> Lane:
    shown = tuple(cards[:MOST_CARDS])
    return Lane(year=year, cards=shown, more=len(cards) - len(shown), sek=sek)
