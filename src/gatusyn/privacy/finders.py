"""Finds heads and plates by a network behind ONNX Runtime: picture in, candidates out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RegionKind
from gatusyn.privacy.boxes import Candidates, no_candidates, suppress
from gatusyn.privacy.decode import Seen, decode, require_bounded
from gatusyn.privacy.strips import Pass, Strip, strips

_SAME = 0.3

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
        """Return candidates at or above each named kind's confidence, in pixels of ``image``."""


def on_picture(boxes: Candidates, strip: Strip) -> Candidates:
    """Return boxes of a strip in pixels of the picture that it was cut from."""
    result = boxes.copy()
    result[:, [0, 2]] = result[:, [0, 2]] / strip.scale_x + strip.left_px
    result[:, [1, 3]] = result[:, [1, 3]] / strip.scale_y + strip.top_px
    return result


def _merged(found: Sequence[Candidates]) -> Candidates:
    """Return what all strips found, each thing once; raise ``UncheckedError`` if it is too much."""
    together = np.vstack(found)
    require_bounded(len(together))
    return suppress(together, overlap=_SAME)


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

        Parameters
        ----------
        thresholds
            Only the kinds that are named are looked for.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """

        def seen(strip: Strip) -> Found:
            looked = self.look(strip.pixels[None], thresholds=thresholds)
            return {kind: on_picture(one.boxes, strip) for kind, one in looked.items()}

        found = list(self.side_by_side(seen, strips(image, self.passes)))
        return {
            kind: _merged([no_candidates(), *(one[kind] for one in found)])
            for kind in KINDS
            if kind in thresholds
        }

    def side_by_side(self, work: Callable[[In], Out], on: Iterable[In]) -> Iterator[Out]:
        """Return what some work gives for each of some things, in their order."""
        return map(work, on) if self.workers is None else self.workers.map(work, on)

    def look(self, views: Image, *, thresholds: Thresholds) -> Mapping[RegionKind, Seen]:
        """Return what one look at each of some pictures finds, before suppression, in its pixels.

        Parameters
        ----------
        views
            RGB, uint8 [n, h, w, 3], h and w multiples of 16.
        thresholds
            Only the kinds that are named are looked for.

        Raises
        ------
        UncheckedError
            If the network's answer is no number, or far too much.
        """
        feed = {"image": np.ascontiguousarray(views)}
        probability, distances = self.session.run(["probability", "distances"], feed)
        return {
            kind: decode(probability[:, k], distances[:, k], threshold=thresholds[kind])
            for k, kind in enumerate(KINDS)
            if kind in thresholds
        }
