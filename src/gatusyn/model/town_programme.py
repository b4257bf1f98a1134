"""A town's paving programme as people read it: projects, what they cost, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gatusyn.model.debt_part import DebtPart
from gatusyn.model.remark import Remark


class ReasonKind(StrEnum):
    """Why a project is in a programme."""

    LOCKED = "locked"
    DUE = "due"
    IN_TIME = "in-time"
    SOON_DUE = "soon-due"


class ScenarioKind(StrEnum):
    """What a programme is compared with."""

    NOTHING = "nothing"
    WORST_FIRST = "worst-first"
    OWN_LIST = "own-list"
    OURS = "ours"
    NO_SEALING = "no-sealing"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetPlace:
    """A place on a street as people say it.

    Parameters
    ----------
    street
        The nearest crossing street; None where the network names none.
    away_m
        Metres from there along the street; from the street's beginning where there is none.
    """

    street: str | None
    away_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMeasure:
    """A treatment of one section: a part of a project.

    Parameters
    ----------
    ore
        Its part of the project's cost in öre, mobilisation included, at the year's prices.
    is_estimated
        Whether nobody looked at the section: its condition is taken to be like its family's.
    """

    section_id: str
    element_id: str
    start_measure: float
    end_measure: float
    length_m: float
    area_m2: float
    index_before: float
    index_after: float
    ore: int
    is_estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReason:
    """Why a project is in the programme, and when.

    Parameters
    ----------
    kind
        ``locked`` by a person; ``due``: below the trigger; ``in-time``: a treatment that holds
        ageing off, before the surface fails; ``soon-due``: above the trigger in the year itself.
    trigger
        The family's trigger (of the project's first section).
    words
        A person's reason for a lock.
    avoided_sek
        What the town's debt after the last year would be higher, were the project left out; None
        where it was not worked out.
    """

    kind: ReasonKind
    trigger: float
    words: str = ""
    avoided_sek: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProject:
    """Neighbouring sections that get the same treatment in the same year.

    Parameters
    ----------
    number
        From 1, in the order of years, streets and places.
    street, road_class, district
        Empty where the network has none.
    index_before, index_after
        Mean condition index, weighted by surface, before and right after the treatment.
    ore, mobilisation_ore
        All it costs, and the part that is mobilisation, in öre at the year's prices.
    """

    number: int
    year: int
    treatment: str
    street: str
    road_class: str
    district: str
    start: StreetPlace
    end: StreetPlace
    length_m: float
    area_m2: float
    index_before: float
    index_after: float
    ore: int
    mobilisation_ore: int
    reason: ProjectReason
    measures: tuple[PlannedMeasure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """A treatment's price as the programme took it.

    Parameters
    ----------
    sek_m2, mobilisation_sek
        Of a large area; once a project: both in the prices of ``price_year``.
    price_year
        The year whose prices they are told in.
    source, trust
        Where the price is from, and how far it can be trusted: high, medium or low.
    minimum_length_m
        Shorter stretches are not treated so, but for whole streets.
    """

    treatment: str
    swedish: str
    sek_m2: float
    mobilisation_sek: float
    price_year: int
    source: str
    trust: str
    life_years: float
    minimum_length_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What comes of a way of choosing, or of a budget, over the years.

    Parameters
    ----------
    budget_share
        The yearly budget as a share of the programme's.
    cost_ore
        Spent each year, at its prices.
    debt_sek, mean_index, remaining_years
        Before the first year and after each: the debt at today's prices, the mean condition index
        and the mean of the years until a section is below its trigger, both weighted by surface.
    lacks
        What is wrong with it: a budget that the engineer's own list breaks, for one.
    """

    kind: ScenarioKind
    budget_share: float
    cost_ore: tuple[int, ...]
    debt_sek: tuple[float, ...]
    mean_index: tuple[float, ...]
    remaining_years: tuple[float, ...]
    projects: int
    lacks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetOut:
    """A street below its trigger that is not treated.

    Parameters
    ----------
    debt_sek
        Its debt after the last year, at today's prices.
    worth_sek
        What the debt would be lower for every krona spent there, at best; None where it was not
        worked out.
    """

    street: str
    length_m: float
    mean_index: float
    debt_sek: float
    worth_sek: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextKrona:
    """What one more krona each year would be worth under a budget.

    Parameters
    ----------
    budget
        ``budget`` for the whole, else the district's or treatment's name.
    gains
        For each year, by how much the aim gets better: kronor of debt less, kronor of cost less, or
        points times square metres; 0 where money is left over.
    """

    budget: str
    gains: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a programme rests on.

    Parameters
    ----------
    period, index_name
        The grades' period, and the name of the index that drives triggers and debt.
    graded_m, ungraded_m
        Length of the paved sections whose condition is known, and of those that are not graded and
        so not in the programme (but for what is locked).
    debt_sek, debt_low_sek, debt_high_sek
        The paving debt of the graded sections today, with its 95 % interval.
    network_version, derived_stamp
        Name the delivery of the network and the derived grades.
    settings
        Settings that made it, as text by name.
    """

    period: str
    index_name: str
    graded_m: float
    graded_m2: float
    ungraded_m: float
    ungraded_m2: float
    debt_sek: float
    debt_low_sek: float
    debt_high_sek: float
    network_version: str
    derived_stamp: str
    settings: Mapping[str, str]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TownProgramme:
    """A programme with everything that its documents say.

    Parameters
    ----------
    made_s, made_by
        When, in seconds since 1970-01-01 UTC, and by whom.
    budget_sek
        Yearly, at the year's prices; None for no limit.
    aim
        ``least-debt``, ``least-cost`` or ``best-condition``.
    value, bound, gap
        What the aim sums; no programme within the budgets has a better value than the bound; how
        far apart they are at most, as a share.
    scenarios
        Ours comes first.
    debt
        The debt today: the whole, then by class, area, damage and street.
    """

    name: str
    town: str
    made_s: float
    made_by: str
    first_year: int
    budget_sek: tuple[float | None, ...]
    aim: str
    value: float
    bound: float | None
    gap: float | None
    projects: tuple[PlannedProject, ...]
    prices: tuple[PriceLine, ...]
    scenarios: tuple[Scenario, ...]
    next_krona: tuple[NextKrona, ...]
    out: tuple[StreetOut, ...]
    basis: Basis
    debt: tuple[DebtPart, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years that it covers."""
        return tuple(range(self.first_year, self.first_year + len(self.budget_sek)))

    @property
    def ore(self) -> int:
        """All it costs, in öre."""
        return sum(project.ore for project in self.projects)

    def ore_in(self, year: int) -> int:
        """Return what is spent in a year, in öre."""
        return sum(project.ore for project in self.projects if project.year == year)

    @property
    def ours(self) -> Scenario:
        """The programme itself, over the years."""
        return self.scenarios[0]

    def scenario(self, kind: ScenarioKind) -> Scenario | None:
        """Return what it is compared with at its own budget; None if it was not."""
        return next(
            (one for one in self.scenarios if one.kind is kind and one.budget_share == 1.0), None
        )
