"""The form of what treatments cost: what it shows, and what was typed into it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from gatusyn.model import Treatment, Trust
from gatusyn.pipeline import CostField, SettingsFile, cost_source_words, treatment_name
from gatusyn.serve.pages.navigation import N_

LONGEST_FIGURE = 40
NO_NUMBER = N_("is not a number")
NO_TREATMENT = N_("is of a treatment that there is not")
TRUSTS = {Trust.HIGH: N_("high"), Trust.MEDIUM: N_("medium"), Trust.LOW: N_("low")}

THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")
"""Could be a thousand as well as one and three decimals."""

Texts = Mapping[tuple[str, str], str]
"""Figures as they were typed, or what is wrong with them, by treatment and setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A field of the form.

    Parameters
    ----------
    now
        What the file says, or the default, as it is written into a field.
    typed
        What stands in the field.
    is_said
        Whether it is the file that says it.
    """

    setting: str
    now: str
    typed: str
    fault: str
    is_said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """A line of the form."""

    number: int
    called: str
    source: str
    treatment: Treatment
    trust: str
    cost: Figure
    mobilisation: Figure


def cost_rows(file: SettingsFile, language: str, typed: Texts, faults: Texts) -> list[CostRow]:
    """Return the form's lines, with what was typed and what is wrong with it."""

    def figure(own: Treatment, setting: CostField) -> Figure:
        key = own.name, setting.value
        now = figure_text(getattr(own, setting), language)
        return Figure(
            setting=setting.value,
            now=now,
            typed=typed.get(key, now),
            fault=faults.get(key, ""),
            is_said=key in file.said,
        )

    return [
        CostRow(
            number=number,
            called=treatment_name(own.name, own.swedish, language),
            source=cost_source_words(own.name, own.cost_source, language),
            treatment=own,
            trust=TRUSTS[own.cost_trust],
            cost=figure(own, CostField.COST),
            mobilisation=figure(own, CostField.MOBILISATION),
        )
        for number, own in enumerate(file.settings.economy.treatments.values())
    ]


def figure_text(value: float, language: str) -> str:
    """Return a figure as it stands in its field."""
    text = f"{value:.12g}"
    return text if language == "en" else text.replace(".", ",")


def typed_in(form: FormData) -> dict[tuple[str, str], str]:
    """Return what was changed, by treatment and setting.

    A field is named ``SETTING:TREATMENT``, and ``was:SETTING:TREATMENT`` says what stood in it.
    """
    texts = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    typed: dict[tuple[str, str], str] = {}
    for key, value in texts.items():
        setting, found, name = key.partition(":")
        text = value.strip()[:LONGEST_FIGURE]
        if (
            found
            and setting in [own.value for own in CostField]
            and text != texts.get(f"was:{key}")
        ):
            typed[name[:100], setting] = text
    return typed


def figures(
    typed: Texts,
) -> tuple[dict[tuple[str, CostField], float], dict[tuple[str, str], str]]:
    """Return the numbers that were typed, and what is wrong with what is none."""
    costs: dict[tuple[str, CostField], float] = {}
    faults: dict[tuple[str, str], str] = {}
    for (name, setting), text in typed.items():
        value = number_in(text)
        if value is None:
            faults[name, setting] = NO_NUMBER
        else:
            costs[name, CostField(setting)] = value
    return costs, faults


def number_in(text: str) -> float | None:
    """Return the number that was typed, with a comma or a point; None if it is none."""
    plain = "".join(text.split())
    if THOUSANDS.fullmatch(plain) or "_" in plain:
        return None
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
