"""A programme in plain words: what it costs, what it gives, and what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from gatusyn.model import ScenarioKind, TownProgramme
from gatusyn.report.programme_words import Words

_WORTH_TELLING_SEK = 500.0
_WIDE_GAP = 0.05
"""A larger gap is explained."""


def summary_lines(programme: TownProgramme, words: Words) -> Iterator[str]:
    """Yield what a council must know, a sentence or two each."""
    yield from _cost(programme, words)
    yield from _debt(programme, words)
    ours, nothing = programme.ours, programme.scenario(ScenarioKind.NOTHING)
    if nothing is not None:
        yield words(
            "summary index",
            now=words.number(ours.mean_index[0]),
            ours=words.number(ours.mean_index[-1]),
            nothing=words.number(nothing.mean_index[-1]),
        )
        yield words(
            "summary life",
            now=words.number(ours.remaining_years[0], 1),
            ours=words.number(ours.remaining_years[-1], 1),
            nothing=words.number(nothing.remaining_years[-1], 1),
        )
    yield from _sealing(programme, words)
    yield from _best_possible(programme, words)
    if programme.basis.ungraded_m > 0.0:
        yield words(
            "summary unknown",
            km=words.length(programme.basis.ungraded_m),
            all=words.length(programme.basis.ungraded_m + programme.basis.graded_m),
        )


def _cost(programme: TownProgramme, words: Words) -> Iterator[str]:
    budgets = [sek for sek in programme.budget_sek if sek is not None]
    values = {
        "cost": words.money(programme.ore / 100.0),
        "years": words.number(len(programme.budget_sek)),
        "projects": words.number(len(programme.projects)),
        "km": words.length(sum(one.length_m for one in programme.projects)),
    }
    if len(budgets) < len(programme.budget_sek):
        yield words("summary cost open", **values)
    else:
        yield words("summary cost", budget=words.money(budgets[0]), **values)


def _debt(programme: TownProgramme, words: Words) -> Iterator[str]:
    ours, last = programme.ours, str(programme.years[-1])
    nothing = programme.scenario(ScenarioKind.NOTHING)
    worst = programme.scenario(ScenarioKind.WORST_FIRST)
    own = programme.scenario(ScenarioKind.OWN_LIST)
    if nothing is not None:
        yield words(
            "summary debt",
            now=words.money(ours.debt_sek[0]),
            ours=words.money(ours.debt_sek[-1]),
            nothing=words.money(nothing.debt_sek[-1]),
            year=last,
        )
    if worst is not None:
        yield words("summary worst", worst=words.money(worst.debt_sek[-1]))
    if own is not None:
        yield words(
            "summary own",
            cost=words.money(sum(own.cost_ore) / 100.0),
            debt=words.money(own.debt_sek[-1]),
        )


def _sealing(programme: TownProgramme, words: Words) -> Iterator[str]:
    """Yield what sealing in time saves: debt at the same budget, or else cost at the same debt."""
    without = programme.scenario(ScenarioKind.NO_SEALING)
    if without is None:
        return
    year = str(programme.years[-1])
    debt = without.debt_sek[-1] - programme.ours.debt_sek[-1]
    cost = (sum(without.cost_ore) - sum(programme.ours.cost_ore)) / 100.0
    if debt > _WORTH_TELLING_SEK:
        yield words("summary sealing", saved=words.money(debt), year=year)
    elif cost > _WORTH_TELLING_SEK:
        yield words("summary sealing cost", saved=words.money(cost))
    else:
        yield words("summary sealing none", year=year)


def _best_possible(programme: TownProgramme, words: Words) -> Iterator[str]:
    if programme.bound is not None and programme.gap is not None:
        if programme.aim == "best-condition":
            yield words("summary gap index", gap=words.percent(programme.gap, 2))
        else:
            yield words(
                "summary gap cost" if programme.aim == "least-cost" else "summary gap",
                bound=words.money(programme.bound),
                gap=words.money(abs(programme.value - programme.bound)),
            )
        yield from gap_lines(programme, words)
    if programme.aim == "least-debt":
        whole = next((one for one in programme.next_krona if one.budget == "budget"), None)
        worth = max(whole.gains, default=0.0) if whole is not None else 0.0
        if worth >= 0.005:
            yield words("summary krona", worth=words.number(worth, 2))
        elif programme.ours.debt_sek[-1] < _WORTH_TELLING_SEK:
            yield words("summary krona none")


def gap_lines(programme: TownProgramme, words: Words) -> Iterator[str]:
    """Yield why the bound is far away, where it is."""
    if programme.gap is not None and programme.gap > _WIDE_GAP:
        yield words("gap wide", gap=words.percent(programme.gap))


def basis_lines(programme: TownProgramme, words: Words) -> Iterator[str]:
    """Yield what the figures rest on."""
    basis = programme.basis
    yield words(
        "basis grades",
        period=basis.period,
        index=words.index_name(basis.index_name),
        km=words.length(basis.graded_m),
        unknown=words.length(basis.ungraded_m),
    )
    yield words(
        "basis debt",
        debt=words.money(basis.debt_sek),
        low=words.money(basis.debt_low_sek),
        high=words.money(basis.debt_high_sek),
    )
    prices = {one.treatment: one for one in programme.prices}
    best = min(("high", "medium", "low"), key=lambda level: _rank(level, programme))
    trusted = [
        words.treatment(one.treatment, prices) for one in prices.values() if one.trust == best
    ]
    least = [
        words.treatment(one.treatment, prices) for one in prices.values() if one.trust == "low"
    ]
    yield words(
        "basis prices",
        years=", ".join(str(year) for year in sorted({one.price_year for one in prices.values()})),
        high=", ".join(trusted) or words("none"),
        low=", ".join(least) or words("none"),
    )
    yield words("minimum told")
    if programme.bound is not None:
        yield words("gap what")
    yield words("basis future")
    yield words("basis aim", aim=words(f"aim {programme.aim}"))
    yield words(
        "basis made",
        made=datetime.fromtimestamp(programme.made_s, UTC).strftime("%Y-%m-%d"),
        by=programme.made_by or words("nobody"),
        network=basis.network_version,
        stamp=basis.derived_stamp,
    )
    yield from (words.remark(one) for one in basis.remarks)


def _rank(level: str, programme: TownProgramme) -> int:
    there = any(one.trust == level for one in programme.prices)
    return ("high", "medium", "low").index(level) if there else 9
