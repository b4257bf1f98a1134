"""``gatusyn demo``: the whole job on a made-up town, against its truth."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import shapely
import typer

from gatusyn.cli.inspect import tell
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.cli.serve import serve as serve_city
from gatusyn.evaluate import RecordScore, TruthScore, read_truth, score_findings, score_records
from gatusyn.model import CameraParams, CitySettings, GatusynError, Grade, SettingsError
from gatusyn.pipeline import (
    City,
    Inspection,
    Progress,
    StageClock,
    create_city,
    inspect_drives,
    summarise,
)
from gatusyn.report import report_text
from gatusyn.simulate import SimulationParams, TownFiles, write_town

_MARK = "made-by-gatusyn-demo"


def demo(
    *,
    folder: Annotated[
        Path | None, typer.Option(help="Where to keep the town; by default a temporary folder.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another town.", min=0)] = 7,
    serve: Annotated[bool, typer.Option(help="Open the map afterwards.")] = True,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write counts, score and seconds to this file.")
    ] = None,
) -> None:
    """Lay out a small made-up town, drive it, inspect the drives, and compare with the truth."""
    with tempfile.TemporaryDirectory(prefix="gatusyn-demo-") as temporary:
        home = _emptied(folder) if folder else Path(temporary)
        city, result = run_demo(home, SimulationParams(seed=seed))
        if json_file is not None:
            json_file.parent.mkdir(parents=True, exist_ok=True)
            json_file.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        city.store.close()
        if folder is not None:
            plain_console().print(
                f"Next: gatusyn programme {city.folder} --budget 2e6 --years 5 --pdf programme.pdf",
                markup=False,
            )
        if serve:
            serve_city([city.folder])


def run_demo(home: Path, params: SimulationParams) -> tuple[City, dict[str, Any]]:
    """Run the whole job on a made-up town in a folder and print what came of it.

    The pipeline gets the encoded videos, the tracks and the network; the truth is read only for
    the score.

    Returns
    -------
    tuple
        The city, and counts, found against truth, and seconds by stage as plain values.

    Raises
    ------
    GatusynError
        If a drive could not be used: a demo must run whole.
    """
    clock, console = StageClock(), plain_console()
    with shown_progress() as progress:
        console.print("1 of 4  Laying out a made-up town and filming it (a minute or two)")
        with clock.time("simulate"):
            files = write_town(
                params,
                home / "town",
                on_progress=lambda done, total: progress.step("filming the town", done, total),
            )
        console.print("2 of 4  Making a city of its road network")
        with clock.time("init"):
            city = create_city(
                home / "city",
                network=files.network,
                settings=settings_of(params),
                progress=progress,
            )
        console.print("3 of 4  Inspecting the drives: blur, find, place, grade (some minutes)")
        inspection = _inspect(city, files, progress, clock)
    for outcome in inspection.outcomes:
        tell(outcome)
    console.print("4 of 4  Comparing with the truth")
    with clock.time("score"):
        score, records = _score(city, files)
    result = _result(city, inspection, score, records, clock, seed=params.seed)
    console.print()
    console.print(report_text(summarise(city)), markup=False)
    console.print()
    for line in (*_score_lines(score), *_record_lines(records), _seconds_line(result)):
        console.print(line, markup=False)
    return city, result


def _emptied(folder: Path) -> Path:
    """Return the folder, empty; only one that a demo has made before is emptied."""
    mark = folder / _MARK
    if mark.exists():
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise SettingsError(folder, "is not empty", "Choose a new folder for the demo.")
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return folder


def settings_of(params: SimulationParams) -> CitySettings:
    """Return the settings that a user who has measured the camera would write."""
    return replace(
        CitySettings(),
        name="Provstad (made up)",
        camera=CameraParams(
            height_m=params.camera_height_m,
            pitch_deg=params.camera_pitch_deg,
            yaw_deg=params.camera_yaw_deg,
            roll_deg=params.camera_roll_deg,
            horizontal_fov_deg=params.camera_fov_deg,
        ),
    )


def _inspect(city: City, files: TownFiles, progress: Progress, clock: StageClock) -> Inspection:
    videos = [video for video, _ in files.drives]
    inspection = inspect_drives(city, videos, progress=progress, clock=clock)
    for outcome in inspection.outcomes:
        if outcome.error is not None:
            raise GatusynError(outcome.name, f"was not used. {outcome.error}")
    return inspection


def _score(city: City, files: TownFiles) -> tuple[TruthScore, dict[str, RecordScore]]:
    looked_at = shapely.union_all([look.footprint for _, look in city.store.coverage()])
    truth = read_truth(files.truth, epsg=city.store.read_network().epsg)
    findings = city.store.findings()
    return (
        score_findings(findings, truth, looked_at),
        score_records(findings, truth, looked_at),
    )


def _result(
    city: City,
    inspection: Inspection,
    score: TruthScore,
    records: dict[str, RecordScore],
    clock: StageClock,
    *,
    seed: int,
) -> dict[str, Any]:
    drives = [outcome.facts for outcome in inspection.outcomes if outcome.facts is not None]
    network = city.store.read_network()
    conditions = city.store.conditions()
    grades = Counter(one.grade.word for one in conditions)
    accepted = sum(len(drive.frames) for drive in drives)
    spent = sum(clock.seconds.get(stage, 0.0) for stage in ("decode", "blur", "detect", "locate"))
    return {
        "seed": seed,
        "counts": {
            "links": len(network.links),
            "sections": len(network.sections),
            "drives": len(drives),
            "kilometres_driven": sum(drive.distance_m for drive in drives) / 1000,
            "frames_received": sum(drive.received for drive in drives),
            "frames_accepted": accepted,
            "frames_rejected": sum(len(drive.rejected) for drive in drives),
            "observations": sum(len(drive.observations) for drive in drives),
            "findings": len(city.store.findings()),
            "sections_by_grade": {grade.word: grades.get(grade.word, 0) for grade in Grade},
        },
        "truth": {
            kind: {**asdict(one), "recall": one.recall, "precision": one.precision}
            for kind, one in score.by_class.items()
        },
        "records": {kind: asdict(one) for kind, one in records.items()},
        "chance_precision": score.chance_precision,
        "median_offset_m": score.median_offset_m,
        "seconds": {stage: round(seconds, 3) for stage, seconds in clock.seconds.items()},
        "frames_per_second": accepted / spent if spent else None,
    }


def _score_lines(score: TruthScore) -> list[str]:
    lines = ["Found against the truth (damage over 0.3 m on road looked at, within 3 m):"]
    for name, one in score.by_class.items():
        if not one.truth and not one.called:
            continue
        lines.append(
            f"  {name:8} {one.found:3} of {one.truth:3} found ({one.recall:.0%}), "
            f"{one.correct:3} of {one.called:3} called are there ({one.precision:.0%})"
        )
    lines.append(
        f"  a blind guess would be there {score.chance_precision:.0%} of the time; "
        f"median offset {score.median_offset_m:.1f} m"
    )
    return lines


def _record_lines(records: dict[str, RecordScore]) -> list[str]:
    lines = ["As an engineer would record it (damage looked at whole and found):"]
    lines.append(f"  {'':20}{'found':>8}{'right kind':>12}{'length off':>12}{'area off':>10}")
    for kind, one in records.items():
        if one.found_m:
            figures = (one.type_share, one.length_error, one.area_error)
            shown = ["" if math.isnan(figure) else f"{figure:.0%}" for figure in figures]
            lines.append(
                f"  {kind.replace('_', ' '):20}{one.found_m:>6.0f} m"
                f"{shown[0]:>12}{shown[1]:>12}{shown[2]:>10}"
            )
    return lines


def _seconds_line(result: dict[str, Any]) -> str:
    spent = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in result["seconds"].items())
    return f"Seconds: {spent}"
