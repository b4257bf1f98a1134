"""Candidates of the finder, cut out, with what each is: what the verifier learns from."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import RegionKind, UncheckedError
from gatusyn.privacy.finders import KINDS, Finder
from gatusyn.privacy.verifier import HEIGHT, WIDTH, view_of
from training.privacy.pictures import Boxes, Image

LOG = logging.getLogger(__name__)
BEYOND = 1.5
"""Cut so much larger than the verifier sees, that a candidate can be shifted and turned."""

LOWEST = {RegionKind.FACE: 0.12, RegionKind.PLATE: 0.35}
"""Half of what is looked at by default: what nearly was a candidate is learned from, too."""

_SAME, _OTHER = 0.4, 0.15
_SMALLEST_PX = 5.0
_TELLABLE_PX = (6.0, 8.0)
"""What is lower and not marked may be one that nobody could tell."""
_MOST = 40


@dataclass(slots=True)
class Cuts:
    """Candidates, cut out.

    Parameters
    ----------
    views
        RGB uint8, each ``[BEYOND * HEIGHT, BEYOND * WIDTH, 3]``.
    kinds
        What the finder took each for: 0 head, 1 plate.
    wanted
        1 if it is one.
    sure
        The finder's confidence; 1 for what was not proposed but marked.
    is_photo
        1 if it is as a photo shows it, 0 if something was put in.
    is_sign
        1 if it lies in a picture of a sign.
    """

    views: list[Image] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    is_photo: list[int] = field(default_factory=list)
    is_sign: list[int] = field(default_factory=list)
    from_photos: bool = True
    of_signs: bool = False

    def add(self, image: Image, box: NDArray[np.float64], kind: int, *, wanted: bool) -> None:
        """Cut a candidate out: x1, y1, x2, y2 and a confidence."""
        size = int(WIDTH * BEYOND), int(HEIGHT * BEYOND)
        self.views.append(view_of(image, box, size=size))
        self.kinds.append(kind)
        self.wanted.append(int(wanted))
        self.sure.append(float(box[4]))
        self.is_photo.append(int(self.from_photos))
        self.is_sign.append(int(self.of_signs))


Packed = Mapping[str, NDArray[Any]]
"""Candidates as they are kept in files: one array for each of their properties."""

_PACKED = {
    "views": np.uint8,
    "kinds": np.uint8,
    "wanted": np.uint8,
    "sure": np.float32,
    "is_photo": np.uint8,
    "is_sign": np.uint8,
}


def pack(cuts: Cuts, path: Path) -> None:
    """Write candidates to a file, whole or not at all."""
    beside = path.with_name(f"{path.name}.part")
    packed: dict[str, Any] = {
        name: np.array(getattr(cuts, name), dtype) for name, dtype in _PACKED.items()
    }
    with beside.open("wb") as file:
        np.savez(file, **packed)
    beside.replace(path)


def unpacked(paths: Iterable[Path]) -> Packed:
    """Return the candidates of files, one file after the other."""
    files = [np.load(path) for path in paths]
    return {name: np.concatenate([file[name] for file in files]) for name in files[0]}


def shares(box: NDArray[np.float64], boxes: Boxes) -> tuple[float, float]:
    """Return the largest intersection over union with boxes, and the largest share of the box."""
    if not len(boxes):
        return 0.0, 0.0
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:4], boxes[:, 2:4])
    shared = np.clip(high - low, 0.0, None).prod(axis=1)
    own, other = (box[2:4] - box[:2]).prod(), (boxes[:, 2:4] - boxes[:, :2]).prod(axis=1)
    return float((shared / (own + other - shared)).max()), float((shared / max(own, 1e-6)).max())


def collect(
    cuts: Cuts,
    finder: Finder,
    image: Image,
    boxes: Boxes,
    *,
    kinds: Sequence[int] = (0, 1),
    random: np.random.Generator | None = None,
) -> None:
    """Add what the finder proposes in a picture, and what is marked in it.

    What overlaps a marked thing somewhat, or a doubtful one at all, is left out.

    Parameters
    ----------
    boxes
        float64 ``[n, 6]``.
    kinds
        Which kinds are known in this picture: others are not asked for.
    random
        If given, marked boxes are added as well, a little off.
    """
    try:
        found = finder.find(image, thresholds=LOWEST)
    except UncheckedError as error:
        LOG.info("left out: %s", error)
        return
    for kind in kinds:
        of_kind = boxes[boxes[:, 4] == kind]
        sure, doubtful = of_kind[of_kind[:, 5] == 0], of_kind[of_kind[:, 5] == 1]
        for box in found[KINDS[kind]][:_MOST]:
            same, within = shares(box, sure)
            unsure, within_unsure = shares(box, doubtful)
            if same >= _SAME:
                cuts.add(image, box, kind, wanted=True)
            elif box[3] - box[1] < _TELLABLE_PX[kind]:
                continue
            elif max(same, unsure) < _OTHER and max(within, within_unsure) < 2 * _OTHER:
                cuts.add(image, box, kind, wanted=False)
        if random is None:
            continue
        for *sides, _, _ in sure:
            if sides[3] - sides[1] >= _SMALLEST_PX:
                cuts.add(image, _beside(random, np.array(sides)), kind, wanted=True)


def _beside(random: np.random.Generator, sides: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a box a little off, as finders are."""
    size = np.tile(sides[2:] - sides[:2], 2)
    return np.append(sides + size * random.normal(0.0, 0.05, 4), 1.0)


def resized(image: Image, boxes: Boxes, scale: float, *, mirrored: bool) -> tuple[Image, Boxes]:
    """Return a picture and its boxes at another size, left and right exchanged or not."""
    height, width = image.shape[:2]
    size = max(round(width * scale), 16), max(round(height * scale), 16)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)
    moved = boxes.copy()
    moved[:, :4] *= np.tile([size[0] / width, size[1] / height], 2)
    if mirrored:
        small = np.ascontiguousarray(small[:, ::-1])
        moved[:, [0, 2]] = size[0] - moved[:, [2, 0]]
    return small, moved
