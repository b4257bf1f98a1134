"""``gatusyn models``: which damage models are there, and whether they can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console
from gatusyn.detect import ModelCheck, check_model, list_model_files
from gatusyn.model import GatusynError, ModelWeightsError


def models(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Model files (TOML) to check; none lists all.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="A city, whose models folder is listed, or such a folder.")
    ] = None,
) -> None:
    """List the damage models that are there, or check model files; each is tried on a frame."""
    paths = files or list_model_files([] if folder is None else [_models_in(folder)])
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


def _models_in(folder: Path) -> Path:
    return folder / "models" if (folder / "gatusyn.toml").is_file() else folder
