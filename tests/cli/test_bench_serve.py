"""The viewers that the benchmark of the service sends."""

from __future__ import annotations

from itertools import islice

import numpy as np

from gatusyn.cli.bench_viewers import views


def test_viewers_pan_and_ask_for_no_tile_twice_in_a_place() -> None:
    seen = list(islice(views([(12.7, 56.04)], np.random.default_rng(1)), 400))
    assert all(len(view) == 9 for view, _ in seen)
    sizes = [len(fresh) for _, fresh in seen]
    assert max(sizes) == 9, "a new place"
    assert sizes.count(9) < 200
    assert 1.5 < np.mean(sizes) < 5.0, "a step brings a row or a column"
    zooms = {int(path.split("/")[2]) for view, _ in seen for path in view}
    assert zooms == set(range(12, 18))
