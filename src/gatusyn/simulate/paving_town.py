"""A made-up town's paving to try programmes on: streets of 20 m sections, treatments, prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import (
    NO_STREET,
    NOT_ALLOWED,
    Aim,
    AimKind,
    ProgrammeProblem,
    ProgrammeSections,
    StateSpace,
)

_AGES = 48
_OLD, _SURFACED, _STRENGTHENED, _REBUILT = range(4)
_FAMILIES = ("main", "collector", "local", "industrial", "cycle path")
_LIFE_YEARS = np.array([14.0, 18.0, 25.0, 16.0, 28.0])
_WIDTH_M = np.array([9.0, 7.5, 6.0, 7.0, 3.0])
_WEIGHT = np.array([3.0, 1.8, 1.0, 1.4, 1.2])
_FAMILY_SHARE = np.array([0.12, 0.18, 0.42, 0.08, 0.2])
_BAND_M2 = np.array([0.0, 500.0, 2000.0, 6000.0])
_BAND_PRICE = np.array([1.5, 1.2, 1.0, 0.9])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A treatment: allowed at these indices, then years younger or new on a course."""

    name: str
    low: float
    high: float
    sek_m2: float
    mobilisation_sek: float
    minimum_m: float
    younger_years: int = 0
    course: int = -1
    age: int = 0
    local: bool = False


_KINDS = (
    _Kind(name="crack sealing", low=60, high=88, sek_m2=22, mobilisation_sek=4_000,
          minimum_m=0, younger_years=2, local=True),
    _Kind(name="surface sealing", low=55, high=82, sek_m2=50, mobilisation_sek=10_000,
          minimum_m=40, younger_years=5),
    _Kind(name="pothole repair", low=5, high=60, sek_m2=1_000, mobilisation_sek=2_000,
          minimum_m=0, younger_years=1, local=True),
    _Kind(name="levelling", low=25, high=62, sek_m2=140, mobilisation_sek=12_000,
          minimum_m=40, younger_years=5),
    _Kind(name="overlay", low=35, high=66, sek_m2=165, mobilisation_sek=15_000,
          minimum_m=60, course=_SURFACED, age=2),
    _Kind(name="mill and overlay", low=20, high=60, sek_m2=240, mobilisation_sek=25_000,
          minimum_m=60, course=_SURFACED, age=0),
    _Kind(name="base and overlay", low=0, high=48, sek_m2=480, mobilisation_sek=35_000,
          minimum_m=60, course=_STRENGTHENED, age=0),
    _Kind(name="reconstruction", low=0, high=30, sek_m2=1_500, mobilisation_sek=60_000,
          minimum_m=60, course=_REBUILT, age=0),
)  # fmt: skip
PAVING_TREATMENTS = tuple(kind.name for kind in _KINDS)


def made_paving_town(
    *,
    sections: int,
    treatments: int = 8,
    years: int = 10,
    joining: bool = True,
    aim: Aim | None = None,
    budget_share: float = 0.25,
    seed: int = 1,
) -> ProgrammeProblem:
    """Return a made-up town's problem; the same arguments always give the same.

    Parameters
    ----------
    treatments
        How many; the last of `PAVING_TREATMENTS`, so that reconstruction is always among them.
        Past 8, variants of the eight with other prices and lives are added.
    joining
        Whether projects have a mobilisation and a minimum length.
    budget_share
        The yearly budgets together, as a share of the need: the debt after the last year if
        nothing is ever done, at today's prices.
    """
    random = np.random.default_rng(seed)
    kinds = _kinds(treatments)
    space = _space(kinds)
    made = _sections(random, sections, kinds, space)
    zero = np.zeros(treatments)
    problem = ProgrammeProblem(
        space=space,
        sections=made,
        budget_sek=np.full(years, np.inf),
        mobilisation_sek=np.array([one.mobilisation_sek for one in kinds]) if joining else zero,
        minimum_length_m=np.array([one.minimum_m for one in kinds]) if joining else zero,
        trigger_index=np.array([55.0, 52.0, 45.0, 48.0, 50.0]),
        target_index=np.full(5, 80.0),
        aim=aim or Aim(kind=AimKind.LEAST_DEBT),
    )
    fields = {name: getattr(problem, name) for name in problem.__slots__}
    yearly = budget_share * _need_sek(problem) / years
    return ProgrammeProblem(**(fields | {"budget_sek": np.full(years, np.floor(yearly))}))


def _kinds(count: int) -> tuple[_Kind, ...]:
    if count <= len(_KINDS):
        return _KINDS[len(_KINDS) - count :]
    kinds = list(_KINDS)
    while len(kinds) < count:
        turn, base = divmod(len(kinds), len(_KINDS))
        fields = {name: getattr(_KINDS[base], name) for name in _Kind.__slots__}
        fields |= {
            "name": f"{fields['name']} {turn + 1}",
            "sek_m2": fields["sek_m2"] * (1 + 0.2 * turn),
            "younger_years": fields["younger_years"] + (turn if fields["course"] < 0 else 0),
        }
        kinds.append(_Kind(**fields))
    return tuple(kinds)


def _space(kinds: tuple[_Kind, ...]) -> StateSpace:
    """Return states that are a course (old, surfaced, strengthened, rebuilt) and an age on it."""
    families, courses = len(_FAMILIES), 4
    age = np.arange(_AGES)
    life = _LIFE_YEARS[:, None] * np.array([1.0, 0.9, 1.15, 1.5])
    index = 100.0 * np.exp(-((age / (1.35 * life[:, :, None])) ** 2.2))
    index = np.round(index, 2).reshape(families, courses * _AGES)
    states = courses * _AGES
    state = np.arange(states)
    older = np.where(state % _AGES == _AGES - 1, state, state + 1)
    after = np.full((len(kinds), families, states), NOT_ALLOWED, np.int32)
    share = np.ones((len(kinds), families, states))
    damage = np.clip((100.0 - index) / 100.0, 0.0, 1.0)
    for row, kind in enumerate(kinds):
        younger = state - np.minimum(state % _AGES, kind.younger_years)
        to = younger if kind.course < 0 else np.full(states, kind.course * _AGES + kind.age)
        allowed = (index >= kind.low) & (index < kind.high)
        after[row] = np.where(allowed, to, NOT_ALLOWED)
        if kind.local:
            share[row] = np.round(np.clip(2.5 * damage, 0.2, 1.0), 4)
        if kind.name.startswith("pothole repair"):
            share[row] = np.round(np.clip(0.25 * damage**2, 0.02, 1.0), 4)
    return StateSpace(
        families=_FAMILIES,
        treatments=tuple(kind.name for kind in kinds),
        index=index,
        next_state=np.tile(older.astype(np.int32), (families, 1)),
        after=after,
        cost_share=share,
    )


def _sections(
    random: np.random.Generator, count: int, kinds: tuple[_Kind, ...], space: StateSpace
) -> ProgrammeSections:
    lengths: list[int] = []
    while sum(lengths) < count:
        lengths.append(int(np.clip(random.geometric(1 / 14), 2, 120)))
    lengths[-1] -= sum(lengths) - count
    street = np.repeat(np.arange(len(lengths)), lengths)
    position = np.concatenate([np.arange(one) for one in lengths])
    family = random.choice(len(_FAMILIES), len(lengths), p=_FAMILY_SHARE)[street]
    width_m = (_WIDTH_M[family] * random.uniform(0.85, 1.15, len(lengths))[street]).round(1)
    length_m = np.full(count, 20.0)
    last = np.append(street[1:] != street[:-1], True)
    length_m[last] = random.integers(11, 30, int(last.sum()))
    area_m2 = np.round(length_m * width_m * random.uniform(0.95, 1.05, count), 1)
    size_m2 = np.bincount(street, weights=area_m2)[street]
    band = np.searchsorted(_BAND_M2, size_m2, side="right") - 1
    price = _BAND_PRICE[band] * np.array([1.1, 1.0, 1.0, 1.05, 0.95])[family]
    prices = np.round(np.array([one.sek_m2 for one in kinds]) * price[:, None], 2)
    bus = random.random(len(lengths))[street] < 0.15
    return ProgrammeSections(
        ids=tuple(f"S{row:06d}" for row in range(count)),
        family=family.astype(np.int32),
        state=_states(random, street, position, family, space),
        area_m2=area_m2,
        length_m=length_m,
        weight=_WEIGHT[family] * np.where(bus, 1.5, 1.0),
        cost_sek_m2=prices,
        street=np.where(np.bincount(street)[street] > 1, street, NO_STREET).astype(np.int64),
        position=position.astype(np.int64),
    )


def _states(
    random: np.random.Generator,
    street: NDArray[np.int64],
    position: NDArray[np.int64],
    family: NDArray[np.int64],
    space: StateSpace,
) -> NDArray[np.int32]:
    """Return states: stretches were paved together, and sections have worn a little unlike."""
    starts = (position == 0) | (random.random(len(street)) < 1 / 9)
    stretch = np.cumsum(starts) - 1
    stretches = int(stretch[-1]) + 1
    age = random.gamma(2.2, 0.32, stretches)[stretch] * _LIFE_YEARS[family]
    age = age + random.normal(0.0, 0.09, len(street)) * _LIFE_YEARS[family]
    course = random.choice(4, stretches, p=[0.62, 0.25, 0.08, 0.05])[stretch]
    state = course * _AGES + np.clip(age.round(), 0, _AGES - 1)
    assert state.max() < space.index.shape[1]
    return np.asarray(state, np.int32)


def _need_sek(problem: ProgrammeProblem) -> float:
    """Return the debt after the last year if nothing is ever done, SEK at today's prices."""
    space, sections = problem.space, problem.sections
    family, state = sections.family, sections.state
    for _ in range(problem.years):
        state = space.next_state[family, state]
    after = space.after[:, family, state]
    index = np.where(after != NOT_ALLOWED, space.index[family, after], -1.0)
    wanted = np.minimum(problem.target_index[family], index.max(axis=0))
    price = sections.cost_sek_m2.T * space.cost_share[:, family, state]
    cheapest = np.where((after != NOT_ALLOWED) & (index >= wanted), price, np.inf).min(axis=0)
    due = space.index[family, state] < problem.trigger_index[family]
    return float((np.where(due, cheapest, 0.0) * sections.area_m2).sum())
