"""Where a model fails: the same figures by distance, by light and by survey line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gatusyn.evaluate.cells import CELL_PX, TOP_SHARE, Bools, FrameCells
from gatusyn.evaluate.light import Light, is_night, terciles
from gatusyn.evaluate.scores import CellScore, score
from gatusyn.locate import Camera
from gatusyn.model import CameraParams, PixelClass

#: Metres ahead of the lens; where sections are looked at is 3.5 to 12 m.
DISTANCES_M = (0.0, 5.0, 8.0, 12.0, 20.0, np.inf)
_ROW_BANDS = ("far (upper rows)", "middle rows", "near (lower rows)")

_LIGHT_ORDER = ("low", "middle", "high", "day", "night")

Split = Callable[[FrameCells], Mapping[str, Bools]]
"""From a frame to the cells of each band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figures of one part of the frames or cells."""

    by: str
    label: str
    damage: PixelClass
    score: CellScore


def breakdown(
    frames: Sequence[FrameCells],
    lights: Sequence[Light],
    thresholds: Mapping[PixelClass, float],
    *,
    camera: CameraParams | None = None,
    groups: Sequence[str] | None = None,
    complete: bool = False,
) -> tuple[Part, ...]:
    """Score every damage by distance, by light, by night or day and by group.

    Parameters
    ----------
    lights
        One a frame.
    camera
        How the camera sat; without one distance is told by rows of the picture.
    groups
        One a frame; intervals of the other parts are then over groups.
    """
    split = _by_distance(camera) if camera is not None else _by_rows
    by = "distance" if camera is not None else "rows"
    parts: list[Part] = []

    def add(by: str, label: str, members: Sequence[tuple[FrameCells, str]]) -> None:
        for damage, threshold in thresholds.items():
            chosen, units = [frame for frame, _ in members], [unit for _, unit in members]
            result = score(chosen, damage, threshold, complete=complete, units=units)
            if result.frames:
                parts.append(Part(by=by, label=label, damage=damage, score=result))

    units = list(groups) if groups is not None else [frame.name for frame in frames]
    bands = [split(frame) for frame in frames]
    for label in bands[0] if bands else ():
        cut = [frame.within(band[label]) for frame, band in zip(frames, bands, strict=True)]
        add(by, label, list(zip(cut, units, strict=True)))
    for name, labels in _light_labels(lights).items():
        for label in sorted(set(labels), key=_LIGHT_ORDER.index):
            own = [i for i, one in enumerate(labels) if one == label]
            add(name, label, [(frames[i], units[i]) for i in own])
    for group in sorted(set(groups or ())):
        own = [i for i, one in enumerate(units) if one == group]
        add("group", group, [(frames[i], frames[i].name) for i in own])
    return tuple(parts)


def _light_labels(lights: Sequence[Light]) -> dict[str, list[str]]:
    if not lights:
        return {}
    return {
        "brightness": terciles([light.brightness for light in lights]),
        "contrast": terciles([light.contrast for light in lights]),
        "time of day": ["night" if is_night(light) else "day" for light in lights],
    }


def _by_rows(frame: FrameCells) -> dict[str, Bools]:
    """Return the cells of three bands of equal height below the part that is left out."""
    rows, columns = frame.lane.shape
    edges = (
        np.linspace(np.ceil(frame.size_px[0] * TOP_SHARE / CELL_PX), rows, 4).round().astype(int)
    )
    bands = {}
    for label, (start, end) in zip(_ROW_BANDS, pairwise(edges.tolist()), strict=True):
        bands[label] = np.zeros((rows, columns), bool)
        bands[label][start:end] = True
    return bands


def _by_distance(params: CameraParams) -> Split:
    """Return how to split a frame's cells by the distance of their centres on a plane road."""
    labels = [
        f"{low:g} to {high:g} m" if np.isfinite(high) else f"over {low:g} m"
        for low, high in pairwise(DISTANCES_M)
    ]

    def split(frame: FrameCells) -> dict[str, Bools]:
        height, width = frame.size_px
        camera = Camera(params=params, width_px=width, height_px=height)
        rows, columns = frame.lane.shape
        y, x = np.mgrid[0:rows, 0:columns] * CELL_PX + (CELL_PX - 1) / 2
        ahead = camera.to_ground(np.column_stack((x.ravel(), y.ravel())))[:, 0]
        ahead = np.nan_to_num(ahead, nan=np.inf).reshape(rows, columns)
        return {
            label: (ahead >= low) & ((ahead < high) | (high == np.inf))
            for label, (low, high) in zip(labels, pairwise(DISTANCES_M), strict=True)
        }

    return split
