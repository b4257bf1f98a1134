"""Frames a second and memory of a model, each variant in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gatusyn.detect.load_detector import open_detector
from gatusyn.detect.model_file import ModelFile
from gatusyn.detect.read_model_file import own_model_path, read_model_file
from gatusyn.detect.write_int8 import write_int8
from gatusyn.model import DetectParams, Image, ModelWeightsError, end_with_parent, usable_cores


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A model as it may be run.

    Parameters
    ----------
    precision
        ``float32`` or ``int8``.
    model, weights
        The content of its model file, and its ONNX file.
    source
        The model file that it came from.
    """

    precision: str
    model: ModelFile
    weights: Path
    source: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What a variant costs.

    Parameters
    ----------
    one_core_per_s, all_cores_per_s
        Frames a second, from the median frame: resized, run and outlined.
    cores
        How many all are.
    peak_bytes
        Most memory of a process that does nothing else, on all cores.
    """

    precision: str
    width_px: int
    weights_bytes: int
    one_core_per_s: float
    all_cores_per_s: float
    cores: int
    peak_bytes: int


def make_variants(
    path: Path | None, *, widths_px: Sequence[int], frames: Sequence[Image], folder: Path
) -> Iterator[Variant]:
    """Give a model at several widths, in float32 and int8: its own int8 where it has it.

    Parameters
    ----------
    path
        The model file; None takes the package's own.
    widths_px
        None takes the model's own width.
    frames
        To find int8's ranges by.
    folder
        Where the int8 files are written.

    Raises
    ------
    ModelWeightsError
        If the model cannot be used or quantised, or has one width only and another is asked for.
    """
    source = path or own_model_path()
    model = read_model_file(source)
    weights = source.parent / model.weights
    for width in widths_px or (model.input.width_px,):
        if model.input.height_px is not None and width != model.input.width_px:
            raise ModelWeightsError(
                source, f"has one width, {model.input.width_px} px", "Leave --width out."
            )
        said = model.at_size(width_px=width, height_px=model.input.height_px)
        yield Variant(precision="float32", model=said, weights=weights, source=source)
        if model.int8 is not None and width == model.input.width_px:
            small, said = source.parent / model.int8.weights, said.as_int8()
        else:
            small = folder / f"{width}.onnx"
            write_int8(said.input, weights, small, frames)
            own = {"weights": small.name, "sha256": None, "int8": None}
            said = said.model_copy(update={**own, "version": f"{model.version}-int8"})
        yield Variant(precision="int8", model=said, weights=small, source=source)


def measure_speed(variant: Variant, frames: Sequence[Image]) -> Speed:
    """Run a variant over frames on one core and on all, each in a process of its own."""
    cores = usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "frames.npz"
        np.savez(stored, *frames)
        one, _ = _apart(_run, variant, stored, 1)
        every, peak = _apart(_run, variant, stored, cores)
    return Speed(
        precision=variant.precision,
        width_px=variant.model.input.width_px,
        weights_bytes=variant.weights.stat().st_size,
        one_core_per_s=1.0 / one,
        all_cores_per_s=1.0 / every,
        cores=cores,
        peak_bytes=peak,
    )


def _apart(
    run: Callable[[Variant, Path, int], tuple[float, int]],
    variant: Variant,
    frames: Path,
    threads: int,
) -> tuple[float, int]:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=end_with_parent) as pool:
        return pool.submit(run, variant, frames, threads).result()


def _run(variant: Variant, frames: Path, threads: int) -> tuple[float, int]:
    """Return the median seconds of a frame, and this process's peak memory in bytes."""
    cv2.setNumThreads(threads)
    detector = open_detector(
        variant.model,
        variant.weights,
        source=variant.source,
        params=DetectParams(),
        threads=threads,
    )
    seconds = []
    with np.load(frames) as stored:
        for name in stored:
            image = stored[name]
            start = time.perf_counter()
            detector.detect(image)
            seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)), _peak_bytes()


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would also count what the parent had when it started this process.
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) * 1024
    import resource  # not on every system

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
