"""Why a section is in a programme, or is not: figures that a report can put into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.labels import list_labels, price_labels
from gatusyn.economy.lone import Prices, Stakes, lone_values, stakes
from gatusyn.economy.prepared import Floats, Prepared, prepare
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.tally import Choice, Tally, choices_of_labels, mobilised, tally
from gatusyn.model import NOTHING, ProgrammePlan, ProgrammeProblem


class Why(Enum):
    """Why a section is treated, or is not."""

    LOCKED = "locked"
    WORTH_IT = "worth it"
    JOINED = "joined"
    NO_TRIGGER = "no trigger"
    NOT_WORTH_IT = "not worth it"
    SPENT_ELSEWHERE = "spent elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReason:
    """Why one section is as it is in a programme.

    Parameters
    ----------
    why
        ``LOCKED``: what is done is what was locked. ``WORTH_IT``: what is done gains more than its
        money would elsewhere. ``JOINED``: it does so only with its neighbours, or fills what was
        left. ``NO_TRIGGER``: no trigger is met in any year, or locks forbid all. ``NOT_WORTH_IT``:
        its best option gains less than the money does elsewhere. ``SPENT_ELSEWHERE``: it gains as
        much, but its mobilisation or the budgets' last kronor decided for others.
    year, treatment
        Of what is done first; where nothing is, of its best option; None where there is none.
    cost_sek
        Of all that is done (or would be), at each year's prices, with its share of mobilisation.
    gain
        What it betters in the aim's units (SEK of weighted debt; index x m² x years).
    gain_per_krona, price_of_money
        The gain for each krona, and what a krona gains at the margin in those years.
    """

    section_id: str
    why: Why
    year: int | None
    treatment: str | None
    cost_sek: float
    gain: float
    gain_per_krona: float
    price_of_money: float


def explain(problem: ProgrammeProblem, plan: ProgrammePlan) -> tuple[SectionReason, ...]:
    """Return a reason for each section, in the problem's order.

    For ``LEAST_COST`` gains are what the target's measure gains at its price.
    """
    prepared = prepare(problem)
    staked = stakes(prepared)
    rows = rows_of(prepared, staked)
    none = len(problem.space.treatments)
    krona = np.array([plan.next_krona[name] for name in prepared.budgets.names])
    target = float(plan.next_krona["target"][0]) if rows.has_target else 0.0
    prices = Prices(krona=krona, target=target)
    chosen = np.where(plan.choice == NOTHING, none, plan.choice)[prepared.rows].astype(np.int8)
    idle = tally(
        prepared,
        staked,
        only_allowed(prepared, staked, np.full_like(chosen, none)),
    )
    option = _best_options(prepared, staked, prices)
    done = np.asarray((chosen != idle.choice).any(axis=1))
    settled = done | (idle.choice < none).any(axis=1)
    option = np.where(settled[:, None], chosen, option).astype(np.int8)
    shown = tally(prepared, staked, option)
    shared = np.where(
        settled[:, None],
        _shared_mobilisation(prepared, chosen),
        _shared_mobilisation(prepared, option),
    )
    return _reasons(prepared, staked, prices, idle, shown, shared, done)


def _best_options(prepared: Prepared, staked: Stakes, prices: Prices) -> Choice:
    """Return, for each section, the best way that does something, if there is one."""
    labels = list_labels(prepared, staked)
    lone = lone_values(prepared, staked, prices)
    priced = price_labels(prepared, staked, labels, lone, prices)
    nothing = prepared.problem.years * len(prepared.problem.space.treatments)
    cost = np.where(labels.action == nothing, np.inf, priced.cost)
    least = np.minimum.reduceat(cost, labels.first[:-1])
    hit = np.flatnonzero(cost == least[labels.section])
    first = np.unique(labels.section[hit], return_index=True)[1]
    return choices_of_labels(prepared, staked, labels, lone, hit[first])


def _shared_mobilisation(prepared: Prepared, choice: Choice) -> Floats:
    """Return mobilisation spread over a project's sections by area, [N, T]."""
    start = mobilised(prepared, choice)
    project = np.arange(choice.size).reshape(choice.shape)
    previous = prepared.previous
    for q in range(1, len(prepared.steps) - 1):
        rows = np.arange(prepared.steps[q], prepared.steps[q + 1])
        same = choice[rows] == choice[previous[rows]]
        project[rows] = np.where(same, project[previous[rows]], project[rows])
    area = np.repeat(prepared.area_m2[:, None], choice.shape[1], axis=1)
    total = np.bincount(project.ravel(), area.ravel(), choice.size)
    paid = np.bincount(project.ravel(), start.ravel(), choice.size)
    return np.asarray((paid / np.maximum(total, 1e-12))[project] * area)


def _reasons(
    prepared: Prepared,
    staked: Stakes,
    prices: Prices,
    idle: Tally,
    shown: Tally,
    shared: Floats,
    done: NDArray[np.bool_],
) -> tuple[SectionReason, ...]:
    problem = prepared.problem
    none = len(problem.space.treatments)
    spent = shown.cost_sek + shared
    base = idle.cost_sek + _shared_mobilisation(prepared, idle.choice)
    extra = spent - base
    own = staked.own
    gain = (idle.value - shown.value) - prices.target * (idle.measure - shown.measure)
    cost = extra.sum(axis=1)
    per = staked.per_krona(prepared, prices)[:, :, :none] / problem.price_level[None, :, None]
    member = prepared.kinds.membership[prepared.kind]
    at = per[member[:, None], np.arange(problem.years), np.minimum(shown.choice, none - 1)]
    money = (extra * np.where(shown.choice < none, at, own)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.where(cost > 0.005, gain / cost, 0.0)
        price = np.where(cost > 0.005, money / cost, 0.0)
    acts = np.asarray(shown.choice < none)
    locked = np.asarray((idle.choice < none).any(axis=1))
    reasons: list[SectionReason | None] = [None] * len(done)
    for row in range(len(done)):
        years = np.flatnonzero(acts[row])
        first = int(years[0]) if years.size else None
        reasons[prepared.rows[row]] = SectionReason(
            section_id=problem.sections.ids[prepared.rows[row]],
            why=_why(bool(done[row]), bool(locked[row]), first, gain[row] >= money[row]),
            year=first,
            treatment=None if first is None else problem.space.treatments[shown.choice[row, first]],
            cost_sek=float(spent[row].sum()),
            gain=float(gain[row]),
            gain_per_krona=float(each[row]),
            price_of_money=float(price[row]),
        )
    return tuple(one for one in reasons if one is not None)


def _why(done: bool, locked: bool, first: int | None, pays: bool) -> Why:  # noqa: FBT001
    if done:
        return Why.WORTH_IT if pays else Why.JOINED
    if locked:
        return Why.LOCKED
    if first is None:
        return Why.NO_TRIGGER
    return Why.SPENT_ELSEWHERE if pays else Why.NOT_WORTH_IT
