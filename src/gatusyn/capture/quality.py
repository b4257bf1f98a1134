"""Which frames are too dark or too blurred to find damage in."""

from __future__ import annotations

import cv2
import numpy as np

from gatusyn.model import CaptureParams, Image, Rejected, RejectReason

_WIDTH_PX = 640


def judge(image: Image, params: CaptureParams, *, frame_id: str) -> Rejected | None:
    """Return why a frame is not good enough, or None if it is.

    Light is the mean grey level. Sharpness is the variance of the Laplacian (Pech-Pacheco et al.
    2000, "Diatom autofocusing in brightfield microscopy: a comparative study"), at 640 px width so
    that cameras compare; smaller frames are judged as they are.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    params
        The limits.
    frame_id
        What the frame is called.
    """
    height, width = image.shape[:2]
    if width > _WIDTH_PX:
        size = (_WIDTH_PX, max(round(height * _WIDTH_PX / width), 1))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    light = float(grey.mean())
    if light < params.min_brightness:
        return Rejected(
            frame_id=frame_id,
            reason=RejectReason.TOO_DARK,
            detail=f"mean grey {light:.0f}, limit {params.min_brightness:g}",
            figures={"value": light, "limit": params.min_brightness},
        )
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    if sharpness < params.min_sharpness:
        return Rejected(
            frame_id=frame_id,
            reason=RejectReason.BLURRED,
            detail=f"sharpness {sharpness:.1f}, limit {params.min_sharpness:g}",
            figures={"value": sharpness, "limit": params.min_sharpness},
        )
    return None
