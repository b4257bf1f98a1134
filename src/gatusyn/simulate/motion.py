"""Drive a route: a smooth path in the right-hand lane, and where the vehicle is when."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Floats
from .lines import bend, lengths, total_length
from .route import Arc


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """How a driver departs from the middle of the lane and from the cruising speed.

    Parameters
    ----------
    bias_m : float
        Standard deviation of what a driver keeps to the right of the middle, all the drive long.
    wander_m, wander_length_m : float
        Standard deviation and correlation length of the wandering about that.
    dodges_per_km, dodge_m : float
        How often something stands in the lane, and how far to the left it is passed.
    speed_spread, speed_length_m : float
        Standard deviation of the cruising speed, as a share, and its correlation length.
    """

    bias_m: float = 0.15
    wander_m: float = 0.2
    wander_length_m: float = 40.0
    dodges_per_km: float = 1.5
    dodge_m: float = 1.2
    speed_spread: float = 0.15
    speed_length_m: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A drive's true motion, ten times a second.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Seconds since the video's start.
    place : ndarray, shape (n, 2)
        Local easting, northing of the camera.
    heading_deg : ndarray, shape (n,)
        Compass bearing, unwrapped.
    speed_ms : ndarray, shape (n,)
        Speed.
    """

    time_s: Floats
    place: Floats
    heading_deg: Floats
    speed_ms: Floats

    def at(self, time_s: Floats) -> tuple[Floats, Floats, Floats]:
        """Return place (m, 2), heading_deg (m,) and speed_ms (m,) at given times."""
        place = np.stack(
            [np.interp(time_s, self.time_s, self.place[:, axis]) for axis in (0, 1)], axis=1
        )
        heading = np.interp(time_s, self.time_s, self.heading_deg)
        return place, heading, np.interp(time_s, self.time_s, self.speed_ms)


def drive(
    rng: np.random.Generator,
    route: Sequence[Arc],
    cruise_ms: float,
    *,
    driver: Driver | None = None,
) -> Motion:
    """Drive a route at cruising speed, slower in turns, with a stop at one crossing in four.

    Without a driver the vehicle keeps the middle of the lane and its speed exactly.
    """
    path, stops = _path(rng, route)
    along = np.arange(0.0, total_length(path), 0.5)
    fine = np.stack([np.interp(along, lengths(path), path[:, axis]) for axis in (0, 1)], axis=1)
    kernel = np.hanning(9) / np.hanning(9).sum()
    padded = np.pad(fine, ((4, 4), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)
    smooth[[0, -1]] = fine[[0, -1]]
    cruise = np.full(len(smooth), cruise_ms)
    if driver is not None:
        smooth = _aside(smooth, _sway(rng, along, driver))
        pace = drift_along(rng, along, driver.speed_spread, driver.speed_length_m)
        cruise = cruise_ms * np.clip(1.0 + pace, 0.5, 1.5)
    step = np.gradient(smooth, axis=0)
    heading = np.unwrap(np.arctan2(step[:, 0], step[:, 1]))
    run = lengths(smooth)
    speed = _speeds(run, heading, stops, cruise)
    # The mean of both ends' speeds covers each half metre.
    pace = np.diff(run) / np.maximum((speed[:-1] + speed[1:]) / 2, 0.3)
    time = np.concatenate([[0.0], np.cumsum(pace)])
    for stop in stops:
        place = int(np.searchsorted(run, stop))
        if 0 < place < len(time) - 1:
            time[place + 1 :] += rng.uniform(2.0, 4.0)
    clock = np.arange(0.0, time[-1], 0.1)
    travelled = np.interp(clock, time, run)
    return Motion(
        time_s=clock,
        place=np.stack([np.interp(travelled, run, smooth[:, axis]) for axis in (0, 1)], axis=1),
        heading_deg=np.degrees(np.interp(travelled, run, heading)),
        speed_ms=np.gradient(travelled, clock),
    )


def _path(rng: np.random.Generator, route: Sequence[Arc]) -> tuple[Floats, list[float]]:
    """Return the lane's middle over all arcs, turns rounded, and where to stop along it."""
    pieces: list[Floats] = []
    stops: list[float] = []
    run = 0.0
    for index, arc in enumerate(route):
        length = total_length(arc.line)
        first = 9.0 if index else 2.0
        last = length - (9.0 if index < len(route) - 1 else 2.0)
        along = np.arange(first, last, 1.0)
        lane = bend(arc.line, along, np.full(len(along), arc.right_m))
        if pieces:
            turn = _turn(pieces[-1], lane)
            if rng.random() < 0.25:
                stops.append(run - 0.5)
            run += total_length(np.concatenate([pieces[-1][-1:], turn, lane[:1]]))
            pieces.append(turn)
        pieces.append(lane)
        run += total_length(lane)
    return np.concatenate(pieces), stops


def _turn(before: Floats, after: Floats) -> Floats:
    """Join two lanes by a cubic curve that leaves and arrives in their directions."""
    start, stop = before[-1], after[0]
    leave = (before[-1] - before[-2]) / np.linalg.norm(before[-1] - before[-2])
    arrive = (after[1] - after[0]) / np.linalg.norm(after[1] - after[0])
    gap = float(np.linalg.norm(stop - start))
    handle = 0.42 * gap
    share = np.linspace(0, 1, max(4, int(gap / 0.7)) + 1)[1:-1, None]
    curve: Floats = (
        (1 - share) ** 3 * start
        + 3 * share * (1 - share) ** 2 * (start + leave * handle)
        + 3 * share**2 * (1 - share) * (stop - arrive * handle)
        + share**3 * stop
    )
    return curve


def drift_along(rng: np.random.Generator, along: Floats, sigma: float, length: float) -> Floats:
    """Return a first-order Gauss-Markov process at ascending places (or times) ``along``.

    Its correlation falls to 1/e over ``length``, in the unit of ``along``.
    """
    keep = np.exp(-np.diff(along) / length)
    kicks = rng.normal(0.0, 1.0, len(along))
    values = np.empty(len(along))
    values[0] = kicks[0]
    for index in range(1, len(along)):
        share = keep[index - 1]
        values[index] = share * values[index - 1] + math.sqrt(1.0 - share**2) * kicks[index]
    return sigma * values


def _sway(rng: np.random.Generator, along: Floats, driver: Driver) -> Floats:
    """Return how far right of the lane's middle a driver is at each place of the way."""
    right = rng.normal(0.0, driver.bias_m) + drift_along(
        rng, along, driver.wander_m, driver.wander_length_m
    )
    for start in rng.uniform(0.0, along[-1], rng.poisson(driver.dodges_per_km * along[-1] / 1e3)):
        ramp, hold = 15.0, rng.uniform(5.0, 25.0)
        inside = np.clip((along - start) / ramp, 0, 1) * np.clip(
            (start + 2 * ramp + hold - along) / ramp, 0, 1
        )
        right = right - driver.dodge_m * np.sin(inside * math.pi / 2) ** 2
    # Steering is smooth: without this a step of the wandering would turn the vehicle.
    kernel = np.hanning(41) / np.hanning(41).sum()
    return np.convolve(np.pad(right, 20, mode="edge"), kernel, "valid")


def _aside(path: Floats, right_m: Floats) -> Floats:
    """Move a path to the right by so many metres at each of its places."""
    step = np.gradient(path, axis=0)
    unit = step / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    moved: Floats = path + np.column_stack([unit[:, 1], -unit[:, 0]]) * right_m[:, None]
    return moved


def _speeds(run: Floats, heading: Floats, stops: Sequence[float], cruise_ms: Floats) -> Floats:
    """Limit speed by sideways force, stops, and gentle speeding up and braking."""
    bend_per_m = np.abs(np.gradient(heading)) / np.maximum(np.gradient(run), 1e-3)
    limit = np.minimum(cruise_ms, np.sqrt(2.0 / np.maximum(bend_per_m, 1e-3)))
    limit = np.maximum(limit, 2.0)
    limit[[0, -1]] = 1.0
    for stop in stops:
        limit[min(int(np.searchsorted(run, stop)), len(limit) - 1)] = 0.3
    step = np.diff(run)
    for index in range(1, len(limit)):
        limit[index] = min(limit[index], math.sqrt(limit[index - 1] ** 2 + 3.0 * step[index - 1]))
    for index in range(len(limit) - 2, -1, -1):
        limit[index] = min(limit[index], math.sqrt(limit[index + 1] ** 2 + 4.0 * step[index]))
    return limit
