"""Tells what happens: drives while they are looked at, and what became of findings."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from shapely import Point

from gatusyn.geo import Projection
from gatusyn.model import (
    DriveFacts,
    Finding,
    FindingState,
    GatusynError,
    Network,
    News,
    NewsKind,
    Observation,
    Pose,
)
from gatusyn.store import NewsBook

TOLD_EACH_S = 1.0
"""News of a drive is written this often, not for every frame: each time is a commit."""

_BECAME = {
    FindingState.GONE: NewsKind.FINDING_GONE,
    FindingState.REPAIRED: NewsKind.FINDING_REPAIRED,
    FindingState.REJECTED: NewsKind.FINDING_REJECTED,
}


class DriveNews:
    """Tells of one drive while it is looked at.

    Maps that are open see it; a store that cannot take news does not stop the drive, which is
    worth more: the news just ends, and the drive's own commit meets the same fault and tells it.

    Parameters
    ----------
    book
        Where it is told.
    name
        The drive's.
    epsg
        The network's system.
    frames
        How many it has.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        book: NewsBook,
        name: str,
        epsg: int,
        *,
        frames: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._book, self._name, self._frames, self._clock = book, name, frames, clock
        self._projection = Projection(epsg)
        self._waiting: list[News] = []
        self._told_s = clock()
        self._silent = False

    def started(self) -> None:
        """Tell that the drive is being looked at."""
        self._add(NewsKind.DRIVE_STARTED, {"frames": self._frames})
        self._write()

    def at(self, pose: Pose, seen: Sequence[Observation], done: int) -> None:
        """Tell where the vehicle was and what was seen from there; written once a second."""
        for one in seen:
            about = {"kind": one.pixel_class.value} | self._place(one.footprint.centroid)
            self._add(NewsKind.DAMAGE_SEEN, about)
        if self._clock() - self._told_s < TOLD_EACH_S:
            return
        place = self._place(Point(pose.easting_m, pose.northing_m))
        about = {"bearing_deg": round(pose.bearing_deg, 1), "done": done, "frames": self._frames}
        self._add(NewsKind.VEHICLE, about | place)
        self._write()

    def done(self, facts: DriveFacts) -> None:
        """Tell that the drive is committed."""
        counts = {
            "distance_m": round(facts.distance_m),
            "received": facts.received,
            "accepted": len(facts.frames),
            "rejected": len(facts.rejected),
            "observations": len(facts.observations),
        }
        self._add(NewsKind.DRIVE_DONE, counts)
        self._write()

    def failed(self) -> None:
        """Tell that nothing of the drive was kept."""
        self._add(NewsKind.DRIVE_FAILED, {})
        self._write()

    def _place(self, point: Point) -> dict[str, float]:
        lon, lat = self._projection.to_degrees(np.array([point.x]), np.array([point.y]))
        return {"lon": round(float(lon[0]), 6), "lat": round(float(lat[0]), 6)}

    def _add(self, kind: NewsKind, about: Mapping[str, str | float | int]) -> None:
        own = {"drive": self._name} | dict(about)
        self._waiting.append(News(kind=kind, time_s=self._clock(), about=own))

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._told_s = self._clock()
        if self._silent:
            return
        try:
            self._book.tell(waiting)
        except GatusynError as error:
            self._silent = True
            logging.getLogger("gatusyn.news").warning("no more news of this drive: %s", error)


@contextmanager
def news_of_drive(book: NewsBook, name: str, epsg: int, *, frames: int) -> Iterator[DriveNews]:
    """Tell that a drive has begun, and that it failed if it did."""
    news = DriveNews(book, name, epsg, frames=frames)
    news.started()
    try:
        yield news
    except BaseException:
        news.failed()
        raise


def news_of_findings(
    former: Iterable[Finding], changed: Iterable[Finding], network: Network, *, now_s: float
) -> tuple[News, ...]:
    """Return what is to be told of a derivation: each finding that came or went, and how many.

    Parameters
    ----------
    former
        The findings as they were, those that changed among them.
    changed
        Findings that are other than before, or new.
    """
    before = {one.finding_id: one.state for one in former}
    told = [
        (kind, one)
        for one in changed
        if (kind := _became(before.get(one.finding_id), one.state)) is not None
    ]
    streets = {one.link_id: one.street_name for one in network.links} if told else {}
    projection = Projection(network.epsg)
    items = [
        News(kind=kind, time_s=now_s, about=_about(one, streets, projection)) for kind, one in told
    ]
    counts = Counter(kind.value.removeprefix("finding-") for kind, _ in told)
    items.append(News(kind=NewsKind.FINDINGS_CHANGED, time_s=now_s, about=dict(counts)))
    return tuple(items)


def _became(before: FindingState | None, now: FindingState) -> NewsKind | None:
    if now in _BECAME:
        return _BECAME[now] if before is not None and before is not now else None
    return NewsKind.FINDING_NEW if before is None else None


def _about(
    finding: Finding, streets: Mapping[str, str | None], projection: Projection
) -> dict[str, str | float | int | None]:
    centre = finding.footprint.centroid
    lon, lat = projection.to_degrees(np.array([centre.x]), np.array([centre.y]))
    return {
        "finding_id": finding.finding_id,
        "kind": finding.kind.value,
        "state": finding.state.value,
        "severity": int(finding.severity),
        "length_m": round(finding.length_m, 2),
        "area_m2": round(finding.area_m2, 2),
        "confidence": round(finding.confidence, 3),
        "street": streets.get(finding.link_id),
        "section_id": finding.section_id,
        "element_id": finding.element_id,
        "measure": round(finding.measure, 8),
        "lon": round(float(lon[0]), 6),
        "lat": round(float(lat[0]), 6),
    }
