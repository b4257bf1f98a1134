"""``gatusyn bench``: how fast a stage is on this machine."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.bench_network import bench_network
from gatusyn.cli.bench_privacy import bench_privacy
from gatusyn.cli.bench_programme import bench_programme
from gatusyn.cli.bench_serve import bench_serve
from gatusyn.cli.bench_store import bench_store
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.cli.sample_frames import sample_frames
from gatusyn.detect import (
    Speed,
    Variant,
    make_variants,
    measure_speed,
    open_detector,
    write_model_file,
)
from gatusyn.evaluate import ModelCaller, photos_in, read_frames, read_names, score, truth_in
from gatusyn.model import DetectParams, FootageError, SettingsError

Score = Callable[[Variant], dict[str, float]]


def bench_app() -> typer.Typer:
    """Return ``gatusyn bench`` with its commands."""
    app = typer.Typer(name="bench", help="Measure how fast a stage is on this machine.")
    app.callback()(_stages)
    app.command(name="detect")(bench_detect)
    app.command(name="privacy")(bench_privacy)
    app.command(name="network")(bench_network)
    app.command(name="programme")(bench_programme)
    app.command(name="serve")(bench_serve)
    app.command(name="store")(bench_store)
    return app


def _stages() -> None:
    """Measure how fast a stage is on this machine."""


def bench_detect(
    *,
    model: Annotated[
        Path | None, typer.Option(help="A model file (TOML); by default Gatusyn's own model.")
    ] = None,
    width: Annotated[
        list[int] | None,
        typer.Option(help="Width of the model's picture; may be given several times.", min=32),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(help="Photos to measure with and to find int8's ranges by; else simulated."),
    ] = None,
    count: Annotated[int, typer.Option(help="How many of them.", min=2, max=500)] = 18,
    images: Annotated[
        Path | None, typer.Option(help="Photos to score, with --truth; not among --photos.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Masks of --images: 1 lane, 2 crack, 4 pothole, 8 patch.")
    ] = None,
    frames: Annotated[
        Path | None, typer.Option(help="A list of the --images to score, one name a line.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Keep the int8 model as this model file (.toml).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure frames a second, memory and accuracy of a damage model in float32 and int8."""
    if write is not None and (write.suffix != ".toml" or len(width or ()) > 1):
        raise SettingsError("--write", "takes one model file (.toml) and goes with one --width")
    scored = _scorer(images, truth, frames)
    pictures = sample_frames(photos, count)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder, shown_progress() as progress:
        total = 2 * len(width or (0,))
        progress.step("measuring", 0, total)
        for variant in make_variants(
            model, widths_px=width or (), frames=pictures, folder=Path(folder)
        ):
            rows.append(_row(measure_speed(variant, pictures)) | scored(variant))
            progress.step("measuring", len(rows), total)
            if write is not None and variant.precision == "int8":
                _keep(variant, write)
    console = plain_console()
    if as_json:
        console.print(json.dumps({"frames": len(pictures), "variants": rows}, indent=1))
        return
    console.print("  ".join(f"{name:>{max(len(name), 8)}}" for name in rows[0]))
    for row in rows:
        console.print("  ".join(f"{value!s:>{max(len(name), 8)}}" for name, value in row.items()))


def _row(speed: Speed) -> dict[str, object]:
    return {
        "precision": speed.precision,
        "width_px": speed.width_px,
        "weights_mb": round(speed.weights_bytes / 1e6, 1),
        "one_core_per_s": round(speed.one_core_per_s, 1),
        "all_cores_per_s": round(speed.all_cores_per_s, 1),
        "cores": speed.cores,
        "peak_mb": round(speed.peak_bytes / 1e6),
    }


def _scorer(images: Path | None, truth: Path | None, frames: Path | None) -> Score:
    """Return what scores a variant: cell F1, as ``gatusyn evaluate damage`` counts it."""
    if (images is None) != (truth is None):
        raise SettingsError("--images", "goes with --truth", "Give both, or neither.")
    if images is None or truth is None:
        return lambda variant: {}
    received, masks = photos_in(images), truth_in(truth, ".png")
    names = read_names(frames) if frames is not None else None

    def scored(variant: Variant) -> dict[str, float]:
        detector = open_detector(
            variant.model, variant.weights, source=variant.source, params=DetectParams()
        )
        reading = read_frames(received, masks, ModelCaller(detector), names=names)
        cells = [one.cells for one in reading.accepted]
        if not cells:
            raise FootageError(truth, f"no frame can be scored: {reading.rejected[0].detail}")
        scores = {one: score(cells, one, detector.thresholds[one]) for one in detector.model.finds}
        # Of a damage that no frame marks nothing can be said.
        return {f"{one.value}_f1": round(s.f1, 3) for one, s in scores.items() if s.frames}

    return scored


def _keep(variant: Variant, path: Path) -> None:
    weights = path.with_suffix(".onnx")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(variant.weights, weights)
        write_model_file(path, variant.model.model_copy(update={"weights": weights.name}))
    except OSError as error:
        raise SettingsError(path, f"cannot be written ({error.strerror})") from error
