"""Measure where observations and findings come out, against made-up roads with truth.

usage: python benchmarks/positions.py [--seed N ...] [--drives 2] [--passes 10]
           [--only observations|findings|speed] [--json FILE]

No picture is drawn: true footprints are projected into the true camera, made unsure as a detector
and a mount are, and sent through the chain (smoothing, matching, poses, footprints, findings).
Prints one JSON line a row; ``--json`` writes all. Constants are chosen on seeds 100 to 109; 1 to 5
are reported.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from gatusyn.evaluate.made_drives import (
    EPSG,
    MadePass,
    MadeTown,
    Receiver,
    camera_settings,
    make_pass,
    make_town,
    record_track,
)
from gatusyn.evaluate.places import (
    FindingScore,
    PlaceErrors,
    common_and_own_m,
    joined,
    observation_errors,
    score_findings,
)
from gatusyn.findings import derive_findings
from gatusyn.geo import Projection
from gatusyn.locate import PoseFinder, smooth_track
from gatusyn.simulate.motion import Driver, drive
from gatusyn.simulate.roads import total_km
from gatusyn.simulate.route import cover_links
from gatusyn.simulate.sightings import SightParams

SIGMAS_M = (1.5, 3.0, 6.0, 10.0)
BINS_M = ((0.0, 6.0), (6.0, 8.0), (8.0, 10.0), (10.0, 15.0))
CORRELATION_S = 60.0
LINE_SIGMA_M = 0.5
WHITE, CORRELATED = Receiver(), Receiver(correlation_s=CORRELATION_S)


def main() -> None:
    """Measure and print."""
    args = _arguments()
    sight = SightParams()
    towns = {seed: make_town(seed, camera_settings(sight)) for seed in args.seed}
    result: dict[str, object] = {
        "seeds": args.seed,
        "sight": asdict(sight),
        "roads": {seed: _roads(town) for seed, town in towns.items()},
    }
    if args.only in (None, "speed"):
        result["speed"] = _speed(next(iter(towns.values())))
    if args.only in (None, "observations"):
        result["observations"] = _observations(towns, sight, args.drives)
    if args.only in (None, "findings"):
        result["findings"] = _findings(towns, sight, args.passes)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, action="append", help="roads and drives (1 to 5)")
    parser.add_argument("--passes", type=int, default=10, help="drives over the same roads")
    parser.add_argument("--drives", type=int, default=2, help="drives for each row on observations")
    parser.add_argument("--only", choices=("observations", "findings", "speed"))
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    args.seed = args.seed or [1, 2, 3, 4, 5]
    return args


def _roads(town: MadeTown) -> dict[str, float]:
    kinds = town.roads.kinds
    lane_km = sum(
        total_km([link]) * kind.lanes * (1 if kind.one_way else 2)
        for link, kind in zip(town.roads.links, kinds, strict=True)
    )
    return {
        "km": round(total_km(town.roads.links), 2),
        "lane_km": round(lane_km, 2),
        "damages": len(town.damages),
        "damages_per_lane_km": round(len(town.damages) / lane_km, 1),
    }


def _observations(
    towns: dict[int, MadeTown], sight: SightParams, passes: int
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for correlation_s in (0.0, CORRELATION_S):
        for sigma_m in SIGMAS_M:
            receiver = Receiver(sigma_m=sigma_m, correlation_s=correlation_s)
            rows.append(_row(towns, receiver, sight, passes))
    off = {
        seed: make_town(seed, town.settings, line_sigma_m=LINE_SIGMA_M)
        for seed, town in towns.items()
    }
    rows.append({"line_sigma_m": LINE_SIGMA_M, **_row(off, CORRELATED, sight, passes)})
    return rows


def _row(
    towns: dict[int, MadeTown], receiver: Receiver, sight: SightParams, passes: int
) -> dict[str, object]:
    made: list[MadePass] = []
    errors: list[PlaceErrors] = []
    for seed, town in towns.items():
        for number in range(passes):
            one = make_pass(town, seed=seed, number=number, receiver=receiver, sight=sight)
            made.append(one)
            errors.append(observation_errors(town, one))
    every = joined(errors)
    row: dict[str, object] = {
        "receiver": asdict(receiver),
        "all": every.figures(),
        "poses": _poses(made),
        "common_and_own_along_m": _common([(one.along_m, one.damage) for one in errors]),
        "common_and_own_across_m": _common([(one.across_m, one.damage) for one in errors]),
        "by_distance": [_binned(every, low, high) for low, high in BINS_M],
    }
    print(_name(receiver))
    for name, value in row.items():
        print("   ", name, json.dumps(value))
    return row


def _common(errors: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[float]:
    """Return the mean over passes of what a damage's looks share and of what each has alone."""
    parts = np.array([common_and_own_m(error, damage) for error, damage in errors])
    return [round(float(value), 3) for value in np.sqrt(np.nanmean(parts**2, axis=0))]


def _speed(town: MadeTown) -> dict[str, int]:
    """Return fixes a second of processor time: smoothing alone, and with lanes, ready for poses."""
    rng = np.random.default_rng(1)
    route = cover_links(rng, town.roads.arcs(rng)) * 3
    track = record_track(rng, drive(rng, route, 10.0, driver=Driver()), WHITE, 0.0)
    smoothing, posing = [], []
    for _ in range(5):
        began = time.process_time()
        ground = smooth_track(track, Projection(EPSG), town.settings.locate)
        smoothed = time.process_time()
        matched = town.matcher.match(ground).track
        again = time.process_time()
        PoseFinder(
            town.network,
            ground,
            matched,
            town.settings.locate,
            max_gap_s=10.0,
            default_width_m=town.settings.network.default_width_m,
        )
        smoothing.append(smoothed - began)
        posing.append(smoothed - began + time.process_time() - again)
    figures = {
        "fixes": len(track),
        "smoothing_per_s": round(len(track) / float(np.median(smoothing))),
        "with_lanes_per_s": round(len(track) / float(np.median(posing))),
    }
    print(json.dumps(figures))
    return figures


def _binned(errors: PlaceErrors, low: float, high: float) -> dict[str, object]:
    rows = (errors.distance_m >= low) & (errors.distance_m < high)
    return {"from_m": low, "to_m": high, **errors.where(rows).figures()}


def _poses(made: Sequence[MadePass]) -> dict[str, float]:
    """Return what the poses' errors are like: their size, and how they hang together."""
    along = np.array([one.along_m for drive in made for one in drive.poses])
    right = np.array([one.right_m for drive in made for one in drive.poses])
    turned = np.array([one.turned_deg for drive in made for one in drive.poses])
    received = sum(drive.received for drive in made)
    return {
        "accepted_percent": round(100.0 * len(along) / received, 1),
        "along_median_m": round(float(np.median(np.abs(along))), 3),
        "right_median_m": round(float(np.median(np.abs(right))), 3),
        "turned_median_deg": round(float(np.median(np.abs(turned))), 3),
        "along_mean_of_drive_rms_m": round(
            float(np.sqrt(np.mean([np.mean([o.along_m for o in d.poses]) ** 2 for d in made]))),
            3,
        ),
        "along_correlation_s": _correlation_s(made),
    }


def _correlation_s(made: Sequence[MadePass]) -> float:
    """Return the time over which the along error's autocorrelation falls below 1/e."""
    for lag in range(1, 300):
        products, squares = [], []
        for one_drive in made:
            time_s = np.array([one.time_s for one in one_drive.poses])
            error = np.array([one.along_m for one in one_drive.poses])
            grid = np.arange(time_s[0], time_s[-1], 1.0)
            even = np.interp(grid, time_s, error)
            products.append(np.mean(even[lag:] * even[:-lag]))
            squares.append(np.mean(even**2))
        if np.mean(products) < np.exp(-1.0) * np.mean(squares):
            return float(lag)
    return float("inf")


def _findings(
    towns: dict[int, MadeTown], sight: SightParams, passes: int
) -> list[dict[str, object]]:
    scenarios = (
        ("one pass", WHITE, 1),
        ("one pass", CORRELATED, 1),
        ("passes", CORRELATED, passes),
    )
    rows: list[dict[str, object]] = []
    for _, receiver, count in scenarios:
        scores = []
        for seed, town in towns.items():
            made = [
                make_pass(town, seed=seed, number=number, receiver=receiver, sight=sight)
                for number in range(count)
            ]
            began = time.perf_counter()
            scores.append((score(town, made), time.perf_counter() - began))
        row: dict[str, object] = {
            "receiver": asdict(receiver),
            "passes": count,
            "by_seed": [one.figures() for one, _ in scores],
            "all": scores[0][0].joined_with([one for one, _ in scores[1:]]).figures(),
            "derive_seconds": [round(seconds, 1) for _, seconds in scores],
        }
        rows.append(row)
        print(f"{_name(receiver)}, {count} passes", json.dumps(row["all"]), row["derive_seconds"])
    return rows


def score(town: MadeTown, passes: Sequence[MadePass]) -> FindingScore:
    """Derive findings of some passes and judge them."""
    findings = derive_findings(
        [(made.run_id, one) for made in passes for one in made.observations],
        [(made.run_id, one) for made in passes for one in made.coverage],
        town.network,
        town.settings.findings,
        town.settings.records,
    )
    return score_findings(town, passes, findings)


def _name(receiver: Receiver) -> str:
    kind = f"{receiver.correlation_s:.0f} s" if receiver.correlation_s else "white"
    return f"{receiver.sigma_m} m {kind}"


if __name__ == "__main__":
    main()
