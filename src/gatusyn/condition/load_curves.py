"""Deduct curves from a file: ours, or the user's."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from gatusyn.condition.curves import (
    DISTRESS,
    HIGHEST_DISTRESS,
    SEVERITIES,
    Curve,
    DeductCurves,
    Units,
)
from gatusyn.model import SettingsError

OURS = "gatusyn-deduct-curves-1.toml"
_HEAD = ("name", "standard", "units")
_CORRECTED = "CDV"
_COLUMNS = ("distress", "severity", "density", "value")


@dataclass(slots=True)
class _Rows:
    """What a file says, before it is checked; each point as (its row, x, y)."""

    source: str
    head: dict[str, object] = field(default_factory=dict)
    deduct: dict[tuple[int, str], list[tuple[str, object, object]]] = field(default_factory=dict)
    corrected: dict[int, list[tuple[str, object, object]]] = field(default_factory=dict)

    def fault(self, problem: str, remedy: str = "Correct the file.") -> SettingsError:
        return SettingsError(self.source, problem, remedy)

    def key(self, distress: object, severity: object, where: str) -> tuple[int, str]:
        """Return a curve's key; raise if there is no such distress or severity."""
        number = _whole(distress)
        if number is None or not 1 <= number <= HIGHEST_DISTRESS:
            known = f"D6433 has 1 to {HIGHEST_DISTRESS}"
            raise self.fault(f"{where}: distress {distress!r} is unknown", f"{known}.")
        if severity not in SEVERITIES:
            raise self.fault(f"{where}: severity {severity!r} is unknown", "Use L, M or H.")
        return number, str(severity)

    def q(self, value: object, where: str) -> int:
        """Return a corrected curve's q; raise if it is none."""
        number = _whole(value)
        if number is None or not 2 <= number <= 20:
            raise self.fault(f"{where}: q {value!r} is not 2 or more", "For q = 1 none is needed.")
        return number


def load_curves(path: Path | None) -> DeductCurves:
    """Load deduct curves from a TOML or CSV file; ours if None.

    Raises
    ------
    SettingsError
        If the file is missing or cannot be read, or names the curve and row at fault: an unknown
        distress or severity, densities that do not rise, values that fall, a curve that is missing.
    """
    if path is None:
        return _read(resources.files("gatusyn.condition") / "curves" / OURS, OURS)
    return _read(path, str(path))


def _read(path: Path | Traversable, source: str) -> DeductCurves:
    rows = _Rows(source)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise rows.fault(f"cannot be read ({error.strerror})", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise rows.fault("is not text (UTF-8)", "Save it as TOML or CSV in UTF-8.") from error
    if source.lower().endswith(".csv"):
        _read_csv(text, rows)
    elif source.lower().endswith(".toml"):
        _read_toml(text, rows)
    else:
        raise rows.fault("is not a .toml or .csv file", "Save the curves as one of them.")
    return _checked(rows)


def _read_toml(text: str, rows: _Rows) -> None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise rows.fault(f"is not valid TOML ({error})") from error
    for name, value in table.items():
        if name in _HEAD:
            rows.head[name] = value
        elif name not in ("deduct", "corrected"):
            known = ", ".join((*_HEAD, "[[deduct]]", "[[corrected]]"))
            raise rows.fault(f"{name} is unknown", f"It may hold {known}.")
    for number, one in enumerate(_tables(table, "deduct", rows), start=1):
        key = rows.key(one.get("distress"), one.get("severity"), f"[[deduct]] {number}")
        if key in rows.deduct:
            raise rows.fault(f"curve {key[0]}{key[1]} is there twice", "Remove one.")
        rows.deduct[key] = _points(one, "density", f"curve {key[0]}{key[1]}", rows)
    for number, one in enumerate(_tables(table, "corrected", rows), start=1):
        q = rows.q(one.get("q"), f"[[corrected]] {number}")
        if q in rows.corrected:
            raise rows.fault(f"corrected curve q = {q} is there twice", "Remove one.")
        rows.corrected[q] = _points(one, "total", f"corrected curve q = {q}", rows)


def _tables(table: Mapping[str, object], name: str, rows: _Rows) -> list[Mapping[str, object]]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise rows.fault(f"{name} is not a list of tables", f"Write each as [[{name}]].")
    return found


def _points(
    table: Mapping[str, object], axis: str, curve: str, rows: _Rows
) -> list[tuple[str, object, object]]:
    lists = [table.get(axis), table.get("value")]
    if not all(isinstance(one, list) for one in lists):
        raise rows.fault(f"{curve} lacks {axis} or value", "Give both as lists of numbers.")
    x, y = (list(one) for one in lists if isinstance(one, list))
    if len(x) != len(y):
        raise rows.fault(f"{curve} has {len(x)} of {axis} and {len(y)} of value")
    return [(f"row {row}", a, b) for row, (a, b) in enumerate(zip(x, y, strict=True), start=1)]


def _read_csv(text: str, rows: _Rows) -> None:
    """Read lines of name, standard and units, then a table; ``CDV`` and q for corrected values."""
    delimiter = ";" if ";" in text else ","
    try:
        lines = enumerate(list(csv.reader(text.splitlines(), delimiter=delimiter)), start=1)
    except csv.Error as error:
        raise rows.fault(f"is no CSV file ({error})") from error
    for number, cells in lines:
        row = [cell.strip() for cell in cells]
        if not any(row):
            continue
        if tuple(cell.lower() for cell in row) == _COLUMNS:
            break
        if row[0] not in _HEAD or len(row) < 2:
            wanted = delimiter.join(_COLUMNS)
            raise rows.fault(f"line {number} is not understood", f"The table begins with {wanted}.")
        rows.head[row[0]] = row[1]
    for number, cells in lines:
        row = [cell.strip() for cell in cells]
        if not any(row):
            continue
        if len(row) != len(_COLUMNS):
            raise rows.fault(f"line {number} has {len(row)} cells, not {len(_COLUMNS)}")
        _take(row, number, rows, decimal_comma=delimiter == ";")


def _take(row: list[str], number: int, rows: _Rows, *, decimal_comma: bool) -> None:
    where = f"line {number}"
    point: tuple[str, object, object] = (
        where,
        _number(row[2], decimal_comma=decimal_comma),
        _number(row[3], decimal_comma=decimal_comma),
    )
    if row[0].upper() == _CORRECTED:
        q = rows.q(row[1].lower().removeprefix("q").strip("= "), where)
        rows.corrected.setdefault(q, []).append(point)
    else:
        rows.deduct.setdefault(rows.key(row[0], row[1], where), []).append(point)


def _checked(rows: _Rows) -> DeductCurves:
    name = rows.head.get("name")
    if not isinstance(name, str) or not name.strip():
        raise rows.fault("has no name", "Say whose curves they are: name.")
    standard = rows.head.get("standard")
    if standard is not None and (not isinstance(standard, str) or not standard.strip()):
        raise rows.fault("has an empty standard", "Name it, or remove the line.")
    if rows.head.get("units") not in list(Units):
        remedy = "metric (m/m², number/m²) or us (ft/ft², number/ft²)."
        raise rows.fault(f"has units {rows.head.get('units')!r}", f"Say which: {remedy}")
    _require_all(rows)
    return DeductCurves(
        name=name.strip(),
        standard=standard.strip() if standard else None,
        units=Units(str(rows.head["units"])),
        deduct={
            key: _curve(points, f"curve {key[0]}{key[1]}", "density", rows)
            for key, points in rows.deduct.items()
        },
        corrected=tuple(
            _curve(rows.corrected[q], f"corrected curve q = {q}", "total", rows)
            for q in sorted(rows.corrected)
        ),
    )


def _require_all(rows: _Rows) -> None:
    needed = [(number, severity) for number in sorted({*DISTRESS.values()}) for severity in "LMH"]
    missing = [f"{number}{severity}" for number, severity in needed]
    missing = [key for key, own in zip(missing, needed, strict=True) if own not in rows.deduct]
    if missing:
        raise rows.fault(f"lacks the curves {', '.join(missing)}", "All of these are needed.")
    if sorted(rows.corrected) != list(range(2, len(rows.corrected) + 2)) or not rows.corrected:
        has = ", ".join(str(q) for q in sorted(rows.corrected)) or "none"
        raise rows.fault(
            f"has corrected curves for q = {has}", "They must be there from q = 2 without a gap."
        )


def _curve(
    points: Sequence[tuple[str, object, object]], curve: str, axis: str, rows: _Rows
) -> Curve:
    if len(points) < 2:
        raise rows.fault(f"{curve} has {len(points)} points", "Two are the least.")
    checked: list[tuple[float, float]] = []
    for where, x, y in points:
        fault = _fault(x, y, axis, checked[-1] if checked else (0.0, 0.0))
        if fault:
            raise rows.fault(f"{curve}, {where}: {fault}")
        checked.append((float(str(x)), float(str(y))))
    return Curve(x=tuple(x for x, _ in checked), y=tuple(y for _, y in checked))


def _fault(x: object, y: object, axis: str, before: tuple[float, float]) -> str:
    if not _is_number(x):
        return f"{axis} {x!r} is not a number"
    if not _is_number(y):
        return f"value {y!r} is not a number"
    x, y = float(str(x)), float(str(y))
    if x <= before[0]:
        return f"{axis} {x:g} is not above {before[0]:g}, the one before it"
    if y < before[1]:
        return f"value {y:g} is below {before[1]:g}, the one before it"
    return f"value {y:g} is above 100" if y > 100.0 else ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(text: str, *, decimal_comma: bool) -> object:
    """Return a cell's number, or the cell where it holds none."""
    try:
        return float(text.replace(",", ".") if decimal_comma else text)
    except ValueError:
        return text


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None
