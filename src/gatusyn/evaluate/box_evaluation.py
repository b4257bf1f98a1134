"""A model or masks against boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatusyn.evaluate.boxes import BOX_CLASSES, Box, BoxScore, box_of, score_boxes
from gatusyn.evaluate.callers import Caller
from gatusyn.evaluate.read_boxes import read_boxes
from gatusyn.evaluate.read_frames import pixels_of, unreadable
from gatusyn.evaluate.text import rejected_lines, table
from gatusyn.model import FootageError, PixelClass, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxEvaluation:
    """What was measured against boxes.

    Parameters
    ----------
    ignored
        True boxes of classes that are not scored.
    """

    what: str
    accepted: int
    rejected: tuple[Rejected, ...]
    ignored: int
    scores: Mapping[str, BoxScore]

    @property
    def received(self) -> int:
        """Frames that were named, or found as a photo or a truth."""
        return self.accepted + len(self.rejected)


def evaluate_boxes(
    photos: Mapping[str, Path],
    truth: Mapping[str, Path],
    caller: Caller,
    *,
    names: Sequence[str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> BoxEvaluation:
    """Score what a caller says against XML files of boxes.

    Raises
    ------
    FootageError
        If no frame can be scored.
    """
    wanted = names if names is not None else sorted({*photos, *truth})
    frames: list[tuple[Sequence[Box], Sequence[Box]]] = []
    rejected: list[Rejected] = []
    ignored = 0
    for done, name in enumerate(wanted, start=1):
        try:
            there, found, others = _frame(name, photos, truth, caller)
        except FootageError as error:
            rejected.append(unreadable(name, error))
        else:
            frames.append((there, found))
            ignored += others
        if on_progress:
            on_progress(done, len(wanted))
    if not frames:
        raise FootageError("boxes", f"no frame can be scored: {rejected[0].detail}")
    return BoxEvaluation(
        what=caller.version,
        accepted=len(frames),
        rejected=tuple(rejected),
        ignored=ignored,
        scores=score_boxes(frames),
    )


def box_text(done: BoxEvaluation) -> str:
    """Return the figures as Markdown."""
    return "\n".join(_lines(done)) + "\n"


def boxes_as_json(done: BoxEvaluation) -> dict[str, Any]:
    """Return the figures as what JSON can hold."""
    return {
        "what": done.what,
        "received": done.received,
        "accepted": done.accepted,
        "rejected": [{"frame": r.frame_id, "why": r.detail} for r in done.rejected],
        "ignored_boxes": done.ignored,
        "scores": {
            name: {
                "f1": one.f1,
                "precision": one.precision,
                "recall": one.recall,
                "boxes_true": one.true,
                "boxes_called": one.called,
            }
            for name, one in done.scores.items()
        },
    }


def _frame(
    name: str, photos: Mapping[str, Path], truth: Mapping[str, Path], caller: Caller
) -> tuple[Sequence[Box], Sequence[Box], int]:
    if name not in truth:
        raise FootageError(name, "has no file of boxes")
    if name not in photos:
        raise FootageError(name, "has no photo")
    there = read_boxes(truth[name])
    image = pixels_of(photos[name])
    height, width = image.shape[:2]
    if there.size_px not in {None, (0, 0), (width, height)}:
        stated = "x".join(str(side) for side in there.size_px or ())
        raise FootageError(truth[name], f"is for a photo of {stated} px, not {width}x{height}")
    look = caller.look(name, image)
    found = [
        box_of(region)
        for region in (look.regions if look else ())
        if region.pixel_class is not PixelClass.PATCH
    ]
    return there.boxes, found, there.ignored


def _lines(done: BoxEvaluation) -> Iterator[str]:
    yield f"# Damage boxes: {done.what}"
    yield ""
    yield (
        f"{done.received} frames received, {done.accepted} accepted, {len(done.rejected)} "
        f"rejected; {done.ignored} boxes of other classes are not scored."
    )
    yield from rejected_lines(done.rejected)
    yield ""
    rows = [
        (
            f"{name} {BOX_CLASSES[name]}" if name in BOX_CLASSES else _SUMS[name],
            *(f"{v:.3f}" for v in (one.f1, one.precision, one.recall)),
            f"{one.true}",
            f"{one.called}",
        )
        for name, one in done.scores.items()
    ]
    yield from table(("class", "F1", "precision", "recall", "boxes true", "called"), rows)


_SUMS = {"all": "all four", "crack": "cracks as one class"}
