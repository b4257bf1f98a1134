"""What is certainly nothing is not looked at again; everything else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.privacy.test_redactor import drawn_car
from tests.privacy.test_second_look import Doubting, place, street

from gatusyn.model import Image, PrivacyParams, RegionKind, UncheckedError
from gatusyn.privacy import Redactor, load_redactor
from gatusyn.privacy.boxes import Candidates
from gatusyn.privacy.finders import NetworkFinder
from gatusyn.privacy.second_look import CheckedFinder
from gatusyn.privacy.strips import Pass
from gatusyn.privacy.turned import TurnedFinder
from gatusyn.privacy.verifier import HEIGHT, LIMITS, WIDTH, Verifier, view_of
from gatusyn.simulate.drawn_street import crossing_sign, speed_sign

FACE, PLATE = RegionKind.FACE, RegionKind.PLATE


@dataclass
class Saying:
    """A network that says the same of every view in turn."""

    heads: Sequence[float]
    plates: Sequence[float]
    seen: list[Image] = field(default_factory=list)

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, Image]
    ) -> list[NDArray[np.float32]]:
        self.seen.append(input_feed["image"])
        return [np.column_stack([self.heads, self.plates]).astype(np.float32)]


def asked(session: Saying) -> Verifier:
    return Verifier(session=session, model="said")


def boxes(count: int) -> Candidates:
    left = 40.0 * np.arange(count)
    return np.column_stack([left, left, left + 20, left + 20, np.linspace(0.9, 0.5, count)])


def test_plates_have_a_limit_heads_are_left_and_the_order_stays() -> None:
    session = Saying(heads=[1, 1, 1], plates=[0.101, 0.099, 0.2])
    found = {FACE: boxes(2), PLATE: boxes(3)}
    kept = asked(session).without_nothing(street(), found)
    np.testing.assert_array_equal(kept[FACE], boxes(2))
    np.testing.assert_array_equal(kept[PLATE], boxes(3)[[0, 2]])
    (views,) = session.seen
    assert views.shape == (3, HEIGHT, WIDTH, 3)


def test_without_candidates_nobody_is_asked() -> None:
    session = Saying(heads=[], plates=[])
    kept = asked(session).without_nothing(street(), {FACE: boxes(2), PLATE: boxes(0)})
    assert [len(kept[FACE]), len(kept[PLATE])] == [2, 0]
    assert not session.seen


def test_of_very_many_the_surest_are_asked_for_and_the_rest_kept() -> None:
    session = Saying(heads=[0.0] * 120, plates=[0.0] * 120)
    kept = asked(session).without_nothing(street(), {FACE: boxes(0), PLATE: boxes(125)})
    np.testing.assert_array_equal(kept[PLATE], boxes(125)[120:])


def test_an_answer_that_is_no_number_leaves_the_frame_unchecked() -> None:
    session = Saying(heads=[np.nan], plates=[0.0])
    with pytest.raises(UncheckedError, match="no number"):
        asked(session).without_nothing(street(), {FACE: boxes(0), PLATE: boxes(1)})


def test_the_version_names_the_model_and_its_limits() -> None:
    assert asked(Saying(heads=[], plates=[])).version == "said (plate 0.1)"


@given(
    x=st.integers(0, 1200),
    y=st.integers(0, 650),
    wide=st.integers(4, 600),
    high=st.integers(4, 400),
)
@settings(max_examples=40)
def test_a_candidate_is_shown_in_the_middle_at_one_size(
    x: int, y: int, wide: int, high: int
) -> None:
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[y : y + high, x : x + wide] = 255
    view = view_of(picture, np.array([x, y, x + wide, y + high, 1.0]), size=(WIDTH, HEIGHT))
    assert view.shape == (HEIGHT, WIDTH, 3)
    scale = min(16 / high, 48 / wide)
    # What lies beyond the picture is its last row or column, shrunk.
    far = 2 / scale
    if far < x < 1280 - wide - far and high * scale > 3:
        assert (view[HEIGHT // 2, :, 0] / 255).sum() == pytest.approx(wide * scale, abs=1.6)
    if far < y < 720 - high - far and wide * scale > 3:
        assert (view[:, WIDTH // 2, 0] / 255).sum() == pytest.approx(high * scale, abs=1.6)


@pytest.mark.parametrize("place", [-30.0, 1290.0, 5000.0])
def test_what_was_found_beside_the_picture_is_shown_as_its_edge(place: float) -> None:
    box = np.array([place, place, place + 3, place + 3, 0.5])
    assert np.ptp(view_of(np.full((72, 128, 3), 9, np.uint8), box, size=(WIDTH, HEIGHT))) == 0


@pytest.mark.parametrize(("said", "looks", "hidden"), [(0.099, 1, 0), (0.101, 3, 1)])
def test_what_is_certainly_nothing_is_not_looked_at_again(
    said: float, looks: int, hidden: int
) -> None:
    session = Doubting(1, (0.9, 0.9, 0.9))
    finder = NetworkFinder(session=session, model="m", passes=(Pass(top=0, bottom=1, scale=1),))
    checked = CheckedFinder(finder=finder, verifier=asked(Saying(heads=[0.0], plates=[said])))
    found = checked.find(np.zeros((160, 320, 3), np.uint8), thresholds={FACE: 0.4, PLATE: 0.85})
    assert len(session.shapes) == looks
    assert len(found[PLATE]) == hidden


@pytest.fixture(scope="module")
def loaded() -> Redactor:
    return load_redactor(PrivacyParams(), threads=1)


def checked(redactor: Redactor) -> CheckedFinder:
    finder = redactor.finder
    assert isinstance(finder, CheckedFinder)
    return finder


def test_the_record_names_the_verifier(loaded: Redactor) -> None:
    verifier = checked(loaded).verifier
    assert verifier is not None
    assert "Gatusyn verifier" in verifier.version
    assert f", {verifier.version}, twice more" in loaded.version
    everywhere = load_redactor(PrivacyParams(), horizon_share=None, threads=1)
    assert isinstance(everywhere.finder, TurnedFinder)
    assert verifier.version in everywhere.version


def said_of(redactor: Redactor, picture: Image, box: Sequence[float]) -> float:
    """Return the shipped network's probability of a plate."""
    verifier = checked(redactor).verifier
    assert verifier is not None
    view = view_of(picture, np.array(box, float), size=(WIDTH, HEIGHT))
    (probability,) = verifier.session.run(["verified"], {"image": view[None]})
    return float(probability[0, 1])


def test_the_shipped_one_takes_a_plate_for_one(loaded: Redactor) -> None:
    assert said_of(loaded, drawn_car(500, 260), [575, 380, 685, 405]) > 0.5


@pytest.mark.parametrize("sign", [speed_sign(40), crossing_sign()])
def test_the_shipped_one_takes_a_sign_for_nothing(loaded: Redactor, sign: Image) -> None:
    picture = place(street(), sign, 600, 300, 80)
    for box in ([630, 290, 650, 312], [615, 330, 665, 350]):
        assert said_of(loaded, picture, box) < LIMITS[PLATE]
