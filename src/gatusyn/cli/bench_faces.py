"""How many marked faces are hidden by what ships and, on the same photos, by ``deface``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatusyn.evaluate import (
    Hider,
    PrivacyEvaluation,
    Recall,
    Truth,
    evaluate_privacy,
    middle_95,
    photos_in,
    privacy_as_json,
    read_faces,
)
from gatusyn.model import CameraParams, FootageError, PrivacyParams, RegionKind, SettingsError
from gatusyn.privacy import load_redactor
from gatusyn.privacy.deface import Deface, deface_is_installed, load_centerface
from gatusyn.privacy.speed import Alone

_OURS = "find"
"""The step whose speed is measured, as it is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """Faces marked by eye, and the photos that they lie in, by name."""

    truths: tuple[Truth, ...]
    photos: dict[str, Path]


def faces_in_scenes(faces: Sequence[Path], folders: Sequence[Path]) -> Scenes | None:
    """Read what was marked, and find its photos; None if nothing is asked for.

    Raises
    ------
    SettingsError
        If only one of both is given.
    FootageError
        If a file cannot be read, or a photo that it names is in no folder or in two.
    """
    if not faces and not folders:
        return None
    if not faces or not folders:
        raise SettingsError(
            "gatusyn bench privacy", "counts faces in photos", "Give both --faces and --scenes."
        )
    truths = tuple(read_faces(path) for path in faces)
    lying = [photos_in(folder) for folder in folders]
    photos: dict[str, Path] = {}
    for path, truth in zip(faces, truths, strict=True):
        for name in truth:
            there = [one[name] for one in lying if name in one]
            if len(there) != 1 or name in photos:
                many = "is in no folder" if not there else "is there more than once"
                raise FootageError(path, f"names {name}, which {many}")
            photos[name] = there[0]
    return Scenes(truths=truths, photos=photos)


def face_recalls(
    scenes: Scenes, *, horizon_share: float | None, threads: int
) -> dict[str, PrivacyEvaluation]:
    """Look at every photo with each tool; ``find`` looks as it does where its speed is measured.

    ``heads`` is asked for no plates, as it is timed beside ``deface``, which finds none.
    ``find_whole`` looks for everything everywhere. ``deface`` hides ellipses, as it does by
    default, ``deface_boxes`` whole rectangles; both are left out where it is not installed.
    """
    params = PrivacyParams()
    hiders: dict[str, Hider] = {
        _OURS: load_redactor(params, horizon_share=horizon_share, threads=threads),
        "heads": Alone(
            load_redactor(params, horizon_share=horizon_share, threads=threads), RegionKind.FACE
        ),
        "find_whole": load_redactor(params, horizon_share=None, threads=threads),
    }
    if deface_is_installed():
        model = load_centerface("onnxrt", threads=threads)
        hiders["deface"] = Deface(model=model)
        hiders["deface_boxes"] = Deface(model=model, ellipse=False)
    fov_deg = CameraParams().horizontal_fov_deg
    return {
        name: evaluate_privacy(scenes.photos, scenes.truths, hider, horizontal_fov_deg=fov_deg)
        for name, hider in hiders.items()
    }


def faces_text(recalls: Mapping[str, PrivacyEvaluation]) -> Iterator[str]:
    """Yield a table of the faces hidden, in all and by height."""
    if not recalls:
        return
    rows = [_row(name, done) for name, done in recalls.items()]
    lines = [tuple(rows[0]), *(tuple(row.values()) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    yield ""
    yield f"Faces hidden for 90 % of their box, in {recalls[_OURS].accepted} photos; 95 % intervals"
    for line in lines:
        yield "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
    for ours, peer in _pairs(recalls):
        yield f"{ours} less {peer}, frames drawn anew: {_range(_less(recalls, ours, peer))}"


def _row(name: str, done: PrivacyEvaluation) -> dict[str, str]:
    kind = RegionKind.FACE
    parts, half = done.parts(kind), done.half_hidden(kind)
    by_height = {
        band.strip(): f"{one.hidden} of {one.boxes}" for band, one in parts["height_px"].items()
    }
    every = parts["all"].get("all", Recall(hidden=0, boxes=0))
    return {
        "step": name,
        "hidden": f"{every.hidden} of {every.boxes}",
        "of heads": _range(every.interval),
        "of frames": _range(middle_95(done.resampled(kind))),
        **by_height,
        "half hidden": str(half.hidden),
        "besides": f"{100 * done.besides[kind]:.2f} %",
    }


def faces_as_json(recalls: Mapping[str, PrivacyEvaluation]) -> dict[str, Any]:
    """Return the figures as what JSON can hold, with the interval of each difference to a peer."""
    figures = {name: privacy_as_json(done) for name, done in recalls.items()}
    for ours, peer in _pairs(recalls):
        figures[ours][f"less_{peer}_interval"] = _less(recalls, ours, peer)
    return figures


def _pairs(recalls: Mapping[str, PrivacyEvaluation]) -> list[tuple[str, str]]:
    peers = [name for name in recalls if name.startswith("deface")]
    return [(ours, peer) for ours in recalls if ours not in peers for peer in peers]


def _less(
    recalls: Mapping[str, PrivacyEvaluation], ours: str, peer: str
) -> tuple[float, float] | None:
    kind = RegionKind.FACE
    return middle_95(recalls[ours].resampled(kind) - recalls[peer].resampled(kind))


def _range(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else "-"
