"""Measure what a video's neighbouring frames add to hiding, on sequences made of single photos.

``python benchmarks/sequences.py PHOTOS --plates BOXES.csv [--drive PREFIX]... [--json FILE]``.
No real video with marked plates may be used here. So each photo is filmed by a made-up moving
camera (zoom, pan and shake by less than pixels, movement blur, noise and compression of its own for
every frame), with a middle frame that is harder than those around it. Plates count in the middle
frame, with and without looking at its neighbours; what is drawn depends on seed and name only, so
both see the same middle frames.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.capture import RawFrame, read_photo
from gatusyn.evaluate import evaluate_privacy, photos_in, read_plates
from gatusyn.evaluate.read_people import TrueBox, Truth
from gatusyn.model import CameraParams, Image, PrivacyParams, RegionKind, Rejected
from gatusyn.privacy import Redactor, load_redactor

Floats = NDArray[np.float64]


class Trouble(StrEnum):
    """What makes the middle frame harder than those around it."""

    NONE = "none"
    SMEAR = "smear"
    """A bump during the exposure: 8 to 16 px of movement blur, of 1,280."""
    GLARE = "glare"
    """A white spot, soft at its edge, over half of each plate or more."""
    WIPER = "wiper"
    """A dark bar across each plate, one to one and a half times as wide as the plate is high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """How the picture moves around its middle frame; lengths are shares of the picture's width.

    Parameters
    ----------
    growth_per_s
        How fast things come closer: the inverse of the seconds until they are reached.
    pan_per_s
        Right and down.
    shake, shake_hz, phase
        Bouncing up and down: its amplitude, frequency and phase.
    exposure_s
        Smears what moves.
    noise
        Standard deviation in grey levels.
    quality
        Of the JPEG compression, 0..100.
    """

    growth_per_s: float
    pan_per_s: tuple[float, float]
    shake: float
    shake_hz: float
    phase: float
    exposure_s: float
    noise: float
    quality: int

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Camera:
        """Draw a camera in a car that drives in a town."""
        return cls(
            growth_per_s=float(random.uniform(-0.5, 2.5)),
            pan_per_s=(float(random.normal(0, 0.15)), float(random.normal(0, 0.03))),
            shake=float(random.uniform(0, 0.006)),
            shake_hz=float(random.uniform(1, 4)),
            phase=float(random.uniform(0, 2 * np.pi)),
            exposure_s=float(random.uniform(0.002, 0.012)),
            noise=float(random.uniform(2, 6)),
            quality=int(random.integers(60, 86)),
        )

    def shift(self, time_s: float) -> Floats:
        """Return how far the picture has moved since the middle frame, right and down."""
        turn = 2 * np.pi * self.shake_hz
        bounce = float(np.sin(turn * time_s + self.phase) - np.sin(self.phase))
        right, down = self.pan_per_s
        return np.array([right * time_s, down * time_s + self.shake * bounce])

    def seen(self, photo: Image, time_s: float) -> Image:
        """Return the photo as it is seen some seconds after the middle frame, or before it."""
        height, width = photo.shape[:2]
        scale = float(np.exp(self.growth_per_s * time_s))
        vanishing = np.array([0.5 * width, 0.35 * height])
        # Every frame is resampled, the middle one, too: it must not be the sharpest for that.
        move = vanishing * (1 - scale) + self.shift(time_s) * width + 0.4
        matrix = np.array([[scale, 0.0, move[0]], [0.0, scale, move[1]]])
        moved = cv2.warpAffine(
            photo, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        half = self.exposure_s / 2
        return smeared(
            np.asarray(moved, np.uint8),
            (self.shift(time_s + half) - self.shift(time_s - half)) * width,
        )

    def recorded(self, image: Image, random: np.random.Generator) -> Image:
        """Return a picture with this camera's noise and compression."""
        noise = self.noise * random.standard_normal(image.shape, np.float32)
        noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
        quality = [cv2.IMWRITE_JPEG_QUALITY, self.quality]
        packed = cv2.imencode(".jpg", cv2.cvtColor(noisy, cv2.COLOR_RGB2BGR), quality)[1]
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR_RGB), np.uint8)


def smeared(image: Image, way_px: Floats) -> Image:
    """Return a picture that moved during its exposure."""
    length = float(np.linalg.norm(way_px))
    if length < 1:
        return np.asarray(image, np.uint8)
    reach = int(np.ceil(length / 2))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for part in np.linspace(-0.5, 0.5, 8 * reach + 1):
        x, y = np.round(reach + part * way_px).astype(int)
        kernel[y, x] += 1
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def troubled(
    image: Image, boxes: tuple[TrueBox, ...], trouble: Trouble, random: np.random.Generator
) -> Image:
    """Return the middle frame with its trouble."""
    height, width = image.shape[:2]
    if trouble is Trouble.SMEAR:
        angle, length = random.uniform(0, np.pi), random.uniform(8, 16) * width / 1280
        return smeared(image, length * np.array([np.cos(angle), np.sin(angle)]))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    veil, colour = np.zeros((height, width), np.float32), 250.0
    for box in boxes if trouble is not Trouble.NONE else ():
        x1, y1, x2, y2 = box.box
        middle_x = random.uniform(0.7 * x1 + 0.3 * x2, 0.3 * x1 + 0.7 * x2)
        middle_y = random.uniform(0.7 * y1 + 0.3 * y2, 0.3 * y1 + 0.7 * y2)
        if trouble is Trouble.GLARE:
            away = np.hypot(x - middle_x, y - middle_y) / (random.uniform(0.35, 0.7) * (x2 - x1))
            veil = np.maximum(veil, 0.95 * np.exp(-(away**4)))
        else:
            colour, angle = 25.0, random.uniform(0.2, 1.2)
            away = np.abs((x - middle_x) * np.sin(angle) - (y - middle_y) * np.cos(angle))
            half = random.uniform(0.5, 0.75) * (y2 - y1)
            veil = np.maximum(veil, 0.95 * np.exp(-((away / half) ** 4)))
    return np.asarray(image * (1 - veil[..., None]) + colour * veil[..., None], np.uint8)


def made_sequence(
    photo: Image,
    name: str,
    boxes: tuple[TrueBox, ...],
    *,
    trouble: Trouble,
    neighbour_s: float,
    seed: int,
) -> RawFrame:
    """Return a photo as the middle frame of a video, with a neighbour on each side.

    Parameters
    ----------
    photo
        RGB, uint8 [height, width, 3].
    name
        With the seed it settles all that is drawn.
    boxes
        Where its plates are.
    neighbour_s
        How far away the neighbours are; the middle frame does not depend on it. 0 makes none.
    """
    start = [seed, zlib.crc32(name.encode()), list(Trouble).index(trouble)]
    camera = Camera.drawn(np.random.default_rng(start))

    def frame(time_s: float, neighbours: tuple[RawFrame, ...] = ()) -> RawFrame:
        random = np.random.default_rng([*start, round(1000 * (time_s + 1))])
        image = camera.seen(photo, time_s)
        if time_s == 0:
            image = troubled(image, boxes, trouble, random)
        image = camera.recorded(image, random)
        return RawFrame(frame_id=name, time_s=time_s, image=image, neighbours=neighbours)

    around = (-neighbour_s, neighbour_s) if neighbour_s else ()
    return frame(0.0, tuple(frame(time_s) for time_s in around))


def scaled(truth: Mapping[str, tuple[TrueBox, ...]], size: float) -> dict[str, tuple[TrueBox, ...]]:
    """Return boxes in a picture of another size."""
    return {
        name: tuple(
            TrueBox(
                kind=one.kind,
                box=(one.box[0] * size, one.box[1] * size, one.box[2] * size, one.box[3] * size),
                view=one.view,
                unsure=one.unsure,
            )
            for one in boxes
        )
        for name, boxes in truth.items()
    }


def film(
    name: str,
    path: Path,
    *,
    truth: Truth,
    size: float,
    trouble: Trouble,
    neighbour_s: float,
    seed: int,
) -> RawFrame | Rejected:
    """Return a photo as the middle frame of a video; ``truth`` in pixels of the sized photo."""
    photo = read_photo(path)
    if isinstance(photo, Rejected):
        return photo
    if size != 1:
        small = cv2.resize(photo, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        photo = np.asarray(small, np.uint8)
    boxes = truth.get(name, ())
    return made_sequence(photo, name, boxes, trouble=trouble, neighbour_s=neighbour_s, seed=seed)


def hiding(
    photos: dict[str, Path],
    truth: Truth,
    load: Callable[[float], Redactor],
    *,
    size: float,
    distances_s: Sequence[float],
    trouble: Trouble,
    seed: int,
) -> list[dict[str, object]]:
    """Return for each distance of the neighbours (0: none) what is hidden."""
    shown = scaled(truth, size)
    rows: list[dict[str, object]] = []
    for neighbour_s in distances_s:
        done = evaluate_privacy(
            photos,
            [shown],
            load(neighbour_s),
            horizontal_fov_deg=CameraParams().horizontal_fov_deg,
            read=partial(
                film,
                truth=shown,
                size=size,
                trouble=trouble,
                neighbour_s=neighbour_s,
                seed=seed,
            ),
        )
        recall = done.parts(RegionKind.PLATE)["all"]["all"]
        rows.append(
            {
                "size": size,
                "trouble": trouble.value,
                "neighbour_s": neighbour_s,
                "hidden": recall.hidden,
                "plates": recall.boxes,
                "besides_percent": {
                    kind.value: round(100 * share, 3) for kind, share in done.besides.items()
                },
            }
        )
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    return rows


def speed(frames: Sequence[RawFrame], redactors: dict[str, Redactor]) -> dict[str, object]:
    """Return frames a second by turns, frame by frame, so that a busy machine slows all alike."""
    seconds = dict.fromkeys(redactors, 0.0)
    for number, frame in enumerate([frames[0], *frames]):
        for name, redactor in redactors.items():
            start = time.process_time()
            redactor.redact(frame)
            # The first frame pays for memory that later ones reuse.
            seconds[name] += (time.process_time() - start) * (number > 0)
    return {
        "frames": len(frames),
        "frames_per_cpu_s": {name: round(len(frames) / s, 2) for name, s in seconds.items()},
        "times_as_long": round(seconds["with"] / seconds["without"], 2),
    }


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--plates", type=Path, required=True, help="their plates (CSV)")
    parser.add_argument("--drive", action="append", help="only photos whose name starts so")
    parser.add_argument("--size", type=float, action="append", help="share of the photo's own")
    parser.add_argument("--neighbour-s", type=float, action="append", help="beside the default")
    parser.add_argument("--trouble", action="append", choices=list(Trouble), help="default: all")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    return parser.parse_args()


def main() -> int:
    """Run the command."""
    arguments = asked()
    wanted = tuple(arguments.drive or [""])
    photos = {n: path for n, path in photos_in(arguments.photos).items() if n.startswith(wanted)}
    truth = {name: boxes for name, boxes in read_plates(arguments.plates).items() if name in photos}
    default_s = PrivacyParams().neighbour_s
    distances_s = [0.0, default_s, *(arguments.neighbour_s or [])]

    def load(neighbour_s: float) -> Redactor:
        params = PrivacyParams(neighbour_s=neighbour_s)
        return load_redactor(params, horizon_share=0.33, threads=arguments.threads)

    filmed = partial(film, truth=truth, size=1.0, trouble=Trouble.NONE, seed=arguments.seed)
    plain = [filmed(name, path, neighbour_s=default_s) for name, path in sorted(photos.items())]
    frames = [frame for frame in plain if isinstance(frame, RawFrame)]
    figures = {
        "sequences": len(photos),
        "speed": speed(frames, {"without": load(0.0), "with": load(default_s)}),
        "rows": [
            row
            for size in arguments.size or [1.0]
            for trouble in arguments.trouble or list(Trouble)
            for row in hiding(
                photos,
                truth,
                load,
                size=size,
                distances_s=distances_s,
                trouble=Trouble(trouble),
                seed=arguments.seed,
            )
        ],
    }
    text = json.dumps(figures, indent=1)
    if arguments.json is not None:
        arguments.json.write_text(text + "\n", "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
