"""From a frame to the picture that a network takes, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.detect.model_file import InputTable
from gatusyn.model import Image

_TALLEST = 2.0
"""Where the height follows the frame, it is at most so many widths: a tall, narrow picture must not
become a huge one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A frame made ready.

    Parameters
    ----------
    tensor
        What the network takes, batch of one.
    width_px, height_px
        Size of the network's picture.
    scale_x, scale_y
        Pixels of the network's picture for one of the frame.
    top_px
        Rows of the resized frame that were left out above, in pixels of the network's picture.
    """

    tensor: NDArray[Any]
    width_px: int
    height_px: int
    scale_x: float
    scale_y: float
    top_px: int


def fit(image: Image, table: InputTable, *, dtype: type, top_share: float = 0.0) -> Fitted:
    """Resize, crop, pad and normalise a frame.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    dtype
        ``numpy.float32``, or ``numpy.uint8`` where the graph normalises.
    top_share
        About this share of the frame's height is left out above; not where the size is fixed, since
        nothing would be saved.
    """
    height, width = image.shape[:2]
    inner_width, inner_height = _inner_size(width, height, table)
    shrinks = inner_width < width
    resized = cv2.resize(
        image,
        (inner_width, inner_height),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    top = 0
    if table.height_px is None:
        # Whole multiples keep the network's cells where they would be without the crop.
        multiple = table.multiple_px
        top = min(int(top_share * inner_height), inner_height - 1) // multiple * multiple
        below, right = -(inner_height - top) % multiple, -inner_width % multiple
    else:
        below, right = table.height_px - inner_height, table.width_px - inner_width
    padded = _padded(resized[top:], below, right, table)
    return Fitted(
        tensor=_tensor(padded, table, dtype),
        width_px=inner_width + right,
        height_px=inner_height - top + below,
        scale_x=inner_width / width,
        scale_y=inner_height / height,
        top_px=top,
    )


def _inner_size(width: int, height: int, table: InputTable) -> tuple[int, int]:
    """Return width and height of the resized frame, before padding."""
    if table.height_px is None:
        scale = min(table.width_px / width, _TALLEST * table.width_px / height)
    elif table.fit == "stretch":
        return table.width_px, table.height_px
    else:
        scale = min(table.width_px / width, table.height_px / height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _padded(image: NDArray[Any], below: int, right: int, table: InputTable) -> NDArray[Any]:
    if not below and not right:
        return image
    if table.padding == "edge":
        return cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE)
    value = (float(table.padding),) * 3
    return cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT, value=value)


def _tensor(image: NDArray[Any], table: InputTable, dtype: type) -> NDArray[Any]:
    ordered = image[..., ::-1] if table.colour == "bgr" else image
    arranged = ordered.transpose(2, 0, 1) if table.layout == "nchw" else ordered
    batch: NDArray[Any] = np.ascontiguousarray(arranged[None], dtype=dtype)
    if dtype is np.uint8:
        return batch
    shape = (1, 3, 1, 1) if table.layout == "nchw" else (1, 1, 1, 3)
    batch /= dtype(table.divide_by)
    if any(table.mean):
        batch -= np.asarray(table.mean, dtype).reshape(shape)
    if any(value != 1.0 for value in table.std):
        batch /= np.asarray(table.std, dtype).reshape(shape)
    return batch
