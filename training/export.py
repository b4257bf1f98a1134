"""Write a trained checkpoint as ONNX, in float32 and in int8, with the model file of both.

``python -m training.export --checkpoint RUN/checkpoint.pt --thresholds RUN/thresholds.json
--cache CACHE --weights src/gatusyn/detect/weights --version 0.1.0``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from gatusyn.detect import InputTable, write_int8
from training.data import open_cache
from training.network import CHANNELS, SIDE_MULTIPLE, STRIDE, DamageNetwork, WithinGraph

LOG = logging.getLogger(__name__)
INPUT_WIDTH_PX = 1024
OPSET = 17
SETTINGS = """\
name = "gatusyn-damage"
version = "{version}"
licence = "Apache-2.0"
card = "docs/models/damage.md"
weights = "damage.onnx"
sha256 = "{sha256}"
classes = {classes}

[input]
name = "image"
width_px = {width}
multiple_px = {multiple}

[output]
kind = "segmentation"
name = "probability"

[thresholds]
{thresholds}

[spread_cells]
{spreads}

[int8]
weights = "damage-int8.onnx"
sha256 = "{int8_sha256}"
"""
#: Smaller tensors (scales, sizes) stay as they are.
LEAST_HALVED = 256
#: How far beyond the damage the targets of the training reach, in blocks: cracks are spread over
#: the blocks around, and a block is wanted that a hole or a patch fills in part.
SPREAD = {"crack": 0.7, "pothole": 0.2, "patch": 0.2}


#: Every so many frames of each cache int8's ranges are taken from.
RANGES_FROM = {"train": 23, "simulated": 70, "scenes": 50}


def load_network(checkpoint: Path) -> DamageNetwork:
    """Return the network with the averaged weights of a checkpoint, ready for use.

    Parameters
    ----------
    checkpoint
        File written by ``training.train``.

    Returns
    -------
    DamageNetwork
        In evaluation mode.
    """
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network = DamageNetwork(width=int(stored["width"]))
    network.load_state_dict(stored["average"])
    return network.eval()


def write_onnx(network: DamageNetwork, path: Path) -> None:
    """Write one ONNX file with inline weights and dynamic height and width.

    Parameters
    ----------
    network
        In evaluation mode, so that batch normalisation folds into the convolutions.
    path
        File to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.rand(1, 3, 576, INPUT_WIDTH_PX)
    # The tracing exporter writes dynamic sides as they are, without shape guards.
    torch.onnx.export(
        WithinGraph(network).eval(),
        (example,),
        str(path),
        input_names=["image"],
        output_names=["probability"],
        dynamic_axes={"image": {2: "height", 3: "width"}, "probability": {2: "rows", 3: "columns"}},
        opset_version=OPSET,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def store_halved(path: Path) -> None:
    """Store the weights of an ONNX file in half precision, which halves the file.

    The network still counts in float32: ONNX Runtime turns the weights back when it loads them.

    Parameters
    ----------
    path
        The ONNX file, which is changed.
    """
    network = onnx.load(str(path))
    graph = network.graph
    casts = []
    for tensor in graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < LEAST_HALVED:
            continue
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(
            onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT)
        )
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    onnx.checker.check_model(network)
    onnx.save(network, str(path))


def range_frames(cache: Path) -> list[np.ndarray]:
    """Return the training frames that int8's ranges are taken from, RGB.

    Parameters
    ----------
    cache
        Cache folder of the training.
    """
    frames = []
    for name, step in RANGES_FROM.items():
        packed = open_cache(cache / name)
        frames += [
            np.asarray(packed.frames[i, : packed.entries[i].height])
            for i in range(step // 2, len(packed.entries), step)
        ]
    return frames


def largest_difference(network: nn.Module, path: Path) -> float:
    """Return the largest difference between torch and ONNX Runtime over three frame sizes.

    Parameters
    ----------
    network
        The network the file was written from.
    path
        The ONNX file.

    Returns
    -------
    float
        In units of probability.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wrapped = WithinGraph(network).eval()
    worst = 0.0
    generator = np.random.default_rng(7)
    for height, width in ((576, 1024), (640, 1024), (SIDE_MULTIPLE * 9, SIDE_MULTIPLE * 15)):
        image = generator.random((1, 3, height, width), dtype=np.float32)
        with torch.no_grad():
            expected = wrapped(torch.from_numpy(image)).numpy()
        got = session.run(["probability"], {"image": image})[0]
        if got.shape != (1, len(CHANNELS), height // STRIDE, width // STRIDE):
            raise ValueError(f"output of {got.shape} for an input of {height} x {width} px")
        worst = max(worst, float(np.abs(got - expected).max()))
    return worst


def frames_per_second(path: Path, *, threads: int = 2, runs: int = 20) -> float:
    """Return how many 1024 x 576 px frames a second ONNX Runtime takes through the file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    image = np.full((1, 3, 576, INPUT_WIDTH_PX), 0.5, dtype=np.float32)
    session.run(None, {"image": image})
    start = time.perf_counter()
    for _ in range(runs):
        session.run(None, {"image": image})
    return runs / (time.perf_counter() - start)


def write_settings(weights: Path, *, version: str, thresholds: dict[str, float]) -> None:
    """Write ``damage.toml`` beside ``damage.onnx`` and ``damage-int8.onnx``.

    Parameters
    ----------
    weights
        Folder that holds both.
    version
        Version of the weights.
    thresholds
        One probability for each class.
    """
    names = ("damage.onnx", "damage-int8.onnx")
    digest, small = (hashlib.sha256((weights / n).read_bytes()).hexdigest() for n in names)
    text = SETTINGS.format(
        version=version,
        sha256=digest,
        int8_sha256=small,
        width=INPUT_WIDTH_PX,
        multiple=SIDE_MULTIPLE,
        classes=json.dumps(list(CHANNELS)),
        thresholds="\n".join(f"{name} = {thresholds[name]:.3f}" for name in CHANNELS),
        spreads="\n".join(f"{name} = {SPREAD[name]}" for name in CHANNELS if name in SPREAD),
    )
    (weights / "damage.toml").write_text(text, encoding="utf-8")


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--thresholds", type=Path, required=True, help="thresholds.json")
    parser.add_argument("--cache", type=Path, required=True, help="for int8's ranges")
    parser.add_argument("--weights", type=Path, required=True, help="folder to write to")
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    network = load_network(arguments.checkpoint)
    path = arguments.weights / "damage.onnx"
    write_onnx(network, path)
    store_halved(path)
    small = path.with_name("damage-int8.onnx")
    frames = range_frames(arguments.cache)
    plain = {"width_px": INPUT_WIDTH_PX, "multiple_px": SIDE_MULTIPLE, "name": "image"}
    write_int8(InputTable.model_validate(plain), path, small, frames)
    thresholds = json.loads(arguments.thresholds.read_text(encoding="utf-8"))
    write_settings(arguments.weights, version=arguments.version, thresholds=thresholds)
    LOG.info("largest difference from torch %.2e", largest_difference(network, path))
    for file in (path, small):
        megabytes, speed = file.stat().st_size / 1e6, frames_per_second(file)
        LOG.info("%s: %.2f MB, %.1f frames/s at 1024 x 576 px", file.name, megabytes, speed)


if __name__ == "__main__":
    main()
