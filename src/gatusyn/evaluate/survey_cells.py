"""A survey's cells, whatever file they come from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass(slots=True)
class SurveyTable:
    """Cells by column, and geometries in the network's system where the file has them."""

    source: str
    columns: list[str]
    rows: Sequence[Mapping[str, Any]]
    shapes: list[BaseGeometry | None] = field(default_factory=list)

    def column(self, names: Sequence[str]) -> str | None:
        """Return the first column with one of these names, whatever its capitals."""
        plain = {name.strip().lower(): name for name in reversed(self.columns)}
        return next((plain[name] for name in names if name in plain), None)


def cell_text(cell: object) -> str:
    """Return a cell as text; nothing for an empty one."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def cell_number(cell: object) -> float | None:
    """Return a cell's number, decimal comma or point; None if it holds none."""
    text = cell_text(cell).replace(" ", "")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
