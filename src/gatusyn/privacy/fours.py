"""Lays pixels as the network reads them soonest: four beside each other, four bytes each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image
from gatusyn.privacy.finders import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class FoursSession:
    """A session that takes pictures as they are and hands them to the network in fours.

    Parameters
    ----------
    session
        Its input is what ``in_fours`` returns.
    """

    session: Session

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, Image]
    ) -> list[NDArray[np.float32]]:
        """Run the model on pictures, uint8 [n, h, w, 3], RGB, h and w even."""
        feed = {name: in_fours(views) for name, views in input_feed.items()}
        return self.session.run(output_names, feed)


def in_fours(views: Image) -> Image:
    """Lay each 2 x 2 pixels beside each other, uint8 [n, h / 2, w / 2, 16].

    The order is upper left, upper right, lower left, lower right; each is red, green, blue and a
    byte that the network does not heed: pieces of eight bytes are moved faster than of six.

    Parameters
    ----------
    views
        RGB, uint8 [n, h, w, 3], h and w even.
    """
    count, height, width = views.shape[:3]
    # All views below each other are one picture, as their heights are even.
    rows = views.reshape(count * height, width, views.shape[3])
    four_bytes = np.asarray(cv2.cvtColor(rows, cv2.COLOR_RGB2RGBA), np.uint8)
    pairs = four_bytes.reshape(len(rows), width // 2, 8).view(np.uint64)[..., 0]
    fours = np.stack([pairs[0::2], pairs[1::2]], axis=-1)
    return fours.view(np.uint8).reshape(count, height // 2, width // 2, 16)
