"""Tiny frames with marked damage, and someone who calls damage in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from gatusyn.evaluate.callers import Look
from gatusyn.evaluate.cells import FrameCells, frame_cells
from gatusyn.model import Image, PixelClass

#: Ten rows of cells, of which the top four are left out, and eight columns.
HEIGHT, WIDTH = 320, 256
LANE = 1


def mask_of(*damaged: tuple[int, slice, slice]) -> NDArray[np.uint8]:
    """Return a mask that is all lane, with values added in some rectangles."""
    mask = np.full((HEIGHT, WIDTH), LANE, np.uint8)
    for value, rows, columns in damaged:
        mask[rows, columns] |= value
    return mask


def cell(row: int, column: int, *, share: float = 1.0) -> tuple[slice, slice]:
    """Return the pixels of a cell, or of its upper part."""
    top, left = 32 * row, 32 * column
    return slice(top, top + round(32 * share)), slice(left, left + 32)


def frame(
    name: str, truth: NDArray[np.uint8], values: Mapping[PixelClass, NDArray[np.generic]]
) -> FrameCells:
    """Return a frame in which a class that is not given is called nowhere."""
    nothing = dict.fromkeys(PixelClass, np.zeros(truth.shape, np.float32))
    return frame_cells(name, truth, {**nothing, **values})


def write_pair(folder: Path, name: str, mask: NDArray[np.uint8], *, grey: int = 120) -> None:
    """Write ``images/NAME.png`` and ``masks/NAME.png``."""
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(len(name)).integers(0, 20, (*mask.shape, 3))
    Pictures.fromarray((noise + grey).astype(np.uint8)).save(folder / "images" / f"{name}.png")
    Pictures.fromarray(mask).save(folder / "masks" / f"{name}.png")


class MadeCaller:
    """Calls what it is told to call."""

    version = "made"
    thresholds: Mapping[PixelClass, float] = dict.fromkeys(PixelClass, 0.5)
    is_sure = True

    def __init__(self, looks: Mapping[str, Look]) -> None:
        self._looks = looks

    def look(self, name: str, image: Image) -> Look | None:
        return self._looks.get(name)
