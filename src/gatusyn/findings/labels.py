"""Labels, whole numbers from 0, in compiled loops: what has which."""

from __future__ import annotations

import numpy as np

from gatusyn.findings.placed import Ints
from gatusyn.model.compiled import compiled


@compiled
def count_of(labels: Ints) -> int:
    """Return how many numbers there are, up to the highest."""
    count = 0
    for label in labels:
        count = max(count, label + 1)
    return count


@compiled
def in_order(labels: Ints) -> Ints:
    """Return labels numbered anew by their first appearance."""
    number = np.full(count_of(labels), -1)
    result = np.empty(len(labels), np.int64)
    count = 0
    for row in range(len(labels)):
        if number[labels[row]] < 0:
            number[labels[row]] = count
            count += 1
        result[row] = number[labels[row]]
    return result


@compiled
def grouped(labels: Ints) -> tuple[Ints, Ints]:
    """Return the rows label by label, and where each label's start; the last is the end."""
    starts = np.zeros(count_of(labels) + 1, np.int64)
    for label in labels:
        starts[label + 1] += 1
    for label in range(1, len(starts)):
        starts[label] += starts[label - 1]
    free, rows = starts.copy(), np.empty(len(labels), np.int64)
    for row in range(len(labels)):
        rows[free[labels[row]]] = row
        free[labels[row]] += 1
    return rows, starts


@compiled
def most_first(starts: Ints) -> Ints:
    """Return the labels of ``grouped``, those with most rows first; of as many, in order."""
    count = len(starts) - 1
    order = np.arange(count)
    for at in range(1, count):
        label = order[at]
        size = starts[label + 1] - starts[label]
        while at > 0 and starts[order[at - 1] + 1] - starts[order[at - 1]] < size:
            order[at] = order[at - 1]
            at -= 1
        order[at] = label
    return order
