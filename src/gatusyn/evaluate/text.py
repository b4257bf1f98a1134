"""An evaluation as Markdown, for the terminal and for a file, and as JSON's nouns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from gatusyn.evaluate.evaluation import Evaluation
from gatusyn.evaluate.scores import CellScore, Interval
from gatusyn.model import Rejected

_MAX_REJECTED = 5


def as_text(done: Evaluation) -> str:
    """Return an evaluation as Markdown."""
    parts = (_head, _scores, _parts, _reliability, _sweep, _points)
    blocks = ["\n".join(part(done)) for part in parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def as_json(done: Evaluation) -> dict[str, Any]:
    """Return an evaluation as what JSON can hold; figures as they are, not rounded."""
    reading = done.reading
    return {
        "what": done.what,
        "complete": done.question.complete,
        "received": reading.received,
        "accepted": len(reading.accepted),
        "rejected": [{"frame": r.frame_id, "why": r.detail} for r in reading.rejected],
        "missing_predictions": reading.missing_calls,
        "thresholds": dict(done.thresholds),
        "scores": {name: asdict(one) for name, one in done.scores.items()},
        "parts": [asdict(part) for part in done.parts],
        "reliability": {
            name: {of: asdict(one) for of, one in both.items()}
            for name, both in done.reliability.items()
        },
        "by_threshold": {
            name: {f"{t:.2f}": asdict(one) for t, one in scores.items()}
            for name, scores in done.by_threshold.items()
        },
        "operating_points": {
            name: {aim: asdict(point) for aim, point in points.items()}
            for name, points in done.points.items()
        },
    }


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def rejected_lines(rejected: Sequence[Rejected]) -> Iterator[str]:
    """Yield why frames were rejected, the first few of them."""
    for one in rejected[:_MAX_REJECTED]:
        yield f"- {one.detail}"
    if len(rejected) > _MAX_REJECTED:
        yield f"- and {len(rejected) - _MAX_REJECTED} more (all of them: --json)"


def _head(done: Evaluation) -> Iterator[str]:
    reading = done.reading
    yield f"# Damage: {done.what}"
    yield ""
    yield (
        f"{reading.received} frames received, {len(reading.accepted)} accepted, "
        f"{len(reading.rejected)} rejected"
        + (f", {reading.missing_calls} without a prediction" if reading.missing_calls else "")
        + "."
    )
    yield from rejected_lines(reading.rejected)
    yield ""
    yield (
        "Labels are complete: every frame counts for every damage."
        if done.question.complete
        else "Frames count for a damage only if some of it is marked."
    )


def _scores(done: Evaluation) -> Iterator[str]:
    heads = (
        "damage", "threshold", "frames", "F1", "precision", "recall", "extent r",
        "extent error", "extent bias", "cells true", "called", "called where unlabelled",
    )  # fmt: skip
    rows = [
        (
            name.value,
            f"{done.thresholds[name]:.2f}",
            f"{one.frames}",
            _with(one.f1, one.f1_interval),
            _with(one.precision, one.precision_interval),
            _with(one.recall, one.recall_interval),
            f"{one.extent_r:.3f}",
            f"{one.extent_error:.3f}",
            f"{one.extent_bias:+.3f}",
            f"{one.cells_true}",
            f"{one.cells_called}",
            "" if one.called_where_unlabelled is None else f"{one.called_where_unlabelled:.1%}",
        )
        for name, one in done.scores.items()
    ]
    yield from table(heads, rows)
    yield ""
    over = "groups" if done.question.groups else "frames"
    yield f"In brackets: 95 % bootstrap intervals over {over}."


def _parts(done: Evaluation) -> Iterator[str]:
    heads = ("damage", "frames", "cells true", "called", "precision", "recall", "F1")
    for by, members in groupby(done.parts, key=lambda part: part.by):
        yield f"## By {by}"
        yield ""
        yield from table(
            (by, *heads),
            [
                (part.label, part.damage.value, *_figures(part.score))
                for part in sorted(members, key=lambda part: part.damage)
            ],
        )
        yield ""


def _figures(one: CellScore) -> tuple[str, ...]:
    return (
        f"{one.frames}",
        f"{one.cells_true}",
        f"{one.cells_called}",
        _with(one.precision, one.precision_interval),
        _with(one.recall, one.recall_interval),
        _with(one.f1, one.f1_interval),
    )


def _reliability(done: Evaluation) -> Iterator[str]:
    if not done.reliability:
        return
    yield "## Calibration"
    yield ""
    yield "How sure was it, and what share is true: cells by the network's output, regions by the"
    yield "confidence that is reported."
    for name, both in done.reliability.items():
        for of, one in both.items():
            yield ""
            yield f"{name.value}, {one.count} {of}: expected calibration error {one.error:.3f}."
            yield ""
            yield from table(
                ("said", "true", of),
                [(f"{b.probability:.2f}", f"{b.true_share:.2f}", f"{b.count}") for b in one.bins],
            )


def _sweep(done: Evaluation) -> Iterator[str]:
    heads = ("threshold", "F1", "precision", "recall", "extent r", "extent error", "extent bias")
    for name, scores in done.by_threshold.items():
        yield f"## Thresholds: {name.value}"
        yield ""
        rows = [
            (
                f"{t:.2f}",
                *(f"{v:.3f}" for v in (s.f1, s.precision, s.recall, s.extent_r, s.extent_error)),
                f"{s.extent_bias:+.3f}",
            )
            for t, s in scores.items()
        ]
        yield from table(heads, rows)
        yield ""


def _points(done: Evaluation) -> Iterator[str]:
    if not done.points:
        return
    yield "## Operating points"
    yield ""
    yield "The threshold that each aim chooses, and the extent it gives on groups left out."
    yield ""
    aims = {"f1": "highest F1", "extent_error": "least extent error", "extent_r": "best extent r"}
    rows = [
        (
            name.value,
            aims[aim],
            f"{point.threshold:.2f}",
            *(
                "" if value is None else f"{value:.3f}"
                for value in (point.held_out_error, point.held_out_bias, point.held_out_r)
            ),
        )
        for name, points in done.points.items()
        for aim, point in points.items()
    ]
    yield from table(
        ("damage", "aim", "threshold", "held-out error", "held-out bias", "held-out r"), rows
    )


def _with(value: float, interval: Interval | None) -> str:
    return (
        f"{value:.3f}"
        if interval is None
        else f"{value:.3f} ({interval[0]:.2f} to {interval[1]:.2f})"
    )
