"""From a segmentation network's answer to one layer for each of our classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.detect.model_file import NOTHING, ROAD, ModelFile, SegmentationTable
from gatusyn.model import PixelClass

Layers = NDArray[np.float32]
NAMES = (*(one.value for one in PixelClass), ROAD)
"""The layers of a ``DamageMap``, in order."""

_SLACK = 1e-3


class AnswerError(ValueError):
    """A network's answer is not what its model file says."""


def class_layers(answer: NDArray[Any], model: ModelFile, *, channels_last: bool) -> Layers:
    """Return probabilities of the network's own classes, float32 [classes, h, w].

    Raises
    ------
    AnswerError
        If the answer has another shape, or values that are no probabilities.
    """
    assert isinstance(model.output, SegmentationTable)
    values, count = model.output.values, len(model.classes)
    if values == "class_index":
        return _one_hot(answer, count)
    if answer.ndim != 4 or answer.shape[0] != 1:
        raise AnswerError(f"the output is {list(answer.shape)}, not [1, {count}, h, w]")
    found: NDArray[Any] = answer[0].transpose(2, 0, 1) if channels_last else answer[0]
    if len(found) != count:
        raise AnswerError(f"the output has {len(found)} layers for {count} classes")
    return probabilities(found.astype(np.float32, copy=False), values, axis=0)


def probabilities(values: Layers, meaning: str, *, axis: int) -> Layers:
    """Return values as probabilities.

    Raises
    ------
    AnswerError
        If a value is not finite, or is to be a probability and is none.
    """
    if not np.isfinite(values).all():
        raise AnswerError("the output has values that are not finite")
    if meaning == "logits":
        squashed: Layers = 1.0 / (1.0 + np.exp(-values.clip(-60.0, 60.0)))
        return squashed
    if meaning == "softmax":
        powers = np.exp(values - values.max(axis=axis, keepdims=True))
        shares: Layers = powers / powers.sum(axis=axis, keepdims=True)
        return shares
    if values.size and (values.min() < -_SLACK or values.max() > 1.0 + _SLACK):
        raise AnswerError(
            f"the output runs from {values.min():.3g} to {values.max():.3g}, which are no "
            'probabilities; if they are logits, say values = "logits" or "softmax"'
        )
    return values


def our_layers(found: Layers, meanings: Sequence[str], *, exclusive: bool) -> Layers:
    """Return float32 [classes + 1, h, w]: a layer for each ``PixelClass``, then road.

    Parameters
    ----------
    found
        Probabilities of the network's own classes.
    meanings
        What each of them is here.
    exclusive
        Whether exactly one class holds at a place: then the parts of one of ours add up, else the
        likeliest counts.
    """
    layers = np.zeros((len(NAMES), *found.shape[1:]), np.float32)
    for layer, meaning in zip(found, meanings, strict=True):
        if meaning != NOTHING:
            target = layers[NAMES.index(meaning)]
            (np.add if exclusive else np.maximum)(target, layer, out=target)
    if ROAD not in meanings:
        layers[-1] = 1.0
    return layers


def _one_hot(answer: NDArray[Any], count: int) -> Layers:
    if not answer.size or answer.shape[:-2] not in {(1,), (1, 1)}:
        raise AnswerError(f"the output is {list(answer.shape)}, not [1, h, w] class numbers")
    numbers = answer.reshape(answer.shape[-2:])
    if not np.isfinite(numbers).all() or numbers.min() < 0 or numbers.max() >= count:
        raise AnswerError(f"the output has class numbers outside 0 to {count - 1}")
    whole: Layers = (numbers[None] == np.arange(count)[:, None, None]).astype(np.float32)
    return whole
