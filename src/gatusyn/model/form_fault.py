"""What is wrong with what a person asked for, as a code and figures: said later in their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gatusyn.model.drive_fault import Figure


class FormFault(StrEnum):
    """What is wrong with what was typed or chosen."""

    MISSING = "missing"
    SHORT = "short"
    """``limit``"""
    LONG = "long"
    """``limit``"""
    NO_NUMBER = "no_number"
    NO_WHOLE_NUMBER = "no_whole_number"
    LOW = "low"
    """``limit``"""
    HIGH = "high"
    """``limit``"""
    NO_CHOICE = "no_choice"
    MANY = "many"
    """``limit``"""
    NO_TEXT = "no_text"
    NO_DAY = "no_day"
    NO_SUM = "no_sum"
    NO_MONTH = "no_month"
    MONTHS_TURNED = "months_turned"
    DAY_TO_COME = "day_to_come"
    FORM_OLD = "form_old"
    FORM_LARGE = "form_large"
    """``limit``"""
    ACCOUNT_NAME = "account_name"
    ACCOUNT_LINE = "account_line"
    ACCOUNT_WITHOUT_AREAS = "account_without_areas"
    ACCOUNT_AREAS = "account_areas"
    """``limit``"""
    ACCOUNT_TAKEN = "account_taken"
    """``name``"""
    ACCOUNT_LAST = "account_last"
    ACCOUNT_CHANGED = "account_changed"
    PASSWORD_LENGTH = "password_length"  # noqa: S105 - a name
    """``least``, ``most``"""
    PASSWORD_PATTERN = "password_pattern"  # noqa: S105 - a name
    PASSWORD_NAME = "password_name"  # noqa: S105 - a name
    PASSWORD_LETTER = "password_letter"  # noqa: S105 - a name
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - a name
    CODE_WRONG = "code_wrong"
    CODE_KEY = "code_key"
    TOO_MANY = "too_many"
    """``minutes``"""
    TOKEN_EMPTY = "token_empty"  # noqa: S105 - a name
    TOKEN_MORE = "token_more"  # noqa: S105 - a name
    TOKEN_GONE = "token_gone"  # noqa: S105 - a name
    PROGRAMME_UNNAMED = "programme_unnamed"
    PROGRAMME_TAKEN = "programme_taken"
    """``name``"""
    PROGRAMME_BUSY = "programme_busy"
    PROGRAMME_BUDGET = "programme_budget"
    STREET_UNKNOWN = "street_unknown"
    """``street``"""
    TREATMENT_UNKNOWN = "treatment_unknown"
    STREET_TWICE = "street_twice"
    OVER_BUDGET = "over_budget"
    """``year`` (text), ``cost_sek``, ``budget_sek``"""
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCause:
    """Why what was asked for cannot be done, without its words.

    Parameters
    ----------
    figures
        Those that ``FormFault`` lists; kronor as a float named ``_sek``.
    name
        Of the field, where it is one field's.
    """

    fault: FormFault
    figures: Mapping[str, Figure] = field(default_factory=dict)
    name: str = ""
