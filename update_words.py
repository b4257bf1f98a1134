"""Bring the lists of words to translate up to the pages: ``make words``.

What is new gets an empty translation, which a test refuses; what is gone goes.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from gatusyn.model import DRIVE_REMARKS, DriveNote
from gatusyn.serve.pages.languages import LANGUAGES
from gatusyn.serve.pages.load_words import load_catalog, po_path
from gatusyn.serve.pages.offered import all_offered

SERVE = Path(__file__).resolve().parent / "src" / "gatusyn" / "serve"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"N_": None, "gettext": None, "ngettext": (1, 2), "NN_": (1, 2)}


def extract() -> Catalog:
    """Return every message in code and templates, of remarks on drives and of settings."""
    catalog = Catalog(domain="gatusyn", fuzzy=False)
    for _, _, message, comments, context in extract_from_dir(
        SERVE, METHODS, OPTIONS, KEYWORDS, comment_tags=("L10N:",)
    ):
        catalog.add(message, auto_comments=comments, context=context)
    for note, text in DRIVE_REMARKS.items():
        if note is DriveNote.SAID:
            continue
        catalog.add(text, auto_comments=[f"drive remark {note.value}"])
    for offered in all_offered().values():
        # What a setting means is said once, where the setting is made.
        catalog.add(offered.meaning, auto_comments=[offered.dotted])
    return catalog


def update() -> None:
    """Write the lists of all languages anew, with the translations that they have."""
    template = extract()
    for language in LANGUAGES:
        if language == "en":
            continue
        path = po_path(language)
        known = load_catalog(language) if path.is_file() else Catalog(locale=language)
        known.update(template, no_fuzzy_matching=True, update_header_comment=False)
        known.obsolete.clear()
        known.fuzzy = False
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, known, width=100, no_location=True, omit_header=True, sort_output=True)


if __name__ == "__main__":
    update()
