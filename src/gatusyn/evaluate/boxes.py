"""Boxes against boxes, as the road damage challenges (GRDDC 2020, CRDDC 2022) score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gatusyn.model import Detection, PixelClass

#: What RDD2022 calls them.
BOX_CLASSES: Mapping[str, str] = {
    "D00": "longitudinal crack",
    "D10": "transverse crack",
    "D20": "alligator crack",
    "D40": "pothole",
}
_CRACKS = frozenset({"D00", "D10", "D20"})
_MIN_OVERLAP = 0.5
#: A crack region so much wider than high is taken for a transverse crack; one that fills so much
#: of its box for an alligator crack. Plain rules, tuned on nothing.
_TRANSVERSE_RATIO = 3.0
_ALLIGATOR_FILL = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels, x right and y down."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float
    confidence: float = 1.0

    @property
    def area(self) -> float:
        """Square pixels."""
        return (self.x2 - self.x1) * (self.y2 - self.y1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxScore:
    """Counts over all frames: boxes that are there, called, and both (hit)."""

    true: int
    called: int
    hit: int

    @property
    def precision(self) -> float:
        """Share of the called boxes that are there."""
        return self.hit / max(self.called, 1)

    @property
    def recall(self) -> float:
        """Share of the boxes that are there that are called."""
        return self.hit / max(self.true, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hit / max(self.true + self.called, 1)


def box_of(region: Detection) -> Box:
    """Return the upright box around a region, of the class that its shape suggests.

    A model that has these classes itself is taken at its word.
    """
    (x1, y1), (x2, y2) = region.outline_px.min(axis=0), region.outline_px.max(axis=0)
    box = {"x1": float(x1), "y1": float(y1), "x2": float(x2) + 1.0, "y2": float(y2) + 1.0}
    if region.source_class in BOX_CLASSES:
        name = region.source_class
    elif region.pixel_class is PixelClass.POTHOLE:
        name = "D40"
    elif box["x2"] - box["x1"] >= _TRANSVERSE_RATIO * (box["y2"] - box["y1"]):
        name = "D10"
    else:
        x, y = region.outline_px.T
        inside = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
        full = (box["x2"] - box["x1"]) * (box["y2"] - box["y1"])
        name = "D20" if inside >= _ALLIGATOR_FILL * full else "D00"
    return Box(name=name, confidence=region.confidence, **box)


def score_boxes(
    frames: Sequence[tuple[Sequence[Box], Sequence[Box]]],
) -> dict[str, BoxScore]:
    """Score called boxes against true ones.

    A called box is a hit if a true box of its class in its frame overlaps it by half of their
    union and no surer box has taken it.

    Parameters
    ----------
    frames
        For each frame the true and the called boxes.

    Returns
    -------
    dict
        By class of ``BOX_CLASSES``; ``"all"`` is their sum, which is what the challenges rank by;
        ``"crack"`` takes the three crack classes for one.
    """
    scores = {name: _sum(frames, frozenset({name})) for name in BOX_CLASSES}
    of_all = list(scores.values())
    scores["all"] = BoxScore(
        true=sum(one.true for one in of_all),
        called=sum(one.called for one in of_all),
        hit=sum(one.hit for one in of_all),
    )
    scores["crack"] = _sum(frames, _CRACKS)
    return scores


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share, as a share of their union."""
    width = min(one.x2, other.x2) - max(one.x1, other.x1)
    height = min(one.y2, other.y2) - max(one.y1, other.y1)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.area + other.area - shared)


def _sum(frames: Sequence[tuple[Sequence[Box], Sequence[Box]]], names: frozenset[str]) -> BoxScore:
    true = called = hit = 0
    for there, found in frames:
        left = [box for box in there if box.name in names]
        own = sorted((b for b in found if b.name in names), key=lambda b: -b.confidence)
        true, called = true + len(left), called + len(own)
        for box in own:
            best = max(left, key=lambda other: overlap(box, other), default=None)
            if best is not None and overlap(box, best) >= _MIN_OVERLAP:
                left.remove(best)
                hit += 1
    return BoxScore(true=true, called=called, hit=hit)
