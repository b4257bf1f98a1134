"""Loads the pages' words: gettext's ``.po`` files, English being the source."""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from gatusyn.serve.pages.languages import LANGUAGES

DOMAIN = "gatusyn"
FOLDER = Path(__file__).resolve().parent.parent / "locale"


def po_path(language: str, folder: Path = FOLDER) -> Path:
    """Return where the words of a language are."""
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def load_catalog(language: str) -> Catalog:
    """Return the words of a language as they are written down."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def load_words() -> dict[str, gettext.NullTranslations]:
    """Return the words of every language; English is what stands in code and templates."""
    words: dict[str, gettext.NullTranslations] = {}
    for language in LANGUAGES:
        if not po_path(language).is_file():
            words[language] = gettext.NullTranslations()
            continue
        compiled = BytesIO()
        # A fuzzy message is a guess: better the English.
        write_mo(compiled, load_catalog(language), use_fuzzy=False)
        compiled.seek(0)
        words[language] = Translations(compiled, domain=DOMAIN)
    return words
