"""Lays pixels as the network reads them soonest: two beside each other, four bytes each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image
from gatusyn.privacy.finders import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsSession:
    """A session that takes pictures as they are and hands them to the network in pairs.

    Parameters
    ----------
    session
        Its input is what ``in_pairs`` returns.
    """

    session: Session

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, Image]
    ) -> list[NDArray[np.float32]]:
        """Run the model on pictures, uint8 [n, h, w, 3], RGB, w even."""
        feed = {name: in_pairs(views) for name, views in input_feed.items()}
        return self.session.run(output_names, feed)


def in_pairs(views: Image) -> Image:
    """Lay each two pixels of a row beside each other, uint8 [n, h, w / 2, 8].

    Each is red, green, blue and a byte that the network does not heed: pieces of eight bytes are
    moved faster than of six.

    Parameters
    ----------
    views
        RGB, uint8 [n, h, w, 3], w even.
    """
    count, height, width = views.shape[:3]
    # All views below each other are one picture.
    rows = views.reshape(count * height, width, views.shape[3])
    four_bytes = np.asarray(cv2.cvtColor(rows, cv2.COLOR_RGB2RGBA), np.uint8)
    return four_bytes.reshape(count, height, width // 2, 8)
