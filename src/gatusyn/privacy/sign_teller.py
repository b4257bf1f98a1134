"""Asks a small network whether what was taken for a head is a part of a traffic sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.model import Image, UncheckedError
from gatusyn.privacy.boxes import Candidates
from gatusyn.privacy.finders import Session
from gatusyn.privacy.verifier import HEIGHT, WIDTH, view_of

NEAR_PX, FAR_PX = 11.0, 8.0
"""Heights at which a head is shown: small, since it is what is around it that tells."""

LIKELY_NEAR, LIKELY_FAR = 0.8, 0.95
"""What is as probable a part of a sign, seen from near and from far, is likely one."""

UNSURE = 6.0
"""The power that its confidence is raised to then: at the default threshold only what is surer than
0.86 is hidden as a head."""

NONE = 0.02
"""What is less probable a part of a sign, from near, is none, whatever shapes are around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignTeller:
    """A network that sees what was taken for a head, and what is around it.

    Parameters
    ----------
    session
        Input ``image`` uint8 [n, 48, 64, 3], RGB, the head in the middle; output ``sign`` [n, 1]:
        the probability that it is a part of a sign, its post, or the sign itself.
    model
        Its name and hash.
    """

    session: Session
    model: str

    @property
    def version(self) -> str:
        """The model, and the probabilities from which it counts, and up to which."""
        return f"{self.model} ({LIKELY_NEAR:g} and {LIKELY_FAR:g}, none below {NONE:g})"

    def doubt(self, image: Image, head: Candidates) -> float | None:
        """Return the power that a head's confidence is raised to; None if that is not certain.

        Parameters
        ----------
        image
            RGB, uint8 [height, width, 3].
        head
            x1, y1, x2, y2 in pixels, and whatever follows, float64 [4 or more].

        Raises
        ------
        UncheckedError
            If the network's answer is no number.
        """
        near = self._sign(image, head, high_px=NEAR_PX)
        # From far it matters only where it is likely from near: most heads are seen once.
        if near >= LIKELY_NEAR and self._sign(image, head, high_px=FAR_PX) >= LIKELY_FAR:
            return UNSURE
        return 1.0 if near < NONE else None

    def _sign(self, image: Image, head: Candidates, *, high_px: float) -> float:
        """Return the probability that a head, shown so high, is a part of a sign."""
        view = view_of(image, head, size=(WIDTH, HEIGHT), candidate_px=high_px)
        (answer,) = self.session.run(["sign"], {"image": view[None]})
        if not np.isfinite(answer).all():
            raise UncheckedError("frame", "could not be checked: a finder's answer is no number")
        return float(answer[0, 0])
