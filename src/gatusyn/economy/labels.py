"""Short lists of ways for each section: by what is done first, and then the best that follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.lone import LoneValues, Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.ways import ragged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """What each section may do first, or nothing: rows sorted by section, then year.

    Parameters
    ----------
    section
        Layout row.
    action
        year * K + treatment; T * K for nothing ever.
    money
        SEK in fixed prices.
    credit
        What the years until then are worth in the aim's units, with the action's own.
    node
        Where it leads, as a row of `LoneValues.value`.
    edge
        The kinds' edge in the action's year; -1 for nothing.
    first
        The first label of each section, and (last) their number.
    """

    section: Ints
    action: Ints
    money: Floats
    credit: Floats
    node: Ints
    edge: Ints
    first: Ints
    membership: Ints


def list_labels(prepared: Prepared, staked: Stakes) -> Labels:
    """Return the labels of every section."""
    ways, kinds = staked.ways, len(prepared.kinds.family)
    none = len(prepared.problem.space.treatments)
    base = np.cumsum([0] + [len(one.state) for one in ways.years])
    unit, action, money, credit, node, edge = ([] for _ in range(6))  # type: ignore[var-annotated]
    idle = ways.years[0].unit_nodes[:-1].copy()
    waited = np.zeros(kinds)
    waiting = np.ones(kinds, bool)
    for t, one in enumerate(ways.years):
        at = np.full(len(one.state), -1)
        at[idle[waiting]] = np.flatnonzero(waiting)
        rows = np.flatnonzero((at[one.source] >= 0) & (one.treatment < none))
        unit.append(one.unit[rows])
        action.append(t * none + one.treatment[rows])
        money.append(staked.money[t][rows])
        credit.append(staked.reward[t][rows] + waited[one.unit[rows]])
        node.append(base[t + 1] + one.target[rows])
        edge.append(rows)
        on = np.flatnonzero((at[one.source] >= 0) & (one.treatment == none))
        waiting = np.zeros(kinds, bool)
        waiting[one.unit[on]] = True
        idle[one.unit[on]] = one.target[on]
        waited[one.unit[on]] += staked.reward[t][on]
    left = np.flatnonzero(waiting)
    unit.append(left)
    action.append(np.full(len(left), prepared.problem.years * none))
    money.append(np.zeros(len(left)))
    credit.append(waited[left])
    node.append(base[-1] + idle[left])
    edge.append(np.full(len(left), -1))
    columns = [np.concatenate(one) for one in (unit, action, money, credit, node, edge)]
    order = np.lexsort((columns[1], columns[0]))
    return _of_sections(prepared, [one[order] for one in columns])


def _of_sections(prepared: Prepared, columns: list[Ints]) -> Labels:
    unit, action, money, credit, node, edge = columns
    start = np.concatenate(
        [[0], np.cumsum(np.bincount(unit, minlength=len(prepared.kinds.family)))]
    )
    counts = np.diff(start)[prepared.kind]
    row = ragged(start[:-1][prepared.kind], counts)
    section = np.repeat(np.arange(len(prepared.kind)), counts)
    area = prepared.area_m2[section]
    return Labels(
        section=section,
        action=action[row],
        money=money[row] * area,
        credit=credit[row] * area,
        node=node[row],
        edge=edge[row],
        first=np.concatenate([[0], np.cumsum(counts)]),
        membership=prepared.kinds.membership[prepared.kind][section],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedLabels:
    """Labels with prices set: their cost without mobilisation, and all their actions.

    Parameters
    ----------
    cost
        In the aim's units, by label.
    second, third
        Later actions, as `Labels.action`.
    """

    cost: Floats
    second: Ints
    third: Ints


def price_labels(
    prepared: Prepared, staked: Stakes, labels: Labels, lone: LoneValues, prices: Prices
) -> PricedLabels:
    """Return what the labels cost when money has the given prices."""
    krona = staked.per_krona(prepared, prices)
    flat = krona[:, :, :-1].reshape(len(krona), -1)
    flat = np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)
    paid = flat[labels.membership, labels.action] if len(flat) > 1 else flat[0][labels.action]
    follow = lone.value[labels.node] * prepared.area_m2[labels.section]
    return PricedLabels(
        cost=labels.money * paid + labels.credit + follow,
        second=lone.following[0][labels.node],
        third=lone.following[1][labels.node],
    )
