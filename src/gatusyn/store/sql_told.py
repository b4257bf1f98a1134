"""What is told of a fault or remarked, in one column: words, and where known code and figures.

Stores that were written before there were codes hold words alone, which stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gatusyn.model import DriveNote, DriveRemark, Figure
from gatusyn.store.sql_codec import json_to_texts, safe_text, texts_to_json

_MARK: Final = '{"words": '
"""How a text begins that holds more than words; words that begin so are put into one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a column told.

    Parameters
    ----------
    words
        In English.
    code
        Empty where none was noted.
    """

    words: str
    code: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)


def told_to_text(words: str, *, code: str = "", figures: Mapping[str, Figure] | None = None) -> str:
    """Return what is told as a column holds it: the words alone where there is no more."""
    words = safe_text(words)
    if not code and not figures and not words.startswith(_MARK):
        return words
    clean = {
        name: safe_text(value) if isinstance(value, str) else value
        for name, value in (figures or {}).items()
    }
    return json.dumps({"words": words, "code": str(code), "figures": clean}, ensure_ascii=False)


def text_to_told(text: str) -> Told:
    """Return what a column of ``told_to_text`` tells."""
    if not text.startswith(_MARK):
        return Told(words=text)
    try:
        values = json.loads(text)
    except json.JSONDecodeError:
        # Words of before there were codes.
        return Told(words=text)
    return Told(words=values["words"], code=values["code"], figures=values["figures"])


def remarks_to_json(remarks: Sequence[DriveRemark]) -> str:
    """Return a drive's remarks as JSON: a text where it is no more than words."""
    return texts_to_json(
        [
            told_to_text(str(one.figures.get("words", "")))
            if one.note is DriveNote.SAID
            else told_to_text("", code=one.note, figures=one.figures)
            for one in remarks
        ]
    )


def json_to_remarks(text: str) -> tuple[DriveRemark, ...]:
    """Return the remarks of ``remarks_to_json``, or those of before there were notes."""
    return tuple(_remark(text_to_told(one)) for one in json_to_texts(text))


def _remark(told: Told) -> DriveRemark:
    if told.code not in set(DriveNote):
        # Words of before there were codes, or a code that is not known any more.
        return DriveRemark(note=DriveNote.SAID, figures={"words": told.words or told.code})
    return DriveRemark(note=DriveNote(told.code), figures=told.figures)
