"""Changes of one or two plans that use up what is allowed."""

from __future__ import annotations

from itertools import product
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatusyn.economy import many_streets, pace, solve_programme, streets, swaps
from gatusyn.economy.choose import Pool
from gatusyn.economy.many_streets import chosen_of_many
from gatusyn.economy.mix import best_mix
from gatusyn.economy.swaps import swapped, swapped_soon
from gatusyn.evaluate import check_programme
from gatusyn.simulate import made_paving_town


def _used(pool: Pool, picked: np.ndarray) -> np.ndarray:
    return np.asarray(pool.use[np.arange(len(picked)), picked].sum(axis=0))


def _value(pool: Pool, picked: np.ndarray) -> float:
    return float(pool.value[np.arange(len(picked)), picked].sum())


def _many(pieces: int, *, seed: int) -> Pool:
    """Six plans each, of which the first uses nothing; a fifth of what all plans use is allowed."""
    random = np.random.default_rng(seed)
    use = random.uniform(1.0, 9.0, (pieces, 6, 4)) * (random.random((pieces, 6, 4)) < 0.4)
    use[:, 0] = 0.0
    value = 40.0 - use.sum(axis=2) * random.uniform(0.5, 2.0, (pieces, 6))
    return Pool(value=value, use=use, allowed=0.2 * use.sum(axis=(0, 1)) / 6.0)


def test_two_pieces_change_places_where_neither_can_change_alone() -> None:
    """What one spends less the other spends more: alone the dearer does not fit."""
    pool = Pool(
        value=np.array([[0.0, -7.0], [0.0, -10.0]]),
        use=np.array([[[0.0], [7.0]], [[0.0], [10.0]]]),
        allowed=np.array([11.0]),
    )
    found = swapped(pool, np.array([1.0]), np.array([1, 0]), [np.array([1, 0])])
    assert found.tolist() == [0, 1]


def test_a_start_that_uses_too_much_is_brought_within_what_is_allowed() -> None:
    """The start may use too much; what is returned never does."""
    pool = Pool(
        value=np.array([[0.0, -5.0], [0.0, -6.0], [0.0, -4.0]]),
        use=np.array([[[0.0], [5.0]], [[0.0], [6.0]], [[0.0], [4.0]]]),
        allowed=np.array([10.0]),
    )
    found = swapped(pool, np.array([1.0]), np.zeros(3, np.int64), [np.ones(3, np.int64)])
    assert _used(pool, found)[0] <= 10.0
    assert _value(pool, found) == -10.0


def test_nothing_changes_where_nothing_is_limited() -> None:
    """Without rows there are no prices, and nothing to use up."""
    pool = Pool(value=np.zeros((2, 2)), use=np.zeros((2, 2, 0)), allowed=np.zeros(0))
    picked = np.array([1, 0])
    assert swapped(pool, np.zeros(0), picked, [np.zeros(2, np.int64)]).tolist() == [1, 0]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), pieces=st.integers(1, 5), rows=st.integers(1, 3))
def test_the_choice_keeps_to_what_is_allowed_and_is_no_worse(
    seed: int, pieces: int, rows: int
) -> None:
    """Whatever the start: within what is allowed, no worse than what was known, above the best."""
    random = np.random.default_rng(seed)
    use = random.integers(0, 9, (pieces, 3, rows)).astype(float)
    use[:, 0] = 0.0
    value = -use.sum(axis=2) * random.uniform(0.5, 2.0, (pieces, 3))
    pool = Pool(value=value, use=use, allowed=random.integers(0, 20, rows).astype(float))
    picked = np.zeros(pieces, np.int64)
    start = random.integers(0, 3, pieces)
    found = swapped(pool, random.uniform(0.5, 1.5, rows), picked, [picked, start])
    assert (_used(pool, found) <= pool.allowed + 1e-9).all()
    assert _value(pool, found) <= 1e-9
    best = min(
        _value(pool, np.array(one))
        for one in product(range(3), repeat=pieces)
        if (_used(pool, np.array(one)) <= pool.allowed + 1e-9).all()
    )
    assert _value(pool, found) >= best - 1e-9


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), pieces=st.integers(1, 5), rows=st.integers(1, 3))
def test_less_is_aimed_at_until_the_choice_keeps_to_what_is_allowed(
    seed: int, pieces: int, rows: int
) -> None:
    """Soon or not: within what is allowed, no worse than what was known, and the gap holds."""
    random = np.random.default_rng(seed)
    use = random.integers(0, 9, (pieces, 3, rows)).astype(float)
    use[:, 0] = 0.0
    value = 100.0 - use.sum(axis=2) * random.uniform(0.5, 2.0, (pieces, 3))
    pool = Pool(value=value, use=use, allowed=random.integers(1, 20, rows).astype(float))
    nothing, prices = np.zeros(pieces, np.int64), random.uniform(0.5, 1.5, rows)
    found, gap = swapped_soon(pool, prices, nothing, [random.integers(0, 3, pieces)], enough=0.0)
    best = min(
        _value(pool, np.array(one))
        for one in product(range(3), repeat=pieces)
        if (_used(pool, np.array(one)) <= pool.allowed + 1e-9).all()
    )
    for one in (found, chosen_of_many(pool, prices)):
        assert (_used(pool, one) <= pool.allowed + 1e-9).all()
        assert best - 1e-9 <= _value(pool, one) <= _value(pool, nothing) + 1e-9
    assert _value(pool, found) - best <= gap * _value(pool, nothing) + 1e-9


def test_of_very_many_streets_the_choice_comes_near_the_best_mix_from_prices_that_are_off() -> None:
    """No mix is worked out for so many: prices at which streets' best plans fit stand for it."""
    pool = _many(2_500, seed=5)
    weights, worth = best_mix(pool, np.ones(4))
    picked = chosen_of_many(pool, 1.05 * worth)
    assert (_used(pool, picked) <= pool.allowed + 1e-9).all()
    assert 0.0 <= _value(pool, picked) / (weights * pool.value).sum() - 1.0 < 7e-4


@pytest.mark.parametrize(
    ("off", "gap", "tries"),
    [
        (None, 4e-4, 1),
        (None, 6e-4, 5),
        (0.0, 8e-4, 1),
        (0.0, 1e-3, 5),
        (6e-4, 4e-4, 5),
        (0.0, 3e-3, 1),
    ],
)
def test_tries_end_where_the_choice_is_near_the_bound(
    monkeypatch: pytest.MonkeyPatch, off: float | None, gap: float, tries: int
) -> None:
    """Choice and bound are off by 9.5e-4 together at most; far from that no more are tried."""
    pool, made = _many(2_100, seed=4), list[float]()
    weights, worth = best_mix(pool, np.ones(4))
    bound = None if off is None else float((weights * pool.value).sum()) * (1.0 - off)

    def tried(*given: Any, **how: Any) -> tuple[Any, float]:
        made.append(how["enough"])
        return given[2], gap

    monkeypatch.setattr(many_streets, "swapped_soon", tried)
    monkeypatch.setattr(many_streets, "_of_best_mix", lambda _, __, safe: safe)
    chosen_of_many(pool, worth, bound)
    assert len(made) == tries


def test_of_two_tries_the_first_that_is_near_enough_is_taken_and_the_other_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which is taken does not hang on which is done first."""
    monkeypatch.setattr(swaps, "usable_cores", lambda: 2)
    pool, ended = _many(2_100, seed=4), list[float]()
    _, worth = best_mix(pool, np.ones(4))
    start = (pool.value + pool.use @ worth).argmin(axis=1)
    aimed, begun = swaps._aimed, Event()

    def noted(changes: Any, start: Any, most: int, dear: float, done: Event) -> Any:
        if most == swaps.TRIES[0][1][0]:
            begun.set()
            assert done.wait(60.0), "the other is told"
            ended.append(dear)
        else:
            assert begun.wait(60.0), "both run at a time"
        return aimed(changes, start, most, dear, done)

    monkeypatch.setattr(swaps, "_aimed", noted)
    nothing = np.zeros(2_100, np.int64)
    found, gap = swapped_soon(pool, worth, nothing, [start], enough=0.01)
    first = aimed(swaps._Changes.of(pool, worth), start, *swaps.TRIES[0][0])
    assert len(ended) == 1
    assert (found == first).all()
    assert gap <= 0.01


def test_a_choice_near_the_best_mix_is_no_worse_than_the_one_that_is_known() -> None:
    """A choice good enough to end the search is not taken for a better one."""
    pool = _many(600, seed=0)
    weights, worth = best_mix(pool, np.ones(4))
    start = weights.argmax(axis=1)
    known = swapped(pool, worth, np.zeros(600, np.int64), [start])
    found = many_streets._of_best_mix(pool, 1.02 * worth, known)
    assert (_used(pool, found) <= pool.allowed + 1e-9).all()
    assert _value(pool, found) <= _value(pool, known) + 1e-9


def test_where_stages_end_beyond_what_is_allowed_less_is_aimed_at() -> None:
    """Without it nothing better than nothing is known here."""
    pool = _many(3_000, seed=2)
    weights, worth = best_mix(pool, np.ones(4))
    picked = swapped(pool, worth, np.zeros(3_000, np.int64), [weights.argmax(axis=1)])
    assert (_used(pool, picked) <= pool.allowed + 1e-9).all()
    assert 0.0 <= _value(pool, picked) / (weights * pool.value).sum() - 1.0 < 5e-5


def test_the_plan_does_not_depend_on_how_many_threads_find_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A large town's way, on a small one: on one core as on two."""
    town, plans = made_paving_town(sections=900, years=4, seed=3), []
    monkeypatch.setattr(pace, "MANY", 500)
    monkeypatch.setattr(pace, "MOST", 500)
    for cores in (1, 2):
        for module in (streets, swaps):
            monkeypatch.setattr(module, "usable_cores", lambda cores=cores: cores)
        plans.append(solve_programme(town))
        assert not check_programme(town, plans[-1]).violations
    assert (plans[0].choice == plans[1].choice).all()
    assert plans[0].bound == plans[1].bound


def test_a_town_without_joining_comes_within_a_thousandth_of_the_bound() -> None:
    """By changes of single sections alone it is nearly three thousandths away."""
    problem = made_paving_town(sections=3000, treatments=8, years=5, joining=False, seed=3)
    plan = solve_programme(problem)
    assert plan.gap is not None
    assert plan.gap < 1e-3
    assert not check_programme(problem, plan).violations
