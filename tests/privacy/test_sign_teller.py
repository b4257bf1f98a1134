"""What is certainly a part of a sign is no head; what is certainly none stays one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.privacy.test_redactor import street_with_face
from tests.privacy.test_second_look import Doubting, place, ring, street

from gatusyn.model import Image, PrivacyParams, RegionKind, UncheckedError
from gatusyn.privacy import Redactor, load_redactor
from gatusyn.privacy.boxes import Candidates, no_candidates
from gatusyn.privacy.doubts import Doubts
from gatusyn.privacy.finders import NetworkFinder
from gatusyn.privacy.second_look import CheckedFinder
from gatusyn.privacy.sign_teller import (
    LIKELY_FAR,
    LIKELY_NEAR,
    NONE,
    UNSURE,
    SignTeller,
)
from gatusyn.privacy.strips import Pass
from gatusyn.privacy.verifier import HEIGHT, WIDTH
from gatusyn.simulate.drawn_street import crossing_sign

FACE, PLATE = RegionKind.FACE, RegionKind.PLATE
HEAD = np.array([590.0, 250.0, 610.0, 275.0, 0.9])


@dataclass
class Saying:
    """A network that says the same of every head: first from near, and then from far."""

    near: float
    far: float
    seen: list[Image] = field(default_factory=list)

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, Image]
    ) -> list[NDArray[np.float32]]:
        self.seen.append(input_feed["image"])
        return [np.array([[self.near if len(self.seen) % 2 else self.far]], np.float32)]


def telling(near: float, far: float) -> SignTeller:
    return SignTeller(session=Saying(near, far), model="said")


def test_what_is_likely_a_sign_from_near_and_far_is_doubted() -> None:
    assert telling(LIKELY_NEAR + 0.001, LIKELY_FAR + 0.001).doubt(street(), HEAD) == UNSURE
    assert telling(LIKELY_NEAR - 0.001, 1.0).doubt(street(), HEAD) is None
    assert telling(1.0, LIKELY_FAR - 0.001).doubt(street(), HEAD) is None


def test_what_is_certainly_none_is_not_doubted_and_between_nothing_is_said() -> None:
    assert telling(NONE - 0.001, 1.0).doubt(street(), HEAD) == 1.0
    assert telling(NONE + 0.001, 0.0).doubt(street(), HEAD) is None


@pytest.mark.parametrize(("near", "views"), [(LIKELY_NEAR - 0.001, 1), (LIKELY_NEAR, 2)])
def test_it_sees_the_head_from_far_only_if_it_is_likely_a_sign_from_near(
    near: float, views: int
) -> None:
    session = Saying(near + 1e-6, 0.5)
    SignTeller(session=session, model="said").doubt(street(), HEAD)
    assert [view.shape for view in session.seen] == [(1, HEIGHT, WIDTH, 3)] * views


@pytest.mark.parametrize(("near", "far"), [(np.nan, 0.0), (1.0, np.nan)])
def test_an_answer_that_is_no_number_leaves_the_frame_unchecked(near: float, far: float) -> None:
    with pytest.raises(UncheckedError, match="no number"):
        telling(near, far).doubt(street(), HEAD)


def test_the_version_names_the_model_and_its_limits() -> None:
    assert telling(0.5, 0.5).version == "said (0.8 and 0.95, none below 0.02)"


def hidden(kind: int, sign: float | None, *, picture: Image, sure: float = 0.7) -> tuple[int, int]:
    """Return how many are hidden of what all looks are as sure of, and how often was asked."""
    said = 0.0 if sign is None else sign
    teller = Saying(said, said)
    finder = NetworkFinder(
        session=Doubting(kind, (sure,) * 3), model="m", passes=(Pass(top=0, bottom=1, scale=1),)
    )
    checked = CheckedFinder(
        finder=finder,
        sign_teller=None if sign is None else SignTeller(session=teller, model="said"),
    )
    found = checked.find(picture, thresholds={FACE: 0.5, PLATE: 0.6})
    # From near, and where that makes a sign likely, from far.
    looks = 2 if said >= LIKELY_NEAR else 1
    return len(found[(FACE, PLATE)[kind]]), len(teller.seen) // looks


GREY = np.full((320, 640, 3), 120, np.uint8)


def test_heads_are_asked_for_once_and_plates_never() -> None:
    assert hidden(0, None, picture=GREY) == (1, 0)
    assert hidden(0, 0.5, picture=GREY) == (1, 1)
    assert hidden(0, 0.999, picture=GREY) == (0, 1)
    assert hidden(1, 0.999, picture=GREY) == (1, 0)


def test_a_head_that_all_looks_are_sure_of_is_hidden_whatever_is_around_it() -> None:
    assert hidden(0, 1.0, picture=GREY, sure=0.95)[0] == 1


def test_what_is_too_unsure_anyway_is_not_asked_for() -> None:
    assert hidden(0, 0.999, picture=GREY, sure=0.3) == (0, 0)


def test_shapes_count_where_nothing_is_certain() -> None:
    picture = ring(GREY.copy(), 320, 160, 16, (190, 25, 35))
    assert hidden(0, None, picture=picture)[0] == 0
    assert hidden(0, 0.5, picture=picture)[0] == 0
    assert hidden(0, 0.0, picture=picture)[0] == 1


def doubts(
    *, named: Candidates | None = None, plates: Candidates | None = None, shapes: float = 1.0
) -> Doubts:
    return Doubts(
        image=street(),
        shapes=lambda image, box: shapes,
        threshold=0.4,
        teller=telling(1.0, 1.0),
        named=HEAD[None] if named is None else named,
        plates=no_candidates() if plates is None else plates,
    )


def test_of_two_doubts_the_greater_counts() -> None:
    assert [doubts(shapes=power).of(HEAD[None])[0] for power in (2.0, 30.0)] == [UNSURE, 30.0]


def test_where_a_plate_may_lie_in_a_head_nobody_is_asked() -> None:
    within, beside = np.array([[592, 255, 608, 262, 0.9]]), np.array([[620, 255, 660, 262, 0.9]])
    assert doubts(plates=within).of(HEAD[None]) == 1.0
    assert doubts(plates=beside).of(HEAD[None]) == UNSURE


@pytest.mark.parametrize(
    ("others", "shift", "scale", "power"),
    [(3, 30.0, 1.0, 1.0), (2, 30.0, 1.0, UNSURE), (3, 200.0, 1.0, UNSURE), (3, 30.0, 3.0, UNSURE)],
)
def test_in_a_crowd_nobody_is_asked(others: int, shift: float, scale: float, power: float) -> None:
    """Few others, far ones, and much larger ones are no crowd."""
    rows = [HEAD]
    for number in range(others):
        x, y = 600.0 + shift * (number + 1), 262.5
        rows.append(np.array([x - 10 * scale, y - 12 * scale, x + 10 * scale, y + 12 * scale, 0.5]))
    assert doubts(named=np.array(rows)).of(HEAD[None]) == power


@pytest.fixture(scope="module")
def loaded() -> Redactor:
    return load_redactor(PrivacyParams(), threads=1)


def said_of(redactor: Redactor, picture: Image, box: Sequence[float]) -> float:
    """Return the shipped network's probability of a sign."""
    finder = redactor.finder
    assert isinstance(finder, CheckedFinder)
    assert finder.sign_teller is not None
    doubt = finder.sign_teller.doubt(picture, np.array(box, float))
    return 0.5 if doubt is None else float(doubt == UNSURE)


def test_the_record_names_the_sign_teller(loaded: Redactor) -> None:
    assert "twice more, Gatusyn sign teller" in loaded.version


@pytest.mark.parametrize("width_px", [14, 30, 60])
def test_the_shipped_one_takes_a_face_for_none(loaded: Redactor, width_px: float) -> None:
    picture, (x, y) = street_with_face(width_px, x=500, y=250)
    half = 0.7 * width_px
    assert said_of(loaded, picture, [x - half, y - half, x + half, y + half]) < 1.0


def test_the_shipped_one_takes_a_figure_on_a_sign_for_a_part_of_it(loaded: Redactor) -> None:
    picture = place(street(), crossing_sign(), 600, 300, 120)
    # The dot that is the figure's head.
    assert said_of(loaded, picture, [654, 340, 668, 356]) > 0.0
