"""How well the camera is found from a drive, and what that does to places on the road.

``python benchmarks/calibration.py --seed 1 --seed 2 --json build/calibration.json`` drives made-up
towns with mounts drawn at random (height 1.2 to 2.6 m, pitch -2 to 12 degrees, yaw -5 to 5, roll -3
to 3, width of view 55 to 80 degrees), films the moments that the pipeline would look at, codes them
as H.264, measures the motion, and starts from the default settings. ``--with`` adds drives of an
earlier run's file. What is chosen was chosen on seeds 100 to 104.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.flow import measure_flow
from gatusyn.capture.looks import FRAMES, choose_moments
from gatusyn.geo import Projection
from gatusyn.locate import Camera, calibrate, smooth_track
from gatusyn.model import (
    CalibrateParams,
    CameraParams,
    CameraSpan,
    Flow,
    GroundTrack,
    Image,
    LocateParams,
    Track,
)
from gatusyn.simulate import SimulationParams, Town, make_town
from gatusyn.simulate.drives import Drive, lens_of, plan_drives, poses_at
from gatusyn.simulate.light import Light, make_light
from gatusyn.simulate.render import film
from gatusyn.simulate.scene import make_scene
from gatusyn.simulate.sensor import expose, make_sensor

EPSG, FPS = 3006, 30.0
CASES = ("fair", "dusk", "slip")
VALUES = (
    ("height_m", "height_se_m"),
    ("pitch_deg", "pitch_se_deg"),
    ("yaw_deg", "yaw_se_deg"),
    ("roll_deg", "roll_se_deg"),
    ("horizontal_fov_deg", "fov_se_deg"),
)
DUSK = Light(sun=0.0, exposure=0.45, haze=0.2, grain=6.0)
"""A dull evening: half the light, haze in the windscreen and a noisy sensor."""


@dataclass(frozen=True, slots=True)
class Result:
    """One value of one span: what was true, set, found, and how sure it was said to be."""

    seed: int
    case: str
    span: int
    value: str
    truth: float
    found: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One drive."""

    seed: int
    case: str
    found: bool
    spans: int
    looks: int
    residual_px: float
    slip_off_s: float
    flow_s: float
    fit_s: float
    error_given_m: float
    error_found_m: float


def mount_of(seed: int, case: str) -> SimulationParams:
    """Draw a mount for a seed and a case."""
    rng = np.random.default_rng([seed, CASES.index(case), 77])
    params = SimulationParams(
        seed=seed,
        drives=1,
        camera_height_m=float(rng.uniform(1.2, 2.6)),
        camera_pitch_deg=float(rng.uniform(-2, 12)),
        camera_yaw_deg=float(rng.uniform(-5, 5)),
        camera_roll_deg=float(rng.uniform(-3, 3)),
        camera_fov_deg=float(rng.uniform(55, 80)),
    )
    if case != "slip":
        return params
    return replace(
        params,
        slip_share=float(rng.uniform(0.35, 0.65)),
        slip_pitch_deg=float(rng.choice([-1, 1]) * rng.uniform(1.5, 4)),
        slip_roll_deg=float(rng.uniform(-3, 3)),
    )


def ground_of(town: Town, drive: Drive) -> GroundTrack:
    """Return the drive's smoothed track, on the video's clock."""
    place = drive.track.place + np.array(town.origin_m)
    lon, lat = Projection(EPSG).to_degrees(place[:, 0], place[:, 1])
    track = Track(
        source="made up",
        time_s=drive.track.time_s,
        lon_deg=lon,
        lat_deg=lat,
        accuracy_m=np.full(len(lon), np.nan),
    )
    return smooth_track(track, Projection(EPSG), LocateParams())


def coded(frames: list[Image]) -> list[Image]:
    """Return frames as H.264 leaves them."""
    height, width = frames[0].shape[:2]
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
    write = [ffmpeg, "-v", "error", *raw, "-s", f"{width}x{height}", "-r", "30", "-i", "pipe:0"]
    write += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-threads", "1"]
    write += ["-pix_fmt", "yuv420p", "-f", "h264", "pipe:1"]
    data = b"".join(frame.tobytes() for frame in frames)
    stream = subprocess.run(write, input=data, capture_output=True, check=True).stdout
    read = [ffmpeg, "-v", "error", "-f", "h264", "-i", "pipe:0", *raw, "pipe:1"]
    back = subprocess.run(read, input=stream, capture_output=True, check=True).stdout
    return list(np.frombuffer(back, np.uint8).reshape(-1, height, width, 3))


def flows_of(
    town: Town, drive: Drive, ground: GroundTrack, light: Light, looks: int, spent: list[float]
) -> Iterator[Flow]:
    """Film each moment and measure its motion; ``spent`` gets the seconds of the latter."""
    rng = np.random.default_rng(town.params.seed)
    scene, lens = make_scene(town, light), lens_of(town)
    sensor = make_sensor(rng, lens, light)
    params = CalibrateParams(max_looks=looks)
    for moment in choose_moments(ground, params, frames_per_s=FPS, max_gap_s=10.0):
        times = moment.time_s + moment.apart_s * np.arange(FRAMES, dtype=np.float64)
        if times[-1] > drive.motion.time_s[-1]:
            continue
        poses, speeds = poses_at(town, drive, times, seed=int(moment.time_s * 1000))
        filmed = film(scene, lens, poses, masks=False)
        frames = coded(
            [
                expose(rng, frame, sensor, speed)
                for (frame, _), speed in zip(filmed, speeds, strict=True)
            ]
        )
        for index in range(FRAMES - 1):
            begun = time.perf_counter()
            yield measure_flow(
                frames[index],
                frames[index + 1],
                time_s=float(times[index : index + 2].mean()),
                apart_s=moment.apart_s,
            )
            spent.append(time.perf_counter() - begun)


def write_flows(path: Path, flows: list[Flow], spent: list[float]) -> None:
    """Keep flows, which have no pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"spent": np.array(spent)}
    for number, flow in enumerate(flows):
        arrays[f"{number}/before"], arrays[f"{number}/after"] = flow.before_px, flow.after_px
        arrays[f"{number}/rest"] = np.array(
            [flow.time_s, flow.apart_s, flow.width_px, flow.height_px, flow.sharpness, flow.light]
        )
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def read_flows(path: Path) -> tuple[list[Flow], list[float]]:
    """Read what ``write_flows`` wrote."""
    with np.load(path) as arrays:
        spent = [float(value) for value in arrays["spent"]]
        flows = []
        for number in range(len(spent)):
            rest = [float(value) for value in arrays[f"{number}/rest"]]
            flows.append(
                Flow(
                    time_s=rest[0],
                    apart_s=rest[1],
                    width_px=int(rest[2]),
                    height_px=int(rest[3]),
                    before_px=arrays[f"{number}/before"],
                    after_px=arrays[f"{number}/after"],
                    sharpness=rest[4],
                    light=rest[5],
                )
            )
    return flows, spent


def camera_error_m(truth: CameraParams, believed: CameraParams) -> float:
    """Return how far places 10 m ahead, 2 m left to 2 m right, are put from where they are, RMS."""
    places = np.column_stack([np.full(9, 10.0), np.linspace(-2.0, 2.0, 9)])
    true, other = (
        Camera(params=params, width_px=1280, height_px=720) for params in (truth, believed)
    )
    error = other.to_ground(true.to_pixels(places)) - places
    if not np.isfinite(error).all():
        return math.inf
    return float(np.sqrt((error**2).sum(axis=1).mean()))


def run(seed: int, case: str, looks: int, folder: Path | None) -> tuple[Outcome, list[Result]]:
    """Drive one mount and find its camera."""
    params = mount_of(seed, case)
    town = make_town(params)
    drive = plan_drives(town)[0]
    ground = ground_of(town, drive)
    fair = make_light(np.random.default_rng(seed), varied=False)
    spent: list[float] = []
    kept = folder / f"{seed}-{case}-{looks}.npz" if folder is not None else None
    if kept is not None and kept.exists():
        flows, spent = read_flows(kept)
    else:
        light = DUSK if case == "dusk" else fair
        flows = list(flows_of(town, drive, ground, light, looks, spent))
        if kept is not None:
            write_flows(kept, flows, spent)
    begun = time.perf_counter()
    found = calibrate(flows, ground, CameraParams(), CalibrateParams())
    fit_s = time.perf_counter() - begun
    slip_s = params.slip_share * float(drive.motion.time_s[-1])
    truths = [truth_of(params, slipped=False), truth_of(params, slipped=True)]
    results: list[Result] = []
    errors = []
    for number, span in enumerate(found.spans):
        late = case == "slip" and middle_of(span, ground) > slip_s
        truth = truths[int(late)]
        errors.append((camera_error_m(truth, CameraParams()), camera_error_m(truth, span.params)))
        results += results_of(span, truth, seed=seed, case=case, number=number)
    breaks = [span.until_s for span in found.spans[:-1]]
    given, ours = np.array(errors).mean(axis=0)
    outcome = Outcome(
        seed=seed,
        case=case,
        found=found.found,
        spans=len(found.spans),
        looks=found.looks,
        residual_px=found.residual_px,
        slip_off_s=min((abs(one - slip_s) for one in breaks), default=math.nan),
        flow_s=float(np.median(spent)),
        fit_s=fit_s,
        error_given_m=float(given),
        error_found_m=float(ours),
    )
    return outcome, results


def results_of(
    span: CameraSpan, truth: CameraParams, *, seed: int, case: str, number: int
) -> list[Result]:
    """Return what was found of each value of a mount, beside the truth."""
    return [
        Result(
            seed=seed,
            case=case,
            span=number,
            value=name,
            truth=getattr(truth, name),
            found=getattr(span.params, name),
            standard_error=getattr(span, error),
        )
        for name, error in VALUES
    ]


def middle_of(span: CameraSpan, ground: GroundTrack) -> float:
    """Return the middle of a span's time."""
    first, last = float(ground.time_s[0]), float(ground.time_s[-1])
    return (max(span.from_s, first) + min(span.until_s, last)) / 2.0


def truth_of(params: SimulationParams, *, slipped: bool) -> CameraParams:
    """Return the camera as it truly sat."""
    return CameraParams(
        height_m=params.camera_height_m,
        pitch_deg=params.camera_pitch_deg + slipped * params.slip_pitch_deg,
        yaw_deg=params.camera_yaw_deg + slipped * params.slip_yaw_deg,
        roll_deg=params.camera_roll_deg + slipped * params.slip_roll_deg,
        horizontal_fov_deg=params.camera_fov_deg,
    )


def table(results: list[Result], outcomes: list[Outcome]) -> list[str]:
    """Return the figures as lines of Markdown."""
    lines = [
        "| drives | value | spans | median error | largest | mean standard error | 95 % hold |",
        "|---|---|---|---|---|---|---|",
    ]
    found = {(one.seed, one.case) for one in outcomes if one.found}
    cases = sorted({one.case for one in outcomes}, key=CASES.index)
    for case in cases:
        for name, _ in VALUES:
            mine = [
                one
                for one in results
                if (one.value, one.case) == (name, case) and (one.seed, case) in found
            ]
            error: NDArray[np.float64] = np.array([abs(one.found - one.truth) for one in mine])
            sigma = np.array([one.standard_error for one in mine])
            held = int((error <= 1.96 * sigma).sum())
            lines.append(
                f"| {case} | {name} | {len(mine)} | {np.median(error):.2f} | {error.max():.2f} "
                f"| {sigma.mean():.2f} | {held} of {len(mine)} |"
                if mine
                else f"| {case} | {name} | 0 | | | | |"
            )
    for case in cases:
        drives = [one for one in outcomes if one.case == case]
        lines.append(
            f"{case}: {sum(one.found for one in drives)} of {len(drives)} found, spans "
            f"{[one.spans for one in drives]}, slip off by "
            f"{[round(one.slip_off_s, 1) for one in drives]} s, place 10 m ahead off by "
            f"{np.median([one.error_given_m for one in drives]):.2f} m as set, "
            f"{np.median([one.error_found_m for one in drives]):.2f} m as found (medians), most "
            f"{max(one.error_found_m for one in drives):.2f} m"
        )
    lines.append(
        f"motion {1000 * np.median([one.flow_s for one in outcomes]):.0f} ms a pair, fit "
        f"{np.median([one.fit_s for one in outcomes]):.1f} s a drive (medians)"
    )
    return lines


def main() -> None:
    """Run every seed and case, print the table, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", default=[])
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--looks", type=int, default=40, help="at most so many, besides bends")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--flows", type=Path, help="folder that keeps the motions for another fit")
    parser.add_argument("--with", dest="former", type=Path, action="append", default=[])
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    outcomes: list[Outcome] = []
    results: list[Result] = []
    for former in chosen.former:
        read = json.loads(former.read_text("utf-8"))
        outcomes += [Outcome(**one) for one in read["drives"]]
        results += [Result(**one) for one in read["values"]]
    for seed in chosen.seed:
        for case in chosen.case or CASES:
            outcome, values = run(seed, case, chosen.looks, chosen.flows)
            outcomes.append(outcome)
            results += values
            print(outcome, flush=True)
            for value in values:
                print(f"  {value}", flush=True)
    print("\n".join(table(results, outcomes)))
    if chosen.json is not None:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        document = {
            "drives": [asdict(one) for one in outcomes],
            "values": [asdict(one) for one in results],
        }
        chosen.json.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
