"""Asks a small network which candidates are certainly nothing, before they are looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind, UncheckedError
from gatusyn.privacy.boxes import no_candidates
from gatusyn.privacy.finders import KINDS, Found, Session

WIDTH, HEIGHT = 64, 48
"""Of what the network sees, in pixels."""

CANDIDATE_PX = 16.0
"""Height at which a candidate is shown."""
_WIDEST = 0.75
_SHRUNK_FIRST = 0.7

_MOST = 120
"""More candidates of a kind than this are not asked for: it would take too long."""


LIMITS: Mapping[RegionKind, float] = {RegionKind.PLATE: 0.1}
"""A candidate of less probability is certainly nothing. Heads are not asked for: any limit at which
something was gained lost some of those put into pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A network that sees one candidate and its surroundings.

    Parameters
    ----------
    session
        Input ``image`` uint8 [n, 48, 64, 3], RGB, the candidate in the middle; output
        ``verified`` [n, 2]: the probability that it is a head, and that it is a plate.
    model
        Its name and hash.
    """

    session: Session
    model: str

    @property
    def version(self) -> str:
        """The model, and the probabilities below which a candidate is nothing."""
        limits = ", ".join(f"{kind.value} {below:g}" for kind, below in LIMITS.items())
        return f"{self.model} ({limits})"

    def without_nothing(self, image: Image, found: Found) -> Found:
        """Return the candidates that may be what they were found as, in their order.

        Parameters
        ----------
        found
            Candidates in pixels of ``image``, the finder's confidence with each.

        Raises
        ------
        UncheckedError
            If the network's answer is no number.
        """
        asked = [kind for kind in LIMITS if kind in found]
        boxes = np.vstack([no_candidates(), *(found[kind][:_MOST] for kind in asked)])
        if not len(boxes):
            return found
        views = np.stack([view_of(image, box, size=(WIDTH, HEIGHT)) for box in boxes])
        (probability,) = self.session.run(["verified"], {"image": views})
        if not np.isfinite(probability).all():
            raise UncheckedError("frame", "could not be checked: a finder's answer is no number")
        kept, first = dict(found), 0
        for kind in asked:
            sure = probability[first : first + min(len(found[kind]), _MOST), KINDS.index(kind)]
            kept[kind] = np.delete(found[kind], np.flatnonzero(sure < LIMITS[kind]), axis=0)
            first += len(sure)
        return kept


def view_of(
    image: Image,
    box: NDArray[np.float64],
    *,
    size: tuple[int, int],
    candidate_px: float = CANDIDATE_PX,
) -> Image:
    """Return a candidate's surroundings, RGB uint8, with it in the middle.

    Parameters
    ----------
    box
        x1, y1, x2, y2 in pixels, and whatever follows.
    size
        Width and height of what is returned; the scale does not depend on it.
    candidate_px
        Height at which it is shown, or less if it would be wider than 48 px.
    """
    x1, y1, x2, y2 = (float(side) for side in box[:4])
    scale = min(candidate_px / max(y2 - y1, 1e-6), _WIDEST * WIDTH / max(x2 - x1, 1e-6))
    (width, height), (x, y) = size, ((x1 + x2) / 2, (y1 + y2) / 2)
    beyond = 2 / min(scale, 1.0)
    reach_x, reach_y = width / (2 * scale) + beyond, height / (2 * scale) + beyond
    # What was found in the padding may lie outside.
    left = min(max(floor(x - reach_x), 0), image.shape[1] - 1)
    top = min(max(floor(y - reach_y), 0), image.shape[0] - 1)
    bottom, right = max(ceil(y + reach_y), top) + 1, max(ceil(x + reach_x), left) + 1
    part = image[top:bottom, left:right]
    factors = np.ones(2)
    if scale < _SHRUNK_FIRST:
        sides = part.shape[1::-1]
        shrunk = [max(round(side * scale), 1) for side in sides]
        factors = np.array(shrunk) / sides
        part = np.asarray(cv2.resize(part, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
    shift = width / 2 - scale * (x - left), height / 2 - scale * (y - top)
    matrix = np.column_stack([np.diag(scale / factors), shift])
    seen = cv2.warpAffine(part, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)
