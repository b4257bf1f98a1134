"""Tells the cracks in a cracked band apart: by width into nets, by direction into lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.ndimage import label as label_parts
from scipy.spatial import cKDTree
from shapely import LineString, MultiPolygon

from gatusyn.geo import Raster, strands_of
from gatusyn.model import DamageKind, RecordParams

Mask = NDArray[np.bool_]
Cells = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrackPart:
    """A part of a cracked band that is one crack, or one net of cracks.

    Parameters
    ----------
    length_m
        Length of its run; 0 for a net.
    """

    kind: DamageKind
    footprint: MultiPolygon
    length_m: float


def crack_parts(band: Raster, params: RecordParams) -> list[CrackPart]:
    """Split a cracked band, laid out along the street, into cracks.

    Where a piece of the band is mostly wide, along and across the street, it is a net (crazing).
    The rest is thinned to middle lines; each line is cut where it turns from along to across the
    street. The lines of one direction that lie near each other are one crack: so an L or a T gives
    two, and a crack that is seen with gaps is one.

    Returns
    -------
    list of CrackPart
        At least one.
    """
    net = np.zeros_like(band.mask)
    lines: list[_Line] = []
    for piece in _pieces(band.mask):
        wide = _net(piece, band.cell_m, params)
        net |= wide
        for rest in _pieces(piece & ~wide):
            own = _lines(rest, params, band.cell_m)
            # What frays out of a net is not a crack of its own.
            if wide.any() and sum(line.length_m for line in own) < 2 * params.shortest_line_m:
                net |= rest
            else:
                lines += own or [_short(rest, params, band.cell_m)]
    lines = _long_enough(lines, params, band.cell_m)
    parts = [
        CrackPart(kind=DamageKind.CRAZING, footprint=band.outline(near), length_m=0.0)
        for near in _near(net, params.gap_m / band.cell_m)
    ]
    return parts + _line_parts(band, band.mask & ~net, lines, params)


_SMOOTH_M, _TURN_M = 0.12, 0.25
_MOSTLY, _SEED = 0.5, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A middle line of one direction: its cells, and its length without the cells' zigzag."""

    cells: Cells
    length_m: float
    transverse: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of a strand between two of its cells."""

    start: int
    end: int
    transverse: bool


def _net(piece: Mask, cell_m: float, params: RecordParams) -> Mask:
    """Return the cells of a connected piece where it is a net: none, or most of it."""
    size = (
        max(round(_SEED * params.crazing_width_m / cell_m), 1),
        max(round(params.crazing_length_m / cell_m), 1),
    )
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size)
    wide = cv2.morphologyEx(piece.astype(np.uint8), cv2.MORPH_OPEN, ellipse)
    if not wide.any():
        return np.zeros_like(piece)
    # The ellipse cannot reach into corners: the net goes on for half of it.
    half = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size[0] | 1, size[0] | 1))
    net: Mask = (cv2.dilate(wide, half) > 0) & piece
    mostly = net.sum() >= _MOSTLY * piece.sum()
    broad = mostly and _mean_width_m(net, cell_m) >= params.crazing_width_m
    return net if broad else np.zeros_like(piece)


def _mean_width_m(mask: Mask, cell_m: float) -> float:
    """Return a mask's area over its longest extent."""
    (_, sides, _) = cv2.minAreaRect(np.argwhere(mask).astype(np.float32))
    return float(mask.sum()) * cell_m / (max(sides) + 1.0)


def _near(mask: Mask, gap: float) -> list[Mask]:
    """Return the parts of a mask that lie farther apart than a gap, in cells, each as a mask."""
    if not mask.any():
        return []
    reach = max(round(gap / 2), 0)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    padded = cv2.copyMakeBorder(
        mask.astype(np.uint8), reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0
    )
    around = cv2.dilate(padded, disc)[reach : -reach or None, reach : -reach or None]
    return [part & mask for part in _pieces(around > 0)]


def _pieces(mask: Mask) -> list[Mask]:
    """Return the connected pieces of a mask, each as a mask."""
    labels, count = label_parts(mask, structure=np.ones((3, 3), int))
    return [labels == number for number in range(1, count + 1)]


def _lines(piece: Mask, params: RecordParams, cell_m: float) -> list[_Line]:
    """Return the middle lines of a piece that are cracks of their own, cut where they turn."""
    shortest = params.shortest_line_m / cell_m
    return [
        run
        for strand in strands_of(piece, shortest=shortest)
        for run in _runs(strand, params, cell_m)
    ]


def _runs(strand: Cells, params: RecordParams, cell_m: float) -> list[_Line]:
    """Cut a strand where it turns from along the street to across it, or back."""
    line = LineString(strand.astype(np.float64) * cell_m)
    corners = np.asarray(line.simplify(_TURN_M).coords) / cell_m
    places = [int(np.abs(strand - corner).sum(axis=1).argmin()) for corner in corners]
    steps = np.abs(np.diff(corners, axis=0))
    across = np.degrees(np.arctan2(steps[:, 1], steps[:, 0])) >= params.transverse_from_deg
    runs = [
        _Run(start, end, bool(side))
        for start, end, side in zip(places[:-1], places[1:], across, strict=True)
    ]
    # A run that is too short to be a crack belongs to the longer one beside it.
    while True:
        runs = _joined(runs)
        sizes = [_length_m(strand[run.start : run.end + 1], cell_m) for run in runs]
        shortest = int(np.argmin(sizes))
        if len(runs) == 1 or sizes[shortest] >= params.shortest_line_m:
            break
        runs[shortest] = replace(runs[shortest], transverse=not runs[shortest].transverse)
    return [
        _Line(strand[run.start : run.end + 1], size, run.transverse)
        for run, size in zip(runs, sizes, strict=True)
    ]


def _joined(runs: list[_Run]) -> list[_Run]:
    """Join neighbouring runs of one direction."""
    joined = runs[:1]
    for run in runs[1:]:
        if run.transverse == joined[-1].transverse:
            joined[-1] = replace(joined[-1], end=run.end)
        else:
            joined.append(run)
    return joined


def _length_m(cells: Cells, cell_m: float) -> float:
    if len(cells) < 2:
        return 0.0
    return float(LineString(cells.astype(np.float64) * cell_m).simplify(_SMOOTH_M).length)


def _long_enough(lines: list[_Line], params: RecordParams, cell_m: float) -> list[_Line]:
    """Leave out lines that are too short to be cracks and lie beside one that is not.

    Their cells fall to that one.
    """
    long = [line for line in lines if line.length_m >= params.shortest_line_m]
    if not long or len(long) == len(lines):
        return lines
    places = cKDTree(np.concatenate([line.cells for line in long]))
    reach = params.line_gap_m / cell_m
    return [
        line
        for line in lines
        if line.length_m >= params.shortest_line_m or places.query(line.cells)[0].min() > reach
    ]


def _line_parts(
    band: Raster, mask: Mask, lines: list[_Line], params: RecordParams
) -> list[CrackPart]:
    """Return the cracks that lines make up; each cell belongs to the nearest line."""
    if not lines:
        return []
    owner = _owners(lines, mask.shape)
    parts = []
    for transverse, kind in (
        (False, DamageKind.LONGITUDINAL_CRACK),
        (True, DamageKind.TRANSVERSE_CRACK),
    ):
        own = [n for n, line in enumerate(lines, start=1) if line.transverse is transverse]
        if not own:
            continue
        of_kind = mask & np.isin(owner, own)
        for near in _near(of_kind, params.line_gap_m / band.cell_m):
            members = np.intersect1d(np.unique(owner[near]), own)
            length = sum(lines[n - 1].length_m for n in members)
            parts.append(CrackPart(kind=kind, footprint=band.outline(near), length_m=length))
    return parts


def _owners(lines: list[_Line], shape: tuple[int, ...]) -> Cells:
    """Return the number, from 1, of the line that is nearest to each cell."""
    if len(lines) == 1:
        return np.ones(shape, np.int64)
    source = np.zeros(shape, np.int64)
    for number, line in enumerate(lines, start=1):
        source[tuple(line.cells.T)] = number
    _, nearest = distance_transform_edt(source == 0, return_indices=True)
    owner: Cells = source[tuple(nearest)]
    return owner


def _short(piece: Mask, params: RecordParams, cell_m: float) -> _Line:
    """Return the line of a crack that is shorter than a line has to be."""
    cells = np.argwhere(piece)
    extent = (np.ptp(cells, axis=0) + 1) * cell_m
    across = bool(np.degrees(np.arctan2(extent[1], extent[0])) >= params.transverse_from_deg)
    strands = strands_of(piece, shortest=0.0)
    if strands:
        return _Line(strands[0], max(_length_m(strands[0], cell_m), cell_m), across)
    return _Line(cells, float(extent.max()), across)
