"""The letters of printed documents: Source Sans Pro, as the package font-source-sans-pro has it.

The fonts that every PDF reader has know Western Europe only; a town may lie in Sápmi, Poland or
Greece. Licence of the font: SIL OFL 1.1.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import as_file, files

from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from gatusyn.model import GatusynError

PLAIN, BOLD = "SourceSansPro", "SourceSansPro-Bold"
_FILES = {PLAIN: "SourceSansPro-Regular.ttf", BOLD: "SourceSansPro-Bold.ttf"}
_UNKNOWN = "?"


@cache
def known_letters() -> frozenset[int]:
    """Make the fonts known to the PDF writer, and return the letters that both have.

    Raises
    ------
    GatusynError
        If the package or its files are not there.
    """
    letters: set[int] = set()
    for name, file in _FILES.items():
        try:
            with as_file(files("font_source_sans_pro") / "files" / file) as path:
                font = TTFont(name, str(path))
        except (ModuleNotFoundError, OSError, TTFError) as error:
            raise GatusynError(
                "font-source-sans-pro", f"cannot be read ({error})", "Install Gatusyn again."
            ) from error
        registerFont(font)
        own = set(font.face.charToGlyph)
        letters = own if not letters else letters & own
    registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    return frozenset(letters)


def printable(text: str) -> str:
    """Return a text in the letters that the fonts have.

    A letter that they lack loses its marks (ǩ becomes k), or becomes ``?``.
    """
    known = known_letters()
    return "".join(_printed(letter, known) for letter in unicodedata.normalize("NFC", text))


def _printed(letter: str, known: frozenset[int]) -> str:
    if ord(letter) in known and (letter.isprintable() or letter == "\u00a0"):
        return letter
    base = unicodedata.normalize("NFD", letter)[0]
    return base if ord(base) in known and base.isprintable() else _UNKNOWN
