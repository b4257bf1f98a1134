"""Marks and removals in the database, and what they say of a drive that is inspected again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gatusyn.model import (
    Mark,
    MissCount,
    RedactedRegion,
    RedactionRecord,
    RegionKind,
    Removal,
    RemovalCause,
    SeenFrame,
)
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_facts import FRAME_COLUMNS, frame_of
from gatusyn.store.sql_scope import Scoped

MOMENT_S = 1.0
MOMENT_M = 25.0
"""Pictures this near in time and place show the same people."""

MARK_COLUMNS = ("picture_id", "drive_id", "frame_id", "kind", "x1", "y1", "x2", "y2")
MARKED_COLUMNS = ("model", "marked_by", "marked_s")
REMOVAL_COLUMNS = ("picture_id", "drive_id", "frame_id", "time_s", "cause", "reason")
REMOVED_COLUMNS = ("removed_by", "removed_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """A stored picture with its frame, as the database has them."""

    picture: int
    picture_id: str
    run: int
    run_id: str
    drive_id: str
    scale: float
    version: int
    frame: SeenFrame


def select_rows(scoped: Scoped, where: str, bindings: Mapping[str, Any]) -> list[PictureRow]:
    """Return the pictures (p, of run r and frame f) that meet a condition."""
    columns = ", ".join(f"f.{name}" for name in FRAME_COLUMNS)
    query = f"""
    SELECT p.picture, p.picture_id, r.run, r.run_id, r.drive_id, p.scale, p.version, {columns}
    FROM picture AS p JOIN run AS r ON r.run = p.run
    JOIN frame AS f ON f.run = p.run AND f.frame_id = p.frame_id
    WHERE {where} ORDER BY p.picture
    """  # noqa: S608
    return [
        PictureRow(
            picture=picture,
            picture_id=picture_id,
            run=run,
            run_id=run_id,
            drive_id=drive_id,
            scale=scale,
            version=version,
            frame=frame_of(tuple(frame)),
        )
        for picture, picture_id, run, run_id, drive_id, scale, version, *frame in scoped.rows(
            query, bindings
        )
    ]


def select_row(scoped: Scoped, picture_id: str) -> PictureRow | None:
    """Return a stored picture; None if there is none of that name."""
    rows = select_rows(scoped, "p.picture_id = :picture_id", {"picture_id": picture_id})
    return rows[0] if rows else None


def copies_of(scoped: Scoped, row: PictureRow) -> list[PictureRow]:
    """Return the pictures of the same frame in all runs of its drive, itself among them."""
    bindings = {"drive_id": row.drive_id, "frame_id": row.frame.frame_id}
    return select_rows(scoped, "r.drive_id = :drive_id AND p.frame_id = :frame_id", bindings)


def same_moment(scoped: Scoped, row: PictureRow) -> list[PictureRow]:
    """Return pictures of the same moment in other runs of the drive, of frames its run has not.

    A run that took its frames at other places on the way has the same people in other pictures.
    """
    where = """
    r.drive_id = :drive_id AND r.run <> :run AND abs(f.time_s - :time_s) <= :moment_s
    AND f.frame_id NOT IN (SELECT frame_id FROM picture WHERE run = :run)
    """
    time_s = row.frame.pose.time_s
    bindings = {"drive_id": row.drive_id, "run": row.run, "time_s": time_s, "moment_s": MOMENT_S}
    return [
        other for other in select_rows(scoped, where, bindings) if _near(other.frame, row.frame)
    ]


def insert_mark(
    scoped: Scoped, row: PictureRow, region: RedactedRegion, *, by: str, now_s: float
) -> None:
    """Note a miss. Must be called in a transaction."""
    box = (region.kind.value, int(region.x1), int(region.y1), int(region.x2), int(region.y2))
    values = (
        *(row.picture_id, row.drive_id, row.frame.frame_id, *box),
        *(row.frame.redaction.model, safe_text(by), now_s, *place_of(row.frame)),
    )
    scoped.insert("mark", (*MARK_COLUMNS, *MARKED_COLUMNS, *PLACE_COLUMNS), [values])


PLACE_COLUMNS = ("time_s", "easting_m", "northing_m")


def insert_removals(scoped: Scoped, rows: Iterable[tuple[Removal, SeenFrame]]) -> None:
    """Note removals. Must be called in a transaction."""
    scoped.insert(
        "removal",
        (*REMOVAL_COLUMNS, *REMOVED_COLUMNS, "easting_m", "northing_m"),
        (
            (
                *(one.picture_id, one.drive_id, safe_text(one.frame_id), one.time_s),
                *(one.cause.value, safe_text(one.reason), safe_text(one.removed_by)),
                *(one.removed_s, *place_of(frame)[1:]),
            )
            for one, frame in rows
        ),
    )


def select_marks(
    scoped: Scoped, where: str = "TRUE", bindings: Mapping[str, Any] | None = None
) -> list[Mark]:
    """Return marked misses, oldest first."""
    columns = ", ".join((*MARK_COLUMNS, *MARKED_COLUMNS))
    query = f"SELECT {columns} FROM mark WHERE {where} ORDER BY mark"  # noqa: S608
    return [
        Mark(
            picture_id=picture_id,
            drive_id=drive_id,
            frame_id=frame_id,
            region=marked_region(kind, *box),
            model=model,
            marked_by=by,
            marked_s=now_s,
        )
        for picture_id, drive_id, frame_id, kind, *box, model, by, now_s in scoped.rows(
            query, bindings
        )
    ]


def marked_region(kind: str, x1: int, y1: int, x2: int, y2: int) -> RedactedRegion:
    """Return a region that a person marked."""
    return RedactedRegion(
        kind=RegionKind(kind), x1=x1, y1=y1, x2=x2, y2=y2, confidence=1.0, marked=True
    )


def select_removals(
    scoped: Scoped, where: str = "TRUE", bindings: Mapping[str, Any] | None = None
) -> list[Removal]:
    """Return removals, oldest first."""
    columns = (*REMOVAL_COLUMNS, *REMOVED_COLUMNS)
    query = f"SELECT {', '.join(columns)} FROM removal WHERE {where} ORDER BY removal"  # noqa: S608
    removals = []
    for row in scoped.rows(query, bindings):
        values = dict(zip(columns, row, strict=True))
        values["cause"] = RemovalCause(values["cause"])
        removals.append(Removal(**values))
    return removals


def count_misses(scoped: Scoped) -> tuple[MissCount, ...]:
    """Return what every version of the finders looked at, hid and missed."""
    redaction = scoped.json("f.redaction")
    looked = f"""
    SELECT {redaction} ->> 'model', count(*), sum((
        SELECT count(*) FROM {scoped.each(f"{redaction} -> 'regions'", "k")}
        WHERE {scoped.item("k", 6, str)} IS NULL
    )) FROM frame AS f GROUP BY 1
    """  # noqa: S608
    counts = {model: (frames, int(hidden)) for model, frames, hidden in scoped.rows(looked)}
    missed: dict[str, dict[RegionKind, int]] = {}
    for model, kind, count in scoped.rows("SELECT model, kind, count(*) FROM mark GROUP BY 1, 2"):
        missed.setdefault(model, {})[RegionKind(kind)] = count
    return tuple(
        MissCount(
            model=model,
            frames=counts.get(model, (0, 0))[0],
            hidden=counts.get(model, (0, 0))[1],
            missed=missed.get(model, {}),
        )
        for model in sorted(counts.keys() | missed.keys())
    )


def is_recorded(region: RedactedRegion, record: RedactionRecord, x2: int, y2: int) -> bool:
    """Say whether a marked region, ending at ``x2, y2``, is in a redaction record."""
    return any(
        own.marked and (own.x1, own.y1) == (region.x1, region.y1) and own.x2 >= x2 and own.y2 >= y2
        for own in record.regions
    )


def place_of(frame: SeenFrame) -> tuple[float, float, float]:
    """Return time, easting and northing of a frame."""
    return frame.pose.time_s, frame.pose.easting_m, frame.pose.northing_m


def _near(first: SeenFrame, second: SeenFrame) -> bool:
    return is_close(first, place_of(second))


def is_close(frame: SeenFrame, seed: tuple[float, float, float]) -> bool:
    """Say whether a frame is of the moment of a time, easting and northing."""
    time_s, east, north = place_of(frame)
    near = (east - seed[1]) ** 2 + (north - seed[2]) ** 2 <= MOMENT_M**2
    return near and abs(time_s - seed[0]) <= MOMENT_S
