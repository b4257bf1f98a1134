"""How right remaining lives, fitted lives and the debt's interval are, on towns of known truth.

``python benchmarks/deterioration.py --seed 11 --json build/deterioration.json`` makes towns
whose streets age by their own lives, years wear unevenly, sections are treated at the trigger (some
treatments are never recorded), and surveys see them with errors, their own and the whole survey's.
Then it asks, for each section: does the interval of its remaining life hold the year in which it
truly meets its trigger? The towns agree with the settings in one way and disagree in another:

``as assumed``     lives, spread and curve are the settings', and how streets stray from it
``shorter lives``  every family's lives are 30 % shorter than the settings say
``other curve``    indices follow the curve of Micro PAVER (rho, alpha, beta), not ours
``two surveys``    only two, a year apart
``none before``    only this year's
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import (
    believe,
    debt_of,
    fit_lives,
    remaining_life,
    whole_debt,
)
from gatusyn.model import (
    DamageKind,
    EconomyParams,
    Stock,
    SurveyHistory,
    index_of_wear,
    wear_of,
)

Reals = NDArray[np.float64]
PARAMS = EconomyParams()
SECTIONS_A_STREET = 8
SIGMA, SURVEY_SIGMA = 5.0, 2.0
TREATED_A_YEAR, RECORDED = 0.25, 0.6
NOW = 2026.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a made town is like."""

    surveys: tuple[float, ...] = (-6.0, -4.0, -2.0, 0.0)
    life_factor: float = 1.0
    other_curve: bool = False


SCENARIOS = {
    "as assumed": Scenario(),
    "shorter lives": Scenario(life_factor=0.7),
    "other curve": Scenario(other_curve=True),
    "two surveys": Scenario(surveys=(-1.0, 0.0)),
    "none before": Scenario(surveys=(0.0,)),
}


def paver_index(wear: Reals) -> Reals:
    """Return another curve's index at our wear: rho, alpha and beta fitted to no street of ours.

    ``100 - rho / ln(alpha / age)^(1 / beta)`` with beta 0.6, alpha 2.2 lives, 40 at one life.
    """
    age = wear / float(wear_of(PARAMS.life_end_index, PARAMS.course_shape))
    beta, alpha = 0.6, 2.2
    rho = 60.0 * np.log(alpha) ** (1.0 / beta)
    safe = np.clip(age, 1e-6, alpha * 0.98)
    index: Reals = np.clip(100.0 - rho / np.log(alpha / safe) ** (1.0 / beta), 0.0, 100.0)
    return index


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Town:
    """A made town: what was seen, and what is true."""

    stock: Stock
    history: SurveyHistory
    true_index: Reals
    true_years: Reals
    street_log_life: Reals
    family_log_life: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stray:
    """How much faster or slower than its course each street ages, in each quarter of a life."""

    factors: Reals

    @classmethod
    def of(cls, street: NDArray[np.intp], streets: int, rng: np.random.Generator) -> Stray:
        """Draw a factor for each street and quarter, the same for its sections."""
        off = PARAMS.course_sigma * rng.standard_normal((streets, 8))
        return cls(factors=np.exp(off)[street])

    def at(self, wear: Reals) -> Reals:
        """Return each section's factor at its wear."""
        end = float(wear_of(PARAMS.life_end_index, PARAMS.course_shape))
        part = np.minimum((4.0 * wear / end).astype(np.intp), 7)
        return self.factors[np.arange(len(wear)), part]


def make_town(scenario: Scenario, seed: int, streets: int) -> Town:
    """Age, treat and survey a town, then age it on until every section meets its trigger."""
    rng = np.random.default_rng(seed)
    families = list(PARAMS.families.values())
    street = np.repeat(np.arange(streets), SECTIONS_A_STREET)
    family = rng.choice(len(families), streets, p=[0.08, 0.17, 0.25, 0.35, 0.15])[street]
    off = np.array([PARAMS.life_sigma(one.life_trust) for one in families])
    typical = np.log([one.life_years * scenario.life_factor for one in families])
    if scenario.life_factor == 1.0:
        typical = typical + off * rng.standard_normal(len(families))
    spread = np.array([one.life_spread for one in families])
    first = np.unique(street, return_index=True)[1]
    street_life = typical[family[first]] + spread[family[first]] * rng.standard_normal(streets)
    life = np.exp(street_life[street] + PARAMS.section_spread * rng.standard_normal(len(street)))
    pace = float(wear_of(PARAMS.life_end_index, PARAMS.course_shape)) / life
    curve: Callable[[Reals], Reals] = (
        paver_index
        if scenario.other_curve
        else lambda wear: index_of_wear(wear, PARAMS.course_shape)
    )
    trigger = np.array([one.trigger for one in families])[family]
    stray = Stray.of(street, streets, rng)
    wear = (rng.uniform(0.0, 1.2, streets)[street] * life) * pace
    seen, treated = [], []
    last_years = -round(min(scenario.surveys))
    for year in range(-last_years, 1):
        index = curve(wear)
        if year in scenario.surveys:
            noise = SIGMA * rng.standard_normal(len(wear)) + SURVEY_SIGMA * rng.standard_normal()
            seen.append((NOW + year, np.clip(index + noise, 0.0, 100.0)))
        if year == 0:
            break
        done = (index < trigger) & (rng.random(len(wear)) < TREATED_A_YEAR)
        wear = np.where(done, 0.0, wear)
        wear = wear + pace * stray.at(wear) * worn(rng, len(wear))
        noted = np.flatnonzero(done & (rng.random(len(wear)) < RECORDED))
        treated.append((NOW + year + 0.4, noted))
    true_index = curve(wear)
    return Town(
        stock=stock_of_town(street, family, seen[-1][1]),
        history=history_of(seen, treated),
        true_index=true_index,
        true_years=years_left(wear, pace, stray, curve, trigger, rng),
        street_log_life=street_life,
        family_log_life=typical,
    )


def worn(rng: np.random.Generator, count: int) -> Reals:
    """Return what a year wears, in even years: never less than nothing, 1 on average."""
    noise = PARAMS.yearly_noise
    return rng.gamma(1.0 / noise**2, noise**2, count)


def years_left(
    wear: Reals,
    pace: Reals,
    stray: Stray,
    curve: Callable[[Reals], Reals],
    trigger: Reals,
    rng: np.random.Generator,
) -> Reals:
    """Age sections on; return the years until each meets its trigger, with its part of the last."""
    left = np.full(len(wear), np.nan)
    left[curve(wear) < trigger] = 0.0
    for year in range(200):
        index, older = curve(wear), wear + pace * stray.at(wear) * worn(rng, len(wear))
        later = curve(older)
        meets = np.isnan(left) & (later < trigger)
        left[meets] = year + ((index - trigger) / np.maximum(index - later, 1e-9))[meets]
        wear = older
        if not np.isnan(left).any():
            break
    years: Reals = np.nan_to_num(left, nan=200.0)
    return years


def stock_of_town(street: NDArray[np.intp], family: NDArray[np.intp], index: Reals) -> Stock:
    """Return the town's sections as columns, as this year's survey sees them."""
    count = len(street)
    row = np.arange(count)
    nothing, unknown = np.full(count, ""), np.full((count, len(DamageKind)), np.nan)
    return Stock(
        families=tuple(PARAMS.families),
        section_id=row.astype(np.str_),
        element_id=street.astype(np.str_),
        street=street.astype(np.str_),
        district=nothing,
        road_class=nothing,
        network_type=np.full(count, "car"),
        chain=street.astype(np.int32),
        position=(row % SECTIONS_A_STREET).astype(np.int32),
        length_m=np.full(count, 20.0),
        area_m2=np.full(count, 140.0),
        index=index,
        index_sigma=np.full(count, SIGMA),
        family=family.astype(np.int32),
        damage_share=unknown,
        damage_points=unknown,
        aadt=np.full(count, np.nan),
    )


def history_of(
    seen: list[tuple[float, Reals]], treated: list[tuple[float, NDArray[np.intp]]]
) -> SurveyHistory:
    """Return all surveys, and the treatments that somebody noted."""
    none = np.empty(0, np.intp)
    return SurveyHistory(
        row=np.concatenate([np.arange(len(index)) for _, index in seen]).astype(np.int32),
        time_years=np.concatenate([np.full(len(index), when) for when, index in seen]),
        index=np.concatenate([index for _, index in seen]),
        sigma=np.full(sum(len(index) for _, index in seen), SIGMA),
        treated_row=np.concatenate([none, *(rows for _, rows in treated)]).astype(np.int32),
        treated_years=np.concatenate([[], *(np.full(len(rows), when) for when, rows in treated)]),
    )


def score(town: Town, *, fitted: bool) -> dict[str, float]:
    """Say how often intervals hold the truth, and how far medians are off."""
    lives = fit_lives(town.stock, PARAMS, town.history if fitted else None)
    left = remaining_life(town.stock, believe(town.stock), lives, PARAMS)
    truth, future = town.true_years, town.true_years > 0.0

    def holds(low: float, high: float, chosen: NDArray[np.bool_]) -> float:
        inside = (left.at(low) <= truth + 1e-9) & (truth <= left.at(high) + 1e-9)
        return float(inside[chosen].mean())

    every = np.ones(len(truth), np.bool_)
    family_off = (lives.family_log_life - town.family_log_life) / lives.family_log_sigma
    street = lives.log_life.reshape(-1, SECTIONS_A_STREET)[:, 0]
    return {
        "within_50": holds(0.25, 0.75, every),
        "within_95": holds(0.025, 0.975, every),
        "within_50_not_yet_due": holds(0.25, 0.75, future),
        "within_95_not_yet_due": holds(0.025, 0.975, future),
        "bias_years": float((left.at(0.5) - truth).mean()),
        "error_years": float(np.abs(left.at(0.5) - truth).mean()),
        "width_50_years": float((left.at(0.75) - left.at(0.25)).mean()),
        "log_life_bias": float((street - town.street_log_life).mean()),
        "log_life_error": float(np.abs(street - town.street_log_life).mean()),
        "families_within_95": float((np.abs(family_off) < 1.96).mean()),
    }


def debt_score(town: Town, seed: int) -> dict[str, float]:
    """Say whether the debt's interval holds what the truth comes to at the settings' prices.

    Once as surveyed, and once with a fifth of the streets not looked at.
    """
    sure = replace(
        PARAMS, price_sigma_high=0.0, price_sigma_medium=0.0, price_sigma_low=0.0, draws=100
    )
    seen = whole_debt(debt_of(town.stock, sure), town.stock, sure)
    real = replace(town.stock, index=town.true_index, index_sigma=np.zeros(len(town.stock)))
    true = whole_debt(debt_of(real, replace(sure, draws=20)), real, sure).sek
    unseen = np.random.default_rng(seed).random(town.stock.chain.max() + 1) < 0.2
    hidden = np.where(unseen[town.stock.chain], np.nan, town.stock.index)
    part = replace(town.stock, index=hidden, index_sigma=np.where(np.isnan(hidden), np.nan, SIGMA))
    guessed = whole_debt(debt_of(part, sure), part, sure)
    return {
        "within_95": float(seen.low_sek <= true <= seen.high_sek),
        "expected_off": seen.expected_sek / true - 1.0,
        "as_graded_off": seen.sek / true - 1.0,
        "width": (seen.high_sek - seen.low_sek) / true,
        "fifth_unseen_within_95": float(guessed.whole_low_sek <= true <= guessed.whole_high_sek),
        "fifth_unseen_off": guessed.whole_sek / true - 1.0,
    }


def main() -> None:
    """Score every scenario with lives as set and as fitted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="a town each")
    parser.add_argument("--debt-towns", type=int, default=0, help="more towns, for debt alone")
    parser.add_argument("--streets", type=int, default=250)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    seeds = options.seed or [1, 2, 3]
    result: dict[str, object] = {
        "streets": options.streets,
        "sections": options.streets * SECTIONS_A_STREET,
        "seeds": seeds,
        "debt_towns": len(seeds) + options.debt_towns,
    }
    for name, scenario in SCENARIOS.items():
        towns = [make_town(scenario, seed, options.streets) for seed in seeds]
        begun = time.perf_counter()
        fits = {
            words: mean([score(town, fitted=words == "fitted") for town in towns])
            for words in ("fitted", "as set")
        }
        more = [1000 + i for i in range(options.debt_towns)]
        further = (make_town(scenario, seed, options.streets) for seed in more)
        debts = mean(
            [
                debt_score(town, seed)
                for town, seed in zip(chain(towns, further), [*seeds, *more], strict=True)
            ]
        )
        result[name] = {**fits, "debt": debts, "seconds": time.perf_counter() - begun}
        print(name)
        for words, scores in {**fits, "debt": debts}.items():
            print(f"  {words:7}", *(f"{key} {value:.3f}" for key, value in scores.items()))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2), "utf-8")


def mean(scores: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean of every score over the towns."""
    return {key: float(np.mean([one[key] for one in scores])) for key in scores[0]}


if __name__ == "__main__":
    main()
