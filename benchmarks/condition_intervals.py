"""How often the interval of a section's index holds its true index, in made-up towns.

``python benchmarks/condition_intervals.py --json build/condition_intervals.json`` draws damage that
gathers on bad streets, what a model of known precision and recall finds of it, and counts.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from gatusyn.condition import load_curves
from gatusyn.condition.confidence import CLASS_OF_KIND, look_rates, seen_shares
from gatusyn.condition.deduct import deduct_values, total_deducts
from gatusyn.condition.interval import Found, index_intervals
from gatusyn.condition.looked import Looked
from gatusyn.model import ConditionParams, PixelClass, Rates

Reals = NDArray[np.float64]

AREA_M2, MOST = 140.0, 40
USUAL_SIZE = np.array([4.0, 2.5, 3.0, 1.0, 1.5, 3.0])
USUAL_COUNT = np.array([0.5, 0.3, 0.25, 0.15, 0.04, 0.2])[:, None] * np.array([0.5, 0.3, 0.2])
"""Damages on a usual section by kind and severity, in the order of ``DamageKind``."""

SHIPPED = {
    PixelClass.CRACK: Rates(precision=0.83, recall=0.77),
    PixelClass.POTHOLE: Rates(precision=0.86, recall=0.59),
    PixelClass.PATCH: Rates(precision=0.5, recall=0.6),
}
POOR = dict.fromkeys(PixelClass, Rates(precision=0.6, recall=0.4))
CASES = (
    ("as shipped, seen whole, 3 looks", SHIPPED, 1.0, 3),
    ("as shipped, 40 % seen, 1 look", SHIPPED, 0.4, 1),
    ("a poor model, 80 % seen, 1 look", POOR, 0.8, 1),
    ("a poor model, 80 % seen, 5 looks", POOR, 0.8, 5),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Town:
    """A made-up town: each section's true index, the index of what was found, and what was."""

    true: Reals
    index: Reals
    found: Found
    looked: Looked


def index_of(amounts: Reals, area_m2: Reals) -> Reals:
    """Return indices by our deduct curves."""
    curves = load_curves(None)
    return 100.0 - total_deducts(deduct_values(amounts, area_m2, curves), curves)


def made_town(
    sections: int,
    rates: dict[PixelClass, Rates],
    *,
    share: float,
    looks: int,
    seed: int,
    params: ConditionParams,
    times: float = 1.0,
) -> Town:
    """Draw damage that gathers on bad streets, and what a model with these rates finds of it.

    Streets of ten sections share how bad they are, for all damages at once, by a lognormal law, and
    sizes are lognormal: neither is what the interval supposes (a gamma law for each section alone,
    exponential sizes).

    Parameters
    ----------
    share
        Share of each section's surface that was looked at.
    times
        How many times as much damage as a usual town has.
    """
    random = np.random.default_rng(seed)
    bad = times * np.exp(random.normal(-0.5, 1.0, sections // 10)).repeat(10)
    count = random.poisson(bad[:, None, None] * USUAL_COUNT)
    shape = (*count.shape, MOST)
    each = USUAL_SIZE[None, :, None, None]
    size = random.lognormal(-0.32, 0.8, shape) * each
    there = np.arange(MOST) < count[..., None]
    of_looks = np.repeat(look_rates(rates)[None], sections, axis=0)
    pairs = np.arange(sections).repeat(looks)
    of_class = seen_shares(of_looks[:, :, 1], pairs, np.ones(len(pairs)), params)
    seen = of_class[:, CLASS_OF_KIND][:, :, None, None]
    found = there & (random.random(shape) < seen * share)
    precision = of_looks[0, CLASS_OF_KIND, 0][None, :, None]
    # As many false ones as the precision says, of the sizes that true ones have.
    expected = times * USUAL_COUNT * seen[0, :, :, 0] * share
    wrong = random.poisson(expected * (1.0 - precision) / precision, size=count.shape)
    false = np.arange(MOST) < wrong[..., None]
    false_size = random.lognormal(-0.32, 0.8, shape) * each
    amount = (size * found).sum(axis=-1) + (false_size * false).sum(axis=-1)
    area = np.full(sections, AREA_M2)
    return Town(
        true=index_of((size * there).sum(axis=-1), area),
        index=index_of(amount, area * share),
        found=Found(count=(found.sum(axis=-1) + wrong).astype(np.float64), amount=amount),
        looked=Looked(
            surface=np.full(sections, Polygon(), dtype=object),
            looks_at=np.full(sections, None, dtype=object),
            shapes=np.zeros(0, dtype=object),
            area_m2=area * share,
            well_m2=area * share,
            looks=np.full(sections, looks),
            last_s=np.zeros(sections),
            rates=of_looks,
            seen=of_class,
        ),
    )


def intervals(town: Town, params: ConditionParams) -> tuple[Reals, Reals]:
    """Return the intervals as they are stored: they reach as far as the index."""
    area = np.full(len(town.true), AREA_M2)
    low, high = index_intervals(town.found, town.looked, area, area, index_of, params)
    return np.minimum(low, town.index), np.maximum(high, town.index)


def main() -> None:
    """Count in every case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sections", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=float, default=1.0, help="so much damage, 1 is usual")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    params, result = ConditionParams(), []
    for name, rates, share, looks in CASES:
        town = made_town(
            given.sections,
            rates,
            share=share,
            looks=looks,
            seed=given.seed,
            params=params,
            times=given.times,
        )
        low, high = intervals(town, params)
        held = (low <= town.true + 1e-9) & (town.true <= high + 1e-9)
        row: dict[str, Any] = {
            "case": name,
            "held": float(held.mean()),
            "held_below_55": float(held[town.true < 55.0].mean()),
            "held_where_index_below_55": float(held[town.index < 55.0].mean()),
            "mean_width": float((high - low).mean()),
            "index_is_exact": float((np.abs(town.index - town.true) < 0.5).mean()),
            "mean_error": float(np.abs(town.index - town.true).mean()),
            "mean_bias": float((town.index - town.true).mean()),
        }
        result.append(row)
        print(json.dumps(row))
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
