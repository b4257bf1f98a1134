"""Says how doubtful traffic signs make what was found: by a network, else by shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image
from gatusyn.privacy.boxes import Candidates
from gatusyn.privacy.sign_teller import SignTeller

_CROWD, _REACH, _ALIKE = 3, 6.0, 2.0
"""A crowd: so many others within so many heights, none more than so many times as high or low."""

Shapes = Callable[[Image, Candidates], float]
"""Given a picture and a candidate, returns the power that its confidence is raised to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """The powers that confidences are raised to, told once of each place.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    shapes
        Says it by the shapes around a candidate; None if nothing of this kind is doubted.
    threshold
        What is less sure is not hidden anyway.
    teller
        Asked before the shapes, unless a plate may lie in the candidate or it may be one of a
        crowd: what is none is not doubted, else the greater doubt counts. None leaves it to them.
    named
        What the finder named as of this kind.
    plates
        What it named as plates, before anything was left out.
    """

    image: Image
    shapes: Shapes | None
    threshold: float
    teller: SignTeller | None
    named: Candidates
    plates: Candidates
    known: dict[bytes, float] = field(default_factory=dict)

    def of(self, candidates: Candidates) -> NDArray[np.float64]:
        """Return a power for each candidate, 1 where it is too unsure to be hidden anyway."""
        return np.array([self._of(one) for one in candidates])

    def _of(self, candidate: Candidates) -> float:
        if self.shapes is None or candidate[4] < self.threshold:
            return 1.0
        place = candidate[:4].tobytes()
        if place not in self.known:
            told = self._told(candidate)
            if told is None or told > 1.0:
                told = max(self.shapes(self.image, candidate), told or 1.0)
            self.known[place] = told
        return self.known[place]

    def _told(self, candidate: Candidates) -> float | None:
        """Return what the teller says; None if it is not asked, or not certain."""
        if self.teller is None or self._holds_plate(candidate) or self._is_in_crowd(candidate):
            return None
        return self.teller.doubt(self.image, candidate)

    def _holds_plate(self, candidate: Candidates) -> bool:
        """Say whether the middle of what may be a plate lies in a candidate."""
        middles = (self.plates[:, 0:2] + self.plates[:, 2:4]) / 2
        within = (candidate[0:2] <= middles) & (middles <= candidate[2:4])
        return bool(within.all(axis=1).any())

    def _is_in_crowd(self, candidate: Candidates) -> bool:
        """Say whether others about as high are around a candidate."""
        high = max(float(candidate[3] - candidate[1]), 1e-6)
        highs = np.maximum(self.named[:, 3] - self.named[:, 1], 1e-6)
        ways = (self.named[:, 0:2] + self.named[:, 2:4] - candidate[0:2] - candidate[2:4]) / 2
        near = np.linalg.norm(ways, axis=1) <= _REACH * high
        alike = np.abs(np.log(highs / high)) <= np.log(_ALIKE)
        # The candidate itself is one of them.
        return int(np.count_nonzero(near & alike)) > _CROWD
