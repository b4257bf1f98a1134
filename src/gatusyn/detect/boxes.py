"""From a detection network's answer to boxes in the frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.detect.fit import Fitted
from gatusyn.detect.layers import NAMES, AnswerError, Layers, probabilities
from gatusyn.detect.model_file import NOTHING, BoxTable, ModelFile
from gatusyn.model import Detection, PixelClass

Reals = NDArray[np.float32]


def find_boxes(
    answers: Sequence[NDArray[Any]],
    model: ModelFile,
    fitted: Fitted,
    *,
    thresholds: Mapping[PixelClass, float],
    width_px: int,
    height_px: int,
    min_area_px: float,
) -> list[Detection]:
    """Return the boxes that reach their class's threshold, each as a region of four corners.

    Parameters
    ----------
    answers
        The graph's outputs that the model file names, boxes first.
    thresholds
        Score from which a box counts.
    width_px, height_px
        The frame's size: boxes are cut to it.
    min_area_px
        Boxes of a smaller area are left out.

    Raises
    ------
    AnswerError
        If the answer has another shape than the format's.
    """
    assert isinstance(model.output, BoxTable)
    edges, scores, numbers = _read(answers, model.output, len(model.classes))
    if not model.output.in_pixels:
        edges = edges * np.array([fitted.width_px, fitted.height_px] * 2, np.float32)
    edges[:, 1::2] += fitted.top_px
    edges /= np.array([fitted.scale_x, fitted.scale_y] * 2, np.float32)
    edges = edges.clip(0, np.array([width_px, height_px] * 2, np.float32))
    ours = np.array([_place(meaning) for meaning in model.meanings], np.int32)[numbers]
    lowest = np.array([*(thresholds.get(one, 1.0) for one in PixelClass), np.inf], np.float32)
    sides = edges[:, 2:] - edges[:, :2]
    large = (sides >= 1.0).all(axis=1) & (sides.prod(axis=1) >= min_area_px)
    kept = np.flatnonzero((scores >= lowest[ours]) & large)
    rectangles = np.concatenate([edges[:, :2], sides], axis=1)[kept].tolist()
    left = cv2.dnn.NMSBoxesBatched(
        rectangles, scores[kept].tolist(), ours[kept].tolist(), 0.0, model.output.iou
    )
    classes = tuple(PixelClass)
    return [
        Detection(
            pixel_class=classes[ours[index]],
            outline_px=_corners(edges[index]),
            confidence=float(min(scores[index], 1.0)),
            source_class=model.classes[numbers[index]],
        )
        for index in kept[np.asarray(left, np.intp).ravel()]
    ]


def painted(detections: Sequence[Detection], *, width_px: int, height_px: int) -> Layers:
    """Return layers as a ``DamageMap`` has them, each box filled with its score; road is 1."""
    layers = np.zeros((len(NAMES), height_px, width_px), np.float32)
    for one in sorted(detections, key=lambda detection: detection.confidence):
        left, top = np.floor(one.outline_px.min(axis=0)).astype(int)
        right, bottom = np.ceil(one.outline_px.max(axis=0)).astype(int)
        layers[NAMES.index(one.pixel_class), top:bottom, left:right] = one.confidence
    layers[-1] = 1.0
    return layers


def _read(
    answers: Sequence[NDArray[Any]], table: BoxTable, classes: int
) -> tuple[Reals, Reals, NDArray[np.intp]]:
    """Return left, top, right, bottom [n, 4], the best score [n] and its class's number [n]."""
    if table.format == "corners":
        return _read_corners(_rows(answers[0], 6), classes)
    if table.format == "detr":
        columns = classes + (table.values == "softmax")
        boxes, raw = _rows(answers[0], 4), _rows(answers[1], columns)
        if len(boxes) != len(raw):
            raise AnswerError(f"the outputs have {len(boxes)} boxes and {len(raw)} scores")
    else:
        extra = 5 if table.format == "yolov5" else 4
        rows = _rows(answers[0], extra + classes, transposed=table.format == "yolo")
        boxes, raw = rows[:, :4], rows[:, extra:]
    scores = probabilities(raw, table.values, axis=1)[:, :classes]
    if table.format == "yolov5":
        scores = scores * probabilities(rows[:, 4:5], table.values, axis=1)
    if table.in_pixels and boxes.size and boxes.max() <= 2.0:
        raise AnswerError(
            "the boxes lie between 0 and 2, which are no pixels; if they are shares of the "
            'picture, say coordinates = "normalised"'
        )
    half = boxes[:, 2:] / 2.0
    edges = np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)
    numbers = scores.argmax(axis=1)
    return edges, scores[np.arange(len(scores)), numbers], numbers


def _read_corners(rows: Reals, classes: int) -> tuple[Reals, Reals, NDArray[np.intp]]:
    rows = rows[rows[:, 4] > 0.0]  # what was suppressed is often left as zeros
    scores = probabilities(rows[:, 4], "probability", axis=0)
    numbers = rows[:, 5].astype(np.intp)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= classes):
        raise AnswerError(f"the output has class numbers outside 0 to {classes - 1}")
    return rows[:, :4].copy(), scores, numbers


def _rows(answer: NDArray[Any], columns: int, *, transposed: bool = False) -> Reals:
    """Return [n, columns] of an answer [1, n, columns], or [1, columns, n] where that is usual."""
    shape = list(answer.shape)
    if answer.ndim == 3 and answer.shape[0] == 1:
        if transposed and answer.shape[1] == columns:
            answer = answer.transpose(0, 2, 1)
        if answer.shape[2] == columns:
            rows: Reals = answer[0].astype(np.float32, copy=False)
            if not np.isfinite(rows).all():
                raise AnswerError("the output has values that are not finite")
            return rows
    expected = f"[1, {columns}, n]" if transposed else f"[1, n, {columns}]"
    raise AnswerError(f"the output is {shape}, not {expected} as its format and classes ask")


def _place(meaning: str) -> int:
    """Return the place of one of our classes; what is nothing here comes after the last."""
    return len(PixelClass) if meaning == NOTHING else NAMES.index(meaning)


def _corners(edges: Reals) -> NDArray[np.float64]:
    left, top, right, bottom = (float(edge) for edge in edges)
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
