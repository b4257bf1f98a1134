"""What the network is to say: which cells lie on a thing, and how far its edges are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.privacy.pictures import Boxes

STRIDE = 4
KINDS = ("head", "plate")
#: A logit and four distances for each kind.
OUTPUTS = 5
INNER = 0.7


def targets(boxes: Boxes, *, height: int, width: int) -> NDArray[np.float32]:
    """Return for each kind 1 on a thing, 0 off it, -1 where not asked, and the distances in cells.

    Parameters
    ----------
    boxes
        Of a crop: float64 ``[n, 6]``.
    height, width
        The crop's, in pixels.

    Returns
    -------
    ndarray
        float32 ``[2, 5, height / 4, width / 4]``.
    """
    rows, columns = height // STRIDE, width // STRIDE
    y, x = np.mgrid[:rows, :columns] + 0.5
    result = np.zeros((len(KINDS), OUTPUTS, rows, columns), np.float32)
    for *sides, kind, doubt in boxes:
        x1, y1, x2, y2 = np.array(sides) / STRIDE
        wanted = result[int(kind)]
        outer = (x > x1 - 0.5) & (x < x2 + 0.5) & (y > y1 - 0.5) & (y < y2 + 0.5)
        wanted[0][outer & (wanted[0] < 1)] = -1
        if doubt:
            continue
        dx, dy = (1 - INNER) / 2 * (x2 - x1), (1 - INNER) / 2 * (y2 - y1)
        inner = (x > x1 + dx) & (x < x2 - dx) & (y > y1 + dy) & (y < y2 - dy)
        if not inner.any():
            # Things of less than a cell: their middle cell stands for them.
            inner = (np.abs(x - (x1 + x2) / 2) <= max(0.5, (x2 - x1) * INNER / 2)) & (
                np.abs(y - (y1 + y2) / 2) <= 0.5
            )
        wanted[0][inner] = 1
        distances = np.stack([x - x1, y - y1, x2 - x, y2 - y])
        wanted[1:, inner] = np.maximum(distances[:, inner], 0.1)
    return result
