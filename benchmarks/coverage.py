"""How much of a street counts as looked at, and what that does to the index, against the truth.

usage: python benchmarks/coverage.py [--seed N ...] [--passes 4] [--json FILE]
       python benchmarks/coverage.py --photos ROAD --frames LIST

The made-up roads and drives of ``benchmarks/positions.py``. *One way* keeps of each street for both
directions only the frames in one of them, drawn by link; *both ways* keeps all. The other lane is
seen by the detector as well as the own one, or (*other lane unseen*) what lies in it is never
called. Each is graded with looks that count up to the middle of the carriageway (the default) and
over the whole of the window (``locate.two_lanes_from_m`` out of reach). Truth: the index of what
lies there, recorded by the same rules; and the surface that the frames truly showed.

With photos it is told how much road the model sees beside the marked own lane, and how much of that
it calls cracked.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from gatusyn.condition import derive_conditions, load_curves
from gatusyn.detect import load_detector
from gatusyn.evaluate import photos_in, read_mask, read_names, truth_in
from gatusyn.evaluate.made_drives import (
    MadePass,
    MadeTown,
    PoseError,
    Receiver,
    camera_settings,
    make_pass,
    make_town,
)
from gatusyn.evaluate.read_frames import pixels_of
from gatusyn.findings import derive_findings
from gatusyn.findings.records import records_of
from gatusyn.geo import bearing_at, side_of_line, unit_vector
from gatusyn.locate import Camera, FrameGround, Ground
from gatusyn.model import (
    Coverage,
    DetectParams,
    Direction,
    Finding,
    Observation,
    PixelClass,
    Rates,
    SectionCondition,
    Side,
)
from gatusyn.simulate.roads import link_id
from gatusyn.simulate.sightings import SightParams

Reals = NDArray[np.float64]

WHOLE_WINDOW_M = 100.0
RECEIVER = Receiver(correlation_s=60.0)
RATES = dict.fromkeys(PixelClass, Rates(precision=0.95, recall=0.9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a case keeps of the drives; with each the run's id."""

    observations: list[tuple[str, Observation]]
    poses: list[tuple[str, PoseError]]


def kept_of(passes: Sequence[MadePass], town: MadeTown, *, one_way: bool, unseen: bool) -> Kept:
    """Return the observations and poses of a case."""
    way = {
        link.link_id: Direction.WITH
        if number % 2 or link.direction is not Direction.BOTH
        else Direction.AGAINST
        for number, link in enumerate(town.network.links)
    }
    kept = Kept(observations=[], poses=[])
    for made in passes:
        poses = {
            one.pose.time_s: one
            for one in made.poses
            if not one_way or one.pose.direction is way[one.pose.link_id]
        }
        kept.poses.extend((made.run_id, one) for one in poses.values())
        for one in made.observations:
            if one.time_s in poses and not (unseen and in_other_lane(town, made, one)):
                kept.observations.append((made.run_id, one))
    return kept


def in_other_lane(town: MadeTown, made: MadePass, one: Observation) -> bool:
    """Say whether what was observed truly lies left of the middle of its two-way street."""
    seen = made.truth[one.observation_id]
    if seen.damage is None:
        return False
    index = town.damages[seen.damage].link
    if town.roads.kinds[index].one_way:
        return False
    right = side_of_line(LineString(town.roads.links[index].line), seen.part.centroid)
    return (right if one.direction is Direction.WITH else -right) < 0.0


def looks_of(town: MadeTown, kept: Kept, *, two_lanes_from_m: float, true: bool) -> list[Coverage]:
    """Return what the frames looked at: from where the chain thinks they were, or truly were."""
    settings = town.settings
    locate = replace(settings.locate, two_lanes_from_m=two_lanes_from_m)
    sight = SightParams()
    camera = Camera(params=settings.camera, width_px=sight.width_px, height_px=sight.height_px)
    view, ground = FrameGround.of(camera, locate), Ground(town.network, locate)
    looks = []
    for number, (_, error) in enumerate(kept.poses):
        pose = error.pose
        if true:
            heading = pose.bearing_deg - error.turned_deg
            east, north = unit_vector(heading)
            pose = replace(
                pose,
                easting_m=pose.easting_m - error.along_m * east - error.right_m * north,
                northing_m=pose.northing_m - error.along_m * north + error.right_m * east,
                bearing_deg=heading % 360.0,
            )
            line = town.network.link_by_id[pose.link_id].line
            place = shapely.Point(pose.easting_m, pose.northing_m)
            pose = replace(pose, offset_m=float(line.project(place)), sigma_across_m=0.0)
        look = ground.coverage(f"{number:06d}", view, pose)
        looks += [look] if look is not None else []
    return looks


def true_findings(town: MadeTown) -> list[Finding]:
    """Return what lies on the roads as findings, recorded by the rules of the chain."""
    found: list[Finding] = []
    for number, damage in enumerate(town.damages):
        link = town.network.link_by_id[link_id(damage.link)]
        shape = damage.footprint
        assert isinstance(shape, Polygon)
        offset = float(link.line.project(shape.centroid))
        for record in records_of(
            damage.kind.pixel_class,
            shape,
            along_deg=bearing_at(link.line, offset),
            confidence=0.9,
            params=town.settings.records,
        ):
            found.append(
                Finding(
                    finding_id=f"{number}/{len(found)}",
                    kind=record.kind,
                    footprint=record.footprint,
                    sigma_along_m=0.1,
                    sigma_across_m=0.1,
                    confidence=0.9,
                    link_id=link.link_id,
                    element_id=link.element_id,
                    section_id=town.network.section_at(link.link_id, offset).section_id,
                    offset_m=offset,
                    measure=link.measure_at(offset),
                    side=Side.RIGHT,
                    length_m=record.length_m,
                    area_m2=record.area_m2,
                    severity_reason=record.reason,
                    first_seen_s=0.0,
                    last_seen_s=0.0,
                    observation_ids=(("truth", f"{number}"),),
                )
            )
    return found


def whole_surface(town: MadeTown) -> list[tuple[str, Coverage]]:
    """Return looks that show every street whole."""
    looks = []
    for link in town.network.links:
        width_m = town.network.sections_by_link[link.link_id][0].width_m
        footprint = link.line.buffer(width_m / 2.0 + 5.0)
        look = Coverage(
            frame_id=link.link_id, link_id=link.link_id, footprint=footprint, time_s=0.0
        )
        looks.append(("truth", look))
    return looks


def graded(
    town: MadeTown, findings: Sequence[Finding], looks: Sequence[tuple[str, Coverage]]
) -> dict[str, SectionCondition]:
    """Grade every section at once, in whatever year it was looked at."""
    timeless = [(run_id, replace(look, time_s=0.0)) for run_id, look in looks]
    there = [replace(one, first_seen_s=0.0, last_seen_s=0.0) for one in findings]
    settings = town.settings
    conditions = derive_conditions(
        there,
        timeless,
        town.network,
        settings.condition,
        load_curves(None),
        {run_id: RATES for run_id, _ in looks},
    )
    return {one.section_id: one for one in conditions}


def figures(
    town: MadeTown,
    said: Mapping[str, SectionCondition],
    shown: Mapping[str, SectionCondition],
    true: Mapping[str, SectionCondition],
) -> dict[str, list[float]]:
    """Return figures by section, of streets with two lanes that were looked at."""
    rows: dict[str, list[float]] = {}
    for section in town.network.counted_sections:
        link = town.network.link_by_id[section.link_id]
        one, real = said[section.section_id], true[section.section_id]
        two_lanes = link.direction is Direction.BOTH and link.link_id.startswith("road")
        if not two_lanes or one.index is None or real.index is None or section.is_junction:
            continue
        low, high = one.index_interval or (math.nan, math.nan)
        for name, value in (
            ("share", one.observed_share),
            ("shown", shown[section.section_id].observed_share),
            ("index", one.index),
            ("true", real.index),
            ("held", float(low - 1e-9 <= real.index <= high + 1e-9)),
            ("width", high - low),
            ("handbook", one.handbook_index or 0.0),
            ("handbook_true", real.handbook_index or 0.0),
            ("area_m2", sum(part.share for part in one.extents) * section.area_m2),
            ("area_true_m2", sum(part.area_m2 for part in real.extents)),
        ):
            rows.setdefault(name, []).append(value)
    return rows


def summary(rows: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return means over sections."""
    of = {name: np.asarray(values, np.float64) for name, values in rows.items()}
    off = of["index"] - of["true"]
    return {
        "sections": len(off),
        "share_said": round(float(of["share"].mean()), 3),
        "share_shown": round(float(of["shown"].mean()), 3),
        "share_off": round(float(np.abs(of["share"] - of["shown"]).mean()), 3),
        "area_of_true": round(float(of["area_m2"].sum() / of["area_true_m2"].sum()), 3),
        "index_bias": round(float(off.mean()), 2),
        "index_error": round(float(np.abs(off).mean()), 2),
        "held": round(float(of["held"].mean()), 3),
        "width": round(float(of["width"].mean()), 1),
        "handbook_bias": round(float((of["handbook"] - of["handbook_true"]).mean()), 2),
    }


def beside_the_lane(folder: Path, names: Sequence[str]) -> dict[str, float]:
    """Return how wide the road is that the model sees beside the marked lane of real photos."""
    detector = load_detector(DetectParams())
    photos, masks = photos_in(folder / "images"), truth_in(folder / "masks", ".png")
    rows = []
    for name in names:
        mask = read_mask(masks[name])
        height, width = mask.shape
        damage = detector.detect(pixels_of(photos[name]))
        road = np.asarray(cv2.resize(damage.road, (width, height))) >= 0.5
        layer = damage.probability[list(PixelClass).index(PixelClass.CRACK)]
        crack = np.asarray(cv2.resize(layer, (width, height)))
        crack = crack >= detector.thresholds[PixelClass.CRACK]
        for row in range(int(0.6 * height), int(0.95 * height), 16):
            lane = np.flatnonzero(mask[row] & 1)
            if len(lane) > 20:
                left, right = int(lane[0]), int(lane[-1]) + 1
                beside = road[row, :left]
                cracked = float(crack[row, :left][beside].mean()) if beside.any() else math.nan
                own = float(crack[row, left:right].mean())
                wide = right - left
                rows.append((beside.sum() / wide, left / wide, cracked, own))
    of_left, room, cracked, own = np.array(rows).T
    return {
        "photos": len(names),
        "rows": len(rows),
        "road_left_of_lane": round(float(np.median(of_left)), 3),
        "road_left_p90": round(float(np.quantile(of_left, 0.9)), 3),
        "room_in_picture": round(float(np.median(room)), 3),
        "cracked_left": round(float(np.nanmean(cracked)), 3),
        "cracked_own": round(float(own.mean()), 3),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Drives:
    """Made-up roads, the drives over them, and their grades if all of them were seen."""

    town: MadeTown
    passes: list[MadePass]
    true: Mapping[str, SectionCondition]


def drives_of(seed: int, count: int) -> Drives:
    """Return the roads of a seed with so many drives."""
    sight = SightParams()
    town = make_town(seed, camera_settings(sight))
    passes = [
        make_pass(town, seed=seed, number=number, receiver=RECEIVER, sight=sight)
        for number in range(count)
    ]
    true = graded(town, true_findings(town), whole_surface(town))
    return Drives(town=town, passes=passes, true=true)


def figures_of(
    drives: Drives, from_m: float, *, one_way: bool, unseen: bool
) -> dict[str, list[float]]:
    """Return a case's figures by section; from a width on, a look counts up to the middle."""
    town = drives.town
    kept = kept_of(drives.passes, town, one_way=one_way, unseen=unseen)
    looks, real = (
        looks_of(town, kept, two_lanes_from_m=from_m, true=which) for which in (False, True)
    )
    runs = [run_id for run_id, _ in kept.poses]
    of_runs = with_runs(looks, runs)
    settings = town.settings
    findings = derive_findings(
        kept.observations, of_runs, town.network, settings.findings, settings.records
    )
    said = graded(town, findings, of_runs)
    shown = graded(town, (), with_runs(real, runs))
    return figures(town, said, shown, drives.true)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, action="append", help="roads and drives (1 to 3)")
    parser.add_argument("--passes", type=int, default=4, help="drives over the same roads")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--photos", type=Path, help="folder with images and masks")
    parser.add_argument("--frames", type=Path, help="names of photos, one a line")
    given = parser.parse_args()
    if given.photos:
        if given.frames is None:
            parser.error("--photos needs --frames")
        print(json.dumps(beside_the_lane(given.photos, list(read_names(given.frames)))))
        return
    drives = [drives_of(seed, given.passes) for seed in dict.fromkeys(given.seed or (1, 2, 3))]
    middle_m = drives[0].town.settings.locate.two_lanes_from_m
    result = []
    for one_way in (True, False):
        for unseen in (False, True):
            for from_m in (WHOLE_WINDOW_M, middle_m):
                rows: dict[str, list[float]] = {}
                for one in drives:
                    found = figures_of(one, from_m, one_way=one_way, unseen=unseen)
                    for name, values in found.items():
                        rows.setdefault(name, []).extend(values)
                row = {
                    "driven": "one way" if one_way else "both ways",
                    "other_lane": "unseen" if unseen else "seen as well",
                    "counts": "whole window" if from_m == WHOLE_WINDOW_M else "up to the middle",
                    **summary(rows),
                }
                result.append(row)
                print(json.dumps(row), flush=True)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def with_runs(looks: Sequence[Coverage], runs: Sequence[str]) -> list[tuple[str, Coverage]]:
    """Return looks with their runs' ids; a look is named by its frame's number."""
    return [(runs[int(look.frame_id)], look) for look in looks]


if __name__ == "__main__":
    main()
