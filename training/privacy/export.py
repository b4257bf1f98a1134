"""Write a trained finder as ONNX, in float32 and in int8.

``python -m training.privacy.export --checkpoint WORK/whole.pt --shared SHARED --weights FOLDER``.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from gatusyn.privacy.pairs import in_pairs
from training.export import store_halved
from training.privacy import pictures
from training.privacy.network import SIDE_MULTIPLE, FinderNetwork, WithinGraph, of_state
from training.privacy.pixels import take_pixels, takes_pairs
from training.privacy.targets import KINDS, STRIDE

LOG = logging.getLogger(__name__)
OPSET = 17
#: Every so many photos int8's ranges are taken from.
EVERY = 6
_NAMES = ("probability", "distances")


def load_network(checkpoint: Path) -> FinderNetwork:
    """Return the network with the averaged weights of a checkpoint, in evaluation mode."""
    return of_state(torch.load(checkpoint, weights_only=True)["average"])


def write_onnx(network: FinderNetwork, path: Path) -> None:
    """Write one ONNX file with free height and width."""
    sides = {
        "image": {0: "pictures", 2: "height", 3: "width"},
        "probability": {0: "pictures", 2: "rows", 3: "columns"},
        "distances": {0: "pictures", 3: "rows", 4: "columns"},
    }
    torch.onnx.export(
        WithinGraph(network).eval(),
        (torch.rand(1, 3, 320, 640),),
        str(path),
        input_names=["image"],
        output_names=list(_NAMES),
        dynamic_axes=sides,
        opset_version=OPSET,
        dynamo=False,
    )


def write_int8(path: Path, target: Path, photos: Sequence[pictures.Image]) -> None:
    """Quantise a network statically, weights per channel; what it answers stays in float32.

    Distances are exponentials, and probabilities are compared near 1: 8 bits would be too few.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        takes_pixels = takes_pairs(onnx.load(str(prepared)).graph)
        quantization.quantize_static(
            str(prepared),
            str(target),
            _Photos(photos, takes_pixels=takes_pixels),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            op_types_to_quantize=["Conv", "Add", "Relu", "Clip", "Resize"],
            nodes_to_exclude=[_last_convolution(prepared)],
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )


def _last_convolution(path: Path) -> str:
    nodes = onnx.load(str(path)).graph.node
    return str([node.name for node in nodes if node.op_type == "Conv"][-1])


class _Photos(quantization.CalibrationDataReader):
    """Gives photos one by one, as the network takes them: whole at half size, and a strip."""

    def __init__(self, photos: Sequence[pictures.Image], *, takes_pixels: bool) -> None:
        self._tensors: Iterator[dict[str, np.ndarray]] = (
            {"image": in_pairs(cut(part)[None]) if takes_pixels else tensor(part)}
            for photo in photos
            for part in _parts(photo)
        )

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Return the next input, or None after the last."""
        return next(self._tensors, None)


def _parts(photo: pictures.Image) -> Iterator[pictures.Image]:
    yield np.asarray(cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    height = photo.shape[0]
    yield photo[height // 5 : height * 3 // 5]


def tensor(image: pictures.Image) -> np.ndarray:
    """Return a picture as the network takes it first: float32 ``[1, 3, h, w]``, cut to fit."""
    return cut(image).transpose(2, 0, 1)[None].astype(np.float32) / 255.0


def cut(image: pictures.Image) -> pictures.Image:
    """Cut a picture's sides to what the network takes."""
    height, width = (side // SIDE_MULTIPLE * SIDE_MULTIPLE for side in image.shape[:2])
    return image[:height, :width]


def range_photos(shared: Path) -> list[pictures.Image]:
    """Read the photos that int8's ranges are taken from."""
    data = shared / "data"
    by_eye = pictures.heads_by_eye(data / "signs", data / "plates")
    photos = [*sorted({*by_eye.heads, *by_eye.nobody}), *sorted((data / "plates/images").iterdir())]
    return [pictures.read(photo) for photo in photos[::EVERY]]


def largest_difference(network: FinderNetwork, path: Path) -> float:
    """Return the largest difference of probability between torch and ONNX Runtime."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    random, worst = np.random.default_rng(7), 0.0
    for height, width in ((320, 1280), (368, 640), (SIDE_MULTIPLE * 5, SIDE_MULTIPLE * 7)):
        image = random.random((1, 3, height, width), dtype=np.float32)
        with torch.no_grad():
            expected, _ = WithinGraph(network).eval()(torch.from_numpy(image))
        got, distances = session.run(list(_NAMES), {"image": image})
        wanted = (1, len(KINDS), height // STRIDE, width // STRIDE)
        if got.shape != wanted or distances.shape != (*wanted[:2], 4, *wanted[2:]):
            raise ValueError(f"outputs of {got.shape} and {distances.shape}, not {wanted}")
        worst = max(worst, float(np.abs(got - expected.numpy()).max()))
    return worst


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--shared", type=Path, required=True, help="photos for int8's ranges")
    parser.add_argument("--weights", type=Path, required=True, help="folder to write to")
    arguments = parser.parse_args()
    network = load_network(arguments.checkpoint)
    path = arguments.weights / "finder.onnx"
    write_onnx(network, path)
    store_halved(path)
    LOG.info("largest difference from torch %.2e", largest_difference(network, path))
    small = path.with_name("finder-int8.onnx")
    write_int8(path, small, range_photos(arguments.shared))
    for file in (path, small):
        take_pixels(file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        LOG.info("%s: %.2f MB, sha256 %s", file.name, file.stat().st_size / 1e6, digest)


if __name__ == "__main__":
    main()
