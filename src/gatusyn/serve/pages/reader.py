"""How a visitor is spoken to."""

from __future__ import annotations

import gettext
from dataclasses import dataclass

from gatusyn.serve.pages.formats import Formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a visitor is spoken to.

    Parameters
    ----------
    language
        One of ``LANGUAGES``.
    """

    language: str
    words: gettext.NullTranslations
    formats: Formats

    def say(self, text: str) -> str:
        """Return English words that were marked for translation, translated."""
        return self.words.gettext(text) if text else ""

    def say_number(self, texts: tuple[str, str], number: int) -> str:
        """Return the words of one or of many, translated, with the number as ``count`` in them."""
        return self.words.ngettext(*texts, number) % {"count": self.formats.number(number)}
