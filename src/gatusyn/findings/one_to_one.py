"""What belongs to what, one to one, at the least cost."""

from __future__ import annotations

import math

import numpy as np

from gatusyn.findings.placed import Floats, Ints
from gatusyn.model.compiled import compiled


@compiled
def one_to_one(costs: Floats, limit: float) -> Ints:
    """Return the column of each row at the least sum of costs; -1 where none is below the limit.

    None costs as much as the limit.
    """
    rows, columns = costs.shape
    chosen = np.full(rows, -1)
    taken = np.zeros(columns, np.int64)
    often = False
    for row in range(rows):
        least = limit
        for column in range(columns):
            if costs[row, column] < least:
                least, chosen[row] = costs[row, column], column
        if chosen[row] >= 0:
            often = often or taken[chosen[row]] > 0
            taken[chosen[row]] += 1
    if not often:
        return chosen
    every = np.full((rows, columns + rows), limit)
    for row in range(rows):
        for column in range(columns):
            every[row, column] = costs[row, column]
    chosen = _assigned(every)
    for row in range(rows):
        if chosen[row] >= columns or not costs[row, chosen[row]] < limit:
            chosen[row] = -1
    return chosen


@compiled
def _assigned(costs: Floats) -> Ints:
    """Return the column of each row at the least sum of costs; there are as many columns, or more.

    By shortest augmenting paths: each row in turn gets a column, where others may have to change
    theirs. Source: Burkard, Dell'Amico and Martello, Assignment Problems (2009), 4.4.
    """
    rows, columns = costs.shape
    of_row, of_column = np.full(rows, -1), np.full(columns, -1)
    price_of_row, price_of_column = np.zeros(rows), np.zeros(columns)
    for start in range(rows):
        end, before, least, reached = _nearest_free(
            costs, start, of_column, price_of_row, price_of_column
        )
        price_of_row[start] += reached
        for column in range(columns):
            # What was passed on the way is as much cheaper as it was nearer.
            if least[column] < reached and of_column[column] >= 0:
                price_of_row[of_column[column]] += reached - least[column]
                price_of_column[column] -= reached - least[column]
        while end >= 0:
            row = before[end]
            of_column[end] = row
            of_row[row], end = end, of_row[row]
    return of_row


@compiled
def _nearest_free(
    costs: Floats, start: int, of_column: Ints, price_of_row: Floats, price_of_column: Floats
) -> tuple[int, Ints, Floats, float]:
    """Return the free column that is the shortest way from a row.

    Beside it: from which row each column was reached, how far each is, and how far that one.
    """
    columns = costs.shape[1]
    least, before = np.full(columns, math.inf), np.full(columns, -1)
    is_done = np.zeros(columns, np.bool_)
    row, reached = start, 0.0
    while True:
        nearest, at = math.inf, -1
        for column in range(columns):
            if is_done[column]:
                continue
            way = reached + costs[row, column] - price_of_row[row] - price_of_column[column]
            if way < least[column]:
                least[column], before[column] = way, row
            # Of columns that are as near, a free one ends the search.
            is_freer = at >= 0 and of_column[column] < 0 <= of_column[at]
            if least[column] < nearest or (least[column] == nearest and is_freer):
                nearest, at = least[column], column
        reached, is_done[at] = nearest, True
        if of_column[at] < 0:
            return at, before, least, reached
        row = of_column[at]
