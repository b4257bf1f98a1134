"""Turns the network's maps into boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import UncheckedError
from gatusyn.privacy.boxes import Candidates

CELL_PX = 4.0

_MAX_CANDIDATES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at each of some pictures finds of a kind, before suppression.

    Parameters
    ----------
    views
        The picture that each box lies in, ascending, int [n].
    boxes
        In pixels of that picture.
    """

    views: NDArray[np.intp]
    boxes: Candidates


def decode(
    probability: NDArray[np.float32], distances: NDArray[np.float32], *, threshold: float
) -> Seen:
    """Turn the network's maps of one kind into boxes in pixels of its input.

    Parameters
    ----------
    probability
        That a cell of 4 px lies on a thing, float32 [n, h, w].
    distances
        From the cell's middle to the thing's left, top, right and bottom edge, float32
        [n, 4, h, w].

    Raises
    ------
    UncheckedError
        As ``surest_cells`` does.
    """
    views, rows, columns = surest_cells(probability, threshold)
    x, y = (columns + 0.5) * CELL_PX, (rows + 0.5) * CELL_PX
    left, up, right, down = distances[views, :, rows, columns].astype(np.float64).T
    confidence = probability[views, rows, columns].astype(np.float64)
    boxes = np.column_stack([x - left, y - up, x + right, y + down, confidence])
    return Seen(views=views, boxes=boxes)


def surest_cells(
    scores: NDArray[np.float32], threshold: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return pictures, rows and columns of cells at or above a threshold that none beside excels.

    A thing covers many cells; the surest around it stands for it.

    Parameters
    ----------
    scores
        float32 [n, h, w], none below 0.

    Raises
    ------
    UncheckedError
        If they are so many (20,000) that the picture must be made to fool the finder, or if the
        model answered with what is no number. Leaving some out would leave faces to be seen.
    """
    if not np.isfinite(scores).all():
        raise UncheckedError("frame", "could not be checked: a finder's answer is no number")
    count, height, width = scores.shape
    # On one axis NumPy counts ten times as fast as on three.
    places = np.flatnonzero(scores >= threshold)
    views, cells = np.divmod(places, height * width)
    rows, columns = np.divmod(cells, width)
    if not len(places):
        return views, rows, columns
    framed = np.zeros((count, height + 2, width + 2), np.float32)
    framed[:, 1:-1, 1:-1] = scores
    middle = (views * (height + 2) + rows + 1) * (width + 2) + columns + 1
    around = np.array([y * (width + 2) + x for y in (-1, 0, 1) for x in (-1, 0, 1)])
    score = framed.ravel()
    is_surest = score[middle] >= score[middle[:, None] + around].max(axis=1)
    require_bounded(np.bincount(views[is_surest]).max(initial=0))
    return views[is_surest], rows[is_surest], columns[is_surest]


def require_bounded(places: int) -> None:
    """Raise ``UncheckedError`` if there are too many places to look at."""
    if places > _MAX_CANDIDATES:
        raise UncheckedError(
            "frame", f"could not be checked: {places} places, limit {_MAX_CANDIDATES}"
        )
