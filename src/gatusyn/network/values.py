"""Cells of a delivery as plain values: how sources write nothing, yes, and numbers."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime

_NOTHING = frozenset({"", "-1", "nan", "none", "null", "<null>", "nat"})
_MINUS_ONE = frozenset({"-1", "-1.0"})
_NO = frozenset({"0", "false", "nej", "no", "n", "f"})
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
# No limit is this high; NVDB writes 1000 and more for "varies".
_MAX_SPEED_KMH = 200.0
_MAX_WIDTH_M = 60.0
# What "walking pace" is taken as (Sweden: gångfart; OSM: walk).
_WALKING_KMH = 5.0
_KMH_PER_MPH = 1.609344


def text_of(value: object) -> str | None:
    """Return a cell as trimmed text, a whole number without decimals; None where it is empty.

    Empty are None, NaN, blank text and -1, which NVDB writes for "no value".
    """
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    text = "" if value is None else str(value).strip()
    return None if text.lower() in _NOTHING else text


def is_yes(value: object) -> bool:
    """Say whether a cell marks that something holds: it is neither empty nor 0, no or false.

    -1 is yes: so NVDB's file geodatabases and shapefiles write it in columns that say yes or no.
    """
    if str(value).strip() in _MINUS_ONE:
        return True
    text = text_of(value)
    return text is not None and text.lower() not in _NO


def number_of(value: object) -> float | None:
    """Return the cell as a number if it is one, with a point or a comma; else None."""
    text = text_of(value)
    if text is None or not _NUMBER.fullmatch(text):
        return None
    return float(text.replace(",", "."))


def measure_of(value: object) -> float:
    """Return a measure, NaN where the cell holds no number."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return math.nan


def speed_kmh(value: object) -> float | None:
    """Return a speed limit in km/h; None where there is none or it varies.

    Understands numbers, ``30 mph``, ``gångfart`` and ``walk`` (taken as 5 km/h).
    """
    text = (text_of(value) or "").lower()
    if text in ("gångfart", "walk"):
        return _WALKING_KMH
    in_miles = text.endswith("mph")
    number = number_of(text.removesuffix("mph").removesuffix("km/h").strip())
    if number is None:
        return None
    limit = number * _KMH_PER_MPH if in_miles else number
    return limit if 0.0 < limit <= _MAX_SPEED_KMH else None


def day_of(value: object) -> date | None:
    """Return the day of a cell: a date, ``2026-05-01``, ``20260501``, or a time on that day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    digits = re.sub(r"[^0-9]", "", (text_of(value) or "").split("T")[0].split(" ")[0])
    try:
        return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def holds_on(day: date, first: object, end: object) -> bool:
    """Say whether a row with these cells for its first day and its end (no more) holds on a day."""
    begins, ends = day_of(first), day_of(end)
    return (begins is None or begins <= day) and (ends is None or day < ends)


def width_m(value: object) -> float | None:
    """Return a width in metres, as ``6``, ``6,5`` or ``6 m``; None if it is none or not 0..60."""
    text = (text_of(value) or "").lower().removesuffix("m").strip()
    number = number_of(text)
    return number if number is not None and 0.0 < number <= _MAX_WIDTH_M else None
