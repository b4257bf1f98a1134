"""Finders of faces and plates behind ONNX Runtime: prepared picture in, candidates out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind
from gatusyn.privacy.boxes import Candidates, no_candidates, suppress

_MULTIPLE = 32
_SAME = 0.3
_MAX_EDGE_PX = 1920
_MAX_CANDIDATES = 2000


class Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that finders need."""

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the model."""


class Finder(Protocol):
    """Finds one kind of thing in a picture."""

    @property
    def kind(self) -> RegionKind:
        """What it finds."""

    @property
    def version(self) -> str:
        """Name, hash and passes: part of a redaction record."""

    def find(self, image: Image, *, threshold: float) -> Candidates:
        """Return candidates at or above a confidence, in pixels of ``image``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One look at a horizontal strip of a picture.

    Parameters
    ----------
    top, bottom
        The strip, as shares of the picture's height.
    scale
        Size at which it is looked at, as a share of the picture's own (of 1920 px, where the
        picture's longer edge is longer than that).
    """

    top: float
    bottom: float
    scale: float

    def __str__(self) -> str:
        return f"{self.top:.2f}-{self.bottom:.2f} at {self.scale:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A resized and padded part of a picture.

    Parameters
    ----------
    pixels
        RGB, uint8 [h, w, 3], h and w multiples of 32.
    scale_x, scale_y
        Pixels of the strip for one of the picture.
    top_px
        The picture's row at which the strip starts.
    """

    pixels: Image
    scale_x: float
    scale_y: float
    top_px: int


def described(model: str, passes: Sequence[Pass]) -> str:
    """Name a finder: its model and how it looks."""
    return f"{model}, rows {', '.join(str(look) for look in passes)}"


def cut(image: Image, look: Pass) -> Strip:
    """Cut a strip out of a picture, resize it and pad it at the right and the bottom."""
    height, width = image.shape[:2]
    top = min(int(look.top * height), height - 1)
    part = image[top : max(int(np.ceil(look.bottom * height)), top + 1)]
    scale = look.scale * min(1.0, _MAX_EDGE_PX / max(height, width))
    size = max(round(width * scale), 1), max(round(part.shape[0] * scale), 1)
    resized = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if scale != 1 else part
    right, below = -size[0] % _MULTIPLE, -size[1] % _MULTIPLE
    return Strip(
        pixels=np.asarray(
            cv2.copyMakeBorder(resized, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8
        ),
        scale_x=size[0] / width,
        scale_y=size[1] / part.shape[0],
        top_px=top,
    )


def on_picture(boxes: Candidates, strip: Strip) -> Candidates:
    """Return boxes of a strip in pixels of the picture that it was cut from."""
    result = boxes.copy()
    result[:, [0, 2]] /= strip.scale_x
    result[:, [1, 3]] = result[:, [1, 3]] / strip.scale_y + strip.top_px
    return result


def cells_above(
    scores: NDArray[np.float32], threshold: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the cells at or above a threshold, the best 2,000 at most.

    The limit bounds the time that a picture made to fool the finder can take; suppression would
    merge nearly all of them anyway.
    """
    rows, columns = np.nonzero(scores >= threshold)
    if len(rows) > _MAX_CANDIDATES:
        best = np.argpartition(-scores[rows, columns], _MAX_CANDIDATES)[:_MAX_CANDIDATES]
        rows, columns = rows[best], columns[best]
    return rows, columns


def decode_faces(
    heat: NDArray[np.float32],
    size: NDArray[np.float32],
    shift: NDArray[np.float32],
    *,
    threshold: float,
) -> Candidates:
    """Turn CenterFace's maps into boxes in pixels of its input.

    Each cell stands for 4 px. ``heat`` is the confidence that a face's centre lies in it, ``size``
    the logarithm of the face's height and width in cells, ``shift`` the centre's place in the cell
    (down, right). Xu et al., CenterFace: Joint Face Detection and Alignment Using Face as Point,
    2019.

    Parameters
    ----------
    heat
        float32 [h, w].
    size, shift
        float32 [2, h, w].

    Returns
    -------
    Candidates
        Before suppression.
    """
    rows, columns = cells_above(heat, threshold)
    high, wide = np.exp(size[:, rows, columns].astype(np.float64)) * 4.0
    middle_y = (rows + shift[0, rows, columns] + 0.5) * 4.0
    middle_x = (columns + shift[1, rows, columns] + 0.5) * 4.0
    return np.column_stack(
        [
            middle_x - wide / 2,
            middle_y - high / 2,
            middle_x + wide / 2,
            middle_y + high / 2,
            heat[rows, columns].astype(np.float64),
        ]
    )


def decode_plates(
    probability: NDArray[np.float32], distances: NDArray[np.float32], *, threshold: float
) -> Candidates:
    """Turn the plate network's maps into boxes in pixels of its input.

    Parameters
    ----------
    probability
        That a cell of 4 px lies on a plate, float32 [h, w].
    distances
        From the cell's middle to the plate's left, top, right and bottom edge, float32 [4, h, w].

    Returns
    -------
    Candidates
        Before suppression.
    """
    rows, columns = cells_above(probability, threshold)
    x, y = (columns + 0.5) * 4.0, (rows + 0.5) * 4.0
    left, up, right, down = distances[:, rows, columns].astype(np.float64)
    confidence = probability[rows, columns].astype(np.float64)
    return np.column_stack([x - left, y - up, x + right, y + down, confidence])


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFinder:
    """CenterFace, run on several strips.

    Parameters
    ----------
    session
        Input ``image`` float32 [1, 3, h, w], RGB 0..255; outputs ``heat``, ``size``, ``shift``.
    """

    session: Session
    model: str
    passes: tuple[Pass, ...]

    @property
    def kind(self) -> RegionKind:
        """Faces."""
        return RegionKind.FACE

    @property
    def version(self) -> str:
        """The model's name and hash, and the strips."""
        return described(self.model, self.passes)

    def find(self, image: Image, *, threshold: float) -> Candidates:
        """Return faces at or above a confidence, in pixels of ``image``."""
        found = [no_candidates()]
        for look in self.passes:
            strip = cut(image, look)
            batch = np.ascontiguousarray(strip.pixels.transpose(2, 0, 1)[None], np.float32)
            heat, size, shift = self.session.run(["heat", "size", "shift"], {"image": batch})
            boxes = decode_faces(heat[0, 0], size[0], shift[0], threshold=threshold)
            found.append(on_picture(boxes, strip))
        return suppress(np.vstack(found), overlap=_SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateFinder:
    """Our plate network, run on several strips.

    Parameters
    ----------
    session
        Input ``grey`` float32 [1, 1, h, w], 0..255; outputs ``probability``, ``distances``.
    """

    session: Session
    model: str
    passes: tuple[Pass, ...]

    @property
    def kind(self) -> RegionKind:
        """Plates."""
        return RegionKind.PLATE

    @property
    def version(self) -> str:
        """The model's name and hash, and the strips."""
        return described(self.model, self.passes)

    def find(self, image: Image, *, threshold: float) -> Candidates:
        """Return plates at or above a confidence, in pixels of ``image``."""
        found = [no_candidates()]
        for look in self.passes:
            strip = cut(image, look)
            grey = cv2.cvtColor(strip.pixels, cv2.COLOR_RGB2GRAY)
            batch = np.ascontiguousarray(grey[None, None], np.float32)
            probability, distances = self.session.run(["probability", "distances"], {"grey": batch})
            boxes = decode_plates(probability[0, 0], distances[0], threshold=threshold)
            found.append(on_picture(boxes, strip))
        return suppress(np.vstack(found), overlap=_SAME)
