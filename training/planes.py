"""Compare a network that sees the road from above with one that sees the picture.

``python -m training.planes --cache CACHE --geometry geometry.json --image RUN/checkpoint.pt
--view near=RUN/checkpoint.pt --out FOLDER`` warps the probabilities of the view back into the
picture and scores both in the same cells of the own lane, those that the view covers. The
threshold for one half of the validation lines is the best of the other half.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from gatusyn.evaluate import FrameCells, frame_cells
from gatusyn.evaluate.cells import CELL_PX, TOP_SHARE, cell_levels
from gatusyn.evaluate.operating_point import THRESHOLDS
from gatusyn.evaluate.scores import rank_correlation
from gatusyn.model import PixelClass
from training import score
from training.birdseye import (
    FOCAL_PX,
    VIEWS,
    Geometry,
    View,
    back_in_picture,
    seen_from_above,
)
from training.data import ROAD, Cache, Picture, open_cache
from training.export import load_network, write_onnx
from training.network import CHANNELS, SIDE_MULTIPLE

#: A cell counts where the view covers this share of it.
COVERED = 0.9
#: One half of the validation frames' lines; the others are the other half.
FIRST_LINES = ("DF_080_080BDF0090",)
RESAMPLES = 1000
WRONG = {
    "pitch +1 deg": (1.0, 1.0),
    "pitch -1 deg": (-1.0, 1.0),
    "height +10 %": (0.0, 1.1),
    "height -10 %": (0.0, 0.9),
}
Cells = NDArray[np.bool_]
Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seer:
    """A network, and the view it looks through; the picture itself if None."""

    session: onnxruntime.InferenceSession
    view: View | None


class Scored(NamedTuple):
    """One frame's line, its cells, and where they count."""

    line: str
    cells: FrameCells
    zones: dict[str, Cells]


def wrong(geometry: Geometry, pitch_deg: float, height: float) -> Geometry:
    """Return a geometry with the horizon too low by an angle, and the camera too high."""
    lower = FOCAL_PX * np.tan(np.radians(pitch_deg))
    return replace(
        geometry,
        horizon_px=geometry.horizon_px + lower,
        vanishing_px=geometry.vanishing_px + geometry.lean * lower,
        growth=geometry.growth / height,
    )


def load(checkpoint: Path, view: View | None, folder: Path, name: str) -> Seer:
    """Return a checkpoint's network as ONNX Runtime runs it on one thread."""
    path = folder / f"{name}.onnx"
    write_onnx(load_network(checkpoint), path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return Seer(session, view)


def layers(seer: Seer, image: Picture, geometry: Geometry) -> dict[PixelClass, Reals]:
    """Return the probabilities of each damage at every pixel of a frame, ``[h, w]``."""
    height, width = image.shape[:2]
    shown = image if seer.view is None else seen_from_above(image, geometry, seer.view)
    below, right = -shown.shape[0] % SIDE_MULTIPLE, -shown.shape[1] % SIDE_MULTIPLE
    padded = np.pad(shown, ((0, below), (0, right), (0, 0)))
    tensor = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32) / np.float32(255)
    output = seer.session.run(["probability"], {"image": tensor})[0][0]
    size = (padded.shape[1], padded.shape[0])
    found = {}
    for one in PixelClass:
        layer = cv2.resize(output[CHANNELS.index(one.value)], size)
        layer = np.asarray(layer[: shown.shape[0], : shown.shape[1]], np.float32)
        if seer.view is not None:
            layer = back_in_picture(layer, geometry, seer.view, (width, height))
        found[one] = layer
    return found


def zones(label: Picture, geometry: Geometry, view: View) -> dict[str, Cells]:
    """Return the cells that count: all, the far and the near half, and those above the yardstick's.

    Parameters
    ----------
    label
        Of the frame.
    geometry, view
        What the bird's-eye network sees of it.
    """
    ones = np.ones((view.rows, view.columns), np.float32)
    size = (label.shape[1], label.shape[0])
    seen = cell_levels(back_in_picture(ones, geometry, view, size) > 0.5, COVERED) > 0
    lane = cell_levels((label & ROAD) > 0, 0.5) > 0
    top = int(np.ceil(label.shape[0] * TOP_SHARE / CELL_PX))
    row = np.arange(lane.shape[0])[:, None]
    half = (top + lane.shape[0]) / 2
    parts = {
        "all": row >= top,
        "far half": (row >= top) & (row < half),
        "near half": row >= half,
        "above": row < top,
    }
    found = {name: lane & seen & part for name, part in parts.items()}
    return {**found, "lane": lane & parts["all"]}


def look(
    seer: Seer,
    cache: Cache,
    geometries: dict[str, Geometry],
    *,
    view: View,
    error: tuple[float, float] = (0.0, 1.0),
) -> list[Scored]:
    """Return the cells of all frames, the view made with an error of pitch and height."""
    frames = []
    for index, entry in enumerate(cache.entries):
        label = np.asarray(cache.labels[index, : entry.height])
        right = geometries[entry.line]
        output = layers(seer, cache.frames[index, : entry.height], wrong(right, *error))
        cells = frame_cells(entry.name, label, output)
        frames.append(Scored(entry.line, cells, zones(label, right, view)))
    return frames


def counts(
    frames: list[Scored], damage: PixelClass, zone: str, chosen: list[int]
) -> NDArray[np.int64]:
    """Return hit, false, missed, called and counted cells of each frame at its own threshold."""
    rows = []
    for frame, threshold in zip(frames, chosen, strict=True):
        count, true = frame.zones[zone], frame.cells.truth[damage]
        called = frame.cells.level[damage] >= THRESHOLDS[threshold]
        parts = (true & called, ~true & called, true & ~called, called, np.ones_like(count))
        rows.append([int((part & count).sum()) for part in parts])
    return np.array(rows, np.int64).reshape(-1, 5)


def marked(frames: list[Scored], damage: PixelClass) -> list[Scored]:
    """Return the frames in which a damage is marked: no mark elsewhere is not "undamaged"."""
    return [f for f in frames if f.cells.marked[damage]]


def f1(rows: NDArray[np.int64]) -> float:
    """Return F1 of the cells of some frames."""
    hit, false, missed = rows[:, :3].sum(axis=0)
    return float(2 * hit / max(2 * hit + false + missed, 1))


def best(frames: list[Scored], damage: PixelClass) -> int:
    """Return the index of the best threshold, smoothed as ``evaluate.best_threshold`` does."""
    every = range(len(THRESHOLDS))
    scores = [f1(counts(frames, damage, "all", [t] * len(frames))) for t in every]
    padded = np.pad(scores, 1, mode="edge")
    return int((padded[:-2] + padded[1:-1] + padded[2:]).argmax())


def crossed(frames: list[Scored], damage: PixelClass) -> list[int]:
    """Return for each frame the index of the best threshold of the other half's lines."""
    halves = [[f for f in frames if (f.line in FIRST_LINES) is first] for first in (False, True)]
    found = [best(half, damage) for half in halves]
    return [found[0] if f.line in FIRST_LINES else found[1] for f in frames]


def measured(rows: NDArray[np.int64]) -> dict[str, float]:
    """Return F1, precision, recall and the correlation of extents over frames."""
    rows = rows[rows[:, 4] > 0]
    hit, false, missed = (int(n) for n in rows[:, :3].sum(axis=0))
    true = (rows[:, 0] + rows[:, 2]) / rows[:, 4]
    called = rows[:, 3] / rows[:, 4]
    values = {
        "f1": f1(rows),
        "precision": hit / max(hit + false, 1),
        "recall": hit / max(hit + missed, 1),
        "extent_r": rank_correlation(true, called),
    }
    return {name: round(value, 4) for name, value in values.items()} | {"frames": len(rows)}


def interval(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[float]:
    """Return the 95 % interval of F1 of one less that of the other, over resampled frames."""
    generator = np.random.default_rng(7)
    picks = generator.integers(len(one), size=(RESAMPLES, len(one)))
    gains = [f1(one[pick]) - f1(other[pick]) for pick in picks]
    return [round(float(v), 3) for v in np.percentile(gains, [2.5, 97.5])]


def compare(seen: list[Scored], picture: list[Scored]) -> dict[str, object]:
    """Return the scores of both networks by damage and zone, in the cells that both have."""
    lane, both = (sum(int(f.zones[z].sum()) for f in seen) for z in ("lane", "all"))
    report: dict[str, object] = {"share_of_cells_seen": round(both / max(lane, 1), 4)}
    for damage in (PixelClass.CRACK, PixelClass.POTHOLE):
        sides = [marked(frames, damage) for frames in (seen, picture)]
        # Where the view covers a cell is a matter of the view: the picture's network has the same.
        sides[1] = [b._replace(zones=a.zones) for a, b in zip(*sides, strict=True)]
        chosen = [crossed(frames, damage) for frames in sides]
        for zone in ("all", "far half", "near half", "above"):
            rows = [counts(f, damage, zone, c) for f, c in zip(sides, chosen, strict=True)]
            report[f"{damage}, {zone}"] = {
                "birdseye": measured(rows[0]),
                "image": measured(rows[1]),
                "gain_of_f1": interval(*rows),
            }
        thresholds = [[THRESHOLDS[t] for t in sorted(set(c))] for c in chosen]
        report[f"{damage}, thresholds"] = dict(zip(("birdseye", "image"), thresholds, strict=True))
    return report


def misled(
    seer: Seer, cache: Cache, geometries: dict[str, Geometry], right: list[Scored]
) -> dict[str, object]:
    """Return the scores with a wrong geometry, at the thresholds chosen with the right one."""
    report: dict[str, object] = {}
    assert seer.view is not None
    for name, error in WRONG.items():
        frames = look(seer, cache, geometries, view=seer.view, error=error)
        for damage in (PixelClass.CRACK, PixelClass.POTHOLE):
            chosen = crossed(marked(right, damage), damage)
            rows = counts(marked(frames, damage), damage, "all", chosen)
            report[f"{damage}, {name}"] = measured(rows)
    return report


def milliseconds(seer: Seer, cache: Cache, geometries: dict[str, Geometry]) -> float:
    """Return the processor time of a frame with all warps, the median over some frames."""
    spent = []
    for index, entry in list(enumerate(cache.entries))[::8]:
        image = np.array(cache.frames[index, : entry.height])
        begun = time.process_time()
        layers(seer, image, geometries[entry.line])
        spent.append(time.process_time() - begun)
    return round(1000 * float(np.median(spent)), 1)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="with validation")
    parser.add_argument("--geometry", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True, help="checkpoint")
    parser.add_argument("--view", nargs="+", required=True, help="NAME=CHECKPOINT")
    parser.add_argument("--wrong", nargs="*", default=[], help="views to see with a wrong geometry")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    stored = json.loads(arguments.geometry.read_text(encoding="utf-8"))
    geometries = {line: Geometry(**values) for line, values in stored.items()}
    cache = open_cache(arguments.cache / "validation")
    plain = load(arguments.image, None, arguments.out, "image")
    milli = {"image": milliseconds(plain, cache, geometries)}
    picture = look(plain, cache, geometries, view=VIEWS["far"])
    report: dict[str, object] = {"milliseconds": milli}
    for name, _, checkpoint in (one.partition("=") for one in arguments.view):
        view = VIEWS[name]
        seer = load(Path(checkpoint), view, arguments.out, name)
        milli[name] = milliseconds(seer, cache, geometries)
        seen = look(seer, cache, geometries, view=view)
        report[name] = compare(seen, picture)
        if name in arguments.wrong:
            report[f"{name}, wrong"] = misled(seer, cache, geometries, seen)
        score.write_json(arguments.out / "planes.json", report)


if __name__ == "__main__":
    main()
