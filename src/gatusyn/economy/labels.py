"""Short lists of ways for each section: by what is done first, and then the best that follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.lone import LoneValues, Prices, Stakes, following, node_base
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.ways import ragged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """What each section may do first, or nothing: rows sorted by section, then year.

    Parameters
    ----------
    section
        Layout row.
    of
        Row of the kinds' columns below.
    action
        year * K + treatment; T * K for nothing ever.
    first
        The first label of each section, and (last) their number.
    kind, kind_action
        Of the kinds' labels, sorted alike.
    money, credit
        SEK in fixed prices per m², and what the years until then are worth, with the action's own.
    node
        Where it leads, as a row of `LoneValues.value`.
    edge
        The kinds' edge in the action's year; -1 for nothing.
    """

    section: Ints
    of: Ints
    action: Ints
    first: Ints
    kind: Ints
    kind_action: Ints
    money: Floats
    credit: Floats
    node: Ints
    edge: Ints


def list_labels(prepared: Prepared, staked: Stakes) -> Labels:
    """Return the labels of every section."""
    ways, kinds = staked.ways, len(prepared.kinds.family)
    none = len(prepared.problem.space.treatments)
    base = node_base(ways)
    unit, action, money, credit, node, edge = ([] for _ in range(6))
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
    node.append(base[len(ways.years)] + idle[left])
    edge.append(np.full(len(left), -1))
    columns = [np.concatenate(one) for one in (unit, action, money, credit, node, edge)]
    order = np.lexsort((columns[1], columns[0]))
    return _of_sections(prepared, [one[order] for one in columns])


def _of_sections(prepared: Prepared, columns: list[Ints]) -> Labels:
    unit, action, money, credit, node, edge = columns
    of_kind = np.bincount(unit, minlength=len(prepared.kinds.family))
    start = np.concatenate([[0], np.cumsum(of_kind)])
    counts = of_kind[prepared.kind]
    row = ragged(start[:-1][prepared.kind], counts)
    return Labels(
        section=np.repeat(np.arange(len(prepared.kind)), counts),
        of=row,
        action=action[row],
        first=np.concatenate([[0], np.cumsum(counts)]),
        kind=unit,
        kind_action=action,
        money=money.astype(np.float64),
        credit=credit.astype(np.float64),
        node=node,
        edge=edge,
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
    paid = flat[prepared.kinds.membership[labels.kind], labels.kind_action]
    cost = labels.money * paid + labels.credit + lone.value[labels.node]
    later = following(prepared, staked, lone)[:, labels.node]
    return PricedLabels(
        cost=cost[labels.of] * prepared.area_m2[labels.section],
        second=later[0][labels.of],
        third=later[1][labels.of],
    )
