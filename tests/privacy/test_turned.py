"""Pictures that lie on their side are looked at upright as well."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.privacy.test_redactor import drawn_car

from gatusyn.capture import RawFrame
from gatusyn.model import PrivacyParams
from gatusyn.privacy import Redactor, load_redactor
from gatusyn.privacy.turned import turned_back

PLATE = np.s_[382:403, 577:683]


@pytest.fixture(scope="module")
def anywhere() -> Redactor:
    return load_redactor(PrivacyParams(), horizon_share=None, threads=1)


@given(
    quarters=st.sampled_from([1, 3]),
    width=st.integers(4, 40),
    height=st.integers(4, 40),
    data=st.data(),
)
def test_a_box_is_turned_back_to_where_it_was(
    quarters: int, width: int, height: int, data: st.DataObject
) -> None:
    x1, y1 = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    x2, y2 = data.draw(st.integers(x1 + 1, width)), data.draw(st.integers(y1 + 1, height))
    mask = np.zeros((height, width), bool)
    mask[y1:y2, x1:x2] = True
    rows, columns = np.nonzero(np.rot90(mask, quarters))
    box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 0.7]])
    back = turned_back(box, quarters=quarters, width=width, height=height)
    np.testing.assert_array_equal(back, [[x1, y1, x2, y2, 0.7]])


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_plate_is_hidden_however_the_picture_lies(anywhere: Redactor, quarters: int) -> None:
    turned = np.ascontiguousarray(np.rot90(drawn_car(500, 260), quarters))
    public = anywhere.redact(RawFrame(frame_id="f", time_s=0.0, image=turned))
    plate = np.rot90(public.image, -quarters)[PLATE]
    assert np.ptp(plate.reshape(-1, 3), axis=0).max() == 0
    assert "upright ones turned" in public.redaction.model


def test_what_was_found_twice_is_listed_once(anywhere: Redactor) -> None:
    upright = np.ascontiguousarray(drawn_car(500, 260)[:, 400:900])
    regions = anywhere.find(RawFrame(frame_id="f", time_s=0.0, image=upright))
    plates = [one for one in regions if one.x1 < 230 < one.x2 and one.y1 < 392 < one.y2]
    assert len(plates) == 1


def test_a_towns_camera_is_known_to_be_level() -> None:
    assert "turned" not in load_redactor(PrivacyParams(), horizon_share=0.33).version
