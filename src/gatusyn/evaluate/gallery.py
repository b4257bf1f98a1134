"""Which errors are worth a look, and the picture of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gatusyn.evaluate.cells import CELL_PX, Bools
from gatusyn.evaluate.read_frames import Scored
from gatusyn.evaluate.scores import counts
from gatusyn.model import Image, PixelClass

#: Blue for what is true and orange for what is called: the colour-blind tell them apart, and the
#: called outline is drawn inside the true one.
TRUE_RGB, CALLED_RGB = (0, 114, 178), (230, 159, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """A frame in which a damage was missed or falsely called.

    Parameters
    ----------
    hit, false, lost
        Cells that are true and called, only called, and only true.
    """

    frame: Scored
    hit: int
    false: int
    lost: int
    true: Bools
    called: Bools


def worst_errors(
    frames: Sequence[Scored],
    damage: PixelClass,
    threshold: float,
    *,
    complete: bool,
    each: int = 6,
) -> tuple[tuple[Error, ...], tuple[Error, ...]]:
    """Return the frames with the most missed cells, and those with the most false ones."""
    errors = [
        _error(frame, damage, threshold)
        for frame in frames
        if complete or frame.cells.marked[damage]
    ]
    missed = sorted(errors, key=lambda one: (-one.lost, one.frame.cells.name))[:each]
    false = sorted(errors, key=lambda one: (-one.false, one.frame.cells.name))[:each]
    return (
        tuple(one for one in missed if one.lost),
        tuple(one for one in false if one.false),
    )


def _error(frame: Scored, damage: PixelClass, threshold: float) -> Error:
    hit, false, lost = counts(frame.cells, damage, threshold)
    return Error(
        frame=frame,
        hit=hit,
        false=false,
        lost=lost,
        true=frame.cells.true(damage),
        called=frame.cells.called(damage, threshold),
    )


def outlined(image: Image, error: Error) -> Image:
    """Return a copy of a frame's picture with the outlines of true and of called cells."""
    drawn = image.copy()
    for cells, colour, inset in ((error.true, TRUE_RGB, 0), (error.called, CALLED_RGB, 3)):
        large = cells.astype(np.uint8).repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
        shrunk = cv2.erode(large, np.ones((2 * inset + 1, 2 * inset + 1), np.uint8))
        contours, _ = cv2.findContours(shrunk, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(drawn, contours, -1, colour, 2)
    return drawn
