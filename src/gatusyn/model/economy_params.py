"""The settings of costs, debt and ageing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from gatusyn.model.checks import require_between
from gatusyn.model.course import Course, Family
from gatusyn.model.economy_defaults import default_families, default_treatments
from gatusyn.model.errors import SettingsError
from gatusyn.model.treatment import Treatment, Trust

OWN_SOURCE = "the town's own figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyParams:
    """What treatments cost, how streets age, and when they are due (docs/guides/economy.md).

    Parameters
    ----------
    area_from_m2, area_factors
        Small areas cost more: from each of these sizes of a project, what a square metre costs
        against that of a large area. Strängnäs' prices of making good from 31 m2 on (198, 253 and
        278 SEK/m2), Jönköping's below (2015; 666 to 1425 SEK/m2).
    project_m2
        Area that is usually paved in one go on a street, for the size of area that debt is priced
        at. Our assumption.
    price_year
        The year whose prices are told; not set tells every price in its own year's.
    price_index
        The price index by year, for price_year: cost = cost x index of price_year / index of the
        cost's year. Entreprenadindex (E84) group 242, paving, is usual; its figures are the town's
        to enter.
    price_sigma_high, price_sigma_medium, price_sigma_low
        How unsure a price is that can be trusted so far: standard deviation as a share of it. Our
        assumption.
    life_sigma_high, life_sigma_medium, life_sigma_low
        The same of a family's typical life. Our assumption.
    inhabitants
        The town's, for debt per inhabitant; not set tells none.
    life_end_index
        Condition index at which the published lives are taken to end. Our assumption.
    typical_life_years
        Life of a surface on the street that treatments' lives are told for: on a street where it is
        longer or shorter they are, too. Our assumption: a collector street.
    course_shape
        How the index falls: 1 fastest at first; the higher, the longer it stays good and the faster
        it falls then. Our assumption; the rule from the United States, 40 points in the first 65 to
        75 % of life and 40 more in the next 15 to 25 %, is steeper still.
    course_sigma
        How far a street may age from its course at one part of it: standard deviation of the
        natural logarithm of its pace. Streets are not sure to follow the curve. Our assumption.
    section_spread
        How much the sections of one street differ in life: standard deviation of its natural
        logarithm. Our assumption.
    yearly_noise
        How unevenly a section ages from one year to the next: standard deviation of a year's wear
        as a share of it. Our assumption.
    survey_sigma
        Points that a whole survey may be off by, up or down, everywhere alike (light, season, the
        model): standard deviation. Our assumption.
    discount_rate
        A year's interest, without inflation, for costs in different years. Trafikverket's (ASEK).
    steps_per_year
        Ages are counted in so many steps a year where streets' futures are reckoned.
    unknown_family
        The family of a street of which neither traffic nor class tells one.
    unpaved
        Words for surfaces that have no paving debt: parts of what the network says, in any case.
    draws
        How many times chance is drawn for an interval.
    seed
        The number that chance starts from: the same one gives the same intervals.
    families
        Streets that wear alike, by name; a town may change any figure or add a family.
    treatments
        By name; a town may change any figure, add a treatment, or set ``in_use = false``.
    """

    area_from_m2: tuple[float, ...] = (0.0, 5.0, 20.0, 100.0, 500.0)
    area_factors: tuple[float, ...] = (2.7, 2.0, 1.5, 1.3, 1.0)
    project_m2: float = 1000.0
    price_year: int | None = None
    price_sigma_high: float = 0.1
    price_sigma_medium: float = 0.2
    price_sigma_low: float = 0.35
    life_sigma_high: float = 0.1
    life_sigma_medium: float = 0.2
    life_sigma_low: float = 0.3
    inhabitants: int | None = None
    life_end_index: float = 40.0
    typical_life_years: float = 18.5
    course_shape: float = 2.0
    course_sigma: float = 0.2
    section_spread: float = 0.15
    yearly_noise: float = 0.3
    survey_sigma: float = 2.0
    discount_rate: float = 0.035
    steps_per_year: int = 4
    unknown_family: str = "collector"
    unpaved: tuple[str, ...] = ("grus", "obelagd", "gravel", "unpaved", "dirt", "ground")
    draws: int = 200
    seed: int = 1
    price_index: Mapping[int, float] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=default_families)
    treatments: Mapping[str, Treatment] = field(default_factory=default_treatments)

    def __post_init__(self) -> None:
        self._check_bands()
        self._check_prices()
        for name in ("high", "medium", "low"):
            require_between(
                f"economy.price_sigma_{name}", getattr(self, f"price_sigma_{name}"), 0, 2
            )
            require_between(f"economy.life_sigma_{name}", getattr(self, f"life_sigma_{name}"), 0, 2)
        require_between("economy.project_m2", self.project_m2, 1.0, 1e6)
        if self.inhabitants is not None:
            require_between("economy.inhabitants", self.inhabitants, 1, 1e8)
        require_between("economy.life_end_index", self.life_end_index, 1.0, 90.0)
        require_between("economy.typical_life_years", self.typical_life_years, 1.0, 200.0)
        require_between("economy.course_shape", self.course_shape, 0.5, 8.0)
        require_between("economy.course_sigma", self.course_sigma, 0.0, 1.5)
        require_between("economy.section_spread", self.section_spread, 0.0, 1.5)
        require_between("economy.yearly_noise", self.yearly_noise, 0.0, 2.0)
        require_between("economy.survey_sigma", self.survey_sigma, 0.0, 30.0)
        require_between("economy.discount_rate", self.discount_rate, 0.0001, 0.5)
        require_between("economy.steps_per_year", self.steps_per_year, 1, 24)
        require_between("economy.draws", self.draws, 20, 100_000)
        require_between("economy.seed", self.seed, 0, 2**31)
        if not self.families or not self.treatments_in_use:
            raise SettingsError(
                "economy", "has no family, or no treatment in use", "Keep at least one of each."
            )
        if self.unknown_family not in self.families:
            raise SettingsError(
                "economy.unknown_family",
                f"is {self.unknown_family!r}, which is no family",
                f"Name one of {', '.join(self.families)}.",
            )
        entries: list[Family | Treatment] = [*self.families.values(), *self.treatments.values()]
        for key, one in zip((*self.families, *self.treatments), entries, strict=True):
            if one.name != key:
                raise ValueError(f"{one.name} is entered as {key}")

    def _check_bands(self) -> None:
        sizes, factors = self.area_from_m2, self.area_factors
        if len(sizes) != len(factors) or not sizes or sizes[0] != 0.0:
            raise SettingsError(
                "economy.area_from_m2",
                f"has {len(sizes)} sizes for {len(factors)} factors, or does not start at 0",
                "Give each size one factor in economy.area_factors, the first size 0.",
            )
        for size, factor in zip(sizes, factors, strict=True):
            require_between("economy.area_from_m2", size, 0.0, 1e9)
            require_between("economy.area_factors", factor, 0.01, 1000.0)
        for name, rising in (("area_from_m2", sizes), ("area_factors", factors[::-1])):
            for low, high in pairwise(rising):
                if high < low or (high == low and name == "area_from_m2"):
                    words = "rise" if name == "area_from_m2" else "fall"
                    raise SettingsError(
                        f"economy.{name}",
                        f"does not {words} at {high if words == 'rise' else low:g}",
                        "Order the sizes from small to large, and the factors from large to small.",
                    )

    def _check_prices(self) -> None:
        for year, value in self.price_index.items():
            require_between(f"economy.price_index.{year}", value, 0.01, 1e6)
        if self.price_year is None:
            return
        for year, user in [
            (self.price_year, "economy.price_year"),
            *(
                (one.cost_year, f"economy.treatments.{one.name}.cost_year")
                for one in self.treatments_in_use
            ),
        ]:
            if year != self.price_year and year not in self.price_index:
                raise SettingsError(
                    f"economy.price_index.{year}",
                    f"is missing; {user} is {year}",
                    "Enter the index of that year, or remove economy.price_year.",
                )
            if year != self.price_year and self.price_year not in self.price_index:
                raise SettingsError(
                    f"economy.price_index.{self.price_year}",
                    f"is missing; economy.price_year is {self.price_year}",
                    "Enter the index of that year, or remove economy.price_year.",
                )

    @property
    def treatments_in_use(self) -> tuple[Treatment, ...]:
        """The treatments that the town does, in the settings' order."""
        return tuple(one for one in self.treatments.values() if one.in_use)

    def price_factor(self, year: int) -> float:
        """Return what a price of a year is multiplied by to be told in ``price_year``'s prices."""
        if self.price_year is None or year == self.price_year:
            return 1.0
        return self.price_index[self.price_year] / self.price_index[year]

    def price_sigma(self, trust: Trust) -> float:
        """Return a price's standard deviation as a share of it."""
        return float(getattr(self, f"price_sigma_{trust}"))

    def life_sigma(self, trust: Trust) -> float:
        """Return the standard deviation of a family's life (of its logarithm)."""
        return float(getattr(self, f"life_sigma_{trust}"))

    def course_of(self, family: Family) -> Course:
        """Return the course of a family's typical street."""
        return Course(
            life_years=family.life_years, end_index=self.life_end_index, shape=self.course_shape
        )


def over_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table ``[economy]`` with each of its treatments and families made whole.

    What a town says of a treatment or family of ours is laid over it, the rest stays; one with a
    name of its own must say all that has no default. A figure changed without its source is the
    town's own, and of high trust.

    Parameters
    ----------
    given
        As read from TOML; what has the wrong type is returned as it is, for the reader to name.
    """
    table = dict(given)
    for key, defaults in _tables_of_defaults().items():
        changes = table.get(key, {})
        if not isinstance(changes, Mapping):
            continue
        merged = dict(defaults)
        for name, change in changes.items():
            if isinstance(change, Mapping):
                default = merged.get(name) or _of_the_town(name, change, key)
                merged[name] = _changed(default, change, table.get("price_year"))
            else:
                merged[name] = change
        table[key] = merged
    return table


def _tables_of_defaults() -> dict[str, dict[str, Any]]:
    return {
        "treatments": {name: asdict(one) for name, one in default_treatments().items()},
        "families": {name: asdict(one) for name, one in default_families().items()},
    }


def _of_the_town(name: str, change: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return what need not be said of a treatment or family that the town adds."""
    own: dict[str, Any] = {"name": name, "swedish": name.replace("_", " ")}
    for of in ("cost", "effect") if key == "treatments" else ("life",):
        own |= {f"{of}_source": OWN_SOURCE, f"{of}_trust": Trust.HIGH}
    if key == "treatments" and "cost_year" in change:
        own["effect_year"] = change["cost_year"]
    return own


def _changed(
    default: Mapping[str, Any], change: Mapping[str, Any], price_year: object
) -> dict[str, Any]:
    changed = {**default, **change, "name": default["name"]}
    figures = {
        "cost": ("cost_sek_m2", "mobilisation_sek"),
        "effect": ("reach", "gain", "gain_to", "hold_pace", "life_years"),
        "life": ("life_years", "life_spread"),
    }
    for of, names in figures.items():
        if f"{of}_source" in default and any(
            name in change and change[name] != default.get(name) for name in names
        ):
            if f"{of}_source" not in change:
                changed[f"{of}_source"] = OWN_SOURCE
                changed[f"{of}_trust"] = change.get(f"{of}_trust", Trust.HIGH)
            if of == "cost" and "cost_year" not in change and isinstance(price_year, int):
                changed["cost_year"] = price_year
    return changed
