"""A damage model in ONNX Runtime, behind the ``Detector`` protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.detect.boxes import find_boxes, painted
from gatusyn.detect.fit import Fitted, fit
from gatusyn.detect.layers import AnswerError, Layers, class_layers, our_layers
from gatusyn.detect.model_file import ModelFile
from gatusyn.detect.regions import find_regions
from gatusyn.detect.road_gate import keep_on_road
from gatusyn.detect.upsample import Step, upsample, window_of
from gatusyn.model import (
    DamageMap,
    Detection,
    DetectParams,
    Image,
    ModelWeightsError,
    PixelClass,
    Rates,
)


class OnnxDetector:
    """Finds damage by a network and what its model file says of it.

    Parameters
    ----------
    session
        ONNX Runtime session with the inputs and outputs that the file says.
    model
        The model file's content.
    source
        Its name, for messages.
    version
        Part of a run's identity.
    thresholds
        Probability from which a pixel is damaged, by class; 1 where the model has no such class.
    params
        The smallest region, and what is left out beside the road and above it.
    """

    def __init__(
        self,
        session: Any,
        *,
        model: ModelFile,
        source: object,
        version: str,
        thresholds: Mapping[PixelClass, float],
        params: DetectParams,
    ) -> None:
        self._session = session
        self._model = model
        self._source = source
        self._version = version
        self._params = params
        self.thresholds = dict(thresholds)
        graph_input = session.get_inputs()[0]
        self._input = model.input.name or graph_input.name
        self._dtype = np.uint8 if graph_input.type == "tensor(uint8)" else np.float32
        names = (model.output.name, getattr(model.output, "scores_name", None))
        self._outputs = [name for name in names if name] or [session.get_outputs()[0].name]

    @property
    def version(self) -> str:
        """Name, version, weights hash and thresholds."""
        return self._version

    @property
    def rates(self) -> Mapping[PixelClass, Rates]:
        """What the model file says of precision and recall."""
        return {
            one: Rates(precision=own.precision, recall=own.recall)
            for one, own in self._model.rates.items()
        }

    @property
    def model(self) -> ModelFile:
        """What the model file says."""
        return self._model

    def detect(self, image: Image) -> DamageMap:
        """Find damage in an RGB image, uint8 [height, width, 3].

        Raises
        ------
        ModelWeightsError
            If the network answers with what its model file does not say.
        """
        table = self._model.input
        fitted = fit(image, table, dtype=self._dtype, top_share=self._params.top_share or 0.0)
        answers = self._session.run(self._outputs, {self._input: fitted.tensor})
        try:
            if self._model.output.kind == "boxes":
                return self._from_boxes(answers, fitted, image)
            return self._from_layers(answers[0], fitted, image)
        except AnswerError as error:
            raise ModelWeightsError(self._source, str(error)) from error

    def probability(self, image: Image) -> NDArray[np.float32]:
        """Return float32 [classes + 1, height, width] at the image's size: see ``DamageMap``."""
        damage = self.detect(image)
        height, width = image.shape[:2]
        window = (0, 0, width, height)
        return np.stack([upsample(one, damage.step_px, window) for one in damage.probability])

    def _from_boxes(self, answers: list[Any], fitted: Fitted, image: Image) -> DamageMap:
        height, width = image.shape[:2]
        detections = find_boxes(
            answers,
            self._model,
            fitted,
            thresholds=self.thresholds,
            width_px=width,
            height_px=height,
            min_area_px=self._min_area_px(fitted),
        )
        layers = painted(detections, width_px=width, height_px=height)
        return DamageMap(
            probability=layers,
            detections=tuple(self._calibrated(one) for one in detections),
            sees_road=False,
        )

    def _from_layers(self, answer: NDArray[Any], fitted: Fitted, image: Image) -> DamageMap:
        model, (height, width) = self._model, image.shape[:2]
        own = class_layers(answer, model, channels_last=model.input.layout == "nhwc")
        cell_x, cell_y = fitted.width_px / own.shape[2], fitted.height_px / own.shape[1]
        step = cell_x / fitted.scale_x, cell_y / fitted.scale_y
        above = round(fitted.top_px / cell_y)
        if above:
            own = np.pad(own, ((0, 0), (above, 0), (0, 0)))
        exclusive = getattr(model.output, "values", "") in ("softmax", "class_index")
        layers = our_layers(own, model.meanings, exclusive=exclusive)
        if model.sees_road:
            layers = keep_on_road(
                layers,
                self.thresholds,
                road_threshold=model.thresholds.get("road", 0.5),
                min_on_road_share=self._params.min_on_road_share,
                min_road_ahead_share=self._params.min_road_ahead_share,
                size_cells=(width / step[0], height / step[1]),
            )
        detections = [
            region
            for layer, pixel_class in zip(layers, PixelClass, strict=False)
            if pixel_class in model.finds
            for region in self._regions(layer, pixel_class, step, fitted, image)
        ]
        return DamageMap(
            probability=layers,
            detections=tuple(self._with_source(one, own, step) for one in detections),
            step_px=step,
            sees_road=model.sees_road,
        )

    def _regions(
        self, layer: Layers, pixel_class: PixelClass, step: Step, fitted: Fitted, image: Image
    ) -> list[Detection]:
        height, width = image.shape[:2]
        threshold = self.thresholds[pixel_class]
        window = window_of(layer >= threshold, step, width_px=width, height_px=height)
        if window is None:
            return []
        return find_regions(
            upsample(layer, step, window),
            pixel_class=pixel_class,
            threshold=threshold,
            min_area_px=self._min_area_px(fitted),
            origin_px=window[:2],
            spread_px=self._model.spread_cells.get(pixel_class, 0.0) * float(np.mean(step)),
            calibration=self._model.calibration.get(pixel_class),
        )

    def _calibrated(self, box: Detection) -> Detection:
        scaling = self._model.calibration.get(box.pixel_class)
        if scaling is None:
            return box
        return replace(box, confidence=float(scaling.probability(np.array(box.confidence))))

    def _min_area_px(self, fitted: Fitted) -> float:
        return self._params.min_region_px / (fitted.scale_x * fitted.scale_y)

    def _with_source(self, region: Detection, own: Layers, step: Step) -> Detection:
        """Name the model's own class that is strongest where the region lies."""
        model = self._model
        places = [i for i, one in enumerate(model.meanings) if one == region.pixel_class]
        if len(places) > 1:
            (left, top), (right, bottom) = (
                (edge / step).astype(int)
                for edge in (region.outline_px.min(axis=0), region.outline_px.max(axis=0))
            )
            part = own[places, top : bottom + 1, left : right + 1]
            places = [places[int(part.mean(axis=(1, 2)).argmax())]]
        name = model.classes[places[0]]
        return replace(region, source_class="" if name == region.pixel_class else name)
