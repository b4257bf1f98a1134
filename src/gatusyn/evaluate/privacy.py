"""How many of the faces and plates that are there are hidden, and what is hidden besides."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture import RawFrame, read_photo
from gatusyn.evaluate.light import is_night, light_of
from gatusyn.evaluate.read_people import TrueBox, Truth
from gatusyn.model import (
    FOUND_KINDS,
    FootageError,
    RedactedRegion,
    RegionKind,
    Rejected,
    RejectReason,
    UncheckedError,
)

_COVERED, _FOUND = 0.9, 0.5
_Z = 1.959964
_MAX_SIDE_PX = 20_000
_SIZES_PX = {RegionKind.PLATE: (12, 24), RegionKind.FACE: (16, 32)}
_HEIGHT_M = {RegionKind.PLATE: 0.11, RegionKind.FACE: 0.22}
"""A Swedish plate's height, and a face's from chin to brow."""

_DISTANCES_M = (5, 10, 20)

_RESAMPLES = 2000
_SEED = 20261130


class Hider(Protocol):
    """Says what it would hide: our ``Redactor``, or another tool that is measured beside it."""

    @property
    def version(self) -> str:
        """What it is, with its settings."""

    def find(self, frame: RawFrame) -> Sequence[RedactedRegion]:
        """Return the regions of a frame that are to be hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A box that had to be hidden, in which frame, and the share of its area that was."""

    frame: str
    truth: TrueBox
    share: float
    night: bool
    distance_m: float

    @property
    def hidden(self) -> bool:
        """Whether enough of it was."""
        return self.share >= _COVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How many boxes were hidden, with the 95 % interval of Wilson (1927); None without boxes."""

    hidden: int
    boxes: int

    @property
    def share(self) -> float | None:
        """The share of boxes that was hidden."""
        return self.hidden / self.boxes if self.boxes else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share would lie on many more such boxes, if they were independent."""
        if not self.boxes:
            return None
        share, n = self.hidden / self.boxes, self.boxes
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        spread = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n)) / (1 + _Z**2 / n)
        return max(middle - spread, 0.0), min(middle + spread, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyEvaluation:
    """What was measured.

    Parameters
    ----------
    accepted
        Photos that were looked at.
    unsure
        Boxes whose marker doubted, which are not scored.
    besides
        Share of all pixels that is hidden away from every box, by kind of region.
    without_photo
        Frames of the truth that have no photo here.
    """

    redactor: str
    accepted: int
    rejected: tuple[Rejected, ...]
    hits: tuple[Hit, ...]
    unsure: int
    besides: dict[RegionKind, float]
    without_photo: int

    @property
    def received(self) -> int:
        """Photos that were there."""
        return self.accepted + len(self.rejected)

    def half_hidden(self, kind: RegionKind) -> Recall:
        """Return how many boxes were hidden for half of their area: those found at all."""
        shares = [hit.share for hit in self.hits if hit.truth.kind is kind]
        return Recall(hidden=sum(share >= _FOUND for share in shares), boxes=len(shares))

    def resampled(self, kind: RegionKind) -> NDArray[np.float64]:
        """Return the recall of a kind as it might have been, frames being drawn anew, ``[draws]``.

        Boxes of one frame go together. The draws are the same for all that were measured on the
        same boxes, so that differences of two can be taken draw by draw. Without boxes: empty.
        """
        hits = [hit for hit in self.hits if hit.truth.kind is kind]
        names, frame = np.unique([hit.frame for hit in hits], return_inverse=True)
        if not hits:
            return np.empty(0)
        boxes = np.bincount(frame)
        hidden = np.bincount(frame, weights=[hit.hidden for hit in hits])
        drawn = np.random.default_rng(_SEED).integers(len(names), size=(_RESAMPLES, len(names)))
        shares: NDArray[np.float64] = hidden[drawn].sum(axis=1) / boxes[drawn].sum(axis=1)
        return shares

    def parts(self, kind: RegionKind) -> dict[str, dict[str, Recall]]:
        """Return the recall of a kind over all, and by size, light, distance and view."""
        hits = [hit for hit in self.hits if hit.truth.kind is kind]
        low, high = _SIZES_PX[kind]
        near, middle, far = _DISTANCES_M
        return {
            "all": _by(hits, lambda hit: "all"),
            "height_px": _by(hits, lambda hit: _band(hit.truth.height_px, (low, high), "px")),
            "light": _by(hits, lambda hit: "night" if hit.night else "day"),
            "distance_m": _by(hits, lambda hit: _band(hit.distance_m, (near, middle, far), "m")),
            "view": _by(hits, lambda hit: hit.truth.view or "not said"),
        }


def evaluate_privacy(
    photos: dict[str, Path],
    truths: Sequence[Truth],
    hider: Hider,
    *,
    horizontal_fov_deg: float,
    read: Callable[[str, Path], RawFrame | Rejected] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> PrivacyEvaluation:
    """Look at photos and count which of the true boxes are hidden for 90 % of their area.

    Parameters
    ----------
    photos
        By name without ending. A photo that no truth names is taken to show nothing to hide.
    truths
        Each of one kind of box. Where the truth of faces names some frames only, give those photos.
    hider
        Finds what is to be hidden.
    horizontal_fov_deg
        The camera's width of view, for distances by size.
    read
        Gives a photo as a frame by its name and path; None reads it as it is.

    Raises
    ------
    FootageError
        If no photo can be looked at.
    """
    rejected: list[Rejected] = []
    looks: list[_Look] = []
    for done, (name, path) in enumerate(sorted(photos.items()), start=1):
        boxes = [box for truth in truths for box in truth.get(name, ())]
        frame = (read or _read)(name, path)
        result = _look(frame, boxes, hider, horizontal_fov_deg)
        if isinstance(result, Rejected):
            rejected.append(result)
        else:
            looks.append(result)
        if on_progress:
            on_progress(done, len(photos))
    if not looks:
        raise FootageError("photos", f"none can be scored: {rejected[0].detail}")
    pixels = sum(look.pixels for look in looks)
    named = {name for truth in truths for name in truth}
    return PrivacyEvaluation(
        redactor=hider.version,
        accepted=len(looks),
        rejected=tuple(rejected),
        hits=tuple(hit for look in looks for hit in look.hits),
        unsure=sum(look.unsure for look in looks),
        besides={kind: sum(look.besides[kind] for look in looks) / pixels for kind in FOUND_KINDS},
        without_photo=len(named - set(photos)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    hits: tuple[Hit, ...]
    unsure: int
    besides: dict[RegionKind, int]
    pixels: int


def _read(name: str, path: Path) -> RawFrame | Rejected:
    image = read_photo(path, max_side_px=_MAX_SIDE_PX)
    if isinstance(image, Rejected):
        return image
    return RawFrame(frame_id=name, time_s=0.0, image=image)


def _look(
    frame: RawFrame | Rejected, boxes: Sequence[TrueBox], hider: Hider, fov_deg: float
) -> _Look | Rejected:
    if isinstance(frame, Rejected):
        return frame
    name, image = frame.frame_id, frame.image
    try:
        regions = hider.find(frame)
    except UncheckedError as error:
        return Rejected(frame_id=name, reason=RejectReason.UNCHECKED, detail=error.problem)
    height, width = image.shape[:2]
    outside = next((box.box for box in boxes if box.box[0] >= width or box.box[1] >= height), None)
    if outside is not None:
        detail = f"a true box lies outside the photo of {width}x{height} px: {outside}"
        return Rejected(frame_id=name, reason=RejectReason.UNREADABLE, detail=detail)
    masks = {kind: np.zeros((height, width), bool) for kind in FOUND_KINDS}
    for r in regions:
        masks[r.kind][r.y1 : r.y2, r.x1 : r.x2] = True
    hidden = np.logical_or.reduce(list(masks.values()))
    near = near_boxes(boxes, height, width)
    night = is_night(light_of(image))
    focal_px = width / 2 / math.tan(math.radians(fov_deg) / 2)
    sure = [box for box in boxes if not box.unsure]
    return _Look(
        hits=tuple(
            Hit(
                frame=name,
                truth=box,
                share=_hidden_share(hidden, box),
                night=night,
                distance_m=focal_px * _HEIGHT_M[box.kind] / box.height_px,
            )
            for box in sure
        ),
        unsure=len(boxes) - len(sure),
        besides={kind: int((mask & ~near).sum()) for kind, mask in masks.items()},
        pixels=height * width,
    )


def _hidden_share(hidden: NDArray[np.bool_], box: TrueBox) -> float:
    x1, y1, x2, y2 = (round(value) for value in box.box)
    part = hidden[max(y1, 0) : max(y2, y1 + 1), max(x1, 0) : max(x2, x1 + 1)]
    return float(part.mean()) if part.size else 0.0


def near_boxes(boxes: Sequence[TrueBox], height: int, width: int) -> NDArray[np.bool_]:
    """Return True in every true box grown by half its size to each side, [height, width]."""
    near = np.zeros((height, width), bool)
    for box in boxes:
        x1, y1, x2, y2 = (round(value) for value in box.box)
        dx, dy = round((x2 - x1) / 2), round((y2 - y1) / 2)
        near[max(y1 - dy, 0) : max(y2 + dy, 0), max(x1 - dx, 0) : max(x2 + dx, 0)] = True
    return near


def _by(hits: Sequence[Hit], part: Callable[[Hit], str]) -> dict[str, Recall]:
    names = sorted({part(hit) for hit in hits})
    return {
        name: Recall(
            hidden=sum(hit.hidden for hit in hits if part(hit) == name),
            boxes=sum(part(hit) == name for hit in hits),
        )
        for name in names
    }


def _band(value: float, edges: Sequence[int], unit: str) -> str:
    """Name the band of a value so that names sort as the bands do."""
    above = [edge for edge in edges if value >= edge]
    if not above:
        return f" under {edges[0]} {unit}"
    if len(above) == len(edges):
        return f"{edges[-1]} {unit} and more"
    return f"{above[-1]} to {edges[len(above)]} {unit}"


def privacy_as_json(done: PrivacyEvaluation) -> dict[str, Any]:
    """Return the figures as what JSON can hold, not rounded."""
    return {
        "redactor": done.redactor,
        "received": done.received,
        "accepted": done.accepted,
        "rejected": [{"frame": r.frame_id, "why": r.detail} for r in done.rejected],
        "frames_without_photo": done.without_photo,
        "boxes_unsure": done.unsure,
        "hidden_besides": {kind.value: share for kind, share in done.besides.items()},
        "recall": {
            kind.value: {
                part: {name.strip(): _recall(one) for name, one in recalls.items()}
                for part, recalls in done.parts(kind).items()
            }
            for kind in FOUND_KINDS
        },
        "half_hidden": {kind.value: _recall(done.half_hidden(kind)) for kind in FOUND_KINDS},
        "interval_over_frames": {
            kind.value: middle_95(done.resampled(kind)) for kind in FOUND_KINDS
        },
    }


def middle_95(draws: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return between which values 95 % of some draws lie; None without draws."""
    if not draws.size:
        return None
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def _recall(one: Recall) -> dict[str, Any]:
    interval = list(one.interval) if one.interval else None
    return {"hidden": one.hidden, "boxes": one.boxes, "share": one.share, "interval": interval}
