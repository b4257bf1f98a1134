from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.privacy.test_redactor import noise

from gatusyn.capture import RawFrame
from gatusyn.model import (
    Evidence,
    Image,
    PrivacyParams,
    RedactedRegion,
    RegionKind,
    UncheckedError,
)
from gatusyn.privacy import Redactor
from gatusyn.privacy.boxes import covered
from gatusyn.privacy.finders import Found, Thresholds

WIDTH, HEIGHT = 1280, 720
BEFORE, FRAME, AFTER = 1, 2, 3
Row = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Scripted:
    """Finds what is written for a picture, which its first pixel names; remembers its looks."""

    rows: Mapping[int, Sequence[Row]]
    kind: RegionKind = RegionKind.PLATE
    version: str = "scripted"
    looks: list[int] = field(default_factory=list)

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        self.looks.append(int(image[0, 0, 0]))
        rows = self.rows.get(self.looks[-1], ())
        return {
            kind: np.array(
                [row for row in rows if kind is self.kind and not row[4] < threshold], np.float64
            ).reshape(-1, 5)
            for kind, threshold in thresholds.items()
        }


@dataclass(frozen=True)
class Failing(Scripted):
    """Fails on the frame after."""

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        if image[0, 0, 0] == AFTER:
            raise RuntimeError("the plate of Mrs Svensson is too dirty")
        return super().find(image, thresholds=thresholds)


def picture(number: int) -> Image:
    return np.full((HEIGHT, WIDTH, 3), number, np.uint8)


def filmed(*, before_s: float | None = -0.067, after_s: float | None = 0.067) -> RawFrame:
    """Return a frame with its neighbours; None leaves one out."""
    around = [(BEFORE, before_s), (AFTER, after_s)]
    return RawFrame(
        frame_id="f1",
        time_s=50.0,
        image=picture(FRAME),
        neighbours=tuple(
            RawFrame(frame_id=f"n{number}", time_s=50.0 + time_s, image=picture(number))
            for number, time_s in around
            if time_s is not None
        ),
    )


def box(x: float, y: float, width: float = 60, confidence: float = 0.95) -> Row:
    """Return a plate's box around a middle."""
    return x - width / 2, y - width / 8, x + width / 2, y + width / 8, confidence


def regions(
    finder: Scripted, frame: RawFrame, *, neighbour_s: float = 0.067
) -> tuple[RedactedRegion, ...]:
    params = PrivacyParams(neighbour_s=neighbour_s, plate_confidence=0.9, face_confidence=0.15)
    return Redactor(finder=finder, params=params).find(frame)


def hides(found: Sequence[RedactedRegion], row: Row) -> bool:
    x1, y1, x2, y2 = (round(value) for value in row[:4])
    return bool(covered(found, width=WIDTH, height=HEIGHT)[y1:y2, x1:x2].all())


def test_what_is_found_before_and_after_is_hidden_in_between() -> None:
    finder = Scripted({BEFORE: [box(300, 400, 50, 0.99)], AFTER: [box(380, 410, 62, 0.93)]})
    (region,) = found = regions(finder, filmed())
    assert hides(found, box(340, 405, 56))
    assert (region.evidence, region.confidence) == (Evidence.BETWEEN, 0.93)
    assert (region.x2 - region.x1) * (region.y2 - region.y1) < 8 * 56 * 14


@pytest.mark.parametrize(
    ("before_s", "after_s", "middle"), [(-0.02, 0.06, 320), (-0.1, 0.025, 364)]
)
def test_the_place_in_between_follows_the_times(
    before_s: float, after_s: float, middle: float
) -> None:
    """Where frames were dropped, neighbours are not equally far."""
    finder = Scripted({BEFORE: [box(300, 400)], AFTER: [box(380, 400)]})
    (region,) = regions(finder, filmed(before_s=before_s, after_s=after_s))
    assert (region.x1 + region.x2) / 2 == pytest.approx(middle, abs=1.5)


def test_a_weak_one_is_hidden_where_it_is_if_a_neighbour_is_sure() -> None:
    weak = box(320, 400, confidence=0.7)
    finder = Scripted({AFTER: [box(300, 400)], FRAME: [weak]})
    (region,) = found = regions(finder, filmed())
    assert hides(found, weak)
    assert (region.evidence, region.confidence) == (Evidence.SUPPORTED, 0.7)


@pytest.mark.parametrize(
    "rows",
    [
        {FRAME: [box(320, 400, confidence=0.7)]},
        {AFTER: [box(900, 300)], FRAME: [box(320, 400, confidence=0.7)]},
        {AFTER: [box(300, 400, 200)], FRAME: [box(320, 400, confidence=0.7)]},
        {AFTER: [box(300, 400)], FRAME: [box(320, 400, confidence=0.5)]},
        {AFTER: [box(300, 400, confidence=0.7)], FRAME: [box(320, 400, confidence=0.7)]},
    ],
    ids=["no support", "support elsewhere", "support of another size", "too weak", "all weak"],
)
def test_a_weak_one_is_left_without_support(rows: Mapping[int, Sequence[Row]]) -> None:
    assert regions(Scripted(rows), filmed()) == ()


def test_another_scene_hides_nothing() -> None:
    """After a cut, or where a truck drives into the view, neighbours show other things."""
    before = [box(100 + 200 * n, 200, 50) for n in range(6)]
    after = [box(100 + 200 * n, 500, 50) for n in range(6)]
    assert regions(Scripted({BEFORE: before, AFTER: after}), filmed()) == ()
    one_side = Scripted({BEFORE: before, FRAME: after, AFTER: after})
    assert {region.evidence for region in regions(one_side, filmed())} == {Evidence.FRAME}


def test_what_the_frame_shows_itself_is_hidden_once_and_costs_one_look() -> None:
    plates = {BEFORE: [box(300, 400)], FRAME: [box(330, 402)], AFTER: [box(362, 405)]}
    finder = Scripted(plates)
    assert [region.evidence for region in regions(finder, filmed())] == [Evidence.FRAME]
    assert finder.looks == [FRAME, AFTER]


def test_plates_that_cross_are_both_hidden_where_they_are() -> None:
    """A near car overtakes the view of a far one: each keeps its own size."""
    before, after = [box(300, 400, 30), box(380, 404, 60)], [box(376, 400, 30), box(304, 404, 60)]
    found = regions(Scripted({BEFORE: before, AFTER: after}), filmed())
    assert hides(found, box(338, 400, 30))
    assert hides(found, box(342, 404, 60))
    assert len(found) == 2


def test_one_of_two_in_a_turn_is_missed() -> None:
    """The view turns by the distance of two plates: the found one must not stand for the other."""
    before, after = [box(300, 400, 40), box(380, 400, 40)], [box(180, 400, 40), box(260, 400, 40)]
    finder = Scripted({BEFORE: before, FRAME: [box(320, 400, 40)], AFTER: after})
    found = regions(finder, filmed(before_s=-0.1, after_s=0.1))
    assert hides(found, box(240, 400, 40))
    assert [region.evidence for region in found] == [Evidence.FRAME, Evidence.BETWEEN]


@pytest.mark.parametrize(("before_s", "after_s"), [(None, 0.067), (-0.067, None)])
def test_at_the_ends_of_a_video_there_is_one_neighbour(
    before_s: float | None, after_s: float | None
) -> None:
    sure, weak = box(300, 400), box(310, 400, confidence=0.7)
    finder = Scripted({BEFORE: [sure, box(700, 300)], FRAME: [weak], AFTER: [sure, box(700, 300)]})
    (region,) = regions(finder, filmed(before_s=before_s, after_s=after_s))
    assert region.evidence is Evidence.SUPPORTED


@pytest.mark.parametrize("frame", [filmed(), filmed(before_s=None, after_s=None)])
def test_switched_off_or_a_photo_there_is_one_look(frame: RawFrame) -> None:
    finder = Scripted({BEFORE: [box(300, 400)], AFTER: [box(300, 400)]})
    is_photo = not frame.neighbours
    assert regions(finder, frame, neighbour_s=0.067 if is_photo else 0.0) == ()
    assert finder.looks == [FRAME]


def test_a_head_in_between_is_hidden_with_its_margin() -> None:
    rows = {BEFORE: [(300, 200, 340, 250, 0.6)], AFTER: [(304, 200, 344, 250, 0.6)]}
    (region,) = regions(Scripted(rows, kind=RegionKind.FACE), filmed())
    assert region.kind is RegionKind.FACE
    assert region.y1 <= 200 - 0.25 * 50
    assert region.x1 <= 302 - 0.25 * 40


def test_a_plate_that_no_look_at_the_frame_saw_is_hidden_with_the_whole_margin() -> None:
    rows = {BEFORE: [(300, 200, 400, 225, 0.99)], AFTER: [(304, 200, 404, 225, 0.99)]}
    (region,) = regions(Scripted(rows), filmed())
    assert region.evidence is Evidence.BETWEEN
    assert region.y1 <= 200 - 0.25 * 25
    assert region.x1 <= 302 - 0.25 * 100


def test_a_plate_that_a_frame_of_a_film_shows_surely_is_hidden_with_the_whole_margin() -> None:
    # A wiper may stand before the rest of it.
    rows = {at: [(302, 200, 402, 225, 0.99)] for at in (BEFORE, FRAME, AFTER)}
    (region,) = regions(Scripted(rows), filmed())
    assert region.evidence is Evidence.FRAME
    assert region.y1 <= 200 - 0.25 * 25
    assert region.x1 <= 302 - 0.25 * 100


def test_a_plate_that_the_frame_shows_weakly_is_hidden_with_the_whole_margin() -> None:
    rows = {AFTER: [(304, 200, 404, 225, 0.99)], FRAME: [(302, 200, 402, 225, 0.7)]}
    (region,) = regions(Scripted(rows), filmed())
    assert region.evidence is Evidence.SUPPORTED
    assert region.y1 <= 200 - 0.25 * 25
    assert region.x1 <= 302 - 0.25 * 100


def test_a_neighbour_that_cannot_be_checked_leaves_the_frame_unchecked() -> None:
    rows = {BEFORE: [box(300, 400)]}
    with pytest.raises(UncheckedError, match="f1") as caught:
        regions(Failing(rows), filmed())
    assert "Svensson" not in str(caught.value)
    with pytest.raises(UncheckedError, match="no number"):
        regions(Scripted({AFTER: [(0, 0, 9, 9, float("nan"))]}), filmed())


def test_a_crowd_made_to_fool_is_refused() -> None:
    crowd = [(float(x), float(y), x + 4.0, y + 4.0, 0.95) for x in range(80) for y in range(15)]
    with pytest.raises(UncheckedError, match="1200 places beside it"):
        regions(Scripted({AFTER: crowd, FRAME: crowd}), filmed())


boxes = st.lists(
    st.builds(
        box, st.floats(-50, 1330), st.floats(-50, 770), st.floats(1, 400), st.floats(0.01, 1)
    ),
    max_size=5,
)


@given(before=boxes, frame=boxes, after=boxes)
def test_neighbours_only_ever_add(before: list[Row], frame: list[Row], after: list[Row]) -> None:
    rows = {BEFORE: before, FRAME: frame, AFTER: after}
    alone = regions(Scripted(rows), filmed(), neighbour_s=0.0)
    together = regions(Scripted(rows), filmed())
    assert together[: len(alone)] == alone
    assert Evidence.FRAME not in {region.evidence for region in together[len(alone) :]}


def test_no_pixel_of_a_neighbour_reaches_the_public_frame() -> None:
    image = noise(HEIGHT, WIDTH)
    image[0, 0] = FRAME
    around = filmed().neighbours
    raw = RawFrame(frame_id="f1", time_s=50.0, image=image, neighbours=around)
    finder = Scripted({BEFORE: [box(300, 400)], AFTER: [box(320, 400)]})
    public = Redactor(finder=finder, params=PrivacyParams()).redact(raw)
    hidden = covered(public.redaction.regions, width=WIDTH, height=HEIGHT)
    assert hidden.any()
    np.testing.assert_array_equal(public.image[~hidden], image[~hidden])
    assert len(np.unique(public.image[hidden], axis=0)) == 1
    assert not any(np.shares_memory(public.image, one.image) for one in around)


def test_the_version_says_that_neighbours_are_looked_at() -> None:
    on, off = (
        Redactor(finder=Scripted({}), params=PrivacyParams(neighbour_s=value)).version
        for value in (0.05, 0)
    )
    assert "beside 0.05 s" in on
    assert "beside" not in off
