"""Range checks shared by every ``Params``: a wrong setting is named when it is made."""

from __future__ import annotations

import math

from gatusyn.model.errors import SettingsError


def require_between(name: str, value: float, low: float, high: float) -> None:
    """Raise ``SettingsError`` unless ``low <= value <= high`` and the value is finite."""
    if not math.isfinite(value) or not low <= value <= high:
        raise SettingsError(name, f"is {value:g}", f"Set it between {low:g} and {high:g}.")
