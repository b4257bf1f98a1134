"""What painted lines and road edges say of the camera: tried, measured, and not shipped.

Line segments (``cv2.createLineSegmentDetector``) below the horizon that are edges of white or
yellow paint, or any (``--any``), vote for the point where parallels of the road meet. That point
gives pitch and yaw, as the focus of the road's motion does. On made-up drives it is compared with
the truth; on real photos with where the borders of the marked lane meet, by survey line.

    python -m benchmarks.lane_lines --seed 1 --seed 2
    python -m benchmarks.lane_lines --photos ../shared/data/road
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from benchmarks.calibration import DUSK, coded, ground_of, mount_of
from numpy.typing import NDArray

from gatusyn.capture.looks import choose_moments
from gatusyn.evaluate import read_mask
from gatusyn.evaluate.read_frames import pixels_of
from gatusyn.locate.camera import view_rows
from gatusyn.model import CalibrateParams, Image
from gatusyn.simulate import make_town
from gatusyn.simulate.drives import lens_of, plan_drives, poses_at
from gatusyn.simulate.light import make_light
from gatusyn.simulate.render import film
from gatusyn.simulate.scene import make_scene
from gatusyn.simulate.sensor import expose, make_sensor

Floats = NDArray[np.float64]

FOV_DEG = 66.0
LEAST_PX = 40.0
SLOPING_DEG = 12.0
NEAR_DEG = 0.8
PAINT_GREY, CONTRAST_GREY = 25.0, 15.0
LEAST_LENGTH_PX = 250.0


def segments_of(image: Image, *, paint_only: bool) -> Floats:
    """Return segments x0, y0, x1, y1 of a picture 1280 px wide, below its upper 40 %, [n, 4]."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    lines = np.asarray(found, np.float64).reshape(-1, 4)
    step = lines[:, 2:] - lines[:, :2]
    length = np.hypot(*step.T)
    slope = np.degrees(np.arctan2(np.abs(step[:, 1]), np.abs(step[:, 0])))
    low = lines[:, [1, 3]].min(axis=1) > 0.4 * grey.shape[0]
    kept = low & (length > LEAST_PX) & (slope > SLOPING_DEG)
    lines = np.asarray(lines[kept])
    if paint_only and len(lines):
        lines = np.asarray(lines[is_paint(grey, lines)])
    return lines


def is_paint(grey: Image, lines: Floats) -> NDArray[np.bool_]:
    """Say which segments are the edge of something brighter than the road on one side."""
    at = np.linspace(0.1, 0.9, 15)[:, None]
    level = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float64)
    road = np.median(level[int(0.6 * len(level)) :])
    found = np.zeros(len(lines), dtype=bool)
    for number, (x0, y0, x1, y1) in enumerate(lines):
        along = np.array([x1 - x0, y1 - y0]) / math.hypot(x1 - x0, y1 - y0)
        across = np.array([-along[1], along[0]])
        middle = np.array([x0, y0]) + at * np.array([x1 - x0, y1 - y0])
        sides = []
        for off in (-3.0, 3.0):
            x, y = np.rint(middle + off * across).astype(int).T
            inside = (x >= 0) & (y >= 0) & (x < level.shape[1]) & (y < level.shape[0])
            sides.append(float(np.median(level[y[inside], x[inside]])) if inside.any() else road)
        bright, dark = max(sides), min(sides)
        found[number] = bright > road + PAINT_GREY and bright - dark > CONTRAST_GREY
    return found


def meeting_point(lines: Floats, *, tries: int = 400) -> Floats | None:
    """Return where most of the segments' length meets, above its lower end; None if too little."""
    if len(lines) < 2:
        return None
    length = np.hypot(*(lines[:, 2:] - lines[:, :2]).T)
    start = np.concatenate([lines[:, :2], np.ones((len(lines), 1))], axis=1)
    end = np.concatenate([lines[:, 2:], np.ones((len(lines), 1))], axis=1)
    normal = np.cross(start, end)
    normal /= np.hypot(normal[:, 0], normal[:, 1])[:, None]
    middle = (lines[:, :2] + lines[:, 2:]) / 2.0
    pairs = list(itertools.combinations(np.argsort(-length)[:30].tolist(), 2))
    best, most, chosen = None, 0.0, np.zeros(len(lines), bool)
    for one, other in pairs[:tries]:
        point = np.cross(normal[one], normal[other])
        if abs(point[2]) < 1e-3:
            continue
        place = point[:2] / point[2]
        if not (100.0 < place[0] < 1180.0 and -200.0 < place[1] < middle[:, 1].min()):
            continue
        good = off_deg(normal, middle, place) < NEAR_DEG
        directions = np.degrees(np.arctan2(normal[good, 0], normal[good, 1])) % 180.0
        if np.ptp(directions) < 15.0:
            continue
        if length[good].sum() > most:
            best, most, chosen = place, float(length[good].sum()), good
    if best is None or most < LEAST_LENGTH_PX:
        return None
    weight = length[chosen] / np.maximum(np.hypot(*(middle[chosen] - best).T), 50.0)
    place, *_ = np.linalg.lstsq(
        normal[chosen, :2] * weight[:, None], -normal[chosen, 2] * weight, rcond=None
    )
    return np.asarray(place)


def off_deg(normal: Floats, middle: Floats, place: Floats) -> Floats:
    """Return by what angle each segment misses a place, seen from the segment's middle."""
    away = np.abs(normal[:, :2] @ place + normal[:, 2])
    return np.asarray(np.degrees(np.arctan2(away, np.hypot(*(middle - place).T))))


def true_point(yaw: float, pitch: float, roll: float, fov: float, height_px: int) -> Floats:
    """Return where the road's direction meets the picture, 1280 px wide; degrees."""
    angles = np.radians([[yaw], [pitch], [roll]])
    rows = view_rows(*angles)[0]
    focal = 640.0 / math.tan(math.radians(fov) / 2.0)
    ahead = rows[:, 0]
    return np.asarray(np.array([639.5, height_px / 2.0 - 0.5]) + ahead[:2] / ahead[2] * focal)


def made_up(seed: int, case: str, looks: int, *, paint_only: bool) -> list[Floats]:
    """Return the error, in degrees to the right and down, of each look that has a point."""
    params = mount_of(seed, "dusk" if case == "dusk" else "fair")
    town = make_town(params)
    drive, ground = plan_drives(town)[0], ground_of(town, plan_drives(town)[0])
    light = DUSK if case == "dusk" else make_light(np.random.default_rng(seed), varied=False)
    rng, scene, lens = np.random.default_rng(seed), make_scene(town, light), lens_of(town)
    sensor = make_sensor(rng, lens, light)
    truth = true_point(
        params.camera_yaw_deg,
        params.camera_pitch_deg,
        params.camera_roll_deg,
        params.camera_fov_deg,
        lens.height_px,
    )
    per_deg = math.radians(1.0) * 640.0 / math.tan(math.radians(params.camera_fov_deg) / 2.0)
    turn = np.abs(np.gradient(np.unwrap(np.radians(ground.bearing_deg)), ground.time_s))
    errors = []
    moments = choose_moments(
        ground, CalibrateParams(max_looks=looks), frames_per_s=30.0, max_gap_s=10.0
    )
    for moment in moments:
        if np.degrees(np.interp(moment.time_s, ground.time_s, turn)) > 5.0:
            continue
        if moment.time_s > drive.motion.time_s[-1]:
            continue
        times = np.array([moment.time_s])
        poses, speeds = poses_at(town, drive, times, seed=int(moment.time_s * 1000))
        ((frame, _),) = film(scene, lens, poses, masks=False)
        (image,) = coded([expose(rng, frame, sensor, speeds[0])])
        place = meeting_point(segments_of(image, paint_only=paint_only))
        errors.append(np.full(2, np.nan) if place is None else (place - truth) / per_deg)
    return errors


def lane_point(mask: NDArray[np.uint8], scale: float) -> Floats | None:
    """Return where the borders of the marked lane meet, in pixels of a picture 1280 px wide."""
    rows, left, right = [], [], []
    for row in range(int(0.55 * len(mask)), int(0.95 * len(mask)), 4):
        inside = np.flatnonzero(mask[row] & 1)
        if len(inside) > 30 and inside[0] > 3 and inside[-1] < mask.shape[1] - 4:
            rows.append(row)
            left.append(inside[0])
            right.append(inside[-1])
    if len(rows) < 12:
        return None
    lines = [np.polyfit(rows, side, 1) for side in (left, right)]
    row = (lines[1][1] - lines[0][1]) / (lines[0][0] - lines[1][0])
    return np.array([np.polyval(lines[0], row), row]) * scale


def photos(folder: Path, *, paint_only: bool, every: int) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield each photo's survey line, and its points by segments and by the marked lane."""
    with (folder / "frames.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::every]
    for row in rows:
        name = Path(row["frame"]).stem
        mask = read_mask(folder / "masks" / f"{name}.png")
        image = pixels_of(next((folder / "images").glob(f"{name}.*")))
        scale = 1280.0 / image.shape[1]
        large = np.asarray(cv2.resize(image, None, fx=scale, fy=scale), np.uint8)
        place = meeting_point(segments_of(large, paint_only=paint_only))
        marked = lane_point(mask, 1280.0 / mask.shape[1])
        nothing = np.full(2, np.nan)
        yield (
            row["survey_line"],
            nothing if place is None else place,
            nothing if marked is None else marked,
        )


def spread(values: Floats) -> list[float]:
    """Return the median and a robust standard deviation, rounded."""
    middle = np.median(values, axis=0)
    return [*np.round(middle, 2), *np.round(1.4826 * np.median(np.abs(values - middle), axis=0), 2)]


def main() -> None:
    """Measure and print one JSON line a drive or survey line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, action="append", default=[])
    parser.add_argument("--looks", type=int, default=12)
    parser.add_argument("--photos", type=Path, help="folder with images, masks and frames.csv")
    parser.add_argument("--every", type=int, default=3, help="one photo of so many")
    parser.add_argument("--any", action="store_true", help="any edge, not of paint only")
    given = parser.parse_args()
    for case, seed in itertools.product(("fair", "dusk"), given.seed):
        errors = np.array(made_up(seed, case, given.looks, paint_only=not given.any))
        seen = errors[np.isfinite(errors[:, 0])]
        figures = spread(seen) if len(seen) else []
        print(json.dumps({"seed": seed, "case": case, "looks": len(errors), "with": len(seen)}))
        print("   yaw, pitch off (degrees), scatter of each:", *figures, flush=True)
    if given.photos:
        of_line = defaultdict(list)
        for line, place, marked in photos(
            given.photos, paint_only=not given.any, every=given.every
        ):
            of_line[line].append((*place, *marked))
        per_deg = math.radians(1.0) * 640.0 / math.tan(math.radians(FOV_DEG) / 2.0)
        for line, rows in sorted(of_line.items()):
            table = np.array(rows) / per_deg
            seen = table[np.isfinite(table[:, 0])]
            both = table[np.isfinite(table).all(axis=1)]
            print(json.dumps({"line": line, "photos": len(table), "with": len(seen)}))
            if len(both) > 2:
                print("   against the marked lane:", *spread(both[:, :2] - both[:, 2:]))
                print("   scatter by segments, by the marked lane:", *spread(seen[:, :2])[2:])
                print("      ", *spread(both[:, 2:])[2:], flush=True)


if __name__ == "__main__":
    main()
