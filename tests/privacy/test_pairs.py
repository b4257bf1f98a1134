from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image
from gatusyn.privacy.pairs import PairsSession, in_pairs


def test_two_pixels_lie_beside_each_other() -> None:
    views = np.random.default_rng(1).integers(0, 256, (2, 6, 8, 3)).astype(np.uint8)
    pairs = in_pairs(views)
    assert pairs.shape == (2, 6, 4, 8)
    assert pairs.dtype == np.uint8
    pair = pairs[1, 4, 3].reshape(2, 4)
    np.testing.assert_array_equal(pair[..., :3], views[1, 4, 6:8])


def test_mirrored_views_are_laid_as_they_are_seen() -> None:
    views = np.random.default_rng(2).integers(0, 256, (1, 4, 6, 3)).astype(np.uint8)
    mirrored = in_pairs(views[:, :, ::-1])
    np.testing.assert_array_equal(mirrored, in_pairs(np.ascontiguousarray(views[:, :, ::-1])))


def test_the_network_gets_pairs() -> None:
    class Network:
        def run(
            self, output_names: Sequence[str] | None, input_feed: dict[str, Image]
        ) -> list[NDArray[np.float32]]:
            assert output_names == ["probability"]
            return [input_feed["image"].astype(np.float32)]

    views = np.full((1, 4, 4, 3), 7, np.uint8)
    (got,) = PairsSession(session=Network()).run(["probability"], {"image": views})
    np.testing.assert_array_equal(got, in_pairs(views))
