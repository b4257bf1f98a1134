"""Remarks on drives, told in the reader's language from notes and figures."""

from __future__ import annotations

import re

import pytest
from tests.serve.test_serve_causes import reader_of

from gatusyn.model import DRIVE_REMARKS, DriveNote, DriveRemark, Figure
from gatusyn.serve.pages.causes import told_remarks
from gatusyn.serve.pages.languages import LOCALES

NAME = re.compile(r"%\((\w+)\)s")


def remark_of(note: DriveNote) -> DriveRemark:
    """Return a remark with every figure that its text names, each another."""
    figures: dict[str, Figure] = {}
    for number, name in enumerate(NAME.findall(DRIVE_REMARKS[note]), start=11):
        if name == "slipped_s":
            figures[name] = 1.7e9
        else:
            figures[name] = f"film{number}.mp4" if name in ("source", "words") else number
    return DriveRemark(note=note, figures=figures)


@pytest.mark.parametrize("language", sorted(LOCALES))
@pytest.mark.parametrize("note", DriveNote)
def test_every_note_is_told_with_its_figures(note: DriveNote, language: str) -> None:
    remark = remark_of(note)
    (told,) = told_remarks([remark], reader_of(language))
    assert "%(" not in told.words
    assert "–" not in told.words, "a figure that the translation names is not the note's"
    for name, value in remark.figures.items():
        if name not in ("slipped_s", "taken_day"):
            assert str(value) in told.words, name
    if note is not DriveNote.SAID:
        assert told.language == language
        assert language == "en" or told.words != str(remark)


def test_figures_are_written_as_the_language_does() -> None:
    remark = DriveRemark(
        note=DriveNote.CLOCK_BY_OWN,
        figures={"source": "å.mp4", "offset_s": -42.25, "fit": 0.987, "rival": 0.5},
    )
    (told,) = told_remarks([remark], reader_of("sv"))
    assert told.words.startswith("å.mp4: videon börjar -42,2 s senare")
    assert "korrelation 0,99, näst bästa 0,50" in told.words
    assert "starts -42.2 s later" in str(remark)


def test_a_remark_of_before_there_were_notes_is_english() -> None:
    old = DriveRemark(note=DriveNote.SAID, figures={"words": "100 % of it <b>"})
    (told,) = told_remarks([old], reader_of("pt"))
    assert (told.words, told.language) == ("100 % of it <b>", "en")


def test_a_figure_that_was_not_noted_is_a_dash() -> None:
    assert str(DriveRemark(note=DriveNote.MOUNT_SHAKES)).startswith(
        "The camera shakes: its tilt differs by –°"
    )
