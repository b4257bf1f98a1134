"""Frames a second and memory of the privacy stage, beside ``deface`` where that is installed."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.model import Image, PrivacyParams
from gatusyn.privacy.load_redactor import load_redactor

_DEFACE_THRESHOLD = 0.2
"""What the ``deface`` command uses if nothing else is asked for."""

_MEMORY_FRAMES = 3

Step = Callable[[Image], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpeed:
    """What a step costs.

    Parameters
    ----------
    frames_per_s
        By the median frame.
    peak_bytes
        Most memory of a process that does nothing else; 0 where the system does not say.
    """

    frames_per_s: float
    peak_bytes: int


def measure_privacy(
    frames: Sequence[Image], *, horizon_share: float | None, threads: int = 0
) -> Mapping[str, StepSpeed]:
    """Run our steps and the peer's over frames by turns, so that a busy machine slows all alike.

    ``find`` finds heads and plates, ``redact`` hides them as well; ``deface`` is CenterFace on the
    whole frame as ``deface`` 1.5 runs it where ONNX Runtime is installed, and ``deface_opencv`` as
    it runs it where pip alone installed it. Where the package is not installed both are left out.
    """
    steps = _steps(horizon_share, threads)
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for frame in frames:
        for name, step in steps.items():
            start = time.perf_counter()
            step(frame)
            seconds[name].append(time.perf_counter() - start)
    # The first frame pays for memory that later ones reuse.
    return {
        name: StepSpeed(
            frames_per_s=1.0 / float(np.median(values[1:] or values)),
            peak_bytes=_peak_apart(name, frames, horizon_share, threads),
        )
        for name, values in seconds.items()
    }


def _steps(horizon_share: float | None, threads: int, only: str | None = None) -> dict[str, Step]:
    made: dict[str, Callable[[], Step]] = {
        "find": lambda: _find(horizon_share, threads),
        "redact": lambda: _redact(horizon_share, threads),
    }
    if find_spec("deface") is not None:
        made["deface"] = lambda: _deface("onnxrt")
        made["deface_opencv"] = lambda: _deface("opencv")
    return {name: make() for name, make in made.items() if only in (None, name)}


def _find(horizon_share: float | None, threads: int) -> Step:
    redactor = load_redactor(PrivacyParams(), horizon_share=horizon_share, threads=threads)
    return lambda image: redactor.find(RawFrame(frame_id="f", time_s=0.0, image=image))


def _redact(horizon_share: float | None, threads: int) -> Step:
    redactor = load_redactor(PrivacyParams(), horizon_share=horizon_share, threads=threads)
    return lambda image: redactor.redact(RawFrame(frame_id="f", time_s=0.0, image=image))


def _deface(backend: str) -> Step:
    from deface.centerface import CenterFace  # heavy, and wanted for this measurement only

    with contextlib.redirect_stdout(io.StringIO()):
        model = CenterFace(in_shape=None, backend=backend)
    return lambda image: model(image, threshold=_DEFACE_THRESHOLD)


def _peak_apart(
    name: str, frames: Sequence[Image], horizon_share: float | None, threads: int
) -> int:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        chosen = list(frames[:_MEMORY_FRAMES])
        return pool.submit(_peak, name, chosen, horizon_share, threads).result()


def _peak(name: str, frames: Sequence[Image], horizon_share: float | None, threads: int) -> int:
    (step,) = _steps(horizon_share, threads, only=name).values()
    for frame in frames:
        step(frame)
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0
