"""Where ``Gatusyn deduct curves 1`` come from: few parameters, fitted to published points.

``python benchmarks/deduct_curves.py`` prints how near the curves come to the points;
``--write FILE`` writes the curves as the package carries them.

A deduct value is ``1 / (1 / top + 1 / (slope * density ** 0.5))``: it grows with the root of a
small density and levels off towards its top. Both parameters of 1M follow from its two points; the
tops of the others are chosen, and their slopes follow from one point each where one is published.
Distress 10 has none: its L and M go through the points of two other linear distresses, edge
cracking (7L) and joint reflection cracking (8M). What has no point at all is spaced between the
others, by judgement.

A corrected value is ``a * total - b * total ** 2``.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

FT_M = 0.3048
LINEAR, COUNT, AREA = FT_M, FT_M**2, 1.0
"""What a density in m/m², number/m², m²/m² is multiplied by to be in feet."""

PER_FOOT = {1: AREA, 10: LINEAR, 11: AREA, 13: COUNT, 19: AREA}

POINTS = (
    (1, "L", 0.52, 7.9, "ASTM D6433, worked example"),
    (1, "M", 0.64, 17.0, "TM 5-623, text"),
    (1, "M", 10.0, 47.0, "TM 5-623, text"),
    (1, "H", 0.56, 23.4, "ASTM D6433, worked example"),
    (10, "L", 5.20, 7.5, "ASTM D6433, worked example, distress 7L"),
    (10, "M", 5.72, 25.1, "ASTM D6433, worked example, distress 8M"),
    (11, "H", 0.88, 17.9, "ASTM D6433, worked example"),
    (13, "L", 0.04, 11.2, "ASTM D6433, worked example"),
    (19, "L", 10.0, 5.3, "ASTM D6433, worked example"),
)
"""Distress, severity, density in percent (feet), deduct value, where it is published."""

TOPS = {
    (1, "L"): 100.0,
    (1, "H"): 120.0,
    (10, "L"): 60.0,
    (10, "M"): 80.0,
    (11, "H"): 100.0,
    (13, "L"): 200.0,
    (19, "L"): 40.0,
}
"""Chosen: of curves that have one point."""

FREE = {
    (10, "H"): (100.0, 18.9),
    (11, "L"): (60.0, 3.5),
    (11, "M"): (90.0, 10.0),
    (13, "M"): (200.0, 32.0),
    (13, "H"): (200.0, 55.0),
    (19, "M"): (70.0, 6.5),
    (19, "H"): (110.0, 20.0),
}
"""Chosen: top and slope of curves that have no point."""

CORRECTED = {
    2: (0.736, 0.00006),
    3: (0.7508, 0.001136),
    4: (0.68, 0.0008),
    5: (0.64, 0.0008),
    6: (0.61, 0.00083),
    7: (0.58, 0.0008),
}
"""a and b by q, from TM 5-623 (q = 2: 45 -> 33), the worked reduction of ASTM D6433 (48, 23, 18,
6, 5 -> at most 60) and points in public code (q = 2: 50 -> 40, 100 -> 73; 3: 50 -> 35, 100 -> 65;
4: 50 -> 32, 100 -> 60; 5: 50 -> 30, 100 -> 56; 7: 100 -> 50), which do not all agree: the first two
count first."""

DENSITIES = tuple(round(float(10**exponent), 4) for exponent in np.arange(-2.0, 2.01, 0.125))
TOTALS = tuple(float(total) for total in range(10, 201, 10))


def fitted() -> dict[tuple[int, str], tuple[float, float]]:
    """Return top and slope of every curve, over densities in metres."""
    result = dict(FREE)
    for (distress, severity), top in TOPS.items():
        ((density, value),) = points_of(distress, severity)
        slope = 1.0 / (1.0 / value - 1.0 / top) / density**0.5
        result[distress, severity] = (top, slope)
    (first, low), (second, high) = points_of(1, "M")
    slope = (first**-0.5 - second**-0.5) / (1.0 / low - 1.0 / high)
    result[1, "M"] = (1.0 / (1.0 / low - first**-0.5 / slope), slope)
    return dict(sorted(result.items(), key=lambda item: (item[0][0], "LMH".index(item[0][1]))))


def points_of(distress: int, severity: str) -> list[tuple[float, float]]:
    """Return the published points of a curve as density in percent (metres) and deduct value."""
    return [
        (density / PER_FOOT[distress], value)
        for number, own, density, value, _ in POINTS
        if (number, own) == (distress, severity)
    ]


def value_at(top: float, slope: float, density: float) -> float:
    """Return a curve's deduct value."""
    return min(1.0 / (1.0 / top + 1.0 / (slope * math.sqrt(density))), 100.0)


def corrected_at(q: int, total: float) -> float:
    """Return the corrected deduct value, at most 100."""
    a, b = CORRECTED[q]
    return min(a * total - b * total**2, 100.0)


def text() -> str:
    """Return the curves as the package carries them."""
    lines = [
        "# Gatusyn deduct curves 1: ours, in the manner of ASTM D6433 and not that standard's.",
        "# An index by these curves is not a PCI. How they were fitted, and to which published",
        "# points: benchmarks/deduct_curves.py; how to load others: docs/guides/condition.md.",
        "",
        'name = "Gatusyn deduct curves 1"',
        'units = "metric"',
    ]
    for (distress, severity), (top, slope) in fitted().items():
        lines += ["", "[[deduct]]", f"distress = {distress}", f'severity = "{severity}"']
        lines += _row("density", DENSITIES)
        lines += _row("value", [round(value_at(top, slope, d), 2) for d in DENSITIES])
    for q in CORRECTED:
        lines += ["", "[[corrected]]", f"q = {q}", *_row("total", TOTALS)]
        lines += _row("value", [round(corrected_at(q, total), 1) for total in TOTALS])
    return "\n".join(lines) + "\n"


def _row(name: str, numbers: tuple[float, ...] | list[float]) -> list[str]:
    """Return an array on lines of at most eleven numbers."""
    words = [f"{number:g}" if number % 1 else f"{number:.1f}" for number in numbers]
    parts = [", ".join(words[place : place + 11]) for place in range(0, len(words), 11)]
    return [f"{name} = [", *(f"  {part}," for part in parts), "]"]


def main() -> None:
    """Print the fit, or write the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    curves = fitted()
    for distress, severity, density, value, source in POINTS:
        ours = value_at(*curves[distress, severity], density / PER_FOOT[distress])
        print(f"{distress:2}{severity} {density:6.2f} %  {value:5.1f}  ours {ours:5.1f}  {source}")
    if given.write is not None:
        given.write.write_text(text(), "utf-8")


if __name__ == "__main__":
    main()
