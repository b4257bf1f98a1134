"""Makes a page of a template, in the visitor's language and with what they may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from gatusyn.model import CitySettings, Permission, Role, Visitor
from gatusyn.pipeline import treatment_name
from gatusyn.serve.pages.causes import told
from gatusyn.serve.pages.formats import Formats
from gatusyn.serve.pages.languages import LANGUAGES, LOCALES, language_of
from gatusyn.serve.pages.load_words import load_words
from gatusyn.serve.pages.navigation import PLACES, Place, is_at
from gatusyn.serve.pages.read_manifest import Built, read_manifest
from gatusyn.serve.pages.reader import Reader
from gatusyn.serve.pages.words import GRADES

NOBODY = Visitor(name="", role=Role.PUBLIC, permissions=frozenset())


class Desk:
    """Renders the pages of one town.

    Parameters
    ----------
    settings
        The town's; its name is on every page.
    static
        The folder of the built scripts and styles.
    places
        The pages that there are; a visitor is led to those that they may see.
    """

    def __init__(
        self, settings: CitySettings, static: Path, *, places: Sequence[Place] = PLACES
    ) -> None:
        self.settings = settings
        self._places = places
        self.built: Built = read_manifest(static)
        self._readers = {
            language: Reader(language=language, words=words, formats=Formats.of(LOCALES[language]))
            for language, words in load_words().items()
        }
        self._environments = {
            language: _environment(reader) for language, reader in self._readers.items()
        }

    def reader_of(self, request: Request) -> Reader:
        """Return how a visitor is spoken to."""
        return self._readers[language_of(request)]

    def show(
        self, request: Request, template: str, *, status: int = 200, **content: Any
    ) -> HTMLResponse:
        """Return a page.

        Parameters
        ----------
        content
            What the template shows; texts in it are escaped.
        """
        reader = self.reader_of(request)
        visitor = getattr(request.state, "visitor", NOBODY)
        path = request.url.path
        query = request.url.query
        page = self._environments[reader.language].get_template(template)
        text = page.render(
            town=self.settings.name,
            language=reader.language,
            languages=LANGUAGES,
            visitor=visitor,
            may={one.name: visitor.may(one) for one in Permission},
            csrf_token=getattr(request.state, "csrf_token", ""),
            has_account=bool(getattr(request.state, "session_hash", "")),
            places=[(place, is_at(place, path)) for place in self._places if place.is_for(visitor)],
            here=f"{path}?{query}" if query else path,
            built=self.built,
            is_part="hx-request" in request.headers,
            **content,
        )
        # Whoever comes next at this machine must not find it by going back.
        headers = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language, HX-Request"}
        return HTMLResponse(text, status, headers=headers)


def _environment(reader: Reader) -> Environment:
    environment = Environment(
        loader=PackageLoader("gatusyn.serve.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # Installed by the extension above, which types know nothing of.
    environment.install_gettext_translations(reader.words, newstyle=True)  # type: ignore[attr-defined]
    formats = reader.formats
    filters: dict[str, Callable[..., str]] = {
        "told": partial(told, reader=reader),
        "say": reader.say,
        "grade_word": lambda number: reader.say(GRADES[number]),
        "number": formats.number,
        "km": formats.km,
        "percent": formats.percent,
        "sek": formats.sek,
        "date": formats.date,
        "moment": formats.moment,
        "treatment": partial(treatment_name, language=reader.language),
    }
    environment.filters |= filters
    environment.filters["in_millions"] = lambda values: [value / 1e6 for value in values]
    return environment
