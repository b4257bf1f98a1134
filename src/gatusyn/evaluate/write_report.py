"""Writes an evaluation as files: figures for programs, a report for people, and its picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatusyn.evaluate.evaluation import Evaluation
from gatusyn.evaluate.reliability import Reliability
from gatusyn.evaluate.text import as_json, as_text
from gatusyn.model import GatusynError, PixelClass

_SIDE, _MARGIN = 240, 44
#: Colours that the colour-blind tell apart (Okabe and Ito 2008); dashes help in print.
_STYLES: Mapping[PixelClass, str] = {
    PixelClass.CRACK: "#0072b2",
    PixelClass.POTHOLE: "#d55e00",
    PixelClass.PATCH: "#009e73",
}


def write_evaluation(done: Evaluation, folder: Path) -> tuple[Path, ...]:
    """Write ``report.md``, ``report.json`` and, for a model, ``reliability.svg``.

    Raises
    ------
    GatusynError
        If the folder cannot be written to.
    """
    files = {"report.md": as_text(done), "report.json": json_text(as_json(done))}
    if done.reliability:
        files["report.md"] += "\n![Reliability diagram](reliability.svg)\n"
        files["reliability.svg"] = reliability_svg(done.reliability)
    for name, text in files.items():
        write_text(folder / name, text)
    return tuple(folder / name for name in files)


def write_text(path: Path, text: str) -> None:
    """Write a text file, making its folder.

    Raises
    ------
    GatusynError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise GatusynError(path, f"cannot be written ({error.strerror or error})") from error


def json_text(value: Mapping[str, Any]) -> str:
    """Return indented JSON."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def reliability_svg(diagrams: Mapping[PixelClass, Mapping[str, Reliability]]) -> str:
    """Draw what is true over what was said, a panel each; the diagonal is perfect."""
    each = [(name, of, one) for name, both in diagrams.items() for of, one in both.items()]
    width = len(each) * (_SIDE + _MARGIN) + _MARGIN
    panels = "".join(
        _panel(name, of, one, _MARGIN + i * (_SIDE + _MARGIN))
        for i, (name, of, one) in enumerate(each)
    )
    height = _SIDE + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n{panels}</svg>\n'
    )


def _panel(name: PixelClass, of: str, one: Reliability, left: int) -> str:
    top, bottom = _MARGIN, _MARGIN + _SIDE
    most = max((b.count for b in one.bins), default=1)
    bars = "".join(
        f'<rect x="{left + (b.probability * _SIDE) - 4:.1f}" width="8" '
        f'y="{bottom - 40 * b.count / most:.1f}" height="{40 * b.count / most:.1f}" '
        f'fill="#ccc"><title>{b.count} {of}</title></rect>\n'
        for b in one.bins
    )
    points = " ".join(
        f"{left + b.probability * _SIDE:.1f},{bottom - b.true_share * _SIDE:.1f}" for b in one.bins
    )
    dots = "".join(
        f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="4" fill="{_STYLES[name]}"/>\n'
        for p in points.split()
    )
    return (
        f'<rect x="{left}" y="{top}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#444"/>\n'
        f'{bars}<path d="M{left} {bottom}L{left + _SIDE} {top}" stroke="#888" '
        'stroke-dasharray="4 4"/>\n'
        f'<polyline points="{points}" fill="none" stroke="{_STYLES[name]}" stroke-width="2"/>\n'
        f"{dots}"
        f'<text x="{left}" y="{top - 12}">{name.value}, {of}: calibration error '
        f"{one.error:.3f}</text>\n"
        f'<text x="{left}" y="{bottom + 16}">0</text>\n'
        f'<text x="{left + _SIDE / 2}" y="{bottom + 30}" text-anchor="middle">'
        "probability said</text>\n"
        f'<text x="{left + _SIDE}" y="{bottom + 16}" text-anchor="end">1</text>\n'
        f'<text x="{left - 6}" y="{bottom - _SIDE / 2}" text-anchor="middle" '
        f'transform="rotate(-90 {left - 6} {bottom - _SIDE / 2})">share that is true</text>\n'
    )
