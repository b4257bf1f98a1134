"""An evaluation of the privacy stage as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from gatusyn.evaluate.privacy import PrivacyEvaluation, Recall, middle_95
from gatusyn.evaluate.text import rejected_lines, table
from gatusyn.model import FOUND_KINDS, RegionKind

_FEW = 100
_PARTS = {
    "all": "",
    "height_px": "height ",
    "light": "",
    "distance_m": "distance ",
    "view": "seen as ",
}


def privacy_text(done: PrivacyEvaluation) -> str:
    """Return the figures as Markdown."""
    return "\n".join(_lines(done)) + "\n"


def _lines(done: PrivacyEvaluation) -> Iterator[str]:
    yield f"# Privacy: {done.redactor}"
    yield ""
    yield (
        f"{done.received} photos received, {done.accepted} accepted, {len(done.rejected)} "
        f"rejected; {done.without_photo} frames of the truth have no photo here; "
        f"{done.unsure} boxes that somebody doubted, or of heads from behind, are not scored."
    )
    yield from rejected_lines(done.rejected)
    for kind in FOUND_KINDS:
        parts = done.parts(kind)
        if not parts["all"]:
            continue
        yield ""
        yield from _few(kind, parts["all"]["all"].boxes)
        yield ""
        heads = (f"{kind.value}s", "hidden", "recall", "95 % interval")
        yield from table(
            heads,
            [
                (f"{_PARTS[part]}{name.strip()}", *_cells(one))
                for part, recalls in parts.items()
                for name, one in recalls.items()
                if part != "view" or set(recalls) != {"not said"}
            ],
        )
        interval = middle_95(done.resampled(kind))
        assert interval is not None
        yield ""
        yield f"95 % interval with frames drawn anew: {interval[0]:.2f} to {interval[1]:.2f}."
    yield ""
    besides = ", ".join(f"{100 * v:.2f} % as {k.value}" for k, v in done.besides.items())
    yield f"Hidden away from every box, of all pixels: {besides}."
    yield "Distances are by size: a plate 0.11 m high, a face 0.22 m."


def _few(kind: RegionKind, boxes: int) -> Iterator[str]:
    words = f"{boxes} {kind.value}s were to be hidden."
    if boxes < _FEW:
        words += (
            f" That is few: even with all of them hidden, {100 * 3 / boxes:.0f} % of others may"
            " be missed (rule of three), and boxes of one drive resemble each other."
        )
    yield words


def _cells(one: Recall) -> tuple[str, str, str]:
    assert one.interval is not None
    low, high = one.interval
    return (
        f"{one.hidden} of {one.boxes}",
        f"{one.hidden / one.boxes:.3f}",
        f"{low:.2f} to {high:.2f}",
    )
