"""How much less is found in a look that is blurred, dark or far than in a good one.

Made-up streets are filmed from two cameras whose place is known, and every frame is looked at as it
comes and once for each of some alterations: blur, movement, dark with the noise of a camera that
struggles, a veil. In each the road is measured as a drive's is, and damage looked for. Told are the
recall of damaged cells by distance, by place across and by alteration, and whether the quality that
`looks` in the settings makes of sharpness and light is what is found relative to a good look:

    python -m benchmarks.looks --seeds 2200 2206 --json build/looks.json

With photos and masks the same is told of those (distances are not, as nobody knows their camera):

    python -m benchmarks.looks --photos IMAGES MASKS --frames VALIDATION

Limits of sharpness and light were chosen on every other photo of the validation lines, that of
distance on seeds 2200 to 2205.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from benchmarks.alterations import AS_IT_COMES, alterations
from numpy.typing import NDArray
from shapely import Polygon, box

from gatusyn.detect import OnnxDetector, load_detector
from gatusyn.evaluate import FrameCells, frame_cells, photos_in, read_mask, read_names, truth_in
from gatusyn.evaluate.cells import CELL_PX
from gatusyn.evaluate.read_frames import pixels_of
from gatusyn.locate import Camera, FrameGround, measure_look, road_in_picture
from gatusyn.model import (
    CameraParams,
    Coverage,
    DetectParams,
    Image,
    LocateParams,
    LookColumns,
    LookParams,
    PixelClass,
)
from gatusyn.simulate.camera import Lens, Pose
from gatusyn.simulate.light import Light, make_light
from gatusyn.simulate.lines import bend, directions, total_length
from gatusyn.simulate.making import make_town
from gatusyn.simulate.params import SimulationParams
from gatusyn.simulate.render import film
from gatusyn.simulate.scene import Scene, make_scene
from gatusyn.simulate.sensor import expose, make_sensor

Mask = NDArray[np.uint8]
Floats = NDArray[np.float64]

LENS = Lens()
FRAMES = 40
EVERY = 2
SPEED_MS = 8.0
#: Height of the lens and pitch: a lorry's windscreen and a car's.
CAMERAS = ((2.0, 10.0), (1.4, 6.0))
FOUND = (PixelClass.CRACK, PixelClass.POTHOLE)
DISTANCES_M = (3.5, 5.0, 8.0, 12.0, 15.0, 20.0)
ACROSS_M = (-4.0, -1.75, 1.75, 4.0)
QUALITIES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.95, 1.01)
WELL = LocateParams()


def frames_of(seed: int, height_m: float, pitch_deg: float) -> Iterator[tuple[Image, Mask]]:
    """Yield frames that look at damages of a random town, with their masks."""
    rng = np.random.default_rng([seed, 51])
    params = SimulationParams(
        seed=int(rng.integers(2**31 - 1)),
        blocks_x=2,
        blocks_y=1,
        block_length_m=float(rng.uniform(70, 110)),
        damage_density=4.0,
    )
    light = make_light(rng, varied=True)
    scene = make_scene(make_town(params), light, marking_wear=float(rng.uniform(0.0, 0.9)))
    made = 0
    while made < FRAMES:
        for picture, mask in view_of(rng, scene, light, height_m, pitch_deg):
            yield picture, mask
            made += 1


def view_of(
    rng: np.random.Generator, scene: Scene, light: Light, height_m: float, pitch_deg: float
) -> Iterator[tuple[Image, Mask]]:
    """Film five neighbouring places on the way to a damage."""
    town = scene.town
    damage = town.damages[int(rng.integers(len(town.damages)))]
    link = town.links[damage.link]
    forward = rng.random() < 0.5
    line = link.line if forward else link.line[::-1]
    length = total_length(line)
    at = damage.along_m if forward else length - damage.along_m
    along = np.asarray(max(0.0, at - rng.uniform(10.0, 22.0)) + 3.0 * np.arange(5), np.float64)
    across = town.streets[link.street].width_m / 4 + rng.normal(0, 0.3)
    poses = [
        Pose(
            x_m=float(place[0]),
            y_m=float(place[1]),
            height_m=height_m,
            heading_deg=math.degrees(math.atan2(ahead[0], ahead[1])),
            pitch_deg=pitch_deg,
        )
        for place, ahead in zip(
            bend(line, along, np.full(5, across)), directions(line, along), strict=True
        )
    ]
    sensor = make_sensor(rng, LENS, dataclasses.replace(light, grain=min(light.grain, 3.0)))
    for frame, mask in film(scene, LENS, poses, masks=True):
        assert mask is not None
        yield expose(rng, frame, sensor, SPEED_MS), mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one altered frame gave: cells that are true and of these called, [classes, places].

    Parameters
    ----------
    by_distance, by_place
        In bands of distance, over the width of the look; and in bands across, from 3.5 to 12 m.
    whole
        From 3.5 to 12 m, over the width of the look; of photos, of the own lane.
    """

    alteration: str
    sharpness: float
    light: float
    quality: float
    whole: Floats
    by_distance: Floats
    by_place: Floats


class Judge:
    """Looks at frames, alters them, and counts what is found.

    Parameters
    ----------
    camera
        None where nobody knows it.
    """

    def __init__(self, detector: OnnxDetector, camera: Camera | None) -> None:
        self._detector, self._camera = detector, camera
        self._view = FrameGround.of(camera, WELL) if camera else None
        self._params = LookParams()

    def look(self, name: str, image: Image, mask: Mask) -> Look | None:
        """Look at a frame; None where it shows no road or no damage."""
        damage = self._detector.detect(image)
        height, width = mask.shape
        road = road_in_picture(damage.road, step_px=damage.step_px)
        seen = self._view.part_of(road) if self._view else _lane(mask)
        if seen.is_empty:
            return None
        layers = [
            cv2.resize(layer, (width, height), interpolation=cv2.INTER_LINEAR)
            for layer in damage.probability
        ]
        cells = frame_cells(name, mask, dict(zip(PixelClass, layers, strict=False)))
        measures = measure_look(image, seen)
        look = Coverage(
            frame_id=name,
            link_id="",
            footprint=box(0, 0, 1, 1),
            time_s=0.0,
            sharpness=measures.sharpness,
            light=measures.light,
        )
        return Look(
            alteration=name,
            sharpness=math.nan if measures.sharpness is None else measures.sharpness,
            light=math.nan if measures.light is None else measures.light,
            quality=float(self._params.qualities(LookColumns.of([("", look)]).measures)[0]),
            **self._counted(cells),
        )

    def _counted(self, cells: FrameCells) -> dict[str, Floats]:
        lane = np.ones(cells.lane.shape, bool)
        if self._camera is None:
            none = np.zeros((len(FOUND), 0, 2))
            return {
                "whole": self._tally(cells, [lane])[:, 0],
                "by_distance": none,
                "by_place": none,
            }
        rows, columns = cells.lane.shape
        y, x = np.mgrid[0:rows, 0:columns] * CELL_PX + (CELL_PX - 1) / 2
        ground = self._camera.to_ground(np.column_stack((x.ravel(), y.ravel())))
        ahead, aside = np.nan_to_num(ground.T, nan=np.inf).reshape(2, rows, columns)
        beside = np.abs(aside) <= WELL.lateral_m
        within = (ahead >= WELL.near_m) & (ahead < WELL.far_m)
        distances = [(ahead >= a) & (ahead < b) & beside for a, b in pairwise(DISTANCES_M)]
        places = [(aside >= a) & (aside < b) & within for a, b in pairwise(ACROSS_M)]
        return {
            "whole": self._tally(cells, [within & beside])[:, 0],
            "by_distance": self._tally(cells, distances),
            "by_place": self._tally(cells, places),
        }

    def _tally(self, cells: FrameCells, parts: list[NDArray[np.bool_]]) -> Floats:
        """Return how many cells are true, and of these called, [classes, parts, 2]."""
        result = np.zeros((len(FOUND), len(parts), 2))
        for at, one in enumerate(FOUND):
            true = cells.true(one)
            called = true & cells.called(one, self._detector.thresholds[one])
            for number, part in enumerate(parts):
                result[at, number] = (true & part).sum(), (called & part).sum()
        return result


def _lane(mask: Mask) -> Polygon:
    """Return the lower part of the marked lane of a photo."""
    marked = mask & 1
    marked[: int(0.55 * mask.shape[0])] = 0
    parts = road_in_picture(marked.astype(np.float32)).geoms
    return max(parts, key=lambda part: part.area, default=Polygon())


def looks_of_seed(detector: OnnxDetector, seed: int) -> Iterator[Look]:
    """Look at the frames of a made-up town."""
    height_m, pitch_deg = CAMERAS[seed % len(CAMERAS)]
    params = CameraParams(height_m=height_m, pitch_deg=pitch_deg, horizontal_fov_deg=LENS.fov_deg)
    camera = Camera(params=params, width_px=LENS.width_px, height_px=LENS.height_px)
    judge = Judge(detector, camera)
    rng = np.random.default_rng([seed, 52])
    for number, (image, mask) in enumerate(frames_of(seed, height_m, pitch_deg)):
        if number % EVERY == 0:
            yield from altered(judge, rng, image, mask)


def looks_of_photos(
    detector: OnnxDetector, images: Path, masks: Path, names: list[str]
) -> Iterator[Look]:
    """Look at photos of real roads."""
    judge, rng = Judge(detector, None), np.random.default_rng(53)
    photos, truth = photos_in(images), truth_in(masks, ".png")
    for name in names:
        yield from altered(judge, rng, pixels_of(photos[name]), read_mask(truth[name]))


def altered(judge: Judge, rng: np.random.Generator, image: Image, mask: Mask) -> Iterator[Look]:
    """Look at a frame in every alteration."""
    for name, alter in alterations().items():
        look = judge.look(name, alter(rng, image), mask)
        if look is not None:
            yield look


def recall(tallies: Floats) -> list[float]:
    """Return the recall of each class, and of both in the mean, of counts [..., classes, 2]."""
    sums = tallies.reshape(-1, len(FOUND), 2).sum(axis=0)
    each = sums[:, 1] / np.where(sums[:, 0] > 0, sums[:, 0], np.nan)
    return [round(float(value), 3) for value in (*each, each.mean())]


def tables(looks: list[Look]) -> dict[str, dict[str, list[float]]]:
    """Return recalls by what the looks are divided by."""
    good = [look for look in looks if look.alteration == AS_IT_COMES]
    whole = np.array([look.whole for look in looks])
    result: dict[str, dict[str, list[float]]] = {"distance": {}, "across": {}}
    for name, attribute, edges in (
        ("distance", "by_distance", DISTANCES_M),
        ("across", "by_place", ACROSS_M),
    ):
        counts = np.array([getattr(look, attribute) for look in good])
        for at, (low, high) in enumerate(pairwise(edges)):
            if counts.shape[2]:
                result[name][f"{low:g} to {high:g} m"] = recall(counts[:, :, at])
    result["alteration"] = {}
    for name in alterations():
        own = np.array([look.alteration == name for look in looks])
        middle = [
            round(
                float(
                    np.nanmedian([getattr(look, one) for look in looks if look.alteration == name])
                ),
                2,
            )
            for one in ("sharpness", "light", "quality")
        ]
        result["alteration"][name] = [*middle, *recall(whole[own])]
    quality = np.array([look.quality for look in looks])
    best = recall(whole[quality >= QUALITIES[-2]])[-1]
    result["quality"] = {}
    for low, high in pairwise(QUALITIES):
        own = (quality >= low) & (quality < high)
        if own.any():
            found = recall(whole[own])
            mean = round(float(quality[own].mean()), 2)
            relative = round(found[-1] / best, 2)
            result["quality"][f"{low:g} to {min(high, 1.0):g}"] = [
                int(own.sum()),
                mean,
                relative,
                *found,
            ]
    return result


HEADS = {
    "distance": ("recall: crack", "pothole", "mean"),
    "across": ("recall: crack", "pothole", "mean"),
    "alteration": ("sharpness", "light", "quality", "recall: crack", "pothole", "mean"),
    "quality": ("looks", "said", "found, of a good look", "recall: crack", "pothole", "mean"),
}


def main() -> None:
    """Look at made-up streets or photos, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs=2, metavar=("FIRST", "END"))
    parser.add_argument("--photos", type=Path, nargs=2, metavar=("IMAGES", "MASKS"))
    parser.add_argument("--frames", type=Path, help="names of photos, one a line")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    detector = load_detector(DetectParams())
    looks: list[Look] = []
    if options.photos:
        if options.frames is None:
            parser.error("--photos needs --frames")
        images, masks = options.photos
        looks += looks_of_photos(detector, images, masks, list(read_names(options.frames)))
    for seed in range(*(options.seeds or (0, 0))):
        looks += looks_of_seed(detector, seed)
    if not looks:
        parser.error("give --seeds or --photos")
    found = tables(looks)
    for name, rows in found.items():
        if rows:
            print(f"\n| {name} | {' | '.join(HEADS[name])} |\n|{'---|' * (len(HEADS[name]) + 1)}")
            for label, values in rows.items():
                print(f"| {label} | {' | '.join(f'{value:g}' for value in values)} |")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        figures = {"model": detector.version, "looks": len(looks), **found}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
