"""``gatusyn bench privacy``: what hiding costs on this machine, beside ``deface``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from gatusyn.cli.bench_faces import face_recalls, faces_as_json, faces_in_scenes, faces_text
from gatusyn.cli.output import plain_console
from gatusyn.cli.sample_frames import sample_frames
from gatusyn.evaluate import json_text, write_text
from gatusyn.privacy.speed import measure_privacy

_SIZE = (1280, 720)


def bench_privacy(
    *,
    photos: Annotated[
        Path | None, typer.Option(help="Photos to measure with; else simulated ones.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many of them.", min=2, max=500)] = 18,
    horizon: Annotated[
        float | None,
        typer.Option(
            help="The horizon's row, as a share of the height, as a city's camera has it."
        ),
    ] = 0.33,
    threads: Annotated[
        int, typer.Option(help="Threads of our model, and of deface; 0: all cores.", min=0)
    ] = 0,
    faces: Annotated[
        list[Path] | None,
        typer.Option(help="Faces marked by eye (JSON): how many are hidden? May be repeated."),
    ] = None,
    scenes: Annotated[
        list[Path] | None,
        typer.Option(help="A folder with the photos that --faces names, may be repeated."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
) -> None:
    """Measure speed, processor time and memory of hiding, and of deface if it is installed.

    With --faces and --scenes also how many faces each of them hides.
    """
    marked = faces_in_scenes(faces or [], scenes or [])
    frames = [
        np.asarray(cv2.resize(frame, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        for frame in sample_frames(photos, count)
    ]
    speeds = measure_privacy(frames, horizon_share=horizon, threads=threads)
    peer = speeds.get("deface")
    console = plain_console()
    console.print(f"{len(frames)} frames of {_SIZE[0]} x {_SIZE[1]} px, {os.cpu_count()} cores")
    console.print(
        f"{'step':>14}  {'frames/s':>8}  {'times deface':>12}  {'processor ms':>12}"
        f"  {'of deface':>9}  {'peak MB':>8}"
    )
    for name, one in speeds.items():
        times = f"{one.frames_per_s / peer.frames_per_s:.2f}" if peer else "-"
        share = f"{one.processor_s / peer.processor_s:.2f}" if peer else "-"
        console.print(
            f"{name:>14}  {one.frames_per_s:8.2f}  {times:>12}  {1000 * one.processor_s:12.0f}"
            f"  {share:>9}  {one.peak_bytes / 1e6:8.0f}"
        )
    if peer is None:
        console.print("deface is not installed; python -m pip install deface adds it here.")
    if marked:
        console.print(f"Looking for the faces in {len(marked.photos)} photos with each tool ...")
    recalls = face_recalls(marked, horizon_share=horizon, threads=threads) if marked else {}
    for line in faces_text(recalls):
        console.print(line, markup=False)
    if json is not None:
        steps = {
            name: {
                "frames_per_s": round(one.frames_per_s, 2),
                "times_deface": round(one.frames_per_s / peer.frames_per_s, 2) if peer else None,
                "processor_ms": round(1000 * one.processor_s, 1),
                "peak_mb": round(one.peak_bytes / 1e6),
            }
            for name, one in speeds.items()
        }
        figures = {"frames": len(frames), "size_px": _SIZE, "cores": os.cpu_count()}
        more = {"faces": faces_as_json(recalls)} if recalls else {}
        write_text(json, json_text({**figures, "steps": steps, **more}))
