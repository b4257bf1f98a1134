"""A part of the paving debt as documents tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DebtGroup = Literal["whole", "class", "area", "damage", "street"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtPart:
    """The debt today of some sections.

    Parameters
    ----------
    group, name
        What the town is divided by, and the part: empty where the network says none, and for the
        whole.
    length_km
        Of its sections; of a damage, of those in debt that have it.
    ore, low_sek, high_sek
        Of the sections that are graded, with its 95 % interval.
    estimated_ore
        Of those that are not, reckoned like their family; None where that is not told.
    whole_low_sek, whole_high_sek
        The 95 % interval of both together.
    per_km_sek, per_inhabitant_sek
        Of both together; None where no inhabitants are set.
    """

    group: DebtGroup
    name: str
    length_km: float
    ore: int
    low_sek: float
    high_sek: float
    estimated_ore: int | None
    whole_low_sek: float
    whole_high_sek: float
    per_km_sek: float
    per_inhabitant_sek: float | None

    @property
    def whole_sek(self) -> float:
        """Of graded and not graded together."""
        return (self.ore + (self.estimated_ore or 0)) / 100.0
