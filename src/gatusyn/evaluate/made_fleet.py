"""Drives of a fleet over a town of any size: facts only, without pictures, for measuring scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from gatusyn.model import (
    Coverage,
    Direction,
    DriveFacts,
    Link,
    Network,
    NetworkParams,
    Observation,
    PixelClass,
    Side,
)
from gatusyn.network.sections import cut_sections

Floats = NDArray[np.float64]

_BLOCK_M, _ORIGIN_M = 150.0, (357_000.0, 6_213_000.0)
_SPEED_MS, _FIRST_DAY_S, _DAY_S = 8.0, 1_780_000_000.0, 86_400.0
_SPACING_M, _NEAR_M, _FAR_M, _ASIDE_M = 5.0, 3.5, 12.0, 4.0
_SEEN, _OVER_M = 0.8, 400.0
_CLASSES = (PixelClass.POTHOLE, PixelClass.CRACK, PixelClass.PATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetParams:
    """A town and its drives.

    Parameters
    ----------
    km
        Of streets: a square grid with blocks of 150 m.
    drives, drive_km
        How many, and how long each is.
    observations
        Of all drives together, about.
    """

    km: float = 1000.0
    drives: int = 200
    drive_km: float = 50.0
    observations: int = 2_000_000
    seed: int = 1

    @property
    def damages_per_km(self) -> float:
        """How many damages a kilometre of street has, for so many observations."""
        looks = (_FAR_M - _NEAR_M) / _SPACING_M
        return float(self.observations / (self.drives * self.drive_km * looks * _SEEN))


class Fleet:
    """A town with damages, and drives over it; the same for the same parameters."""

    def __init__(self, params: FleetParams) -> None:
        self.params = params
        self._size = max(round(np.sqrt(params.km * 1000.0 / _BLOCK_M / 2.0)), 2)
        links = tuple(self._links())
        self.network = Network(
            epsg=3006, links=links, sections=cut_sections(links, NetworkParams())
        )
        self._starts = np.array([link.line.coords[0] for link in links])
        self._units = np.array(
            [np.diff(np.array(link.line.coords), axis=0)[0] / _BLOCK_M for link in links]
        )
        self._scatter()

    def drives(self, first: int = 0) -> Iterator[DriveFacts]:
        """Yield the drives, oldest first, from a number on."""
        for number in range(first, self.params.drives):
            yield self._drive(number)

    def _links(self) -> Iterator[Link]:
        for column in range(self._size + 1):
            for row in range(self._size + 1):
                for step, name in (((1, 0), "e"), ((0, 1), "n")):
                    if column + step[0] <= self._size and row + step[1] <= self._size:
                        yield _link(f"{column:03d}-{row:03d}{name}", (column, row), step)

    def _scatter(self) -> None:
        """Lay the damages: on which link, where along and across it, how large, of which class."""
        rng = np.random.default_rng([self.params.seed, 1])
        count = round(len(self._starts) * _BLOCK_M / 1000.0 * self.params.damages_per_km)
        self._on = np.sort(rng.integers(0, len(self._starts), count))
        self._along = rng.uniform(4.0, _BLOCK_M - 4.0, count)
        self._across = rng.uniform(-3.0, 3.0, count)
        self._class = rng.choice(3, count, p=(0.45, 0.4, 0.15))
        size = rng.uniform((0.3, 0.3), (0.9, 0.9), (count, 2))
        crack = rng.uniform((1.0, 0.15), (5.0, 0.35), (count, 2))
        self._half = np.where(self._class[:, None] == 1, crack, size) / 2.0
        self._first = np.searchsorted(self._on, np.arange(len(self._starts) + 1))

    def _route(self, rng: np.random.Generator) -> list[tuple[int, int]]:
        """Return links with the direction of travel: a walk that turns back only where it must."""
        number = {link.link_id: at for at, link in enumerate(self.network.links)}
        place, last = rng.integers(0, self._size, 2).tolist(), None
        route: list[tuple[int, int]] = []
        while len(route) * _BLOCK_M < self.params.drive_km * 1000.0:
            steps = [
                (east, north)
                for east, north in ((1, 0), (0, 1), (-1, 0), (0, -1))
                if 0 <= place[0] + east <= self._size
                and 0 <= place[1] + north <= self._size
                and (-east, -north) != last
            ]
            last = steps[int(rng.integers(len(steps)))]
            corner = [place[0] + min(last[0], 0), place[1] + min(last[1], 0)]
            name = f"{corner[0]:03d}-{corner[1]:03d}{'e' if last[0] else 'n'}"
            route.append((number[name], 1 if sum(last) > 0 else -1))
            place = [place[0] + last[0], place[1] + last[1]]
        return route

    def _drive(self, number: int) -> DriveFacts:
        rng = np.random.default_rng([self.params.seed, 2, number])
        route = self._route(rng)
        start_s = _FIRST_DAY_S + number * _DAY_S / 4.0
        drift = _drift(rng, len(route))
        run_id = f"run-{number:05d}"
        observations: list[Observation] = []
        coverage: list[Coverage] = []
        for place, (link, way) in enumerate(route):
            began_s = start_s + place * _BLOCK_M / _SPEED_MS
            frames = np.arange(0.0, _BLOCK_M, _SPACING_M)
            names = [f"{place * len(frames) + at:06d}" for at in range(len(frames))]
            looks = self._footprints(link, way, frames, drift[place])
            link_id = self.network.links[link].link_id
            coverage += [
                Coverage(
                    frame_id=name,
                    link_id=link_id,
                    footprint=shape,
                    time_s=began_s + at / _SPEED_MS,
                )
                for name, shape, at in zip(names, looks, frames.tolist(), strict=True)
            ]
            observations += self._seen(rng, link, way, frames, names, drift[place], began_s)
        return DriveFacts(
            drive_id=f"drive-{number:05d}",
            run_id=run_id,
            name=run_id,
            network_version=self.network.version,
            detector_version="made 1",
            started_s=start_s,
            ended_s=start_s + len(route) * _BLOCK_M / _SPEED_MS,
            distance_m=len(route) * _BLOCK_M,
            received=0,
            frames=(),
            rejected=(),
            observations=tuple(observations),
            coverage=tuple(coverage),
        )

    def _footprints(self, link: int, way: int, frames: Floats, off: Floats) -> NDArray[np.object_]:
        unit, right = self._units[link], self._units[link][::-1] * (1.0, -1.0)
        at = frames if way > 0 else _BLOCK_M - frames
        near = self._starts[link] + off + (at + way * _NEAR_M)[:, None] * unit
        far = self._starts[link] + off + (at + way * _FAR_M)[:, None] * unit
        corners = [near - _ASIDE_M * right, near + _ASIDE_M * right]
        corners += [far + _ASIDE_M * right, far - _ASIDE_M * right]
        return _polygons(np.stack(corners, axis=1))

    def _seen(
        self,
        rng: np.random.Generator,
        link: int,
        way: int,
        frames: Floats,
        names: list[str],
        off: Floats,
        began_s: float,
    ) -> Iterator[Observation]:
        """Yield what the frames on a link see of its damages."""
        own = np.arange(self._first[link], self._first[link + 1])
        along = self._along[own] if way > 0 else _BLOCK_M - self._along[own]
        ahead = along[None, :] - frames[:, None]
        visible = (ahead >= _NEAR_M) & (ahead <= _FAR_M) & (rng.random(ahead.shape) < _SEEN)
        frame, damage = np.nonzero(visible)
        unit, right = self._units[link], self._units[link][::-1] * (1.0, -1.0)
        noise = rng.normal(0.0, (0.3, 0.15), (len(frame), 2))
        place = np.column_stack([self._along[own[damage]], self._across[own[damage]]]) + noise
        half = self._half[own[damage]] * rng.uniform(0.85, 1.15, (len(frame), 1))
        middle = self._starts[link] + off + place[:, :1] * unit + place[:, 1:] * right
        ends = [half[:, :1] * unit * i + half[:, 1:] * right * j for i, j in _CORNERS]
        shapes = _polygons(np.stack([middle + end for end in ends], axis=1))
        sure = rng.uniform(0.6, 0.95, len(frame))
        one = self.network.links[link]
        count = dict.fromkeys(names, 0)
        for row, (at, number) in enumerate(zip(frame.tolist(), damage.tolist(), strict=True)):
            offset = float(np.clip(place[row, 0], 0.0, _BLOCK_M))
            name = names[at]
            yield Observation(
                observation_id=f"{name}/{count[name]}",
                frame_id=name,
                pixel_class=_CLASSES[self._class[own[number]]],
                footprint=shapes[row],
                outline_px=(),
                confidence=float(sure[row]),
                sigma_along_m=1.5,
                sigma_across_m=0.5,
                link_id=one.link_id,
                element_id=one.element_id,
                section_id=self.network.section_at(one.link_id, offset).section_id,
                offset_m=offset,
                measure=offset / _BLOCK_M,
                side=Side.RIGHT if place[row, 1] >= 0.0 else Side.LEFT,
                direction=Direction.WITH if way > 0 else Direction.AGAINST,
                length_m=float(2.0 * half[row].max()),
                area_m2=float(4.0 * half[row].prod()),
                time_s=began_s + float(frames[at]) / _SPEED_MS,
            )
            count[name] += 1


_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _polygons(corners: Floats) -> NDArray[np.object_]:
    shapes = np.empty(len(corners), dtype=object)
    shapes[:] = shapely.polygons(corners)
    return shapes


def _link(name: str, corner: tuple[int, int], step: tuple[int, int]) -> Link:
    east, north = (_ORIGIN_M[axis] + _BLOCK_M * corner[axis] for axis in (0, 1))
    return Link(
        link_id=name,
        element_id=name,
        start_measure=0.0,
        end_measure=1.0,
        line=LineString([(east, north), (east + _BLOCK_M * step[0], north + _BLOCK_M * step[1])]),
        width_m=7.0,
    )


def _drift(rng: np.random.Generator, links: int) -> Floats:
    """Return how far a drive's places are wrong on each link of its way: east, north."""
    keep = float(np.exp(-_BLOCK_M / _OVER_M))
    drift = rng.normal(0.0, 1.0, (links, 2))
    for place in range(1, links):
        drift[place] = keep * drift[place - 1] + np.sqrt(1.0 - keep**2) * drift[place]
    return drift
