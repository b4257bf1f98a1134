"""Name the array types that the simulator passes around."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Coordinates and matrices; coordinates are local metres, x east, y north (z up)."""

Plane: TypeAlias = NDArray[np.float32]
"""One-channel raster of factors or noise, shape (rows, columns)."""

Image: TypeAlias = NDArray[np.uint8]
"""Picture or mask, shape (rows, columns) or (rows, columns, channels); colours are RGB."""

Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""
