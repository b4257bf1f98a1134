"""What becomes of the damage score when the pictures come out otherwise.

Every frame is altered as another camera, another light or another mounting would alter it, looked
at, and scored by cells; the unaltered frames stand beside. Alterations that move pixels move the
marks alike. Give frames that the model was not trained on and that you do not report on:

    python benchmarks/robustness.py IMAGES MASKS --frames LIST --json build/robustness.json
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from gatusyn.detect import OnnxDetector, load_detector
from gatusyn.evaluate import (
    CellScore,
    FrameCells,
    frame_cells,
    photos_in,
    read_mask,
    read_names,
    score,
    truth_in,
)
from gatusyn.evaluate.read_frames import pixels_of
from gatusyn.model import DetectParams, Image, PixelClass

Mask = NDArray[np.uint8]
Alter = Callable[[Image, Mask], tuple[Image, Mask]]


def of_levels(change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Alter:
    """Return an alteration of colours alone, of RGB 0..1."""

    def alter(image: Image, mask: Mask) -> tuple[Image, Mask]:
        altered = change(image.astype(np.float32) / 255.0)
        return (np.clip(altered, 0.0, 1.0) * 255.0).round().astype(np.uint8), mask

    return alter


def grey(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the picture without colour."""
    light = levels @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.repeat(light[..., None], 3, axis=2)


def marking_colour(image: Image, mask: Mask) -> tuple[Image, Mask]:
    """Turn orange markings white, as on most streets of Europe."""
    hue, saturation, value = np.moveaxis(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), -1, 0)
    # Paint is brighter than the red soil beside the road; overexposed, it is pale.
    orange = (hue > 5) & (hue < 32) & (saturation > 55) & (value > 130)
    soft = cv2.GaussianBlur(orange.astype(np.float32), (0, 0), 2.0)[..., None]
    white = image.max(axis=2, keepdims=True).astype(np.float32).repeat(3, axis=2)
    return (image * (1 - soft) + np.clip(1.15 * white, 0, 255) * soft).astype(np.uint8), mask


def blurred(image: Image, mask: Mask, *, sigma_px: float) -> tuple[Image, Mask]:
    """Blur as a soft lens does."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8), mask


def moved(image: Image, mask: Mask, *, length_px: int) -> tuple[Image, Mask]:
    """Blur downwards, as driving does near the vehicle."""
    kernel = np.full((length_px, 1), 1.0 / length_px)
    return np.asarray(cv2.filter2D(image, -1, kernel), np.uint8), mask


def compressed(image: Image, mask: Mask, *, quality: int) -> tuple[Image, Mask]:
    """Store as JPEG and read again."""
    stream = io.BytesIO()
    Pictures.fromarray(image).save(stream, "JPEG", quality=quality)
    return np.array(Pictures.open(stream)), mask


def resized(image: Image, mask: Mask, *, width_px: int) -> tuple[Image, Mask]:
    """Film at another resolution; marks stay at their size, as the call is brought back to it."""
    size = (width_px, round(image.shape[0] * width_px / image.shape[1]))
    method = cv2.INTER_AREA if width_px < image.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8), mask


def flipped(image: Image, mask: Mask) -> tuple[Image, Mask]:
    """Mirror, as where one drives on the left."""
    return np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])


def mounted(image: Image, mask: Mask, *, scale: float, down: float) -> tuple[Image, Mask]:
    """Look from nearer (a lower or narrower camera) or tilt it: enlarge and move the picture.

    Parameters
    ----------
    scale
        Factor of size about the middle of the picture.
    down
        How far the road moves down, as a share of the height; what comes from outside is black,
        and no lane.
    """
    height, width = mask.shape
    matrix = np.array(
        [
            [scale, 0.0, (1 - scale) * width / 2],
            [0.0, scale, (1 - scale) * height / 2 + down * height],
        ]
    )
    picture = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR)
    marks = cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_NEAREST)
    return np.asarray(picture, np.uint8), np.asarray(marks, np.uint8)


def alterations() -> Mapping[str, Alter]:
    """Return every alteration by its name."""
    warm, cool = (np.array(c, np.float32) for c in ((1.15, 1.0, 0.8), (0.85, 1.0, 1.2)))
    return {
        "unaltered": lambda image, mask: (image, mask),
        "brightness x 0.4": of_levels(lambda v: 0.4 * v),
        "brightness x 0.7": of_levels(lambda v: 0.7 * v),
        "brightness x 1.4": of_levels(lambda v: 1.4 * v),
        "gamma 0.6": of_levels(lambda v: v**0.6),
        "gamma 1.8": of_levels(lambda v: v**1.8),
        "contrast x 0.5": of_levels(lambda v: 0.5 + 0.5 * (v - 0.5)),
        "warm": of_levels(lambda v: v * warm),
        "cool": of_levels(lambda v: v * cool),
        "grey": of_levels(grey),
        "white markings": marking_colour,
        "blur 1 px": partial(blurred, sigma_px=1.0),
        "blur 2 px": partial(blurred, sigma_px=2.0),
        "motion 9 px": partial(moved, length_px=9),
        "JPEG 50": partial(compressed, quality=50),
        "JPEG 20": partial(compressed, quality=20),
        "640 px wide": partial(resized, width_px=640),
        "1280 px wide": partial(resized, width_px=1280),
        "1920 px wide": partial(resized, width_px=1920),
        "lower or nearer (x 1.3)": partial(mounted, scale=1.3, down=0.0),
        "higher or wider (x 0.75)": partial(mounted, scale=0.75, down=0.0),
        "tilted up (road 10 % lower)": partial(mounted, scale=1.0, down=0.10),
        "tilted down (road 10 % higher)": partial(mounted, scale=1.0, down=-0.10),
        "mirrored": flipped,
    }


def seen(detector: OnnxDetector, name: str, image: Image, mask: Mask) -> FrameCells:
    """Return the cells of a frame; what is called is brought to the size of the marks."""
    height, width = mask.shape
    layers = [
        cv2.resize(layer, (width, height), interpolation=cv2.INTER_LINEAR)
        if layer.shape != mask.shape
        else layer
        for layer in detector.probability(image)
    ]
    return frame_cells(name, mask, dict(zip(PixelClass, layers, strict=False)))


def measured(
    detector: OnnxDetector, pairs: Sequence[tuple[str, Image, Mask]], alter: Alter
) -> dict[str, CellScore]:
    """Return the score of every damage that is marked, after an alteration."""
    frames = [seen(detector, name, *alter(image, mask)) for name, image, mask in pairs]
    return {
        one.value: score(frames, one, detector.thresholds[one])
        for one in detector.model.finds
        if any(frame.marked[one] for frame in frames)
    }


def main() -> None:
    """Run all alterations and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("masks", type=Path)
    parser.add_argument("--frames", type=Path, required=True, help="names, one a line")
    parser.add_argument("--every", type=int, default=1, help="every so many frames only")
    parser.add_argument("--model", help="another model file")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    detector = load_detector(DetectParams(model=options.model))
    photos, truth = photos_in(options.images), truth_in(options.masks, ".png")
    names = read_names(options.frames)[:: options.every]
    pairs = [(name, pixels_of(photos[name]), read_mask(truth[name])) for name in names]
    results: dict[str, dict[str, CellScore]] = {}
    print("| alteration | crack F1 | crack extent r | pothole F1 | pothole extent r |")
    print("|---|---|---|---|---|", flush=True)
    for name, alter in alterations().items():
        results[name] = found = measured(detector, pairs, alter)
        both = [found[one] for one in ("crack", "pothole") if one in found]
        cells = [f"{value:.3f}" for one in both for value in (one.f1, one.extent_r)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    if options.json:
        figures = {
            "model": detector.version,
            "frames": len(pairs),
            "scores": {
                name: {damage: asdict(one) for damage, one in found.items()}
                for name, found in results.items()
            },
        }
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
