"""How right the rules of the records are where the network makes no mistake.

``python benchmarks/records.py --seed 7 --seed 8 --json build/records.json`` drives made-up towns
without filming them: each frame's detections are what a network would say that had learnt its
targets by heart (blocks of 8 px, cracks spread over the blocks around them), with noise in
probabilities, in the place and in the pitch of the camera. From there on it is the real thing:
outlines, footprints, findings, kinds, measures.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, STRtree

from gatusyn.cli.demo import settings_of
from gatusyn.detect import find_regions
from gatusyn.evaluate import DamageTruth, RecordScore, read_truth, score_records
from gatusyn.findings import derive_findings
from gatusyn.geo import polygons_of
from gatusyn.locate import Camera, FrameGround, Ground
from gatusyn.model import (
    CitySettings,
    Coverage,
    Detection,
    Direction,
    Observation,
    PixelClass,
    Pose,
)
from gatusyn.network import read_network
from gatusyn.simulate import SimulationParams, make_town, write_network, write_truth
from gatusyn.simulate.drives import Drive, plan_drives

WIDTH, HEIGHT, BLOCK_PX = 1280, 720, 10
#: As in the weights' model file; patches are not in it yet.
SPREAD_BLOCKS = {PixelClass.CRACK: 0.7, PixelClass.POTHOLE: 0.2, PixelClass.PATCH: 0.2}
THRESHOLDS = {PixelClass.CRACK: 0.7, PixelClass.POTHOLE: 0.4, PixelClass.PATCH: 0.5}
#: The targets of the training: a crack's density around a block, a hole's share of a block.
DENSE, FILLED = 0.05, 0.4
PLACE_SIGMA_M, PITCH_SIGMA_DEG, NOISE = 0.2, 0.15, 0.12
MOST_TURN_DEG = 12.0

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """A frame: where the lens was, and where the track says that it was."""

    frame_id: str
    true: Pose
    believed: Pose


def looks_along(
    drive: Drive,
    number: int,
    links: STRtree,
    names: list[str],
    origin: tuple[float, float],
    rng: np.random.Generator,
) -> Iterator[Look]:
    """Yield a frame every 5 m where the vehicle does not turn."""
    times = np.arange(0.0, drive.motion.time_s[-1], 0.05)
    places, headings, _ = drive.motion.at(times)
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
    drift = np.zeros(2)
    for i in np.searchsorted(metres, np.arange(2.0, metres[-1], 5.0)):
        around = headings[[max(i - 20, 0), min(i + 20, len(times) - 1)]]
        if abs((around[1] - around[0] + 180.0) % 360.0 - 180.0) > MOST_TURN_DEG:
            continue
        drift = 0.97 * drift + PLACE_SIGMA_M * rng.normal(size=2)
        east, north = places[i] + np.array(origin)
        pose = Pose(
            time_s=float(times[i]) + 1e4 * number,
            easting_m=float(east),
            northing_m=float(north),
            bearing_deg=float(headings[i] % 360.0),
            speed_ms=8.0,
            sigma_along_m=0.7,
            sigma_across_m=0.7,
            sigma_bearing_deg=1.0,
            link_id=names[int(links.nearest(Point(east, north)))],
            offset_m=0.0,
            direction=Direction.WITH,
        )
        moved = replace(
            pose,
            easting_m=pose.easting_m + float(drift[0]),
            northing_m=pose.northing_m + float(drift[1]),
        )
        yield Look(f"{number}/{i}", pose, moved)


def answer(truth: list[DamageTruth], camera: Camera, pose: Pose) -> dict[PixelClass, Plane]:
    """Return the share of each block, float32 [rows, columns], that a damage of a class covers."""
    layers = {name: np.zeros((HEIGHT, WIDTH), np.uint8) for name in PixelClass}
    angle = math.radians(pose.bearing_deg)
    east, north = math.sin(angle), math.cos(angle)
    for damage in truth:
        for part in polygons_of(damage.footprint):
            xy = np.asarray(part.exterior.coords) - (pose.easting_m, pose.northing_m)
            ahead, aside = xy @ (east, north), xy @ (north, -east)
            if ahead.max() > 2.0:
                road = np.column_stack([np.maximum(ahead, 1.2), aside])
                pixels = np.rint(camera.to_pixels(road) * 16.0).astype(np.int32)
                cv2.fillPoly(layers[damage.kind.pixel_class], [pixels], (1,), shift=4)
    size = (WIDTH // BLOCK_PX, HEIGHT // BLOCK_PX)
    return {
        name: np.asarray(
            cv2.resize(layer.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32
        )
        for name, layer in layers.items()
        if layer.any()
    }


def detections_of(shares: dict[PixelClass, Plane], rng: np.random.Generator) -> list[Detection]:
    """Return what a network that has learnt its targets finds in a frame, with some noise."""
    found: list[Detection] = []
    for name, share in shares.items():
        dense = cv2.blur(share, (3, 3)) / DENSE if name is PixelClass.CRACK else share / FILLED
        noise = rng.standard_normal(share.shape).astype(np.float32)
        said = np.clip(dense, 0, 1) + NOISE * cv2.GaussianBlur(noise, (0, 0), 0.8)
        said = np.clip(said, 0, 1) * (dense > 0.02)
        fine = cv2.resize(said.astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
        found += find_regions(
            np.asarray(fine, np.float32),
            pixel_class=name,
            threshold=THRESHOLDS[name],
            min_area_px=60 * 1.25**2,
            spread_px=SPREAD_BLOCKS[name] * BLOCK_PX,
        )
    return found


def score_town(seed: int, folder: Path) -> dict[str, RecordScore]:
    """Drive a made-up town, derive its findings and score them."""
    params = SimulationParams(seed=seed)
    town, settings = make_town(params), settings_of(params)
    write_truth(town, folder / "truth.geojson")
    write_network(town, folder / "network.gpkg")
    network = read_network(folder / "network.gpkg", params=settings.network)
    truth = read_truth(folder / "truth.geojson", epsg=network.epsg)
    links, names = (
        STRtree([link.line for link in network.links]),
        [link.link_id for link in network.links],
    )
    rng = np.random.default_rng(seed)
    observations: list[tuple[str, Observation]] = []
    coverage: list[tuple[str, Coverage]] = []
    ground, near = Ground(network, settings.locate), STRtree([one.footprint for one in truth])
    for number, drive in enumerate(plan_drives(town)):
        for look in looks_along(drive, number, links, names, town.origin_m, rng):
            place = Point(look.true.easting_m, look.true.northing_m).buffer(25.0)
            seen = [truth[int(i)] for i in near.query(place)]
            detections = detections_of(answer(seen, camera_of(settings), look.true), rng)
            pitch = settings.camera.pitch_deg + PITCH_SIGMA_DEG * rng.normal()
            view = FrameGround.of(camera_of(settings, pitch_deg=pitch), settings.locate)
            run_id = f"run{number}"
            own = ground.coverage(look.frame_id, view, look.believed)
            coverage += [(run_id, own)] if own is not None else []
            observations += [
                (run_id, one)
                for one in ground.observations(
                    look.frame_id, tuple(detections), view, look.believed, number=len(coverage)
                )
            ]
    findings = derive_findings(observations, coverage, network, settings.findings, settings.records)
    looked_at = shapely.union_all([look.footprint for _, look in coverage])
    return score_records(findings, truth, looked_at)


def camera_of(settings: CitySettings, *, pitch_deg: float | None = None) -> Camera:
    """Return the town's camera, or one that is tilted otherwise."""
    params = settings.camera
    if pitch_deg is not None:
        params = replace(params, pitch_deg=pitch_deg)
    return Camera(params=params, width_px=WIDTH, height_px=HEIGHT)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", required=True)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = {}
    for seed in arguments.seed:
        with tempfile.TemporaryDirectory() as folder:
            scores = score_town(seed, Path(folder))
        result[seed] = {kind: asdict(score) for kind, score in scores.items()}
        print(f"seed {seed}: found, right kind, length off, area off, severity right")
        for kind, one in scores.items():
            print(
                f"  {kind:20}{one.found_m:6.0f} m{one.type_share:7.0%}{one.length_error:7.0%}"
                f"{one.area_error:7.0%}{one.severity_share:7.0%}"
            )
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
