"""``gatusyn models``: which damage models are there, and whether they can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console
from gatusyn.cli.sample_frames import sample_frames
from gatusyn.detect import ModelCheck, check_model, list_model_files, write_browser_model
from gatusyn.model import GatusynError, ModelWeightsError, SettingsError

_FRAMES = 18


def models(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Model files (TOML) to check; none lists all.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="A city, whose models folder is listed, or such a folder.")
    ] = None,
    browser: Annotated[
        Path | None,
        typer.Option(help="Write the model for a browser: an .onnx file, and .json beside it."),
    ] = None,
    width: Annotated[
        int, typer.Option(help="With --browser: the width of its picture.", min=128, max=2048)
    ] = 512,
    photos: Annotated[
        Path | None,
        typer.Option(help="With --browser: photos to find int8's ranges by; else simulated."),
    ] = None,
) -> None:
    """List the damage models that are there, or check model files; each is tried on a frame."""
    if browser is not None:
        _write_for_browser(files or [], browser, width, photos)
        return
    paths = files or list_model_files([] if folder is None else _models_in(folder))
    faults: list[GatusynError] = []
    for path in paths:
        try:
            tell(check_model(path))
        except ModelWeightsError as error:
            if files is not None and len(files) == 1:
                raise
            faults.append(error)
            plain_console().print(f"{path}\n  cannot be used: {error}", markup=False)
    if faults:
        raise typer.Exit(faults[0].exit_code)


def tell(check: ModelCheck) -> None:
    """Print what a model is, what it finds and how fast it is here."""
    model = check.model
    pairs = zip(model.classes, model.meanings, strict=True)
    classes = ", ".join(own if own == ours else f"{own} as {ours}" for own, ours in pairs)
    height = model.input.height_px or "as the frame's shape"
    road = "" if model.sees_road else " (sees no road: takes it to be everywhere)"
    lines = [
        f"{check.path}",
        f"  {model.name} {model.version}, licence {model.licence}, card {model.card or 'none'}",
        f"  finds    {classes}{road}",
        f"  picture  {model.input.width_px} px wide, height {height}; {model.output.kind}",
        f"  weights  {check.weights_bytes / 1e6:.1f} MB; {1 / check.frame_s:.1f} frames/s here",
    ]
    plain_console().print("\n".join(lines), markup=False)


def _write_for_browser(files: list[Path], target: Path, width: int, photos: Path | None) -> None:
    if len(files) > 1 or target.suffix != ".onnx":
        raise SettingsError("--browser", "takes one model file, and an .onnx file to write")
    frames = sample_frames(photos, _FRAMES)
    path = files[0] if files else None
    model = write_browser_model(path, target, width_px=width, frames=frames)
    size = f"{model.input.width_px} x {model.input.height_px} px"
    megabytes = target.stat().st_size / 1e6
    plain_console().print(f"{target}  {model.version}, {size}, {megabytes:.1f} MB", markup=False)


def _models_in(folder: Path) -> list[Path]:
    """Return where a city's models are, nowhere if it has none, or the folder itself."""
    if not (folder / "gatusyn.toml").is_file():
        return [folder]
    return [folder / "models"] if (folder / "models").is_dir() else []
