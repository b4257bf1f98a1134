"""The form of all settings: what it shows, and what was typed into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from gatusyn.model import CitySettings
from gatusyn.pipeline import SettingsFile, Value
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.offered import (
    CHOICES,
    EFFECTS,
    GROUPS,
    Offered,
    Sort,
    all_offered,
    offered_in,
    text_of,
)
from gatusyn.serve.pages.settings_form import NO_NUMBER, number_in

LONGEST_TEXT = 300
NO_WHOLE = N_("is not a whole number")
EMPTY = N_("is empty")
NO_CHOICE = N_("is not one that there is")
UNKNOWN = N_("cannot be changed here")

Key = tuple[str, str]
Typed = Mapping[Key, tuple[str, ...]]
"""What was typed, by table and setting: as many texts as the setting has values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A setting in the form.

    Parameters
    ----------
    now
        What the file says, or the default, as it is written into its fields.
    typed
        What stands in them.
    choices
        Values and words to choose from; empty where something is typed.
    """

    offered: Offered
    now: tuple[str, ...]
    typed: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    fault: str
    is_said: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields."""
        dotted = self.offered.dotted
        if not self.offered.parts:
            return (dotted,)
        return tuple(f"{dotted}.{number}" for number in range(self.offered.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A group of settings in the form."""

    words: str
    effect: str
    fields: tuple[Field, ...]


def form_groups(
    file: SettingsFile, language: str, typed: Typed, faults: Mapping[Key, str]
) -> list[Fields]:
    """Return the form, with what was typed and what is wrong with it."""

    def field(own: Offered) -> Field:
        now = text_of(value_of(file.settings, own.key), language)
        return Field(
            offered=own,
            now=now,
            typed=typed.get(own.key, now),
            choices=_choices(own),
            fault=faults.get(own.key, ""),
            is_said=own.key in file.said,
        )

    return [
        Fields(
            words=group.words,
            effect=EFFECTS[group.effect],
            fields=tuple(map(field, offered_in(group))),
        )
        for group in GROUPS
    ]


def _choices(own: Offered) -> tuple[tuple[str, str], ...]:
    if own.sort is Sort.SWITCH:
        return ("on", N_("on")), ("off", N_("off"))
    return tuple((value, CHOICES[value]) for value in own.choices)


def value_of(settings: CitySettings, key: Key) -> Value:
    """Return what a setting is."""
    value: Value = getattr(getattr(settings, key[0]), key[1])
    return value


def typed_values(form: FormData) -> dict[Key, tuple[str, ...]]:
    """Return what was changed in the form; ``was:NAME`` says what stood in a field."""
    texts = {
        name: value.strip()[:LONGEST_TEXT]
        for name, value in form.multi_items()
        if isinstance(value, str)
    }
    typed: dict[Key, tuple[str, ...]] = {}
    for key, own in all_offered().items():
        names = [f"{own.dotted}.{part}" for part in range(own.parts)] or [own.dotted]
        if all(name in texts for name in names) and any(
            texts[name] != texts.get(f"was:{name}") for name in names
        ):
            typed[key] = tuple(texts[name] for name in names)
    return typed


def strange_fields(form: FormData) -> list[str]:
    """Return the names of fields that are no setting that is offered."""
    known = {own.dotted for own in all_offered().values()}
    names = {name.removeprefix("was:") for name in form if "." in name}
    return sorted(
        name[:100] for name in names if name not in known and name.rpartition(".")[0] not in known
    )


def values_in(typed: Typed) -> tuple[dict[Key, Value], dict[Key, str]]:
    """Return the values that were typed, and what is wrong with what is none."""
    values: dict[Key, Value] = {}
    faults: dict[Key, str] = {}
    offered = all_offered()
    for key, texts in typed.items():
        own = offered[key]
        read = [_value(own, text) for text in texts]
        wrong = next((fault for _, fault in read if fault), "")
        if wrong:
            faults[key] = wrong
        elif own.parts:
            values[key] = tuple(float(value) for value, _ in read)  # type: ignore[arg-type]
        else:
            values[key] = read[0][0]
    return values, faults


def _value(own: Offered, text: str) -> tuple[bool | int | float | str | None, str]:
    if not text:
        return None, "" if own.is_optional else EMPTY
    if own.sort is Sort.SWITCH:
        return text == "on", "" if text in ("on", "off") else NO_CHOICE
    if own.sort is Sort.CHOICE:
        return text, "" if text in own.choices else NO_CHOICE
    if own.sort is Sort.TEXT:
        return text, ""
    number = number_in(text)
    if number is None:
        return None, NO_NUMBER
    if own.sort is Sort.WHOLE:
        return int(number), "" if number.is_integer() else NO_WHOLE
    return (int(number) if number.is_integer() else number), ""
