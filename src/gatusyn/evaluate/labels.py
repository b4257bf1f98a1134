"""Labels against labels: how far the truth itself caps any score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from gatusyn.evaluate.read_eye_labels import LabelledFrame, mask_of_labels
from gatusyn.evaluate.read_frames import compare_masks, unreadable
from gatusyn.evaluate.read_masks import read_mask
from gatusyn.evaluate.scores import CellScore, score
from gatusyn.evaluate.text import table
from gatusyn.model import FootageError, GatusynError, PixelClass, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One set of masks scored as if it were called, with another as the truth."""

    called: str
    truth: str
    frames: int
    scores: Mapping[PixelClass, CellScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMasks:
    """The masks that were made of labels.

    Parameters
    ----------
    names
        Frames by person.
    rejected
        Frames that are not labelled in full or have no usable mask of the lane.
    """

    folder: Path
    names: Mapping[str, tuple[str, ...]]
    rejected: tuple[Rejected, ...]


def write_drawn_masks(
    labels: Sequence[LabelledFrame], originals: Path, folder: Path, *, sure_only: bool = False
) -> DrawnMasks:
    """Write ``folder/PERSON/FRAME.png`` for every frame that is labelled in full.

    Parameters
    ----------
    originals
        The published masks, which have the lane.
    sure_only
        Whether doubtful shapes are left out.

    Raises
    ------
    GatusynError
        If the folder cannot be written to.
    """
    names: dict[str, list[str]] = {}
    rejected = []
    for one in labels:
        try:
            if not one.complete:
                raise FootageError(one.frame, f"is not labelled in full by {one.annotator}")
            original = read_mask(originals / f"{one.frame}.png")
            mask = mask_of_labels(one, original, sure_only=sure_only)
        except FootageError as error:
            rejected.append(unreadable(one.frame, error))
            continue
        path = folder / one.annotator / f"{one.frame}.png"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask).save(path, optimize=True)
        except OSError as error:
            raise GatusynError(path, f"cannot be written ({error.strerror or error})") from error
        names.setdefault(one.annotator, []).append(one.frame)
    return DrawnMasks(
        folder=folder,
        names={person: tuple(sorted(frames)) for person, frames in sorted(names.items())},
        rejected=tuple(rejected),
    )


def agreements(drawn: DrawnMasks, originals: Path) -> tuple[Agreement, ...]:
    """Score the published masks against each person, and each pair of people on shared frames."""
    result = []
    people = list(drawn.names)
    for i, person in enumerate(people):
        own = drawn.folder / person
        result.append(_agreement("published", originals, person, own, drawn.names[person]))
        for other in people[i + 1 :]:
            shared = sorted({*drawn.names[person]} & {*drawn.names[other]})
            if shared:
                result.append(_agreement(person, own, other, drawn.folder / other, shared))
    return tuple(result)


def _agreement(
    called: str, called_in: Path, truth: str, truth_in: Path, names: Sequence[str]
) -> Agreement:
    frames, _ = compare_masks(names, called_in, truth_in, classes=tuple(PixelClass))
    scores = {one: score(frames, one, 0.5, complete=True) for one in PixelClass}
    # Who never marks a class was not asked for it, as the published masks have no patches.
    used = {name: one for name, one in scores.items() if one.cells_true and one.cells_called}
    return Agreement(called=called, truth=truth, frames=len(frames), scores=used)


def agreement_text(found: Sequence[Agreement]) -> str:
    """Return the scores as a Markdown table."""
    heads = ("called by", "truth by", "damage", "frames", "F1", "precision", "recall", "extent r")
    rows = [
        (
            one.called,
            one.truth,
            name.value,
            f"{one.frames}",
            *(f"{v:.3f}" for v in (figures.f1, figures.precision, figures.recall)),
            f"{figures.extent_r:.3f}",
        )
        for one in found
        for name, figures in one.scores.items()
    ]
    return "\n".join(table(heads, rows)) + "\n"
