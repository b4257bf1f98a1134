"""Writes a network in whole numbers of 8 bits: smaller, and quicker on most processors."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gatusyn.detect.fit import fit
from gatusyn.detect.load_detector import open_session
from gatusyn.detect.model_file import InputTable
from gatusyn.model import Image, ModelWeightsError


def write_int8(table: InputTable, weights: Path, target: Path, frames: Sequence[Image]) -> None:
    """Quantise a network (ONNX Runtime's static quantisation, weights per channel).

    Parameters
    ----------
    table
        How the network takes its picture.
    weights
        The network in float32.
    target
        The file to write.
    frames
        What the ranges of the values in between are taken from: pictures of streets, RGB.

    Raises
    ------
    ModelWeightsError
        If the network cannot be quantised.
    """
    # It is slow to import and needed here only.
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    name = table.name or open_session(weights).get_inputs()[0].name
    root, level = logging.getLogger(), logging.getLogger().level
    root.setLevel(logging.ERROR)  # it advises what is done here already
    try:
        with tempfile.TemporaryDirectory() as folder:
            prepared = Path(folder) / "prepared.onnx"
            # Shapes by symbols would need sympy, and give nothing for networks of pictures.
            quant_pre_process(str(weights), str(prepared), skip_symbolic_shape=True)
            quantization.quantize_static(
                str(prepared),
                str(target),
                _reader(table, name, frames),
                quant_format=quantization.QuantFormat.QDQ,
                per_channel=True,
                activation_type=quantization.QuantType.QUInt8,
                weight_type=quantization.QuantType.QInt8,
            )
    except Exception as error:  # ONNX Runtime's errors have no base of their own
        words = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ModelWeightsError(weights, f"cannot be made int8 ({words})") from error
    finally:
        root.setLevel(level)


def _reader(table: InputTable, name: str, frames: Sequence[Image]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Frames(CalibrationDataReader):  # type: ignore[misc]
        """Gives the frames one by one, as the network takes them."""

        def __init__(self) -> None:
            self._tensors: Iterator[dict[str, Any]] = (
                {name: fit(frame, table, dtype=np.float32).tensor} for frame in frames
            )

        def get_next(self) -> dict[str, Any] | None:
            """Return the next frame, or None after the last."""
            return next(self._tensors, None)

    return Frames()
