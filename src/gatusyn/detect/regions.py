"""From a probability map to connected regions with outlines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.detect.calibration import Calibration
from gatusyn.model import Detection, PixelClass

Mask = NDArray[np.uint8]


def find_regions(
    probability: NDArray[np.float32],
    *,
    pixel_class: PixelClass,
    threshold: float,
    min_area_px: float,
    spread_px: float = 0.0,
    simplify_px: float = 1.5,
    origin_px: tuple[int, int] = (0, 0),
    calibration: Calibration | None = None,
) -> list[Detection]:
    """Outline the connected regions of a map that reach a threshold.

    Parameters
    ----------
    probability
        float32 [height, width], 0..1.
    min_area_px
        Regions of a smaller area are left out.
    spread_px
        The model marks ground so far beside what it means: outlines are drawn in by as much, except
        where nothing would be left.
    simplify_px
        The outline may leave the region's border by so much (Douglas and Peucker 1973).
    origin_px
        Where in the frame the map begins, x and y.
    calibration
        Makes a probability of the region's mean; without one the map is taken at its word.

    Returns
    -------
    list of Detection
        Outer rings only: a hole in a crazed area is small against the area's uncertainty.
    """
    mask = (probability >= threshold).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    regions = []
    for contour in contours:
        # The contour runs through pixel centres: half a pixel of border is added back to the area.
        area = cv2.contourArea(contour) + 0.5 * cv2.arcLength(contour, closed=True) + 1.0
        if area < min_area_px:
            continue
        left, top, width, height = cv2.boundingRect(contour)
        window = np.s_[top : top + height, left : left + width]
        inside = np.zeros((height, width), np.uint8)
        cv2.drawContours(inside, [contour - (left, top)], -1, 1, cv2.FILLED)
        values = probability[window][(inside > 0) & (mask[window] > 0)]
        confidence = values.mean()
        if calibration is not None:
            confidence = calibration.probability(confidence)
        corner = (left + origin_px[0], top + origin_px[1])
        for ring in _drawn_in(inside, spread_px):
            outline = cv2.approxPolyDP(ring, simplify_px, closed=True)[:, 0, :].astype(np.float64)
            if len(outline) >= 3:
                regions.append(
                    Detection(
                        pixel_class=pixel_class,
                        outline_px=outline + corner,
                        confidence=float(confidence),
                    )
                )
    return regions


def _drawn_in(inside: Mask, spread_px: float) -> list[NDArray[np.int32]]:
    """Return the outer rings of a region whose border is moved inwards, or its own."""
    reach = round(spread_px)
    if reach > 0:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        padded = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        core = cv2.erode(padded, disc)[1:-1, 1:-1]
        if core.any():
            inside = np.asarray(core, np.uint8)
    rings, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [np.asarray(ring, np.int32) for ring in rings]
