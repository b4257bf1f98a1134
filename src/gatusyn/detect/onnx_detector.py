"""A damage model in ONNX Runtime, behind the ``Detector`` protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.detect.regions import find_regions
from gatusyn.model import DamageMap, Image, PixelClass

_MULTIPLE = 32


class OnnxDetector:
    """Segments damage and drivable road.

    Parameters
    ----------
    session
        ONNX Runtime session with input ``image`` float32 [1, 3, H, W], RGB 0..1, H and W multiples
        of 32, and output ``probability`` float32 [1, layers, H/s, W/s].
    layers
        What each layer of the output is: values of ``PixelClass``, and ``"road"``.
    version
        Part of a run's identity.
    input_width_px
        Frames are resized to this width.
    thresholds
        Probability from which a pixel is damaged, by class.
    min_region_px
        Smallest region, in pixels at the model's input size.
    """

    def __init__(
        self,
        session: Any,
        *,
        layers: Sequence[str],
        version: str,
        input_width_px: int,
        thresholds: Mapping[PixelClass, float],
        min_region_px: int,
    ) -> None:
        self._session = session
        self._layers = tuple(layers)
        self._version = version
        self._width = input_width_px
        self.thresholds = dict(thresholds)
        self._min_region_px = min_region_px

    @property
    def version(self) -> str:
        """Name, version, weights hash and thresholds."""
        return self._version

    def detect(self, image: Image) -> DamageMap:
        """Find damage in an RGB image, uint8 [height, width, 3]."""
        height, width = image.shape[:2]
        probability = self.probability(image)
        min_area = self._min_region_px * (width / self._width) ** 2
        detections = [
            region
            for layer, pixel_class in zip(probability, PixelClass, strict=False)
            if pixel_class in self._layers
            for region in find_regions(
                layer,
                pixel_class=pixel_class,
                threshold=self.thresholds[pixel_class],
                min_area_px=min_area,
            )
        ]
        assert probability.shape[1:] == (height, width)
        return DamageMap(probability=probability, detections=tuple(detections))

    def probability(self, image: Image) -> NDArray[np.float32]:
        """Return float32 [classes + 1, height, width] at the image's size: see ``DamageMap``."""
        height, width = image.shape[:2]
        scale = self._width / width
        resized_height = max(round(height * scale), 1)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized = cv2.resize(image, (self._width, resized_height), interpolation=method)
        below = -resized_height % _MULTIPLE
        right = -self._width % _MULTIPLE
        padded = cv2.copyMakeBorder(resized, 0, below, 0, right, cv2.BORDER_REPLICATE)
        batch = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], dtype=np.float32) / 255.0
        (output,) = self._session.run(["probability"], {"image": batch})
        stride = padded.shape[0] / output.shape[2]
        # A class that the model does not know is nowhere, in whatever order it has the others.
        wanted = np.zeros((len(PixelClass) + 1, *output.shape[2:]), np.float32)
        for place, name in enumerate((*PixelClass, "road")):
            if name in self._layers:
                wanted[place] = output[0, self._layers.index(name)]
        return _upsample(wanted, stride / scale, height, width)


def _upsample(
    layers: NDArray[np.float32], step_px: float, height: int, width: int
) -> NDArray[np.float32]:
    """Sample layers [k, h, w], one value each ``step_px`` pixels, at every pixel of the image."""
    result = np.empty((len(layers), height, width), np.float32)
    # Cell centres lie at (i + 0.5) * step: the affine map takes pixel centres to cell centres.
    inverse = 1.0 / step_px
    matrix = np.array([[inverse, 0.0, 0.5 * inverse - 0.5], [0.0, inverse, 0.5 * inverse - 0.5]])
    for target, layer in zip(result, layers, strict=True):
        cv2.warpAffine(
            layer,
            matrix,
            (width, height),
            dst=target,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return result
