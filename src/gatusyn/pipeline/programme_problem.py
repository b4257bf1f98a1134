"""Poses a programme's question: the town's stock, prices, budgets, weights and locks as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import (
    SectionStates,
    believe,
    prices_of,
    section_prices,
    section_states,
)
from gatusyn.model import (
    Aim,
    AimKind,
    DamageKind,
    EconomyParams,
    Family,
    FormFault,
    Limit,
    Lock,
    LockKind,
    ProgrammeError,
    ProgrammeParams,
    ProgrammeProblem,
    ProgrammeSections,
    Stock,
)
from gatusyn.pipeline.lock_checks import require_affordable, require_agreeing
from gatusyn.pipeline.programme_lists import PlaceWords, WantedLock
from gatusyn.pipeline.town_stock import TownStock

Reals = NDArray[np.float64]
_LEAST_TRAFFIC, _MOST_TRAFFIC = 0.25, 4.0
_USUAL_AADT = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosedProgramme:
    """A problem, and where its sections are in the stock.

    Parameters
    ----------
    rows
        Row of the stock of each of the problem's sections, shape [N].
    is_estimated
        Which were not graded: locked treatments are due there, so a condition is assumed.
    lock_words
        A person's reason for a locked choice, by section id and year (0 for the first).
    """

    problem: ProgrammeProblem
    states: SectionStates
    rows: NDArray[np.intp]
    is_estimated: NDArray[np.bool_]
    lock_words: Mapping[tuple[str, int], str]
    first_year: int


def pose_programme(
    town: TownStock,
    params: ProgrammeParams,
    economy: EconomyParams,
    *,
    families: Sequence[Family],
    locks: Sequence[WantedLock],
    first_year: int,
) -> PosedProgramme:
    """Pose the question of a programme.

    Graded sections are in it; of the others those where something is locked to be done.

    Raises
    ------
    ProgrammeError
        If there is no budget, or names the lock's row, the district or the treatment that is wrong.
    """
    stock = town.stock
    budget = _budget(params)
    require_agreeing(locks)
    kept, lock_words = _locks(locks, stock, first_year=first_year, years=params.years)
    wanted = {one.section_id for one in kept if one.kind is LockKind.MUST}
    forced = np.isin(stock.section_id, sorted(wanted)) & ~stock.is_known
    rows = np.flatnonzero(stock.is_known | forced)
    states = section_states(economy, families=families)
    prices = prices_of(economy)
    minimum = _minimum_lengths(params, economy)
    sections = _sections_at(
        rows,
        town,
        states,
        cost_sek_m2=section_prices(stock, prices, economy),
        weight=weights_of(stock, params, town.places),
        longest_minimum_m=max(minimum),
    )
    row_of = {name: row for row, name in enumerate(sections.ids)}
    problem = ProgrammeProblem(
        space=states.space,
        sections=sections,
        budget_sek=np.full(params.years, budget),
        mobilisation_sek=prices.mobilisation_sek,
        minimum_length_m=np.array(minimum, np.float64),
        trigger_index=np.array([one.trigger for one in families]),
        target_index=np.array([one.target for one in families]),
        aim=_aim(params),
        limits=_limits(params, economy, stock.district[rows]),
        locks=(
            *(one for one in kept if one.section_id in row_of),
            *(_no_damage_yet(stock, rows, economy, kept) if params.years > 1 else ()),
        ),
        price_growth=params.price_growth,
        discount_rate=economy.discount_rate,
    )
    require_affordable(problem, locks, row_of, first_year=first_year)
    return PosedProgramme(
        problem=problem,
        states=states,
        rows=rows,
        is_estimated=~stock.is_known[rows],
        lock_words=lock_words,
        first_year=first_year,
    )


def _minimum_lengths(params: ProgrammeParams, economy: EconomyParams) -> list[float]:
    """Return how long a project of each treatment in use is at least, in metres."""
    return [
        max(
            one.minimum_length_m,
            params.minimum_length_m if one.is_new_surface else params.minimum_repair_length_m,
        )
        for one in economy.treatments_in_use
    ]


def _sections_at(
    rows: NDArray[np.intp],
    town: TownStock,
    states: SectionStates,
    *,
    cost_sek_m2: Reals,
    weight: Reals,
    longest_minimum_m: float,
) -> ProgrammeSections:
    """Return the programme's sections: rows of the stock, an index assumed where none is known.

    Costs and weights are of the whole stock.
    """
    stock = town.stock
    index = np.where(stock.is_known, np.nan_to_num(stock.index), believe(stock).mean)[rows]
    return ProgrammeSections(
        ids=tuple(stock.section_id[rows].tolist()),
        family=stock.family[rows].astype(np.int32),
        state=states.place(index, stock.family[rows]),
        area_m2=stock.area_m2[rows],
        length_m=_length_for_projects(stock, rows, longest_minimum_m),
        weight=weight[rows],
        cost_sek_m2=cost_sek_m2[rows],
        street=stock.chain[rows].astype(np.int64),
        position=stock.position[rows].astype(np.int64),
    )


def weights_of(stock: Stock, params: ProgrammeParams, places: PlaceWords) -> Reals:
    """Return what a square metre of each section counts: traffic, paths, buses, schools, own."""
    traffic = np.where(np.isfinite(stock.aadt), stock.aadt, _USUAL_AADT) / _USUAL_AADT
    weight = np.clip(traffic**params.traffic_power, _LEAST_TRAFFIC, _MOST_TRAFFIC)
    if params.traffic_power == 0.0:
        weight = np.ones(len(stock))
    weight = weight * np.where(stock.network_type != "car", params.cycle_path_weight, 1.0)
    for marked, factor in (
        (places.is_bus, params.bus_route_weight),
        (places.is_school, params.school_weight),
    ):
        weight = weight * np.where(np.isin(stock.section_id, sorted(marked)), factor, 1.0)
    own = [places.weight.get(str(name), 1.0) for name in stock.section_id]
    result: Reals = weight * np.array(own, np.float64)
    return result


def _budget(params: ProgrammeParams) -> float:
    if params.budget_sek is None:
        if params.aim == "least-cost":
            return np.inf
        raise ProgrammeError(
            "budget",
            "is not given",
            "Give --budget, or set programme.budget_sek.",
            form=FormFault.PROGRAMME_BUDGET,
        )
    if params.budget_sek <= 0.0:
        raise ProgrammeError(
            "budget",
            f"is {params.budget_sek:g} SEK a year",
            "Give more than 0.",
            form=FormFault.PROGRAMME_BUDGET,
        )
    return params.budget_sek


def _aim(params: ProgrammeParams) -> Aim:
    kind = AimKind(params.aim)
    return Aim(kind=kind, mean_index=params.target_index if kind is AimKind.LEAST_COST else None)


def _limits(
    params: ProgrammeParams, economy: EconomyParams, district: NDArray[np.str_]
) -> tuple[Limit, ...]:
    limits = []
    for name, sek in params.area_budgets.items():
        members = district == name
        if not members.any():
            known = ", ".join(sorted({str(one) for one in district} - {""})) or "none"
            raise ProgrammeError(
                f"programme.area_budgets.{name}",
                "no graded street lies in that district",
                f"There are: {known}; districts are named in programme.places_file.",
            )
        limits.append(Limit(name=name, sek=np.full(params.years, sek), sections=members))
    names = [one.name for one in economy.treatments_in_use]
    for name, sek in params.treatment_budgets.items():
        if name not in names:
            raise ProgrammeError(
                f"programme.treatment_budgets.{name}",
                "is no treatment in use",
                f"There are: {', '.join(names)}.",
            )
        limits.append(Limit(name=name, sek=np.full(params.years, sek), treatments=(name,)))
    return tuple(limits)


def _length_for_projects(stock: Stock, rows: NDArray[np.intp], longest_m: float) -> Reals:
    """Return lengths by which a project is long enough, shape [N].

    Those of neighbours in a row that are together shorter than the longest minimum are stretched to
    it: a whole short street may always be treated.
    """
    chain, position = stock.chain[rows], stock.position[rows]
    order = np.lexsort((position, chain))
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (np.diff(chain[order]) != 0) | (np.diff(position[order]) != 1)
    run = np.empty(len(rows), np.intp)
    run[order] = np.cumsum(begins) - 1
    length: Reals = stock.length_m[rows].astype(np.float64)
    together = np.bincount(run, weights=length)[run]
    stretched: Reals = length * np.maximum(longest_m / together, 1.0)
    return stretched


def _no_damage_yet(
    stock: Stock, rows: NDArray[np.intp], economy: EconomyParams, kept: Sequence[Lock]
) -> Iterator[Lock]:
    """Yield locks that keep treatments for damages off sections without them in the first year.

    What is seen today is known; which damages there will be later is not.
    """
    must = {(one.section_id, one.treatment) for one in kept if one.kind is LockKind.MUST}
    kinds = list(DamageKind)
    for one in economy.treatments_in_use:
        if not one.damages:
            continue
        share = stock.damage_share[rows][:, [kinds.index(kind) for kind in one.damages]]
        for row in rows[(share == 0.0).all(axis=1)].tolist():
            name = str(stock.section_id[row])
            if (name, one.name) not in must:
                yield Lock(section_id=name, kind=LockKind.NOT_BEFORE, treatment=one.name, year=1)


def _locks(
    wanted: Sequence[WantedLock], stock: Stock, *, first_year: int, years: int
) -> tuple[tuple[Lock, ...], dict[tuple[str, int], str]]:
    """Return the locks within the programme's years, and people's reasons for what must be done."""
    known = set(stock.section_id.tolist())
    locks, words = [], {}
    for one in wanted:
        name = one.section.section_id
        if name not in known:
            raise one.row.fault(
                f"section {name} is unpaved (economy.unpaved)", "It cannot be in a programme."
            )
        year = None if one.year is None else one.year - first_year
        kind = LockKind(one.kind)
        if kind is LockKind.MUST:
            assert year is not None
            if not 0 <= year < years:
                raise one.row.fault(
                    f"year {one.year} is not one of {first_year} to {first_year + years - 1}",
                    "Move it, or change --years or programme.first_year.",
                )
            words[name, year] = one.reason
        elif kind is LockKind.NOT_BEFORE:
            assert year is not None
            if year <= 0:
                continue
            if year >= years:
                kind, year = LockKind.NEVER, None
        locks.append(
            Lock(section_id=name, kind=kind, treatment=one.treatment, year=year, reason=one.reason)
        )
    return tuple(locks), words
