"""What a plan's choices come to, by section and by chain: money, mobilisation, the aim's sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.labels import Labels
from gatusyn.economy.lone import LoneValues, Stakes, best_edges
from gatusyn.economy.prepared import Floats, Ints, Prepared

Choice = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Sums of a plan, by section in layout order.

    Parameters
    ----------
    choice
        K for nothing, shape [N, T].
    cost_sek, mobilisation_sek
        At each year's prices; mobilisation where a project starts, shape [N, T].
    value
        The aim's own units; for ``LEAST_COST`` 0 here, as money is counted apart.
    measure
        What the target counts.
    fits
        Whether every trigger is met.
    """

    choice: Choice
    cost_sek: Floats
    mobilisation_sek: Floats
    value: Floats
    measure: Floats
    fits: NDArray[np.bool_]


def choices_of_labels(
    prepared: Prepared, staked: Stakes, labels: Labels, lone: LoneValues, chosen: Ints
) -> Choice:
    """Return the choices of the chosen labels, each followed by the best for the section alone."""
    ways, years = staked.ways, prepared.problem.years
    none = len(prepared.problem.space.treatments)
    first_year = np.minimum(labels.action[chosen] // none, years)
    choice = np.full((len(prepared.rows), years), none, np.int8)
    node = np.full(len(prepared.rows), -1)
    for t in range(years):
        one = ways.years[t]
        now = np.flatnonzero(first_year == t)
        choice[now, t] = labels.action[chosen[now]] - t * none
        later = np.flatnonzero(first_year < t)
        if later.size:
            edge = best_edges(staked, lone, t)[node[later]]
            choice[later, t] = one.treatment[edge]
            node[later] = one.target[edge]
        node[now] = one.target[labels.edge[labels.of[chosen[now]]]]
    return choice


def tally(prepared: Prepared, staked: Stakes, choice: Choice) -> Tally:
    """Follow the choices through the states and sum up."""
    ways, problem = staked.ways, prepared.problem
    width, level = np.int64(len(problem.space.treatments) + 1), problem.price_level
    node = ways.years[0].unit_nodes[:-1][prepared.kind]
    cost = np.zeros(choice.shape)
    value = np.zeros(len(choice))
    fits = np.ones(len(choice), bool)
    for t, one in enumerate(ways.years):
        edge = staked.edge_at[t][node * width + choice[:, t]]
        fits &= edge >= 0
        edge = np.maximum(edge, 0)
        cost[:, t] = staked.money[t][edge] * prepared.area_m2 * level[t]
        value += staked.reward[t][edge] * prepared.area_m2
        node = one.target[edge]
    return Tally(
        choice=choice,
        cost_sek=cost,
        mobilisation_sek=mobilised(prepared, choice),
        value=value + staked.last[node] * prepared.area_m2,
        measure=staked.measure[node] * prepared.area_m2,
        fits=fits,
    )


def mobilised(prepared: Prepared, choice: Choice) -> Floats:
    """Return mobilisation where projects start, at each year's prices, shape [N, T]."""
    problem, steps = prepared.problem, prepared.steps
    sek = np.append(problem.mobilisation_sek, 0.0)[choice] * problem.price_level
    for q in range(1, len(steps) - 1):
        here = slice(steps[q], steps[q + 1])
        before = slice(steps[q - 1], steps[q - 1] + steps[q + 1] - steps[q])
        sek[here][choice[here] == choice[before]] = 0.0
    return np.asarray(sek)
