"""What groups of tracks show, and which of that enough of the frames saw that looked at it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, STRtree

from gatusyn.findings.days import days_of
from gatusyn.findings.groups import OFF, Group, groups_of, moved_of
from gatusyn.findings.life import ModelRates, Trend, confidence_of, gone_since, trend_of
from gatusyn.findings.looks import Looked, looks_at
from gatusyn.findings.placed import AT, CLASSES, Floats, Ints, columns, numbers_of
from gatusyn.findings.records import records_of
from gatusyn.findings.seen import ObservationKey, SeenColumns
from gatusyn.geo import bearing_at, moved_shapes, sides_of_lines
from gatusyn.model import (
    TRACKS_A_RUN,
    DamageRecord,
    DamageTrack,
    Finding,
    FindingParams,
    Link,
    LookColumns,
    Network,
    PixelClass,
    RecordParams,
    Side,
    SightingColumns,
)

_BESIDE_M = 0.5
_PASSED = columns("run", "passed", "area_m2", "last_s")


class Facts(Protocol):
    """Where what belongs to tracks is read when it is needed."""

    def links(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """Return the link of tracks, by their numbers."""

    def sightings(self, numbers: Sequence[int]) -> SightingColumns:
        """Return the sightings of tracks, in the order of their numbers' list."""

    def records(self, numbers: Sequence[int]) -> Mapping[int, Sequence[DamageRecord]]:
        """Return what the shapes of tracks show (``records_of_track``), by their numbers."""

    def footprints(self, keys: Sequence[ObservationKey]) -> NDArray[np.object_]:
        """Return the footprints of observations."""

    def views(self, boxes_m: Floats) -> LookColumns:
        """Return what frames looked at in boxes (west, south, east, north), oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What findings are derived with.

    Parameters
    ----------
    runs
        The id of each run by its number.
    rates
        What the model of each run was measured to get right.
    """

    network: Network
    params: FindingParams
    records: RecordParams
    runs: Mapping[int, str]
    rates: ModelRates


def records_of_track(
    track: DamageTrack, network: Network, params: RecordParams
) -> list[DamageRecord]:
    """Return the damages that a track's shape shows, where its run places them."""
    return records_of(
        track.pixel_class,
        track.shape,
        along_deg=bearing_at(network.link_by_id[track.link_id].line, track.offset_m),
        confidence=track.confidence,
        params=params,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Candidate:
    """A record, and the rows of ``seen`` that are sightings of it, earliest first.

    Parameters
    ----------
    link_id
        Of the track that gives the shape.
    frames
        How many frames saw it.
    seen_s
        When it was first and last seen.
    """

    identity: str
    record: DamageRecord
    group: Group
    pixel_class: PixelClass
    link_id: str
    seen: SeenColumns
    rows: Ints | slice
    frames: int
    seen_s: tuple[float, float]


def believed(values: Floats, ground: Ground, facts: Facts) -> list[Finding]:
    """Return what groups of tracks show that is large enough and was seen often enough.

    Parameters
    ----------
    values
        Rows of a ``TrackTable``: whole groups, of some tiles all that have their home there; and
        all other tracks in these tiles. Groups with a home elsewhere are left out.

    Returns
    -------
    list of Finding
        With the ids of their earliest observations, and by themselves: what lies beside or on them,
        and what people said, does not count yet.
    """
    candidates = _candidates(values, ground, facts)
    if not candidates:
        return []
    shapes = np.array([one.record.footprint for one in candidates], dtype=object)
    points = shapely.point_on_surface(shapes)
    places = shapely.get_coordinates(points)
    homes = [int(values[one.group.rows[0], AT["home"]]) for one in candidates]
    reach = float(np.abs(values[:, [AT["off_east_m"], AT["off_north_m"]]]).max()) + 1.0
    views = facts.views(np.hstack([places - reach, places + reach]))
    looked = looks_at(places, homes, views, values, ground.runs)
    sure = [
        (one, looks, confidence)
        for one, looks in zip(candidates, looked, strict=True)
        if (confidence := _confidence(one, looks, ground.params))
        >= ground.params.min_confidence(one.pixel_class)
    ]
    places_of = _places([one for one, _, _ in sure], ground.network)
    passes = _passes([one.group for one, _, _ in sure], values)
    trends = [trend_of(*own, ground.params) for own in passes]
    return [
        _finding(*one, place, trend, values, ground)
        for one, place, trend in zip(sure, places_of, trends, strict=True)
    ]


def _candidates(values: Floats, ground: Ground, facts: Facts) -> list[_Candidate]:
    """Return what groups show and is large enough."""
    groups = groups_of(values, moved_of(values, ground.params))
    if not groups:
        return []
    numbers = numbers_of(values)
    members_of = [numbers[group.rows].tolist() for group in groups]
    wanted = [own[group.best] for own, group in zip(members_of, groups, strict=True)]
    links = facts.links(wanted)
    class_of = values[:, AT["pixel_class"]].astype(np.int64).tolist()
    classes = [CLASSES[class_of[group.rows[group.best]]] for group in groups]
    sightings = facts.sightings([number for own in members_of for number in own])
    seen = SeenColumns.of(members_of, sightings, ground.runs)
    shown = facts.records(wanted)
    bounds = list(pairwise(seen.starts))
    several = [of for of, one in zip(bounds, wanted, strict=True) if len(shown[one]) > 1]
    footprints = _Footprints(facts, [seen.keys(slice(*of)) for of in several])
    moved = _shifted([shown[number] for number in wanted], [group.shift_m for group in groups])
    firsts = sightings.observation_ids[sightings.starts[np.cumsum([0, *map(len, members_of)])[:-1]]]
    candidates = []
    for group, pixel_class, best, members, first, of, found in zip(
        groups, classes, wanted, members_of, firsts.tolist(), bounds, moved, strict=True
    ):
        identity = f"{ground.runs[members[0] // TRACKS_A_RUN]}|{first}|{pixel_class}"
        for number, record in enumerate(found):
            if record.length_m < ground.params.min_size_m:
                continue
            rows: Ints | slice = slice(*of)
            if len(found) > 1:
                rows = _own(group, seen, of, record, values, footprints)
            named = identity + (f"|{number}" if number else "")
            times = seen.columns.time_s[rows]
            candidates.append(
                _Candidate(
                    identity=named,
                    record=record,
                    group=group,
                    pixel_class=pixel_class,
                    link_id=links[best],
                    seen=seen,
                    rows=rows,
                    frames=seen.frames(rows),
                    seen_s=(float(times[0]), float(times[-1])),
                )
            )
    return candidates


def _shifted(
    found: Sequence[Sequence[DamageRecord]], shifts_m: Sequence[tuple[float, float]]
) -> list[list[DamageRecord]]:
    """Return records with their shapes moved by east and north, the same for those of a group."""
    every = [one for own in found for one in own]
    by = [shift_m for own, shift_m in zip(found, shifts_m, strict=True) for _ in own]
    shapes = moved_shapes(
        np.array([one.footprint for one in every], dtype=object), np.array(by).reshape(-1, 2)
    )
    moved = (
        DamageRecord(
            kind=one.kind,
            footprint=shape,
            length_m=one.length_m,
            area_m2=one.area_m2,
            reason=one.reason,
        )
        for one, shape in zip(every, shapes, strict=True)
    )
    return [list(islice(moved, len(own))) for own in found]


class _Footprints:
    """The footprints of the observations of groups that show several things, read at once."""

    def __init__(self, facts: Facts, groups: Sequence[Sequence[ObservationKey]]) -> None:
        keys = [key for own in groups for key in own]
        self._of = dict(zip(keys, facts.footprints(keys), strict=True))

    def of(self, keys: Sequence[ObservationKey]) -> NDArray[np.object_]:
        return np.array([self._of[key] for key in keys], dtype=object)


def _own(
    group: Group,
    seen: SeenColumns,
    bounds: tuple[int, int],
    record: DamageRecord,
    values: Floats,
    footprints: _Footprints,
) -> Ints:
    """Return the sightings of a record, of those of its group: those at its place."""
    rows = np.arange(*bounds)
    offs = -values[group.rows][:, OFF]
    offs[group.best] = group.shift_m
    owner = seen.member[rows]
    shapes = footprints.of(seen.keys(rows))
    away = shapely.distance(moved_shapes(shapes, offs[owner]), record.footprint)
    near = away <= np.where(owner == group.best, 0.0, _BESIDE_M)
    if not near.any():
        # Of those that are as near, the first of the earliest track.
        nearest = np.flatnonzero(away == away.min())
        near[nearest[np.lexsort((nearest, owner[nearest]))[0]]] = True
    return rows[near]


def _confidence(candidate: _Candidate, looked: Looked, params: FindingParams) -> float:
    """Return how sure it is; where too few of the frames that looked saw it, that is little."""
    sure = candidate.seen.columns.confidence[candidate.rows]
    return confidence_of(sure, candidate.frames, looked, candidate.seen_s, params)


def _finding(
    candidate: _Candidate,
    looked: Looked,
    confidence: float,
    place: _Place,
    trend: Trend,
    values: Floats,
    ground: Ground,
) -> Finding:
    record, params = candidate.record, ground.params
    keys = candidate.seen.keys(candidate.rows)
    seen_s, pixel_class = candidate.seen_s, candidate.pixel_class
    runs = tuple(dict.fromkeys(candidate.seen.run_ids[candidate.rows].tolist()))
    link = place.link
    rows = candidate.group.rows
    return Finding(
        finding_id=hashlib.sha256(candidate.identity.encode()).hexdigest()[:16],
        kind=record.kind,
        footprint=record.footprint,
        sigma_along_m=candidate.group.sigma_m[0],
        sigma_across_m=candidate.group.sigma_m[1],
        confidence=confidence,
        link_id=link.link_id,
        element_id=link.element_id,
        section_id=ground.network.section_at(link.link_id, place.offset_m).section_id,
        offset_m=place.offset_m,
        measure=link.measure_at(place.offset_m),
        side=place.side,
        length_m=record.length_m,
        area_m2=record.area_m2,
        severity_reason=record.reason,
        own_reason=record.reason,
        first_seen_s=seen_s[0],
        last_seen_s=seen_s[1],
        observation_ids=tuple(keys),
        sightings=candidate.frames,
        looks=max(len(looked.days_s), candidate.frames),
        drives=len(runs),
        is_confirmed=len(runs) >= params.confirm_drives,
        gone_s=gone_since(looked, runs, seen_s, pixel_class, ground.rates, params),
        growth=trend.growth,
        growth_m2_year=trend.m2_year,
        growth_sigma_m2_year=trend.sigma_m2_year,
        tile=int(values[rows[0], AT["home"]]),
    )


def _passes(groups: Sequence[Group], values: Floats) -> list[tuple[list[float], list[float]]]:
    """Return the days and areas of the passes of each group."""
    rows = np.concatenate([np.zeros(0, np.int64), *(one.rows for one in groups)])
    group = np.repeat(np.arange(len(groups)), [len(one.rows) for one in groups])
    run, passed, area_m2, last_s = values[rows][:, _PASSED].T
    order = np.lexsort((passed, run, group))
    keys = np.column_stack([group, run, passed])[order]
    is_new = np.ones(len(keys), np.bool_)
    is_new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.flatnonzero(is_new)
    areas = np.bincount(np.cumsum(is_new) - 1, area_m2[order])
    days = days_of(last_s[order][np.roll(is_new, -1)])
    bounds = np.searchsorted(group[order][starts], np.arange(len(groups) + 1)).tolist()
    return [(days[low:high].tolist(), areas[low:high].tolist()) for low, high in pairwise(bounds)]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where on the network a damage's middle is."""

    link: Link
    offset_m: float
    side: Side


def _places(candidates: Sequence[_Candidate], network: Network) -> list[_Place]:
    """Return where damages are: on the link of the best track, or on that which goes on there."""
    centres = shapely.centroid(np.array([one.record.footprint for one in candidates], dtype=object))
    links = [network.link_by_id[one.link_id] for one in candidates]
    lines = np.array([link.line for link in links], dtype=object)
    offsets = shapely.line_locate_point(lines, centres)
    tree: STRtree | None = None
    for at in np.flatnonzero((offsets <= 0.0) | (offsets >= shapely.length(lines))).tolist():
        if tree is None:
            tree = STRtree([link.line for link in network.links])
        links[at] = _link_at(centres[at], links[at], network, tree)
        lines[at] = links[at].line
        offsets[at] = links[at].line.project(centres[at])
    sides = sides_of_lines(lines, centres)
    return [
        _Place(link, offset, Side.RIGHT if side >= 0 else Side.LEFT)
        for link, offset, side in zip(links, offsets.tolist(), sides.tolist(), strict=True)
    ]


def _link_at(centre: Point, own: Link, network: Network, tree: STRtree) -> Link:
    """Return the link on which a place is that may have moved past the end of its own."""
    best, least = own, float(own.line.distance(centre))
    near = tree.query(centre, predicate="dwithin", distance=least)
    for index in sorted(near.tolist()):
        link = network.links[index]
        away = float(link.line.distance(centre))
        if link.network_type is own.network_type and away < least:
            best, least = link, away
    return best
