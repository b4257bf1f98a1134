"""Where findings have changed, for those who keep what they read of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.store.protocol_lookup import Box, ChangedPlaces
from gatusyn.store.sql_scope import Scoped

COLUMNS = ("west", "south", "east", "north")
EVERYWHERE: Box = (-np.inf, -np.inf, np.inf, np.inf)

CELL_M = 200.0
"""Changes whose first corners lie in the same cell are told as one box."""

MOST_ROWS = 20_000
"""Of one organisation; then a single row says that everything may have changed."""


def note_everywhere(scoped: Scoped) -> None:
    """Note that any finding may have changed. Must be called in a write transaction."""
    first = scoped.insert("changed", COLUMNS, [EVERYWHERE])
    scoped.clear("changed", "changed < :first", {"first": first})


def note_places(scoped: Scoped, boxes: NDArray[np.float64]) -> None:
    """Note the boxes of findings that are written or deleted. Must be called in a transaction.

    Parameters
    ----------
    boxes
        West, south, east, north of each, [findings, 4].
    """
    if not len(boxes):
        return
    cells, group = np.unique(np.floor(boxes[:, :2] / CELL_M), axis=0, return_inverse=True)
    told = np.full((len(cells), 4), [np.inf, np.inf, -np.inf, -np.inf])
    for column, reach in enumerate((np.minimum, np.minimum, np.maximum, np.maximum)):
        reach.at(told[:, column], group.ravel(), boxes[:, column])
    if len(told) + int(scoped.row("SELECT count(*) FROM changed")[0]) > MOST_ROWS:
        note_everywhere(scoped)
    else:
        scoped.insert("changed", COLUMNS, told.tolist())


def boxes_of_shapes(shapes: Sequence[object]) -> NDArray[np.float64]:
    """Return the boxes of shapes, [shapes, 4]."""
    return shapely.bounds(np.asarray(shapes, dtype=object)).reshape(-1, 4)


def newest_change(scoped: Scoped) -> int:
    """Return the number of the last change; 0 if none has been noted."""
    return int(scoped.row("SELECT coalesce(max(changed), 0) FROM changed")[0])


def select_changed(scoped: Scoped, number: int) -> ChangedPlaces:
    """Return what has changed since a change."""
    newest = newest_change(scoped)
    query = f"SELECT {', '.join(COLUMNS)} FROM changed WHERE changed > :number"  # noqa: S608
    rows = [EVERYWHERE] if newest < number else list(scoped.rows(query, {"number": number}))
    return ChangedPlaces(number=newest, boxes=np.array(rows, dtype=np.float64).reshape(-1, 4))
