"""What is wrong with a programme's problem is named, with its row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.economy.made_programmes import small_town

from gatusyn.model import Aim, AimKind, Limit, Lock, LockKind, ProgrammeError, ProgrammeProblem

TOWN = small_town(1)
MUST = Lock(section_id="s1", kind=LockKind.MUST, treatment="overlay", year=1)


def changed(**columns: object) -> ProgrammeProblem:
    return replace(TOWN, sections=replace(TOWN.sections, **columns))  # type: ignore[arg-type]


def with_value(column: str, row: int, value: float) -> ProgrammeProblem:
    values = getattr(TOWN.sections, column).copy()
    values[row] = value
    return changed(**{column: values})


@pytest.mark.parametrize(
    ("column", "row", "value", "message"),
    [
        ("cost_sek_m2", 2, -5.0, r"section s2 \(row 3\), cost of sealing: is -5 SEK/m²"),
        ("cost_sek_m2", 1, np.nan, r"section s1 \(row 2\), cost of sealing: is missing"),
        ("area_m2", 0, 0.0, r"section s0 \(row 1\): area_m2 is 0"),
        ("length_m", 3, np.nan, r"section s3 \(row 4\): length_m is nan"),
        ("weight", 1, -1.0, r"section s1 \(row 2\): weight is -1"),
        ("family", 1, 7, r"section s1 \(row 2\): family is 7"),
        ("state", 1, 6, r"section s1 \(row 2\): state is 6"),
        ("position", 1, 0, r"section s1 \(row 2\): shares position 0"),
    ],
)
def test_a_wrong_section_is_named_with_its_row(
    column: str, row: int, value: float, message: str
) -> None:
    with pytest.raises(ProgrammeError, match=message):
        with_value(column, row, value)


def test_a_target_needs_something_that_weighs() -> None:
    idle = replace(TOWN.sections, weight=np.zeros(len(TOWN.sections)))
    replace(TOWN, sections=idle)
    least_cost = Aim(kind=AimKind.LEAST_COST, mean_index=60.0)
    with pytest.raises(ProgrammeError, match="weight: is 0 everywhere"):
        replace(TOWN, sections=idle, aim=least_cost)


def test_a_name_that_comes_twice_is_named() -> None:
    with pytest.raises(ProgrammeError, match=r"section s1 \(row 3\): comes twice"):
        changed(ids=("s0", "s1", "s1", "s3"))


def test_a_treatment_without_trigger_is_named() -> None:
    after = TOWN.space.after.copy()
    after[0] = -1
    with pytest.raises(ProgrammeError, match="treatment sealing: is without trigger"):
        replace(TOWN, space=replace(TOWN.space, after=after))


def test_a_state_that_nothing_mends_is_named() -> None:
    after = TOWN.space.after.copy()
    after[1, 0, 5] = -1
    with pytest.raises(ProgrammeError, match=r"family local, state 5.*allows no treatment"):
        replace(TOWN, space=replace(TOWN.space, after=after))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"budget_sek": np.array([1.0, -1.0])}, r"budget, year 2: is -1 SEK"),
        ({"budget_sek": np.ones(21)}, "budget: has 21 years"),
        ({"mobilisation_sek": np.array([1.0, np.nan])}, "mobilisation of overlay: is nan"),
        ({"minimum_length_m": np.array([1.0])}, "minimum length: has 1 values"),
        ({"target_index": np.array([10.0])}, "family local: has trigger 60 and target 10"),
        ({"price_growth": 2.0}, "price_growth: is 2"),
        ({"limits": (Limit(name="x", sek=np.ones(3)),)}, "limit x: has 3 years, not 2"),
        ({"limits": (Limit(name="x", sek=np.ones(2), treatments=("y",)),)}, "no treatment 'y'"),
        ({"locks": (replace(MUST, section_id="q"),)}, r"lock 1 \(section q, must\): there is no"),
        ({"locks": (replace(MUST, year=2),)}, "year 2 is not one of 0..1"),
        ({"locks": (replace(MUST, treatment=None),)}, "names no treatment"),
        ({"locks": (MUST, replace(MUST, treatment="sealing"))}, "another lock says overlay"),
        (
            {"locks": (MUST, Lock(section_id="s1", kind=LockKind.NEVER))},
            r"lock 2 \(section s1, never\): forbids overlay in year 1",
        ),
    ],
)
def test_a_wrong_problem_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ProgrammeError, match=message):
        replace(TOWN, **change)  # type: ignore[arg-type]


def test_least_cost_needs_one_target() -> None:
    with pytest.raises(ProgrammeError, match="needs one target"):
        Aim(kind=AimKind.LEAST_COST)
    with pytest.raises(ProgrammeError, match="mean_index: is 101"):
        Aim(kind=AimKind.LEAST_COST, mean_index=101.0)
