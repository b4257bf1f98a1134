"""``gatusyn evaluate damage``: a model or masks against marked damage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.detect import load_detector
from gatusyn.evaluate import (
    Caller,
    Evaluation,
    MaskCaller,
    ModelCaller,
    Question,
    as_json,
    as_text,
    box_text,
    boxes_as_json,
    evaluate,
    evaluate_boxes,
    json_text,
    photos_in,
    read_frames,
    read_groups,
    read_names,
    truth_in,
    write_evaluation,
    write_gallery,
    write_text,
)
from gatusyn.model import CameraParams, DetectParams, FootageError, SettingsError


def damage(
    images: Annotated[Path, typer.Argument(help="A folder of photos.")],
    truth: Annotated[
        Path, typer.Argument(help="A folder of masks NAME.png, or of Pascal VOC boxes NAME.xml.")
    ],
    *,
    model: Annotated[
        Path | None, typer.Option(help="Another model: its FILE.toml, with the weights beside it.")
    ] = None,
    predicted: Annotated[
        Path | None, typer.Option(help="Score the masks in this folder; no model is run.")
    ] = None,
    frames: Annotated[
        Path | None, typer.Option(help="A list of frames to score, one name a line.")
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="All damage is marked: every frame counts.")
    ] = False,
    threshold_sweep: Annotated[
        bool, typer.Option("--threshold-sweep", help="Try all thresholds, and say which is best.")
    ] = False,
    groups: Annotated[
        Path | None, typer.Option(help="A CSV file that says which group a frame belongs to.")
    ] = None,
    group_column: Annotated[str, typer.Option(help="The groups' column.")] = "survey_line",
    camera: Annotated[
        tuple[float, float, float] | None,
        typer.Option(help="Lens height (m), pitch below the horizon and width of view (degrees)."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a report to this folder.")] = None,
    gallery: Annotated[
        Path | None, typer.Option(help="Write pictures of the worst errors to this folder.")
    ] = None,
    language: Annotated[str, typer.Option(help="The gallery's language: en or sv.")] = "en",
) -> None:
    """Score the shipped model, another one, or masks against marked damage."""
    if threshold_sweep and predicted is not None:
        raise SettingsError(
            "--threshold-sweep", "needs a model's probabilities", "Not --predicted."
        )
    if language not in {"en", "sv"}:
        raise SettingsError("--language", f"is {language!r}, not en or sv")
    question = Question(
        complete=complete,
        groups=read_groups(groups, group_column) if groups else None,
        camera=_camera(camera),
        thresholds=threshold_sweep,
    )
    names = read_names(frames) if frames else None
    photos = photos_in(images)
    caller = _caller(model, predicted)
    if _holds_boxes(truth):
        if any((complete, threshold_sweep, groups, camera, out, gallery)):
            raise SettingsError(truth, "holds boxes, which --frames and --json alone go with")
        _tell_boxes(photos, truth_in(truth, ".xml"), caller, names, json)
        return
    with shown_progress() as progress:
        reading = read_frames(
            photos,
            truth_in(truth, ".png"),
            caller,
            names=names,
            on_progress=lambda done, total: progress.step("frames", done, total),
        )
        if not reading.accepted:
            raise FootageError(truth, f"no frame can be scored: {reading.rejected[0].detail}")
        progress.step("counting", 0, 0)
        done = evaluate(reading, caller, question)
    _tell(done, json, out)
    if gallery is not None:
        page = write_gallery(done, gallery, language=language)
        plain_console().print(f"gallery  {page}", markup=False)


def _caller(model: Path | None, predicted: Path | None) -> Caller:
    if predicted is None:
        name = None if model is None else str(model.resolve())
        return ModelCaller(load_detector(DetectParams(model=name)))
    if model is not None:
        raise SettingsError("--predicted", "stands beside --model", "Give one of them.")
    if not predicted.is_dir():
        raise FootageError(predicted, "is not a folder", "Name the folder that holds the masks.")
    return MaskCaller(predicted)


def _camera(given: tuple[float, float, float] | None) -> CameraParams | None:
    if given is None:
        return None
    height_m, pitch_deg, horizontal_fov_deg = given
    return CameraParams(
        height_m=height_m, pitch_deg=pitch_deg, horizontal_fov_deg=horizontal_fov_deg
    )


def _holds_boxes(truth: Path) -> bool:
    """Say whether a folder holds XML files and no masks."""
    if not truth.is_dir():
        return False
    endings = {path.suffix.lower() for path in truth.iterdir()}
    return ".xml" in endings and ".png" not in endings


def _tell(done: Evaluation, json: Path | None, out: Path | None) -> None:
    console = plain_console()
    console.print(as_text(done), markup=False, end="")
    if json is not None:
        write_text(json, json_text(as_json(done)))
    if out is not None:
        for path in write_evaluation(done, out):
            console.print(f"written  {path}", markup=False)


def _tell_boxes(
    photos: dict[str, Path],
    truth: dict[str, Path],
    caller: Caller,
    names: Sequence[str] | None,
    json: Path | None,
) -> None:
    with shown_progress() as progress:
        done = evaluate_boxes(
            photos,
            truth,
            caller,
            names=names,
            on_progress=lambda done, total: progress.step("frames", done, total),
        )
    plain_console().print(box_text(done), markup=False, end="")
    if json is not None:
        write_text(json, json_text(boxes_as_json(done)))
