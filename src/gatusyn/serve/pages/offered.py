"""The settings that the page offers, made from what the settings themselves say."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from gatusyn.model import CitySettings
from gatusyn.pipeline import Value, meaning_of
from gatusyn.serve.pages.navigation import N_


class Sort(StrEnum):
    """What is typed into a field."""

    SWITCH = "switch"
    CHOICE = "choice"
    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"


class Effect(StrEnum):
    """From when on a change holds."""

    GRADES = "grades"
    DRIVES = "drives"
    PRUNING = "pruning"
    AT_ONCE = "at once"
    START = "start"


EFFECTS = {
    Effect.GRADES: N_("Findings and grades are worked out anew with them: see above."),
    Effect.DRIVES: N_(
        "They hold for drives that are inspected from now on; what has been inspected stays as it "
        "was seen."
    ),
    Effect.PRUNING: N_("They hold from the next gatusyn prune on."),
    Effect.AT_ONCE: N_("They hold at once."),
    Effect.START: N_("They hold when the service is started again."),
}

UNITS = (
    ("_days", N_("days")),
    ("_hours", N_("hours")),
    ("_minutes", N_("minutes")),
    ("_years", N_("years")),
    ("_m2", N_("m²")),
    ("_sek", N_("SEK")),
    ("_px", N_("pixels")),
    ("_m", N_("m")),
)
"""The endings of settings' names say in what they are."""

CHOICES = {
    "deduct": N_("deduct"),
    "handbook": N_("handbook"),
    "least-debt": N_("the least debt"),
    "least-cost": N_("the least cost"),
    "best-condition": N_("the best condition"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One setting.

    Parameters
    ----------
    table, name
        Where it stands in ``gatusyn.toml``.
    parts
        How many values it holds; 0 for one that is no list.
    choices
        What may be chosen, as the file says it.
    meaning
        In the words of its docstring, which are translated.
    unit
        Marked for translation; empty for none.
    """

    table: str
    name: str
    sort: Sort
    parts: int
    is_optional: bool
    choices: tuple[str, ...]
    meaning: str
    unit: str

    @property
    def key(self) -> tuple[str, str]:
        """Its table and name."""
        return self.table, self.name

    @property
    def dotted(self) -> str:
        """Its name as messages and documents have it."""
        return f"{self.table}.{self.name}" if self.table else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Settings that belong together.

    Parameters
    ----------
    words
        Marked for translation.
    """

    table: str
    words: str
    effect: Effect
    names: tuple[str, ...]


GROUPS: Sequence[Group] = (
    Group(
        table="condition",
        words=N_("How condition is graded"),
        effect=Effect.GRADES,
        names=(
            *("method", "deduct_grade_limits", "handbook_grade_limits", "handbook_extent_limits"),
            *("handbook_points_1", "handbook_points_2", "handbook_points_3"),
            *("min_observed_share",),
        ),
    ),
    Group(
        table="findings",
        words=N_("When damage is believed"),
        effect=Effect.GRADES,
        names=(
            *("crack_min_confidence", "pothole_min_confidence", "patch_min_confidence"),
            *("confirm_drives", "gone_chance", "repaired_share"),
        ),
    ),
    Group(
        table="detect",
        words=N_("What the detector takes for damage"),
        effect=Effect.DRIVES,
        names=("crack_threshold", "pothole_threshold", "patch_threshold", "min_region_px"),
    ),
    Group(
        table="privacy",
        words=N_("What is hidden as a face or a plate"),
        effect=Effect.DRIVES,
        names=("face_confidence", "plate_confidence", "margin"),
    ),
    Group(
        table="retention",
        words=N_("How long things are kept"),
        effect=Effect.PRUNING,
        names=("finding_days", "section_days", "drive_days", "audit_days"),
    ),
    Group(
        table="economy",
        words=N_("How debt is reckoned"),
        effect=Effect.AT_ONCE,
        names=("project_m2", "price_year", "inhabitants", "discount_rate"),
    ),
    Group(
        table="programme",
        words=N_("The paving programme"),
        effect=Effect.AT_ONCE,
        names=("years", "budget_sek", "aim", "target_index", "minimum_length_m", "price_growth"),
    ),
    Group(
        table="public",
        words=N_("The page for everybody, and links"),
        effect=Effect.AT_ONCE,
        names=("page", "address"),
    ),
    Group(
        table="login",
        words=N_("How people log in"),
        effect=Effect.START,
        names=("idle_minutes", "longest_hours", "note_addresses"),
    ),
)


@cache
def offered_in(group: Group) -> tuple[Offered, ...]:
    """Return the settings of a group, as their dataclass describes them."""
    params = type(getattr(CitySettings(), group.table))
    hints = get_type_hints(params)
    return tuple(_offered(group.table, name, params, hints[name]) for name in group.names)


def all_offered() -> dict[tuple[str, str], Offered]:
    """Return every setting that is offered, by table and name."""
    return {own.key: own for group in GROUPS for own in offered_in(group)}


def _offered(table: str, name: str, params: type, hint: Any) -> Offered:
    inner, is_optional, parts = hint, False, 0
    if get_origin(inner) in (types.UnionType, typing.Union):
        (inner,) = [one for one in get_args(inner) if one is not type(None)]
        is_optional = True
    if get_origin(inner) is tuple:
        parts, inner = len(get_args(inner)), get_args(inner)[0]
    sort, choices = _sort_of(inner)
    return Offered(
        table=table,
        name=name,
        sort=sort,
        parts=parts,
        is_optional=is_optional,
        choices=choices,
        meaning=meaning_of(params, name),
        unit=next((words for ending, words in UNITS if name.endswith(ending)), ""),
    )


def _sort_of(kind: Any) -> tuple[Sort, tuple[str, ...]]:
    if get_origin(kind) is Literal:
        return Sort.CHOICE, get_args(kind)
    if issubclass(kind, StrEnum):
        return Sort.CHOICE, tuple(own.value for own in kind)
    known = {bool: Sort.SWITCH, int: Sort.WHOLE, float: Sort.NUMBER, str: Sort.TEXT}
    return known[kind], ()


def text_of(value: Value, language: str) -> tuple[str, ...]:
    """Return a value as it stands in its fields."""
    return tuple(_text(own, language) for own in (value if isinstance(value, tuple) else (value,)))


def _text(value: object, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        text = f"{value:.12g}"
        return text if language == "en" else text.replace(".", ",")
    return str(value)
