"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from tests.made_town import PARAMS

from gatusyn.simulate import TownFiles, write_town

# Machines that run other work too are slow at times: a slow example is not a failed one. The same
# code gives the same examples; `pytest --hypothesis-profile=wander` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("wander", deadline=None, max_examples=1000)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data, or skip where it is absent (as in a user's clone)."""
    folder = Path(os.environ.get("GATUSYN_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        if os.environ.get("GATUSYN_REQUIRE_SHARED"):
            pytest.fail(f"{folder} must be there in this run")
        pytest.skip("the folder of real data is not here; set GATUSYN_SHARED to it")
    return folder


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> TownFiles:
    """Return the files of a made-up town of one block with one drive, filmed once."""
    return write_town(PARAMS, tmp_path_factory.mktemp("town"))
