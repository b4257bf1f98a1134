"""Why drives and frames are not used, told in the reader's language from codes and figures."""

from __future__ import annotations

import pickle
import re
from functools import cache

import pytest

from gatusyn.model import Cause, DriveFault, FootageError, Rejected, RejectReason
from gatusyn.serve.pages.causes import ADVICE, FAULTS, MEASURED, rejected_sums, told
from gatusyn.serve.pages.formats import Formats
from gatusyn.serve.pages.languages import LOCALES
from gatusyn.serve.pages.load_words import load_words
from gatusyn.serve.pages.reader import Reader
from gatusyn.serve.pages.words import REJECTIONS

FIGURES: dict[str, int | float | str] = {
    "codec": "prores",
    "width_px": 9000,
    "height_px": 6000,
    "count": 4,
    "wrong": 3,
    "limit_mib": 64,
    "placed": 1,
    "days": 14.0,
}


@cache
def reader_of(language: str) -> Reader:
    return Reader(
        language=language,
        words=load_words()[language],
        formats=Formats.of(LOCALES[language]),
    )


@pytest.mark.parametrize("language", sorted(LOCALES))
@pytest.mark.parametrize("fault", DriveFault)
def test_every_fault_is_told_with_its_figures(fault: DriveFault, language: str) -> None:
    text = told(Cause(fault=fault, figures=FIGURES), reader_of(language))
    wanted = re.findall(r"%\((\w+)\)s", FAULTS[fault])
    assert text.strip()
    assert "%" not in text
    assert "–" not in text, "a figure of this fault is not in the list above"
    for name in wanted:
        value = FIGURES[name]
        shown = value if isinstance(value, str) else reader_of(language).formats.number(value)
        assert str(shown) in text


def test_a_cause_is_told_in_swedish() -> None:
    cause = Cause(fault=DriveFault.LATE, figures={"days": 14.0, "tries": 3})
    assert told(cause, reader_of("sv")) == (
        "Den väntade längre än 14 dagar och förstördes. Det har försökts 3 gånger. "
        "Skicka den igen, och säg till administratören."
    )


def test_a_figure_that_was_not_noted_is_a_dash() -> None:
    text = told(Cause(fault=DriveFault.SEVERAL_VIDEOS), reader_of("en"))
    assert text.startswith("The drive holds – videos.")


def test_every_reason_of_a_frame_has_words_and_advice() -> None:
    assert set(REJECTIONS) == set(ADVICE) == set(RejectReason)
    assert set(MEASURED) < set(RejectReason)


def test_rejected_frames_are_summed_with_the_span_of_what_was_measured() -> None:
    dark = [
        Rejected(
            frame_id=str(value),
            reason=RejectReason.TOO_DARK,
            detail=f"mean grey {value}",
            figures={"value": value, "limit": 25.0},
        )
        for value in (3.0, 17.5, 3.0)
    ]
    old = Rejected(frame_id="b", reason=RejectReason.BLURRED, detail="sharpness 2")
    first, second = rejected_sums([old, *dark], reader_of("sv"))
    assert (first.words, first.count) == ("för mörk", 3)
    assert first.measured == "Ljusstyrka 3,0–17,5 av 255; det krävs 25,0."
    assert first.details == [], "its figures say the same in Swedish"
    assert (second.count, second.measured) == (1, ""), "an old store has no figures"
    assert second.details == ["sharpness 2"]


def test_a_share_of_the_road_is_told_in_percent() -> None:
    figures = {"value": 0.123, "limit": 0.3}
    one = Rejected(frame_id="a", reason=RejectReason.OFF_ROAD, figures=figures)
    (own,) = rejected_sums([one], reader_of("en"))
    assert own.measured == "12 % of what lies ahead is road; 30 % are needed."


def test_a_fault_keeps_its_cause_from_one_process_to_another() -> None:
    error = FootageError("a", "b", "c", fault=DriveFault.SAME, figures={"count": 2})
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, FootageError)
    assert (str(copy), copy.cause) == (str(error), error.cause)
