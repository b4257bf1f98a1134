"""Middle lines of shapes: what is left of a band when it is thinned."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from skimage.morphology import skeletonize

from gatusyn.model.compiled import compiled

Mask = NDArray[np.bool_]
Cells = NDArray[np.int64]

_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))


def strands_of(mask: Mask, *, shortest: float) -> list[Cells]:
    """Return the middle lines of a mask, the longest first.

    The mask is thinned (Lee, Kashyap and Chu 1994; the more common way of Zhang and Suen eats
    diagonal lines from their ends). From each connected part the longest way is taken out, then
    the longest of what is left, until less than ``shortest`` is left; a way that branches off
    another begins at it.

    Parameters
    ----------
    shortest
        Length in cells below which a branch is not a line.

    Returns
    -------
    list of ndarray
        Row and column [n, 2] of the cells of each line, in order.
    """
    thin: Mask = skeletonize(mask, method="lee")  # type: ignore[no-untyped-call]
    cells = np.argwhere(thin)
    if not len(cells):
        return []
    way, length = _only_way(np.pad(thin, 1), cells)
    if len(way):
        return [cells[way]] if length >= shortest else []
    graph = _graph(thin, cells)
    left = np.ones(len(cells), dtype=bool)
    strands: list[tuple[float, Cells]] = []
    while left.any():
        kept = np.flatnonzero(left)
        _, labels = connected_components(graph[kept][:, kept], directed=False)
        taken = False
        for label in range(labels.max() + 1):
            part = kept[labels == label]
            way, length = _longest_way(graph[part][:, part])
            way = part[way]
            left[way] = False
            if length >= shortest:
                strands.append((length, cells[way]))
                taken = True
            else:
                left[part] = False
        if not taken:
            break
    strands.sort(key=lambda strand: -strand[0])
    return [strand for _, strand in strands]


@compiled
def _only_way(thin: Mask, cells: Cells) -> tuple[NDArray[np.int64], float]:
    """Return what ``_longest_way`` does where the cells are one line without a branch; else none.

    So are most cracks, and the search for the longest way takes long.

    Parameters
    ----------
    thin
        The thinned mask with a margin of one cell; ``cells`` are without it.
    """
    none = np.zeros(0, np.int64)
    beside, count = _beside(thin, cells)
    ends = np.flatnonzero(count < 2)
    if not len(ends) or count.max() > 2:
        return none, 0.0
    line, before, at = np.zeros(len(cells), np.int64), -1, ends[0]
    for place in range(len(cells)):
        if at < 0:
            return none, 0.0
        line[place], after = at, -1
        for which in range(count[at]):
            if beside[at, which] != before:
                after = beside[at, which]
        before, at = at, after
    # From the end that is farther from the first cell: of two as far, from the earlier one.
    first = np.flatnonzero(line == 0)[0]
    to_start, to_end = _length_of(cells, line[first::-1]), _length_of(cells, line[first:])
    if to_start > to_end or (to_start == to_end and line[0] < line[-1]):
        line = line[::-1].copy()
    return line, _length_of(cells, line[::-1])


@compiled
def _beside(thin: Mask, cells: Cells) -> tuple[Cells, NDArray[np.int64]]:
    """Return up to two neighbours of each cell, as in ``_graph``, and how many it has."""
    number = np.full(thin.shape, -1, np.int64)
    for at in range(len(cells)):
        number[cells[at, 0] + 1, cells[at, 1] + 1] = at
    beside, count = np.zeros((len(cells), 2), np.int64), np.zeros(len(cells), np.int64)
    for at in range(len(cells)):
        row, column = cells[at, 0] + 1, cells[at, 1] + 1
        for down, right in _STEPS:
            other = number[row + down, column + right]
            # Round a corner the diagonal is no way of its own.
            round_it = thin[row + down, column] or thin[row, column + right]
            if other < 0 or (down and right and round_it):
                continue
            for one, next_to_it in ((at, other), (other, at)):
                if count[one] < 2:
                    beside[one, count[one]] = next_to_it
                count[one] += 1
    return beside, count


@compiled
def _length_of(cells: Cells, line: NDArray[np.int64]) -> float:
    length = 0.0
    for place in range(1, len(line)):
        down = float(cells[line[place], 0] - cells[line[place - 1], 0])
        right = float(cells[line[place], 1] - cells[line[place - 1], 1])
        length += math.hypot(down, right)
    return length


def _graph(thin: Mask, cells: Cells) -> csr_array:
    """Return the neighbourhood of a skeleton's cells with the distances between them."""
    number = np.full(thin.shape, -1, np.int64)
    number[thin] = np.arange(len(cells))
    padded = np.pad(number, 1, constant_values=-1)
    first, second, distance = [], [], []
    for down, right in _STEPS:
        beside = padded[cells[:, 0] + 1 + down, cells[:, 1] + 1 + right]
        joined = beside >= 0
        if down and right:
            # Round a corner the diagonal is no way of its own.
            over = padded[cells[:, 0] + 1 + down, cells[:, 1] + 1]
            past = padded[cells[:, 0] + 1, cells[:, 1] + 1 + right]
            joined &= (over < 0) & (past < 0)
        first.append(np.flatnonzero(joined))
        second.append(beside[joined])
        distance.append(np.full(int(joined.sum()), np.hypot(down, right)))
    entries = (np.concatenate(distance), (np.concatenate(first), np.concatenate(second)))
    graph = csr_array(coo_array(entries, shape=(len(cells), len(cells))))
    return graph + graph.T


def _longest_way(graph: csr_array) -> tuple[NDArray[np.int64], float]:
    """Return the cells of a connected graph's longest shortest way, and its length."""
    start = int(np.argmax(dijkstra(graph, indices=0)))
    distance, before = dijkstra(graph, indices=start, return_predecessors=True)
    place = int(np.argmax(distance))
    way = [place]
    while before[place] >= 0:
        place = int(before[place])
        way.append(place)
    return np.array(way, dtype=np.int64), float(distance.max())
