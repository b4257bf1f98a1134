"""Looks at an upright picture on both its sides as well: it may be a wide one that lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.model import Image
from gatusyn.privacy.boxes import Candidates, suppress
from gatusyn.privacy.finders import Finder, Found, Thresholds

_UPRIGHT = 1.2
_SAME = 0.3
_QUARTERS = (1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedFinder:
    """A finder for pictures whose file may not say how the camera was held.

    Heads and plates that lie are not found. A wide picture on its side is higher than wide; upside
    down plates are found as they are.

    Parameters
    ----------
    finder
        Looks at the picture, and at a picture 1.2 times as high as wide, or more, three times.
    """

    finder: Finder

    @property
    def version(self) -> str:
        """The finder's, and that upright pictures are turned."""
        return f"{self.finder.version}, upright ones turned"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        """Return heads and plates at or above a confidence, in pixels of ``image``.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """
        height, width = image.shape[:2]
        found = self.finder.find(image, thresholds=thresholds)
        if height < _UPRIGHT * width:
            return found
        together = {kind: [boxes] for kind, boxes in found.items()}
        for quarters in _QUARTERS:
            turned = np.ascontiguousarray(np.rot90(image, quarters))
            for kind, boxes in self.finder.find(turned, thresholds=thresholds).items():
                back = turned_back(boxes, quarters=quarters, width=width, height=height)
                together[kind].append(back)
        return {kind: suppress(np.vstack(all_), overlap=_SAME) for kind, all_ in together.items()}


def turned_back(boxes: Candidates, *, quarters: int, width: int, height: int) -> Candidates:
    """Return boxes of a picture that ``numpy.rot90`` turned, in pixels of the picture before.

    Parameters
    ----------
    quarters
        1, or 3: by how many right angles it was turned, against the clock.
    width, height
        The size before it was turned, in pixels.
    """
    x1, y1, x2, y2, confidence = boxes.T
    sides = (
        (width - y2, x1, width - y1, x2) if quarters == 1 else (y1, height - x2, y2, height - x1)
    )
    return np.column_stack([*sides, confidence])
