"""Finds heads and plates by a network behind ONNX Runtime: picture in, candidates out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind, UncheckedError
from gatusyn.privacy.boxes import Candidates, no_candidates, suppress

_MULTIPLE = 16
_SAME = 0.3
_AROUND = np.ones((3, 3), np.uint8)
_MAX_EDGE_PX = 1920
_MIN_EDGE_PX = 150
_TILE_OVERLAP_PX = 320
_MAX_CANDIDATES = 20_000


KINDS = (RegionKind.FACE, RegionKind.PLATE)
"""In the order of the network's outputs."""

In = TypeVar("In")
Out = TypeVar("Out")
Thresholds = Mapping[RegionKind, float]
Found = Mapping[RegionKind, Candidates]


class Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that finders need."""

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, Image]
    ) -> list[NDArray[np.float32]]:
        """Run the model."""


class Finder(Protocol):
    """Finds what has to be hidden."""

    @property
    def version(self) -> str:
        """Name, hash and passes: part of a redaction record."""

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        """Return candidates at or above each kind's confidence, in pixels of ``image``."""


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
        RGB, uint8 [h, w, 3], h and w multiples of 16.
    scale_x, scale_y
        Pixels of the strip for one of the picture.
    top_px, left_px
        The picture's row and column at which the strip starts.
    """

    pixels: Image
    scale_x: float
    scale_y: float
    top_px: int
    left_px: int = 0


def cut(image: Image, look: Pass) -> Strip:
    """Cut a strip out of a picture, resize it and pad it at the right and the bottom."""
    height, width = image.shape[:2]
    top = min(int(look.top * height), height - 1)
    bottom = max(min(int(np.ceil(look.bottom * height)), height), top + 1)
    scale = look.scale * min(1.0, _MAX_EDGE_PX / max(height, width))
    size = max(round(width * scale), 1), max(round((bottom - top) * scale), 1)
    resized = shrunk(image[top:bottom], size) if scale != 1 else image[top:bottom]
    right, below = -size[0] % _MULTIPLE, -size[1] % _MULTIPLE
    return Strip(
        pixels=np.asarray(
            cv2.copyMakeBorder(resized, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8
        ),
        scale_x=size[0] / width,
        scale_y=size[1] / (bottom - top),
        top_px=top,
    )


def shrunk(image: Image, size: tuple[int, int]) -> Image:
    """Return a picture at a smaller size, width and height: by halves first, which is faster."""
    while image.shape[1] >= 4 * size[0] and image.shape[0] >= 4 * size[1]:
        half = round(image.shape[1] / 2), round(image.shape[0] / 2)
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def strips(image: Image, passes: Sequence[Pass]) -> Iterator[Strip]:
    """Cut what each pass looks at; a picture over 1920 px also in tiles, as large as it is.

    A small picture is not looked at any smaller. Shrunk to 1920 px, a large picture would lose
    faces that anyone can still recognise in it. Tiles overlap by 320 px: what is larger than that
    is found in the shrunk picture.
    """
    height, width = image.shape[:2]
    for number, look in enumerate(passes):
        if number == 0 or look.scale * max(height, width) >= _MIN_EDGE_PX:
            yield cut(image, look)
    if max(height, width) <= _MAX_EDGE_PX:
        return
    closest = Pass(top=0.0, bottom=1.0, scale=max(look.scale for look in passes))
    for top in _starts(height):
        for left in _starts(width):
            tile = image[top : top + _MAX_EDGE_PX, left : left + _MAX_EDGE_PX]
            seen = cut(tile, closest)
            yield Strip(
                pixels=seen.pixels,
                scale_x=seen.scale_x,
                scale_y=seen.scale_y,
                top_px=top,
                left_px=left,
            )


def _starts(length_px: int) -> range:
    """Return where tiles start along a side."""
    step = _MAX_EDGE_PX - _TILE_OVERLAP_PX
    return range(0, max(length_px - _TILE_OVERLAP_PX, 1), step)


def on_picture(boxes: Candidates, strip: Strip) -> Candidates:
    """Return boxes of a strip in pixels of the picture that it was cut from."""
    result = boxes.copy()
    result[:, [0, 2]] = result[:, [0, 2]] / strip.scale_x + strip.left_px
    result[:, [1, 3]] = result[:, [1, 3]] / strip.scale_y + strip.top_px
    return result


def cells_above(
    scores: NDArray[np.float32], threshold: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the cells at or above a threshold.

    Raises
    ------
    UncheckedError
        If they are so many (20,000) that the picture must be made to fool the finder, or if the
        model answered with what is no number. Leaving some out would leave faces to be seen.
    """
    if not np.isfinite(scores).all():
        raise UncheckedError("frame", "could not be checked: a finder's answer is no number")
    rows, columns = np.nonzero(scores >= threshold)
    _require_bounded(len(rows))
    return rows, columns


def decode(
    probability: NDArray[np.float32], distances: NDArray[np.float32], *, threshold: float
) -> Candidates:
    """Turn the network's maps of one kind into boxes in pixels of its input.

    Parameters
    ----------
    probability
        That a cell of 4 px lies on a thing, float32 [h, w].
    distances
        From the cell's middle to the thing's left, top, right and bottom edge, float32 [4, h, w].

    Returns
    -------
    Candidates
        Before suppression.
    """
    if probability.max(initial=0.0) < threshold:
        return no_candidates()
    # A thing covers many cells; the surest around it stands for it.
    is_less = (probability < cv2.dilate(probability, _AROUND)) & np.isfinite(probability)
    rows, columns = cells_above(np.where(is_less, np.float32(0), probability), threshold)
    x, y = (columns + 0.5) * 4.0, (rows + 0.5) * 4.0
    left, up, right, down = distances[:, rows, columns].astype(np.float64)
    confidence = probability[rows, columns].astype(np.float64)
    return np.column_stack([x - left, y - up, x + right, y + down, confidence])


def _merged(found: Sequence[Candidates]) -> Candidates:
    """Return what all strips found, each thing once; raise ``UncheckedError`` if it is too much."""
    together = np.vstack(found)
    _require_bounded(len(together))
    return suppress(together, overlap=_SAME)


def _require_bounded(places: int) -> None:
    if places > _MAX_CANDIDATES:
        raise UncheckedError(
            "frame", f"could not be checked: {places} places, limit {_MAX_CANDIDATES}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFinder:
    """Our network, run on several strips; it finds heads, seen from wherever, and plates.

    Parameters
    ----------
    session
        Input ``image`` uint8 [n, h, w, 3], RGB; outputs ``probability`` [n, 2, h/4, w/4]
        and ``distances`` [n, 2, 4, h/4, w/4] in pixels, heads first.
    workers
        Threads that look at strips side by side: the network's runs are too short for their own
        work to be shared out well. None looks at one strip after another.
    """

    session: Session
    model: str
    passes: tuple[Pass, ...]
    workers: Executor | None = None

    @property
    def version(self) -> str:
        """The model's name and hash, and the strips."""
        return f"{self.model}, rows {', '.join(str(look) for look in self.passes)}"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        """Return heads and plates at or above a confidence, in pixels of ``image``.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """

        def seen(strip: Strip) -> Found:
            looked = self.look(strip.pixels[None], thresholds=thresholds)
            return {kind: on_picture(boxes, strip) for kind, (boxes,) in looked.items()}

        found = list(self.side_by_side(seen, strips(image, self.passes)))
        return {kind: _merged([no_candidates(), *(one[kind] for one in found)]) for kind in KINDS}

    def side_by_side(self, work: Callable[[In], Out], on: Iterable[In]) -> Iterator[Out]:
        """Return what some work gives for each of some things, in their order."""
        return map(work, on) if self.workers is None else self.workers.map(work, on)

    def look(
        self, views: Image, *, thresholds: Thresholds
    ) -> Mapping[RegionKind, Sequence[Candidates]]:
        """Return what one look at each of some pictures finds, before suppression, in its pixels.

        Parameters
        ----------
        views
            RGB, uint8 [n, h, w, 3], h and w multiples of 16.
        thresholds
            Only the kinds that are named are looked for.
        """
        feed = {"image": np.ascontiguousarray(views)}
        probability, distances = self.session.run(["probability", "distances"], feed)
        return {
            kind: [
                decode(one, away, threshold=thresholds[kind])
                for one, away in zip(probability[:, k], distances[:, k], strict=True)
            ]
            for k, kind in enumerate(KINDS)
            if kind in thresholds
        }
