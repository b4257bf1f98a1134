"""What an entry of the audit log is about, with the names of fields in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from gatusyn.model import AuditEntry
from gatusyn.pipeline import CostField, treatment_name
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.reader import Reader

FIELDS: Mapping[str, str] = {
    "display_name": N_("name"),
    "email": N_("e-mail"),
    "role": N_("role"),
    "areas": N_("streets"),
    "treatments": N_("treatments"),
    "disabled": N_("whether disabled"),
    "password": N_("password"),
}
"""What of an account can be changed."""

COSTS: Mapping[str, str] = {
    CostField.COST: N_("SEK a square metre"),
    CostField.MOBILISATION: N_("Mobilisation, SEK a project"),
}

_TOKEN = N_("token: %(label)s")
_TOKEN_NUMBER = N_("token %(number)s")
_DRIVE = N_("%(drive)s, %(files)s files, %(size)s bytes")
_FILE = N_("%(file)s, %(taken)s of %(size)s bytes")
_UNSET = N_("not set")

_CHANGE: Final = re.compile(r"(\S+) (.*) -> (.*)")


def about_of(
    entry: AuditEntry, reader: Reader, treatments: Mapping[str, str] | None = None
) -> str | None:
    """Return what an entry is about; as it was noted where it holds nothing to translate.

    Parameters
    ----------
    treatments
        Their Swedish names, by their names in the settings.
    """
    if re.match(_OF_SETTINGS, entry.what):
        return _settings(entry.about, reader, treatments or {}) or None
    for route, tell in _TELLERS:
        if re.match(route, entry.what):
            return tell(entry.about, reader) or entry.about or None
    return entry.about or None


def _account(about: str, reader: Reader) -> str:
    name, _, listed = about.rpartition(": ")
    fields = listed.split(", ")
    if not name or not all(own in FIELDS for own in fields):
        return ""
    return f"{name}: {', '.join(reader.say(FIELDS[own]) for own in fields)}"


def _token(about: str, reader: Reader) -> str:
    if labelled := re.fullmatch(r"token: (.*)", about, re.DOTALL):
        return reader.say(_TOKEN) % {"label": labelled[1]}
    numbered = re.fullmatch(r"token (\d+)", about)
    return reader.say(_TOKEN_NUMBER) % {"number": numbered[1]} if numbered else ""


def _figures(about: str, reader: Reader, pattern: str, words: str) -> str:
    """Tell a text by the groups of its pattern: the first is a name, the others whole numbers."""
    found = re.fullmatch(pattern, about, re.DOTALL)
    if found is None:
        return ""
    (name, called), *figures = found.groupdict().items()
    write = reader.formats.number
    return reader.say(words) % {name: called, **{own: write(int(value)) for own, value in figures}}


def _drive(about: str, reader: Reader) -> str:
    pattern = r"(?P<drive>.*), (?P<files>\d+) files, (?P<size>\d+) bytes"
    return _figures(about, reader, pattern, _DRIVE)


def _file(about: str, reader: Reader) -> str:
    return _figures(about, reader, r"(?P<file>.*), (?P<taken>\d+) of (?P<size>\d+) bytes", _FILE)


def _settings(about: str, reader: Reader, treatments: Mapping[str, str]) -> str:
    """Tell settings by the names that their file has, which the page of settings shows too."""
    return "; ".join(_change(own, reader, treatments) for own in about.split("; "))


def _change(text: str, reader: Reader, treatments: Mapping[str, str]) -> str:
    found = _CHANGE.fullmatch(text)
    if found is None:
        return text
    name, *values = found.groups()
    treatment, _, field = name.rpartition(".")
    if treatment and field in COSTS:
        called = treatment_name(treatment, treatments.get(treatment, treatment), reader.language)
        name = f"{called} ({reader.say(COSTS[field])}):"
    before, after = (reader.say(_UNSET) if own == _UNSET else own for own in values)
    return f"{name} {before} → {after}"


_OF_SETTINGS: Final = r"POST /settings|PUT /api/v1/settings"
_TELLERS: Final[tuple[tuple[str, Callable[[str, Reader], str]], ...]] = (
    (r"POST /users/user/change|PATCH /api/v1/users/", _account),
    (r"(POST|DELETE) (/api/v1)?/tokens", _token),
    (r"POST /api/v1/sent/complete", _drive),
    (r"PATCH /api/v1/uploads/", _file),
)
"""By the beginning of the request."""
