"""Frames as seen from above: the road plane at a fixed length per pixel, for a trial.

``python -m training.birdseye --cache CACHE --out FOLDER`` packs a bird's-eye copy of the training
and validation caches, and writes the geometry found for each survey line beside them.

The survey camera's geometry is not published. A flat road's lane is as wide everywhere, so its
width in px grows in proportion to the rows below the horizon: a line through the widths gives the
horizon's row and, for a lane of known width, the camera's height. Along the road the scale also
takes the focal length, which the lane cannot tell; it is assumed.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data import CRACK, ROAD, ROAD_UNKNOWN, Cache, Picture, open_cache, resized_label

LANE_M = 3.5
#: A field of view of 58 degrees in 1024 px: nobody says what it is.
FOCAL_PX = 920.0
#: A line of fewer frames takes the median of the other lines.
LEAST_FRAMES = 5
#: A frame with fewer rows in which both sides of the lane can be seen tells nothing.
_LEAST_ROWS = 120
_EDGE_PX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """Where a flat road lies in a picture.

    Attributes
    ----------
    horizon_px
        Row of the horizon; negative above the picture.
    vanishing_px
        Column in which the lane's sides meet.
    growth
        Lane width in px for each row below the horizon: lane widths in a camera height.
    lean
        Columns that the lane's middle moves to the right for each row below the horizon.
    """

    horizon_px: float
    vanishing_px: float
    growth: float
    lean: float

    @property
    def height_m(self) -> float:
        """Return the camera's height above the road."""
        return LANE_M / self.growth


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A rectangle of road: its sides in cells, the length of a cell, and where it begins.

    Attributes
    ----------
    columns, rows
        Cells across and along the road.
    cell_m
        Side of a cell.
    start_m
        Distance of its near edge from the camera, were that level.
    detail
        Samples along each side of a cell, against aliasing.
    """

    columns: int
    rows: int
    cell_m: float
    start_m: float = 3.0
    detail: int = 1

    def finer(self) -> View:
        """Return the same rectangle in cells as small as the samples."""
        n = self.detail
        return replace(
            self, columns=n * self.columns, rows=n * self.rows, cell_m=self.cell_m / n, detail=1
        )


#: ``far`` reaches as far as the labels, ``near`` somewhat beyond the cells that are scored.
VIEWS = {
    "far": View(columns=384, rows=960, cell_m=0.0225, detail=3),
    "near": View(columns=640, rows=704, cell_m=0.011, detail=2),
}


def to_picture(geometry: Geometry, view: View) -> NDArray[np.float64]:
    """Return the homography from the cells of a view to the pixels of a frame.

    A point X m right of the lane's middle and Z m ahead of a camera H m high lies ``f H / Z`` rows
    below the horizon, and ``f X / Z`` columns beside the lane's middle there.
    """
    drop = FOCAL_PX * geometry.height_m
    ground = np.array(
        [
            [FOCAL_PX, geometry.vanishing_px, geometry.lean * drop],
            [0.0, geometry.horizon_px, drop],
            [0.0, 1.0, 0.0],
        ]
    )
    left = -(view.columns - 1) / 2 * view.cell_m
    end = view.start_m + (view.rows - 0.5) * view.cell_m
    cells = np.array([[view.cell_m, 0.0, left], [0.0, -view.cell_m, end], [0.0, 0.0, 1.0]])
    matrix: NDArray[np.float64] = ground @ cells
    return matrix


def seen_from_above(image: Picture, geometry: Geometry, view: View) -> Picture:
    """Return a frame as seen from above, black where it shows nothing."""
    fine = view.finer()
    warped = cv2.warpPerspective(
        image,
        to_picture(geometry, fine),
        (fine.columns, fine.rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    small = cv2.resize(warped, (view.columns, view.rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def label_from_above(label: Picture, geometry: Geometry, view: View) -> Picture:
    """Return a label as seen from above, unknown where the frame shows nothing.

    A cell gets a bit that a good share of it has. Cracks are speckles, of which few fill a cell:
    each cell takes the one at its middle, which keeps their share of an area.
    """
    fine = view.finer()
    warped, nearest = (
        np.asarray(
            cv2.warpPerspective(
                label,
                to_picture(geometry, one),
                (one.columns, one.rows),
                flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
                borderValue=float(ROAD_UNKNOWN),
            ),
            np.uint8,
        )
        for one in (fine, view)
    )
    shared = resized_label(warped, (view.columns, view.rows))
    return np.asarray((shared & ~np.uint8(CRACK)) | (nearest & np.uint8(CRACK)), np.uint8)


def back_in_picture(
    layer: NDArray[np.float32], geometry: Geometry, view: View, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Return a layer of a view in the picture of a size it was made from, zero outside."""
    matrix = to_picture(geometry, view)
    return np.asarray(cv2.warpPerspective(layer, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


def steady_line(x: NDArray[np.float64], y: NDArray[np.float64], *, gap: int) -> tuple[float, float]:
    """Return slope and offset as medians over pairs of points (Theil and Sen)."""
    one, other = np.triu_indices(len(x), gap)
    slope = float(np.median((y[other] - y[one]) / (x[other] - x[one])))
    return slope, float(np.median(y - slope * x))


def lane_geometry(lane: NDArray[np.bool_]) -> Geometry | None:
    """Return the geometry that a frame's lane shows, None where too little of it can be seen."""
    last = lane.shape[1] - 1
    left, right = lane.argmax(axis=1), last - lane[:, ::-1].argmax(axis=1)
    seen = lane.any(axis=1) & (left >= _EDGE_PX) & (right <= last - _EDGE_PX)
    rows = np.flatnonzero(seen)[::2]
    if 2 * rows.size < _LEAST_ROWS:
        return None
    x = rows.astype(np.float64)
    gap = _LEAST_ROWS // 6
    growth, offset = steady_line(x, (right - left + 1.0)[rows], gap=gap)
    lean, column = steady_line(x, (right + left)[rows] / 2.0, gap=gap)
    if growth <= 0:
        return None
    horizon = -offset / growth
    vanishing = column + lean * horizon
    return Geometry(horizon_px=horizon, vanishing_px=vanishing, growth=growth, lean=lean)


def middle(geometries: Iterable[Geometry]) -> Geometry:
    """Return the median of each part of some geometries."""
    horizon, vanishing, growth, lean = np.median([astuple(g) for g in geometries], axis=0).tolist()
    return Geometry(horizon_px=horizon, vanishing_px=vanishing, growth=growth, lean=lean)


def line_geometries(caches: Iterable[Cache]) -> dict[str, Geometry]:
    """Return the geometry of each survey line, that of a short one from all others."""
    found: dict[str, list[Geometry]] = defaultdict(list)
    for cache in caches:
        for index, entry in enumerate(cache.entries):
            geometry = lane_geometry((cache.labels[index, : entry.height] & ROAD) > 0)
            found[entry.line] += [geometry] if geometry else []
    lines = {line: middle(some) for line, some in found.items() if len(some) >= LEAST_FRAMES}
    usual = middle(lines.values())
    return {line: lines.get(line, usual) for line in found}


def pack_view(cache: Cache, geometries: dict[str, Geometry], view: View, folder: Path) -> None:
    """Write a cache as seen from above to a folder, in the format of `training.data`."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = (len(cache.entries), view.rows, view.columns)
    frames = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.uint8, (*shape, 3))
    labels = np.lib.format.open_memmap(folder / "labels.npy", "w+", np.uint8, shape)
    for i, entry in enumerate(cache.entries):
        geometry = geometries[entry.line]
        frames[i] = seen_from_above(cache.frames[i, : entry.height], geometry, view)
        labels[i] = label_from_above(cache.labels[i, : entry.height], geometry, view)
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as handle:
        rows = ([*e[:3], view.rows, int(e[4]), int(e[5])] for e in cache.entries)
        csv.writer(handle).writerows(rows)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="with train and validation")
    parser.add_argument("--out", type=Path, required=True, help="gets a cache for each view")
    parser.add_argument("--view", choices=tuple(VIEWS), nargs="+", default=tuple(VIEWS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    caches = {name: open_cache(arguments.cache / name) for name in ("train", "validation")}
    geometries = line_geometries(caches.values())
    arguments.out.mkdir(parents=True, exist_ok=True)
    rounded = {
        line: {k: round(v, 3) for k, v in asdict(g).items()} for line, g in geometries.items()
    }
    text = json.dumps(rounded, indent=1) + "\n"
    (arguments.out / "geometry.json").write_text(text, encoding="utf-8")
    for view in arguments.view:
        for name, cache in caches.items():
            pack_view(cache, geometries, VIEWS[view], arguments.out / view / name)


if __name__ == "__main__":
    main()
