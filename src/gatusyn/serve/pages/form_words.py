"""What is wrong with what somebody typed, in their language: from codes and figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gatusyn.model import FormCause, FormFault, GatusynError
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.reader import Reader

FORM_FAULTS: Mapping[FormFault, str] = {
    FormFault.MISSING: N_("is missing"),
    FormFault.SHORT: N_("is too short"),
    FormFault.LONG: N_("is longer than %(limit)s characters"),
    FormFault.NO_NUMBER: N_("is not a number"),
    FormFault.NO_WHOLE_NUMBER: N_("is not a whole number"),
    FormFault.LOW: N_("must be at least %(limit)s"),
    FormFault.HIGH: N_("must be at most %(limit)s"),
    FormFault.NO_CHOICE: N_("is not one that there is"),
    FormFault.MANY: N_("are more than %(limit)s"),
    FormFault.NO_TEXT: N_("cannot be understood"),
    FormFault.NO_DAY: N_("is not a day: write it as 2026-11-29"),
    FormFault.NO_SUM: N_("is not a sum: write kronor, without points between thousands"),
    FormFault.NO_MONTH: N_("is not a month: write it as 2026-11"),
    FormFault.MONTHS_TURNED: N_("The first month must be before the last. Choose an earlier one."),
    FormFault.DAY_TO_COME: N_("The day has not come yet. Give the day on which it was done."),
    FormFault.FORM_OLD: N_(
        "The form is out of date, or you have been logged out meanwhile. Load the page anew, and "
        "fill it in again."
    ),
    FormFault.FORM_LARGE: N_("More was typed than %(limit)s bytes. Shorten it, and send it again."),
    FormFault.ACCOUNT_NAME: N_(
        "The user name cannot be used. Take up to 64 small letters (a to z), digits and . _ @ -, "
        "a letter or a digit first."
    ),
    FormFault.ACCOUNT_LINE: N_("The name or the e-mail address is too long. Shorten it."),
    FormFault.ACCOUNT_WITHOUT_AREAS: N_(
        "A contractor sees the streets that are named, and none is. Name them, one a line."
    ),
    FormFault.ACCOUNT_AREAS: N_(
        "The streets are more than %(limit)s, or a name is too long. Name them as the map does."
    ),
    FormFault.ACCOUNT_TAKEN: N_("There is an account %(name)s already. Choose another user name."),
    FormFault.ACCOUNT_LAST: N_(
        "This is the last administrator who can log in. Make another administrator first."
    ),
    FormFault.ACCOUNT_CHANGED: N_(
        "Somebody else has changed this account meanwhile. Look at it as it is now, and change it "
        "again."
    ),
    FormFault.PASSWORD_LENGTH: N_(
        "The password must have %(least)s to %(most)s characters. Take some words that belong "
        "together."
    ),
    FormFault.PASSWORD_PATTERN: N_("The password is a pattern. Take some words."),
    FormFault.PASSWORD_NAME: N_("The password holds the account's name. Take other words."),
    FormFault.PASSWORD_LETTER: N_("The password holds what is no letter. Type it again."),
    FormFault.PASSWORD_WRONG: N_("The present password is wrong. Type it again."),
    FormFault.CODE_WRONG: N_("The code is wrong. Type the one that the phone shows now."),
    FormFault.CODE_KEY: N_(
        "The codes of the phone cannot be checked any more. Use a recovery code, or ask your "
        "administrator to switch the second factor off."
    ),
    FormFault.TOO_MANY: N_("It has failed too often. Wait %(minutes)s minutes, then try again."),
    FormFault.TOKEN_EMPTY: N_("Say what the token is for, and choose what the program may do."),
    FormFault.TOKEN_MORE: N_("A token cannot do more than you may yourself. Choose less."),
    FormFault.TOKEN_GONE: N_("This token is not there any more. See the list."),
    FormFault.PROGRAMME_UNNAMED: N_("The programme has no name. Give it one."),
    FormFault.PROGRAMME_TAKEN: N_(
        "There is a programme %(name)s already, and what is saved is not written over. Choose "
        "another name."
    ),
    FormFault.PROGRAMME_BUSY: N_(
        "Programmes are being worked out for others. Wait a minute and try again."
    ),
    FormFault.PROGRAMME_BUDGET: N_("The budget must be more than 0 kronor a year."),
    FormFault.STREET_UNKNOWN: N_(
        "There is no street %(street)s among those that the town keeps. Check the spelling on the "
        "map."
    ),
    FormFault.TREATMENT_UNKNOWN: N_("The treatment is not one that the town uses. Choose another."),
    FormFault.STREET_TWICE: N_(
        "A street is put in twice with different treatments, or is both put in and left out. Take "
        "one of them away."
    ),
    FormFault.OVER_BUDGET: N_(
        "What is put in for %(year)s costs %(cost_sek)s, and the budget allows %(budget_sek)s. "
        "Raise the budget, or move a street to another year."
    ),
    FormFault.UNGRADED: N_(
        "No section is graded yet. Send a drive on the page Send drives; when it has been "
        "inspected, this can be worked out."
    ),
}
"""Sentences, or where they are a field's, what follows its name."""

FIELDS: Mapping[str, str] = {
    "areas": N_("Streets that they see, one a line"),
    "budget": N_("Budget a year, SEK"),
    "code": N_("Code"),
    "cost": N_("Cost"),
    "day": N_("Done on"),
    "days": N_("Works for"),
    "display_name": N_("Name"),
    "email": N_("E-mail"),
    "label": N_("What for"),
    "name": N_("Name"),
    "note": N_("Note"),
    "password": N_("Password"),
    "role": N_("Role"),
    "scopes": N_("The program may"),
    "search": N_("Search"),
    "since": N_("From"),
    "street": N_("Street"),
    "until": N_("To"),
    "treatment": N_("Treatment"),
    "treatments": N_("Treatment"),
    "who": N_("Account"),
    "why": N_("Reason"),
    "year": N_("Year"),
    "years": N_("Years"),
}
"""What a form's fields are called; another is called as in the address."""

_OF_A_FIELD = frozenset(
    {
        *(FormFault.MISSING, FormFault.SHORT, FormFault.LONG, FormFault.MANY, FormFault.NO_TEXT),
        *(FormFault.NO_NUMBER, FormFault.NO_WHOLE_NUMBER, FormFault.LOW, FormFault.HIGH),
        *(FormFault.NO_CHOICE, FormFault.NO_DAY, FormFault.NO_MONTH, FormFault.NO_SUM),
    }
)

_TYPES: Mapping[str, tuple[FormFault, str]] = {
    "missing": (FormFault.MISSING, ""),
    "string_too_short": (FormFault.SHORT, ""),
    "too_short": (FormFault.MISSING, ""),
    "string_too_long": (FormFault.LONG, "max_length"),
    "too_long": (FormFault.MANY, "max_length"),
    "int_parsing": (FormFault.NO_WHOLE_NUMBER, ""),
    "int_from_float": (FormFault.NO_WHOLE_NUMBER, ""),
    "int_parsing_size": (FormFault.NO_WHOLE_NUMBER, ""),
    "float_parsing": (FormFault.NO_NUMBER, ""),
    "finite_number": (FormFault.NO_NUMBER, ""),
    "greater_than_equal": (FormFault.LOW, "ge"),
    "less_than_equal": (FormFault.HIGH, "le"),
    "enum": (FormFault.NO_CHOICE, ""),
    "literal_error": (FormFault.NO_CHOICE, ""),
}
"""pydantic's types of faults (its documentation, Validation Errors), and where the limit is."""


def causes_of(faults: Iterable[Mapping[str, Any]]) -> tuple[FormCause, ...]:
    """Return pydantic's faults of a form's or an address's fields as causes."""
    causes = []
    for own in faults:
        fault, limit = _TYPES.get(own["type"], (FormFault.NO_TEXT, ""))
        figures = {"limit": own["ctx"][limit]} if limit else {}
        named = [part for part in own["loc"] if isinstance(part, str)]
        causes.append(FormCause(fault=fault, figures=figures, name=named[-1] if named else ""))
    return tuple(causes)


def cause_of(error: GatusynError) -> FormCause | None:
    """Return the cause of a fault of a form, with the field's name where it is one field's."""
    if error.form is None or error.form.fault not in _OF_A_FIELD:
        return error.form
    return FormCause(fault=error.form.fault, figures=error.form.figures, name=error.source)


def told_form(cause: FormCause, reader: Reader) -> str:
    """Return what is wrong and what to do about it, in a reader's language."""
    formats = reader.formats
    figures = {}
    for name, value in cause.figures.items():
        if isinstance(value, str):
            figures[name] = value
        else:
            figures[name] = (formats.sek if name.endswith("_sek") else formats.number)(value)
    words = reader.say(FORM_FAULTS[cause.fault]) % figures
    if not cause.name:
        return words
    named = reader.say(FIELDS[cause.name]) if cause.name in FIELDS else cause.name
    return f"{named}: {words}."


def told_error(error: GatusynError | None, reader: Reader) -> str:
    """Return what is wrong with a form; in English where nothing more is known of it."""
    if error is None:
        return ""
    cause = cause_of(error)
    if cause is not None:
        return told_form(cause, reader)
    return f"{error.source} {error.problem}. {error.remedy}"


def told_all(causes: Sequence[FormCause], reader: Reader) -> list[str]:
    """Return several causes in words, each once."""
    return list(dict.fromkeys(told_form(own, reader) for own in causes))
