"""Tracks by run, laid tracks by tile, and what a derivation changes, in the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import moved_shapes
from gatusyn.model import (
    TRACK_FIELDS,
    Coverage,
    DamageKind,
    DamageRecord,
    DamageTrack,
    Finding,
    LookColumns,
    Observation,
    PixelClass,
    SectionCondition,
    SeverityReason,
    Sighting,
    SightingColumns,
    TrackTable,
)
from gatusyn.store.protocol_work import (
    Boxes,
    DerivedChanges,
    DerivedFrom,
    ObservationKey,
    RunKey,
    TileTracks,
)
from gatusyn.store.sql_changed import boxes_of_shapes, note_places
from gatusyn.store.sql_codec import batches, boxes, from_wkb, json_to_rates, safe_text, to_wkb
from gatusyn.store.sql_derived import (
    CONDITION_COLUMNS,
    FINDING_COLUMNS,
    condition_row,
    finding_rows,
    findings_of_rows,
    replace_derived,
)
from gatusyn.store.sql_facts import (
    PLACED_COVERAGE,
    coverage_of,
    looked_at,
    select_observations,
)
from gatusyn.store.sql_scope import Scoped, as_list

TRACK_COLUMNS = (
    "run",
    "number",
    "pixel_class",
    "shape",
    "link_id",
    "offset_m",
    "heading_deg",
    "sigma_along_m",
    "sigma_across_m",
    "first_clock_s",
    "last_clock_s",
    "sightings",
)
EPOCH = date(1970, 1, 1)
_TIMES = ("first_s", "last_s")
TILE_COLUMNS = ("place", "reach_m", "tracks", "members")
RECORD_COLUMNS = ("number", "kind", "footprint", "length_m", "area_m2", "reason")


def select_made_from(scoped: Scoped) -> DerivedFrom | None:
    """Return what the derived rows were made of."""
    row = scoped.row("SELECT stamp, basis, runs, verdicts FROM derived")
    if row is None:
        return None
    runs = {int(number): known_as for number, known_as in json.loads(row[2]).items()}
    return DerivedFrom(stamp=row[0], basis=row[1], runs=runs, verdicts=row[3])


def select_network_stamp(scoped: Scoped) -> str:
    """Return a text that changes when the network or its reading does."""
    return repr(scoped.row("SELECT version, reading FROM current_delivery"))


def select_ids_in_use(
    scoped: Scoped, ids: Collection[str], but_in: Collection[int]
) -> frozenset[str]:
    """Return which of some ids findings have that are at home outside some tiles."""
    query = (
        f"SELECT finding_id FROM finding WHERE finding_id IN ({scoped.listed('ids', str)}) "  # noqa: S608
        f"AND tile NOT IN ({scoped.listed('tiles', int)})"
    )
    bindings = {"ids": as_list(ids), "tiles": as_list(but_in)}
    return frozenset(row[0] for row in scoped.rows(query, bindings))


def select_periods_of(scoped: Scoped, runs: Collection[int]) -> tuple[str, ...]:
    """Return the calendar years (UTC) in which frames of runs looked at something."""
    query = (
        "SELECT DISTINCT floor(time_s / 86400.0) FROM coverage "  # noqa: S608
        f"WHERE run IN ({scoped.listed('runs', int)})"
    )
    days = scoped.rows(query, {"runs": as_list(sorted(runs))})
    return tuple(sorted({str((EPOCH + timedelta(days=day)).year) for (day,) in days}))


def select_runs(scoped: Scoped) -> tuple[RunKey, ...]:
    """Return the newest runs on the current network, in the order of their ids."""
    query = """
    SELECT run, run_id, run_id || CASE WHEN coarse_s IS NULL THEN '' ELSE '|coarse' END, rates
    FROM newest_run WHERE on_current ORDER BY run_id
    """
    return tuple(
        RunKey(number=run, run_id=run_id, known_as=known_as, rates=json_to_rates(rates))
        for run, run_id, known_as, rates in scoped.rows(query)
    )


def select_run_facts(
    scoped: Scoped, number: int
) -> tuple[tuple[Observation, ...], tuple[Coverage, ...]]:
    """Return a run's observations and coverage on the current network, oldest first."""
    bindings = {"run": number}
    seen = select_observations(scoped, "o.run = :run", bindings)
    query = (
        f"SELECT r.run_id, {PLACED_COVERAGE}, p.shift_east_m, p.shift_north_m "  # noqa: S608
        f"FROM coverage AS c JOIN run AS r ON r.run = c.run {_PLACE_OF_LOOK} "
        f"WHERE c.run = :run AND {_ON_CURRENT} ORDER BY c.time_s, c.coverage"
    )
    looked = coverage_of(scoped.rows(query, bindings))
    return tuple(one for _, one in seen), tuple(one for _, one in looked)


def select_looks(scoped: Scoped, asked: Boxes, runs: Collection[int]) -> LookColumns:
    """Return the coverage of runs that touches boxes, oldest first."""
    bindings = {"boxes": boxes_json(asked), "runs": as_list(sorted(runs))}
    query = (
        "SELECT r.run_id, c.frame_id, coalesce(p.link_id, c.link_id), c.time_s, c.footprint, "  # noqa: S608
        "c.shown, c.sharpness, c.light, c.distance_m, p.shift_east_m, p.shift_north_m "
        # In this order, and by boxes first: the planner would look every place up once a run.
        f"FROM coverage AS c {scoped.join_in_order} run AS r ON r.run = c.run {_PLACE_OF_LOOK} "
        f"WHERE c.coverage IN ({scoped.in_boxes('coverage', 'boxes')}) "
        f"AND +c.run IN ({scoped.listed('runs', int)}) AND {_ON_CURRENT}"
    )
    found = scoped.rows(query, bindings)
    return LookColumns.joined([_look_columns(batch) for batch in batches(found)]).in_order()


def _look_columns(rows: Sequence[tuple[Any, ...]]) -> LookColumns:
    run_ids, frame_ids, link_ids, time_s, counting, shown, *more = zip(*rows, strict=True)
    footprints, in_view = _shapes_of(counting, shown, np.array(more[3:], np.float64).T)
    return LookColumns(
        run_ids=np.array(run_ids, dtype=object),
        frame_ids=np.array(frame_ids, dtype=object),
        link_ids=np.array(link_ids, dtype=object),
        time_s=np.array(time_s, np.float64),
        footprints=footprints,
        in_view=in_view,
        measures=np.array(more[:3], np.float64).T,
    )


def _shapes_of(
    footprints: Sequence[bytes],
    shown: Sequence[bytes | None],
    shift_m: NDArray[np.float64],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return what counts as looked at and what was in view, moved; NaN stands for no shift."""
    counting = shapely.from_wkb(np.array(footprints, dtype=object))
    more = np.array([blob is not None for blob in shown], np.bool_)
    wider = shapely.from_wkb(np.array(shown, dtype=object)[more])
    shift_m = np.nan_to_num(shift_m)
    counting = moved_shapes(counting, shift_m)
    in_view = counting.copy()
    in_view[more] = moved_shapes(wider, shift_m[more])
    return counting, in_view


_PLACE_OF_LOOK = (
    "LEFT JOIN current_place AS p ON p.run = c.run AND p.kind = 'frame' AND p.fact_id = c.frame_id"
)
_ON_CURRENT = "(p.place IS NOT NULL OR r.network_version = (SELECT version FROM current_delivery))"


def boxes_json(asked: Boxes) -> str:
    """Return boxes that together cover some: those that share a square of ground are one."""
    if not len(asked):
        return "[]"
    at = np.floor(asked[:, :2] / 60.0)
    _, owner = np.unique(at, axis=0, return_inverse=True)
    owner = owner.reshape(-1)
    joined = np.full((int(owner.max()) + 1, 4), np.inf)
    joined[:, 2:] = -np.inf
    np.minimum.at(joined[:, :2], owner, asked[:, :2])
    np.maximum.at(joined[:, 2:], owner, asked[:, 2:])
    return json.dumps(joined.tolist())


def select_footprints(scoped: Scoped, keys: Sequence[ObservationKey]) -> list[Any]:
    """Return the footprints of observations on the current network."""
    join = scoped.join_in_order
    query = f"""
    SELECT o.footprint, p.shift_east_m, p.shift_north_m
    FROM {scoped.each(":keys", "k")} {join} run AS r ON r.run_id = {scoped.item("k", 0, str)}
    {join} observation AS o ON o.run = r.run AND o.observation_id = {scoped.item("k", 1, str)}
    LEFT JOIN current_place AS p
    ON p.run = o.run AND p.kind = 'observation' AND p.fact_id = o.observation_id
    ORDER BY k.key
    """  # noqa: S608
    found: list[Any] = []
    for batch in batches(keys):
        found += list(looked_at(list(scoped.rows(query, {"keys": as_list(batch)}))))
    return found


def insert_tracks(
    scoped: Scoped,
    run: int,
    made_of: str,
    tracks: Sequence[DamageTrack],
    table: TrackTable,
    tiles: Collection[int],
) -> None:
    """Write the tracks of a run, in place of those that it had. Must be called in a transaction."""
    delete_tracks(scoped, [run])
    scoped.insert("track", TRACK_COLUMNS, _track_rows(run, tracks))
    row = (run, made_of, _whole_to_blob(sorted(tiles)), table.values.astype("<f8").tobytes())
    scoped.insert("work", ("run", "made_of", "tiles", "tracks"), [row])


def delete_tracks(scoped: Scoped, runs: Collection[int]) -> None:
    """Delete what was derived from runs alone. Must be called in a transaction."""
    bindings = {"runs": as_list(sorted(runs))}
    of_runs = f"run IN ({scoped.listed('runs', int)})"
    scoped.clear("track", of_runs, bindings)
    scoped.clear("work", of_runs, bindings)


def forget_run(scoped: Scoped, run: int) -> None:
    """Take the times and names out of what was derived from a run; where it lay stays known.

    Must be called in a transaction. The run's tracks have to be made anew.
    """
    tiles = select_run_tiles(scoped, [run])
    scoped.clear("track", "run = :run", {"run": run})
    bare = {"run": run, "nothing": b""}
    scoped.update("work", "made_of = '', tracks = :nothing", bare, where="run = :run")
    clocks = [TRACK_FIELDS.index(name) for name in ("first_clock_s", "last_clock_s", *_TIMES)]
    own = TRACK_FIELDS.index("run")
    rows = []
    query = f"SELECT tile, tracks FROM tile WHERE place IN ({scoped.listed('tiles', int)})"  # noqa: S608
    for number, blob in scoped.rows(query, {"tiles": as_list(sorted(tiles))}):
        values = _blob_to_table(blob).values.copy()
        values[np.ix_(values[:, own] == run, clocks)] = 0.0
        rows.append((values.astype("<f8").tobytes(), number))
    scoped.update_each("tile", ("tracks",), rows)


def select_tracks_made_of(scoped: Scoped) -> dict[int, str]:
    """Return what the tracks of each run that has them were made of."""
    return dict(scoped.rows("SELECT run, made_of FROM work"))


def select_run_tiles(scoped: Scoped, runs: Collection[int]) -> frozenset[int]:
    """Return the tiles in which tracks of runs lie, or lay."""
    query = f"SELECT tiles FROM work WHERE run IN ({scoped.listed('runs', int)})"  # noqa: S608
    found = scoped.rows(query, {"runs": as_list(sorted(runs))})
    return frozenset(tile for (blob,) in found for tile in _blob_to_whole(blob))


def select_run_tracks(scoped: Scoped, runs: Collection[int]) -> dict[int, TrackTable]:
    """Return the tracks of runs, not laid."""
    query = f"SELECT run, tracks FROM work WHERE run IN ({scoped.listed('runs', int)})"  # noqa: S608
    found = scoped.rows(query, {"runs": as_list(sorted(runs))})
    return {run: _blob_to_table(blob) for run, blob in found}


def select_tracks(scoped: Scoped, numbers: Sequence[int]) -> dict[int, DamageTrack]:
    """Return tracks by their numbers."""
    columns = ", ".join(f"t.{name}" for name in TRACK_COLUMNS[1:])
    query = (
        f"SELECT r.run_id, {columns} FROM track AS t "  # noqa: S608
        f"{scoped.join_in_order} run AS r ON r.run = t.run "
        f"WHERE t.number IN ({scoped.listed('numbers', int)})"
    )
    found: dict[int, DamageTrack] = {}
    rows = scoped.rows(query, {"numbers": as_list(numbers)})
    for batch in batches(rows):
        for (run_id, number, name, _, *row), shape in zip(
            batch, from_wkb([row[3] for row in batch]), strict=True
        ):
            link_id, offset_m, heading, along, across, first, last, sightings = row
            found[number] = DamageTrack(
                number=number,
                run_id=run_id,
                pixel_class=PixelClass(name),
                sightings=tuple(map(Sighting._make, json.loads(sightings))),
                shape=shape,
                link_id=link_id,
                offset_m=offset_m,
                heading_deg=heading,
                sigma_m=(along, across),
                clock_s=(first, last),
            )
    return found


def select_track_links(scoped: Scoped, numbers: Sequence[int]) -> dict[int, str]:
    """Return the link of tracks, by their numbers."""
    query = f"SELECT number, link_id FROM track WHERE number IN ({scoped.listed('numbers', int)})"  # noqa: S608
    return dict(scoped.rows(query, {"numbers": as_list(numbers)}))


def select_sightings(scoped: Scoped, numbers: Sequence[int]) -> SightingColumns:
    """Return the sightings of tracks, in the order of their numbers' list."""
    query = (
        "SELECT number, sightings FROM track "  # noqa: S608
        f"WHERE number IN ({scoped.listed('numbers', int)})"
    )
    found: dict[int, Any] = {}
    for batch in batches(scoped.rows(query, {"numbers": as_list(numbers)})):
        # One text is read sooner than thousands of short ones.
        every = json.loads(f"[{','.join([text for _, text in batch])}]")
        found |= zip([number for number, _ in batch], every, strict=True)
    return SightingColumns.of([found[number] for number in numbers])


def select_records(scoped: Scoped, numbers: Sequence[int]) -> dict[int, tuple[DamageRecord, ...]]:
    """Return what tracks show, as far as that was written."""
    query = (
        "SELECT r.number, r.kind, r.footprint, r.length_m, r.area_m2, r.reason FROM record AS r "  # noqa: S608
        f"WHERE r.number IN ({scoped.listed('numbers', int)}) ORDER BY r.record"
    )
    found: dict[int, tuple[DamageRecord, ...]] = {}
    for batch in batches(scoped.rows(query, {"numbers": as_list(numbers)})):
        for (number, kind, _, length_m, area_m2, reason), shape in zip(
            batch, from_wkb([row[2] for row in batch]), strict=True
        ):
            one = DamageRecord(
                kind=DamageKind(kind),
                footprint=shape,
                length_m=length_m,
                area_m2=area_m2,
                reason=SeverityReason(reason),
            )
            found[number] = (*found.get(number, ()), one)
    return found


def select_tiles(scoped: Scoped, tiles: Collection[int]) -> tuple[TileTracks, ...]:
    """Return the tiles that there are among some."""
    query = (
        "SELECT place, reach_m, tracks, members FROM tile "  # noqa: S608
        f"WHERE place IN ({scoped.listed('tiles', int)}) ORDER BY place"
    )
    return tuple(
        TileTracks(
            tile=place,
            tracks=_blob_to_table(tracks),
            reach_m=reach_m,
            members=tuple(_blob_to_whole(members)),
        )
        for place, reach_m, tracks, members in scoped.rows(query, {"tiles": as_list(sorted(tiles))})
    )


def select_wide_tiles(scoped: Scoped, reach_m: float) -> frozenset[int]:
    """Return the tiles of which a track reaches farther."""
    query = "SELECT place FROM tile WHERE reach_m > :reach"
    return frozenset(row[0] for row in scoped.rows(query, {"reach": reach_m}))


def select_findings_of(
    scoped: Scoped,
    *,
    tiles: Collection[int] | None,
    asked: Boxes | None,
    but_in: Collection[int],
) -> tuple[Finding, ...]:
    """Return the findings at home in tiles, or those that touch boxes, in order of id."""
    columns = ", ".join(f"f.{name}" for name in FINDING_COLUMNS)
    if tiles is not None:
        source = f"finding AS f WHERE f.tile IN ({scoped.listed('tiles', int)})"
        bindings: dict[str, Any] = {"tiles": as_list(sorted(tiles))}
    else:
        there = f"SELECT DISTINCT * FROM ({scoped.in_boxes('finding', 'boxes')}) AS q"  # noqa: S608
        join = f"{scoped.join_in_order} finding AS f ON f.finding = b.finding"
        source = f"({there}) AS b {join} WHERE TRUE"
        bindings = {"boxes": boxes_json(np.zeros((0, 4)) if asked is None else asked)}
    if but_in:
        # By the index of tiles: the rows of findings that are not wanted are not read.
        there = (
            f"SELECT h.finding FROM finding AS h WHERE h.tile IN ({scoped.listed('but_in', int)})"  # noqa: S608
        )
        source += f" AND {'f' if asked is None else 'b'}.finding NOT IN ({there})"
        bindings["but_in"] = as_list(but_in)
    # SQLite would read all findings in the order of their ids rather than sort a few.
    query = f"SELECT {columns} FROM {source} ORDER BY f.finding_id || ''"  # noqa: S608
    return tuple(findings_of_rows(scoped.rows(query, bindings)))


def write_changes(scoped: Scoped, changes: DerivedChanges) -> None:
    """Write what a derivation changes. Must be called in a transaction."""
    made = changes.made_from
    if changes.whole:
        replace_derived(scoped, changes.findings, changes.conditions, made.stamp)
    else:
        _replace_findings(scoped, changes)
    _replace_tiles(scoped, changes.tiles)
    scoped.insert("record", RECORD_COLUMNS, _record_rows(changes.records))
    runs = json.dumps({str(number): known_as for number, known_as in made.runs.items()})
    scoped.clear("derived")
    scoped.insert(
        "derived",
        ("stamp", "basis", "runs", "verdicts"),
        [(made.stamp, made.basis, runs, made.verdicts)],
    )
    if not changes.whole:
        # Last: they may still be worked out.
        _replace_conditions(scoped, changes)


def _replace_tiles(scoped: Scoped, tiles: Sequence[TileTracks]) -> None:
    """Write tiles in the places of those that are known: their pages are written once."""
    asked = {"tiles": as_list(one.tile for one in tiles)}
    query = f"SELECT place, tile FROM tile WHERE place IN ({scoped.listed('tiles', int)})"  # noqa: S608
    known = dict(scoped.rows(query, asked))
    full = {one.tile for one in tiles if len(one.tracks) or one.members}
    gone = {"gone": as_list(number for place, number in known.items() if place not in full)}
    scoped.clear("tile", f"tile IN ({scoped.listed('gone', int)})", gone)
    stay = [one for one in tiles if one.tile in full and one.tile in known]
    new = [one for one in tiles if one.tile in full and one.tile not in known]
    scoped.update_each("tile", TILE_COLUMNS, ((*_tile_row(one), known[one.tile]) for one in stay))
    scoped.insert("tile", TILE_COLUMNS, map(_tile_row, new))


def _tile_row(one: TileTracks) -> tuple[Any, ...]:
    tracks = one.tracks.values.astype("<f8", copy=False).tobytes()
    return one.tile, one.reach_m, tracks, _whole_to_blob(one.members)


def _replace_findings(scoped: Scoped, changes: DerivedChanges) -> None:
    ids = [*changes.gone_ids, *(one.finding_id for one in changes.findings)]
    query = (
        "SELECT finding_id, finding, footprint FROM finding "  # noqa: S608
        f"WHERE finding_id IN ({scoped.listed('ids', str)})"
    )
    former = list(scoped.rows(query, {"ids": as_list(ids)}))
    known = {finding_id: number for finding_id, number, _ in former}
    stay = [one for one in changes.findings if one.finding_id in known]
    new = [one for one in changes.findings if one.finding_id not in known]
    boxes_of_stay, boxes_of_new = (boxes([one.footprint for one in own]) for own in (stay, new))
    former_boxes = boxes_of_shapes(from_wkb([footprint for *_, footprint in former]))
    now = np.array([*boxes_of_stay, *boxes_of_new]).reshape(-1, 4)
    note_places(scoped, np.concatenate([former_boxes, now]))
    gone = [known[one] for one in changes.gone_ids if one in known]
    scoped.clear_boxes_of("finding", gone)
    scoped.clear("finding", f"finding IN ({scoped.listed('gone', int)})", {"gone": as_list(gone)})
    numbers = [known[one.finding_id] for one in stay]
    rows = zip(finding_rows(stay), numbers, strict=True)
    scoped.update_each("finding", FINDING_COLUMNS, ((*row, number) for row, number in rows))
    scoped.move_boxes("finding", zip(numbers, boxes_of_stay, strict=True))
    first = scoped.insert("finding", FINDING_COLUMNS, finding_rows(new))
    scoped.insert_boxes("finding", first, boxes_of_new)


def _replace_conditions(scoped: Scoped, changes: DerivedChanges) -> None:
    scoped.clear(
        "condition",
        f"period NOT IN ({scoped.listed('periods', str)})",
        {"periods": as_list(changes.periods)},
    )
    conditions = list(changes.conditions)
    known = {
        (section_id, period): number
        for section_id, period, number in scoped.rows(
            "SELECT section_id, period, condition FROM condition "  # noqa: S608
            f"WHERE section_id IN ({scoped.listed('ids', str)})",
            {"ids": as_list(sorted({one.section_id for one in conditions}))},
        )
    }
    new, rows = [], []
    for one in conditions:
        number = known.get((one.section_id, one.period))
        if number is None:
            new.append(one)
        else:
            rows.append((*condition_row(one), number))
    scoped.update_each("condition", CONDITION_COLUMNS, rows)
    scoped.insert("condition", CONDITION_COLUMNS, _condition_rows(new))


def _condition_rows(conditions: Sequence[SectionCondition]) -> Iterator[tuple[Any, ...]]:
    return (condition_row(one) for one in conditions)


def _track_rows(run: int, tracks: Sequence[DamageTrack]) -> Iterator[tuple[Any, ...]]:
    for batch in batches(tracks):
        for one, shape in zip(batch, to_wkb([one.shape for one in batch]), strict=True):
            yield (
                run,
                one.number,
                one.pixel_class.value,
                shape,
                one.link_id,
                float(one.offset_m),
                float(one.heading_deg),
                *map(float, one.sigma_m),
                *map(float, one.clock_s),
                json.dumps(
                    [
                        [safe_text(s.observation_id), safe_text(s.frame_id), s.time_s, s.confidence]
                        for s in one.sightings
                    ]
                ),
            )


def _record_rows(records: Mapping[int, Sequence[DamageRecord]]) -> Iterator[tuple[Any, ...]]:
    every = [(number, one) for number, found in records.items() for one in found]
    for batch in batches(every):
        footprints = to_wkb([one.footprint for _, one in batch])
        for (number, one), footprint in zip(batch, footprints, strict=True):
            yield (
                number,
                one.kind.value,
                footprint,
                float(one.length_m),
                float(one.area_m2),
                one.reason.value,
            )


def _blob_to_table(blob: bytes) -> TrackTable:
    values = np.frombuffer(blob, dtype="<f8").reshape(-1, len(TRACK_FIELDS))
    return TrackTable(values=values.astype(np.float64, copy=False))


def _whole_to_blob(values: Sequence[int]) -> bytes:
    return np.asarray(values, dtype="<i8").tobytes()


def _blob_to_whole(blob: bytes) -> list[int]:
    return [int(value) for value in np.frombuffer(blob, dtype="<i8")]
