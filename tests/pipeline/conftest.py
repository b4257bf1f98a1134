"""A small made-up town, filmed once for all tests of the pipeline."""

from __future__ import annotations

import pytest

from gatusyn.simulate import SimulationParams, TownFiles, write_town

PARAMS = SimulationParams(
    seed=11,
    blocks_x=1,
    blocks_y=1,
    block_length_m=60.0,
    drives=1,
    fps=2.0,
    image_width_px=640,
    image_height_px=360,
)


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> TownFiles:
    """Return the files of a town of one block with one drive."""
    return write_town(PARAMS, tmp_path_factory.mktemp("town"))
