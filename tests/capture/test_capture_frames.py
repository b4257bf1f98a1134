from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from gatusyn.capture import RawFrame


@pytest.fixture
def frame() -> RawFrame:
    return RawFrame(frame_id="a", time_s=1.0, image=np.full((4, 6, 3), 77, dtype=np.uint8))


def test_a_raw_frame_cannot_leave_memory(frame: RawFrame) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="privacy"):
            pickle.dumps(frame, protocol=protocol)
    with pytest.raises(TypeError, match="privacy"):
        copy.deepcopy(frame)


def test_a_raw_frame_shows_no_pixels(frame: RawFrame) -> None:
    assert "77" not in repr(frame)
    assert "6x4" in repr(frame)


def test_a_raw_frame_is_frozen(frame: RawFrame) -> None:
    with pytest.raises(AttributeError):
        frame.time_s = 2.0  # type: ignore[misc]
