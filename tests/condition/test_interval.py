"""The interval of the index: it covers made-up truths, and shrinks with what is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from tests.made_curves import CURVES
from tests.made_facts import look
from tests.made_findings import finding
from tests.made_network import network_of, street

from gatusyn.condition import derive_conditions
from gatusyn.condition.confidence import CLASS_OF_KIND, look_rates, seen_shares
from gatusyn.condition.deduct import deduct_values, total_deducts
from gatusyn.condition.interval import Found, index_intervals
from gatusyn.condition.looked import Looked
from gatusyn.model import ConditionParams, DamageKind, PixelClass, Rates

AREA_M2 = 140.0
USUAL = np.array([4.0, 2.5, 3.0, 1.0, 1.5, 3.0])[:, None].repeat(3, axis=1)
SHIPPED = {
    PixelClass.CRACK: Rates(precision=0.83, recall=0.77),
    PixelClass.POTHOLE: Rates(precision=0.86, recall=0.59),
    PixelClass.PATCH: Rates(precision=0.5, recall=0.6),
}
POOR = dict.fromkeys(PixelClass, Rates(precision=0.6, recall=0.4))


def index_of(amounts: np.ndarray, area_m2: np.ndarray) -> np.ndarray:
    return 100.0 - total_deducts(deduct_values(amounts, area_m2, CURVES), CURVES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A made-up town: the true index of each section, and what was found there."""

    true: np.ndarray
    found: Found
    looked: Looked


def made_town(
    sections: int,
    rates: dict[PixelClass, Rates],
    *,
    share: float,
    looks: int,
    seed: int,
    params: ConditionParams,
) -> Town:
    """Draw damage that gathers on bad streets, and what a model with these rates finds of it.

    Streets of ten sections share how bad they are, for all damages at once, by a lognormal law:
    neither is what the interval supposes (a gamma law for each damage and section alone).
    """
    random = np.random.default_rng(seed)
    bad = np.exp(random.normal(-0.5, 1.0, sections // 10)).repeat(10)
    usual = np.array([0.5, 0.3, 0.25, 0.15, 0.04, 0.2])[:, None] * np.array([0.5, 0.3, 0.2])
    count = random.poisson(bad[:, None, None] * usual)
    size = random.lognormal(-0.32, 0.8, (*count.shape, 40)) * USUAL[None, :, :, None]
    there = np.arange(40) < count[..., None]
    of_looks = np.repeat(look_rates(rates)[None], sections, axis=0)
    many = np.full(sections, looks)
    seen = seen_shares(of_looks[:, :, 1], many, params)[:, CLASS_OF_KIND][:, :, None, None]
    found = there & (random.random(there.shape) < seen * share)
    precision = of_looks[0, CLASS_OF_KIND, 0][None, :, None]
    # As many false ones as the precision says, of the sizes that true ones have.
    expected = usual * seen[0, :, :, 0] * share
    wrong = random.poisson(expected * (1.0 - precision) / precision, size=count.shape)
    false_size = random.lognormal(-0.32, 0.8, (*count.shape, 40)) * USUAL[None, :, :, None]
    false = np.arange(40) < wrong[..., None]
    amount = (size * found).sum(axis=-1) + (false_size * false).sum(axis=-1)
    return Town(
        true=index_of((size * there).sum(axis=-1), np.full(sections, AREA_M2)),
        found=Found(count=(found.sum(-1) + wrong).astype(float), amount=amount),
        looked=Looked(
            area_m2=np.full(sections, AREA_M2 * share),
            length_m=np.full(sections, 20.0),
            looks=many,
            rates=of_looks,
        ),
    )


@pytest.mark.parametrize(
    ("rates", "share", "looks"),
    [(SHIPPED, 1.0, 3), (SHIPPED, 0.4, 1), (POOR, 0.8, 1), (POOR, 0.8, 5)],
)
def test_it_covers_the_truth_of_made_up_towns(
    rates: dict[PixelClass, Rates], share: float, looks: int
) -> None:
    params = ConditionParams()
    town = made_town(2000, rates, share=share, looks=looks, seed=7, params=params)
    area = np.full(len(town.true), AREA_M2)
    low, high = index_intervals(town.found, town.looked, area, area, index_of, params)
    point = index_of(town.found.amount, area * share)
    low, high = np.minimum(low, point), np.maximum(high, point)
    covered = (low <= town.true + 1e-9) & (town.true <= high + 1e-9)
    assert 0.93 <= covered.mean() <= 0.985, "95 %, and not by being wide"
    wrong = (point != town.true).mean()
    assert wrong > 0.3, "the index alone would not do"


def graded(
    rates: dict[PixelClass, Rates], *, half_m: float = 10.0, passes: int = 1
) -> tuple[float, float]:
    """Return the interval of a section with a hole and a crack, of a street seen all along."""
    looks = [("r", look(f"f{one}", 10.0, half_m=half_m)) for one in range(passes)]
    looks += [("r", look(f"g{one}", 60.0, half_m=40.0)) for one in range(passes)]
    damage = [
        finding(DamageKind.POTHOLE, 10.0),
        finding(DamageKind.LONGITUDINAL_CRACK, 10.0, along_m=8.0, across_m=0.1),
    ]
    done = derive_conditions(
        damage, looks, network_of(street()), ConditionParams(), CURVES, {"r": rates}
    )
    assert done[0].index_interval is not None
    assert done[0].index is not None
    assert done[0].index_interval[0] <= done[0].index <= done[0].index_interval[1]
    return done[0].index_interval


def test_what_is_seen_whole_by_a_perfect_model_has_no_interval() -> None:
    perfect = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=1.0))
    low, high = graded(perfect)
    assert high - low == pytest.approx(0.0, abs=1e-9)


def test_less_seen_or_worse_seen_is_less_sure_and_more_passes_are_surer() -> None:
    def width(interval: tuple[float, float]) -> float:
        return interval[1] - interval[0]

    usual = width(graded(SHIPPED))
    assert width(graded(SHIPPED, half_m=4.0)) > usual
    assert width(graded(POOR)) > usual
    blind = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=0.3))
    assert width(graded(blind, passes=4)) < width(graded(blind))


def test_the_seed_decides_and_more_draws_change_little() -> None:
    town = made_town(200, SHIPPED, share=0.6, looks=2, seed=3, params=ConditionParams())
    area = np.full(200, AREA_M2)

    def drawn(params: ConditionParams) -> np.ndarray:
        return np.array(index_intervals(town.found, town.looked, area, area, index_of, params))

    first = drawn(ConditionParams())
    assert (first == drawn(ConditionParams())).all()
    assert (first != drawn(ConditionParams(interval_seed=2))).any()
    many = drawn(ConditionParams(interval_draws=800))
    assert np.abs(first.mean(axis=1) - many.mean(axis=1)).max() < 1.5


def test_a_town_that_shows_nothing_is_not_sure_to_have_nothing() -> None:
    looked = [("r", look("f", 10.0, half_m=10.0))]
    done = derive_conditions((), looked, network_of(street()), ConditionParams(), CURVES)
    assert done[0].index == 100.0
    assert done[0].index_interval is not None
    assert done[0].index_interval[0] < 95.0
    assert done[0].index_interval[1] == 100.0
