"""The settings of the paving programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gatusyn.model.checks import require_between
from gatusyn.model.errors import SettingsError

AimName = Literal["least-debt", "least-cost", "best-condition"]
_CONDITION_EXPONENT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeParams:
    """What a paving programme may cost, what it aims at, and what counts for more.

    Parameters
    ----------
    years
        How many years it covers, 1 to 20.
    first_year
        Its first calendar year; not set, the year after the newest grades.
    budget_sek
        What may be spent each year; not set, it must be given with each programme.
    aim
        ``least-debt`` after the last year, ``least-cost`` for a mean condition index after the last
        year (`target_index`), or ``best-condition`` over all years.
    target_index
        For ``least-cost``: the mean condition index to reach, weighted by surface and weight.
    minimum_length_m
        No new surface (overlay and heavier) is laid on a stretch that is shorter, whatever the
        treatment's own ``minimum_length_m`` says (``economy.treatments``); the longer one holds.
    minimum_repair_length_m
        The same of what leaves the surface (sealing, repairs, levelling).
    unplanned
        Treatments that are done as they are needed, from another budget, and are not planned.
        Planned, pothole repair would be the cheapest way to stay just above a trigger for a year.
    price_growth
        How much dearer treatments get each year, beyond inflation: 0.02 is 2 %.
    traffic_exponent
        A square metre counts (vehicles a day / 1000) to this power, from 0.25 to 4; 0 counts all
        alike. Not set: 0.5 where the aim is the best condition, else 0. Unknown traffic counts as
        1000.
    cycle_path_weight, bus_route_weight, school_weight
        What a square metre of a foot or cycle path, of a bus route and near a school counts.
    places_file
        CSV or XLSX, or a layer of areas (GeoPackage, GeoJSON, shapefile), its path seen from the
        city's folder, that says of streets, sections or what lies in an area which district they
        lie in, whether a bus route or near a school, and what else they weigh
        (docs/guides/programme.md). The map and the lists can be narrowed to districts.
    area_budgets
        What may be spent each year in a district, SEK by name, within the whole budget.
    treatment_budgets
        What may be spent each year on a treatment, SEK by name, within the whole budget.
    """

    years: int = 10
    first_year: int | None = None
    budget_sek: float | None = None
    aim: AimName = "least-debt"
    target_index: float = 70.0
    minimum_length_m: float = 0.0
    minimum_repair_length_m: float = 0.0
    unplanned: tuple[str, ...] = ("pothole_repair",)
    price_growth: float = 0.0
    traffic_exponent: float | None = None
    cycle_path_weight: float = 1.0
    bus_route_weight: float = 1.0
    school_weight: float = 1.0
    places_file: str | None = None
    area_budgets: Mapping[str, float] = field(default_factory=dict)
    treatment_budgets: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_between("programme.years", self.years, 1, 20)
        if self.first_year is not None:
            require_between("programme.first_year", self.first_year, 1950, 2200)
        if self.budget_sek is not None:
            require_between("programme.budget_sek", self.budget_sek, 0.0, 1e12)
        require_between("programme.target_index", self.target_index, 1.0, 100.0)
        require_between("programme.minimum_length_m", self.minimum_length_m, 0.0, 10_000.0)
        require_between(
            "programme.minimum_repair_length_m", self.minimum_repair_length_m, 0.0, 10_000.0
        )
        require_between("programme.price_growth", self.price_growth, -0.2, 0.5)
        if self.traffic_exponent is not None:
            require_between("programme.traffic_exponent", self.traffic_exponent, 0.0, 2.0)
        for name in ("cycle_path", "bus_route", "school"):
            require_between(f"programme.{name}_weight", getattr(self, f"{name}_weight"), 0.0, 100.0)
        for table in ("area_budgets", "treatment_budgets"):
            for key, sek in getattr(self, table).items():
                require_between(f"programme.{table}.{key}", sek, 0.0, 1e12)
        if "budget" in {*self.area_budgets, *self.treatment_budgets}:
            raise SettingsError(
                "programme", "has an area or treatment called 'budget'", "Rename it."
            )

    @property
    def traffic_power(self) -> float:
        """The power to which traffic counts."""
        if self.traffic_exponent is not None:
            return self.traffic_exponent
        return _CONDITION_EXPONENT if self.aim == "best-condition" else 0.0
