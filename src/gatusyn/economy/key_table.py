"""A table of what is cheapest by key, for compiled loops: arrays of fixed size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats
from gatusyn.model.compiled import compiled, compiled_loop

_SLOTS, _FULL = 1 << 16, 40_000

Keys = NDArray[np.uint64]


class KeyTable(NamedTuple):
    """The cheapest of each key.

    Parameters
    ----------
    key, paid, number
        Of each slot: its key, what the cheapest has paid, and its number; -1 where there is none.
    used
        The slots that are used, in order.
    """

    key: Keys
    paid: Floats
    number: NDArray[np.int32]
    used: NDArray[np.int32]


@compiled
def new_table() -> KeyTable:
    """Return an empty table."""
    return KeyTable(
        np.zeros(_SLOTS, np.uint64),
        np.empty(_SLOTS),
        np.full(_SLOTS, -1, np.int32),
        np.empty(_FULL, np.int32),
    )


@compiled_loop
def mixed(number: int) -> np.uint64:
    """Return 64 bits for a number that look drawn (splitmix64).

    Sums of few of them tell sets apart: of 40,000 two are alike with a chance of 4e-11.
    """
    x = np.uint64(number + 1) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled_loop
def put(table: KeyTable, size: int, key: np.uint64, paid: float, number: int) -> int:
    """Put one in where it is the cheapest of its key; return how many keys there are then."""
    last = np.uint64(len(table.key) - 1)
    at = key & last
    while table.number[at] >= 0:
        if table.key[at] == key:
            if paid < table.paid[at]:
                table.paid[at], table.number[at] = paid, number
            return size
        at = (at + np.uint64(1)) & last
    table.key[at], table.paid[at], table.number[at] = key, paid, number
    table.used[size] = at
    return size + 1


@compiled_loop
def slot_of(table: KeyTable, key: np.uint64) -> np.int64:
    """Return the slot of a key, or -1."""
    last = np.uint64(len(table.key) - 1)
    at = key & last
    while table.number[at] >= 0:
        if table.key[at] == key:
            return np.int64(at)
        at = (at + np.uint64(1)) & last
    return np.int64(-1)


@compiled_loop
def clear(table: KeyTable, size: int) -> None:
    """Empty a table of so many keys."""
    for x in range(size):
        table.number[table.used[x]] = -1
