"""Which language a visitor reads."""

from __future__ import annotations

from collections.abc import Mapping

from babel import negotiate_locale
from fastapi import Request

LANGUAGES: Mapping[str, str] = {"sv": "Svenska", "en": "English", "pt": "Português"}
"""By code, each in its own words; the first is what is shown to who asks for none of them."""

LOCALES: Mapping[str, str] = {"sv": "sv_SE", "en": "en_GB", "pt": "pt_PT"}
"""How numbers and dates are written."""

COOKIE = "gatusyn_language"


def language_of(request: Request) -> str:
    """Return what was chosen here before, else the first known that the browser asks for."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = _by_preference(request.headers.get("accept-language", ""))
    found = negotiate_locale(wanted, list(LANGUAGES), sep="-") if wanted else None
    return found or next(iter(LANGUAGES))


def _by_preference(accepted: str) -> list[str]:
    """Return the languages of ``Accept-Language``, the most wanted first (RFC 9110, 12.5.4)."""
    weighed = []
    for number, part in enumerate(accepted.split(",")[:20]):
        name, _, weight = part.strip().partition(";q=")
        try:
            share = float(weight) if weight else 1.0
        except ValueError:
            continue
        if name and share > 0:
            weighed.append((-share, number, name))
    return [name for _, _, name in sorted(weighed)]
