"""Tracks by run, what they show, and their table, in the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gatusyn.model import (
    TRACK_FIELDS,
    DamageKind,
    DamageRecord,
    DamageTrack,
    PixelClass,
    SeverityReason,
    Sighting,
    SightingColumns,
    TrackTable,
)
from gatusyn.store.sql_codec import batches, from_wkb, safe_text, to_wkb
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
RECORD_COLUMNS = ("number", "kind", "footprint", "length_m", "area_m2", "reason")


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
    row = (run, made_of, whole_to_blob(sorted(tiles)), table.values.astype("<f8").tobytes())
    scoped.insert("work", ("run", "made_of", "tiles", "tracks"), [row])


def delete_tracks(scoped: Scoped, runs: Collection[int]) -> None:
    """Delete what was derived from runs alone. Must be called in a transaction."""
    bindings = {"runs": as_list(sorted(runs))}
    of_runs = f"run IN ({scoped.listed('runs', int)})"
    scoped.clear("track", of_runs, bindings)
    scoped.clear("work", of_runs, bindings)


def select_tracks_made_of(scoped: Scoped) -> dict[int, str]:
    """Return what the tracks of each run that has them were made of."""
    return dict(scoped.rows("SELECT run, made_of FROM work"))


def select_run_tiles(scoped: Scoped, runs: Collection[int]) -> frozenset[int]:
    """Return the tiles in which tracks of runs lie, or lay."""
    query = f"SELECT tiles FROM work WHERE run IN ({scoped.listed('runs', int)})"  # noqa: S608
    found = scoped.rows(query, {"runs": as_list(sorted(runs))})
    return frozenset(tile for (blob,) in found for tile in blob_to_whole(blob))


def select_run_tracks(scoped: Scoped, runs: Collection[int]) -> dict[int, TrackTable]:
    """Return the tracks of runs, not laid."""
    query = f"SELECT run, tracks FROM work WHERE run IN ({scoped.listed('runs', int)})"  # noqa: S608
    found = scoped.rows(query, {"runs": as_list(sorted(runs))})
    return {run: blob_to_table(blob) for run, blob in found}


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


def record_rows(records: Mapping[int, Sequence[DamageRecord]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of what tracks show, by their numbers."""
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


def blob_to_table(blob: bytes) -> TrackTable:
    """Return the table of tracks that a column holds."""
    values = np.frombuffer(blob, dtype="<f8").reshape(-1, len(TRACK_FIELDS))
    return TrackTable(values=values.astype(np.float64, copy=False))


def whole_to_blob(values: Sequence[int]) -> bytes:
    """Return whole numbers as a column holds them."""
    return np.asarray(values, dtype="<i8").tobytes()


def blob_to_whole(blob: bytes) -> list[int]:
    """Return the whole numbers that a column holds."""
    return [int(value) for value in np.frombuffer(blob, dtype="<i8")]
