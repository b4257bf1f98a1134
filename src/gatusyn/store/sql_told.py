"""What is told of a fault, in one column: English words, and where known its code and figures.

Stores that were written before there were codes hold words alone, which stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gatusyn.model import Figure
from gatusyn.store.sql_codec import safe_text

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
