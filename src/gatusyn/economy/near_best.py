"""The best few ways of a section, and the best way with each action, out of all that there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.bound import Sections
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.tally import Choice
from gatusyn.economy.ways import ragged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListedWays:
    """Ways of sections, sorted by section.

    Parameters
    ----------
    row
        Of the section.
    choice
        K for nothing, shape [ways, T].
    excess
        What the way comes to beyond the section's least.
    """

    row: Ints
    choice: Choice
    excess: Floats

    @classmethod
    def merged(cls, parts: tuple[ListedWays, ...]) -> ListedWays:
        """Return several lists as one, every way once, the best of a section first."""
        row = np.concatenate([one.row for one in parts])
        choice = np.concatenate([one.choice for one in parts])
        excess = np.concatenate([one.excess for one in parts])
        code = np.zeros(len(row), np.int64)
        width = int(choice.max(initial=0)) + 1
        for column in choice.T:
            code = code * width + column
            if code.max(initial=0) > 2**56 // width:
                code = np.unique(code, return_inverse=True)[1]
        order = np.lexsort((excess, code, row))
        new = np.ones(len(order), bool)
        new[1:] = (np.diff(row[order]) != 0) | (np.diff(code[order]) != 0)
        order = order[new]
        order = order[np.lexsort((excess[order], row[order]))]
        return cls(row=row[order], choice=choice[order], excess=excess[order])


def best_few(sections: Sections, due: Floats, most: int) -> tuple[ListedWays, Floats]:
    """Return the ways that come to least.

    Parameters
    ----------
    due
        What each action costs besides, shape [n, T * K + 1].
    most
        How many ways of a section, at most.

    Returns
    -------
        The ways, and by section an excess below which none was left out (infinite if none was).
    """
    flat = due.ravel()
    beyond = sections.backward(flat)
    count, none = len(due), sections.treatments
    least = beyond[0][1]
    row, node, paid = np.arange(count), sections.years[0].unit_nodes[:-1], np.zeros(count)
    choice = np.full((count, len(sections.years)), none, np.int8)
    left_out = np.full(count, np.inf)
    excess = np.zeros(count)
    for t, one in enumerate(sections.years):
        edges = one.first[node + 1] - one.first[node]
        edge = ragged(one.first[node], edges)
        of = np.repeat(np.arange(len(node)), edges)
        cost = paid[of] + sections.cost[t][edge] + flat[sections.action[t][edge]]
        excess = cost + beyond[t][0][edge] - least[row[of]]
        last = t + 1 == len(sections.years)
        keep = _first_few(row[of], excess, most if last else 2 * most, left_out)
        of, edge, paid, excess = of[keep], edge[keep], cost[keep], excess[keep]
        row, choice, node = row[of], choice[of], one.target[edge]
        choice[:, t] = one.treatment[edge]
    return ListedWays(row=row, choice=choice, excess=excess), left_out


def _first_few(row: Ints, excess: Floats, most: int, left_out: Floats) -> Ints:
    """Return the places of the best of each row, sorted by row; note the best left out."""
    counts = np.bincount(row, minlength=len(left_out))
    if counts.max(initial=0) <= most:
        return np.arange(len(row))
    # Only rows that have too many are sorted.
    many = np.flatnonzero(counts[row] > most)
    order = many[np.lexsort((excess[many], row[many]))]
    sizes = np.where(counts > most, counts, 0)
    start = np.concatenate([[0], np.cumsum(sizes)])
    place = np.arange(len(order)) - start[row[order]]
    out = order[place >= most]
    np.minimum.at(left_out, row[out], excess[out])
    kept = np.ones(len(row), bool)
    kept[out] = False
    return np.flatnonzero(kept)


def best_with_each(sections: Sections, due: Floats) -> ListedWays:
    """Return, for each section and each action that it may do, the best way that does it."""
    flat, none = due.ravel(), sections.treatments
    beyond = sections.backward(flat)
    years, width = len(sections.years), due.shape[1]
    least = beyond[0][1]
    reached, came, goes = np.zeros(len(least)), [], []
    excess = np.full(due.size, np.inf)
    through = np.full(due.size, -1)
    for t, one in enumerate(sections.years):
        cost = sections.cost[t] + flat[sections.action[t]]
        onward = beyond[t][0] + cost
        so_far = reached[one.source] + cost
        goes.append(_best_of(onward, one.source))
        came.append(_best_of(so_far, one.target))
        acts = np.flatnonzero(one.treatment < none)
        action = sections.action[t][acts]
        whole = (reached[one.source] + onward - least[one.unit])[acts]
        order = np.lexsort((whole, action))
        first = order[np.unique(action[order], return_index=True)[1]]
        excess[action[first]], through[action[first]] = whole[first], acts[first]
        reached = so_far[came[t]]
    found = np.flatnonzero(through >= 0)
    choice = np.full((len(found), years), none, np.int8)
    year = (found % width) // none
    for t in range(years):
        rows = np.flatnonzero(year == t)
        _follow(sections, choice, rows, through[found[rows]], t, came, goes)
    return ListedWays(row=found // width, choice=choice, excess=excess[found])


def _best_of(cost: Floats, group: Ints) -> Ints:
    """Return the place of the least of each group; groups are numbered without gaps."""
    order = np.lexsort((cost, group))
    return order[np.unique(group[order], return_index=True)[1]]


def _follow(
    sections: Sections,
    choice: Choice,
    rows: Ints,
    edge: Ints,
    year: int,
    came: list[Ints],
    goes: list[Ints],
) -> None:
    """Write the best way through an edge of a year into rows of ``choice``."""
    years = sections.years
    choice[rows, year] = years[year].treatment[edge]
    node = years[year].source[edge]
    for t in range(year - 1, -1, -1):
        before = came[t][node]
        choice[rows, t] = years[t].treatment[before]
        node = years[t].source[before]
    node = years[year].target[edge]
    for t in range(year + 1, len(years)):
        after = goes[t][node]
        choice[rows, t] = years[t].treatment[after]
        node = years[t].target[after]
