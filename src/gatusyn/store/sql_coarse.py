"""Makes drives coarse: what was measured stays; times of day, frames' places and names go.

What findings and grades are derived from stays: footprints, places on the network, days, the order
of the frames. What a kept picture needs stays with it: its frame's time, place and name, by which
people's words on it find it in other runs. People's words themselves stay as they are.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gatusyn.model import (
    DriveNote,
    DriveRemark,
    DriveTrace,
    FactKind,
    RemovalCause,
)
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_holds import held_frames, select_holds
from gatusyn.store.sql_scope import Scoped
from gatusyn.store.sql_tiles import forget_run
from gatusyn.store.sql_told import remarks_to_json

CHANGED = (
    *("run", "frame", "observation", "coverage", "rejected", "place", "removal", "hold"),
    *("track", "record", "work", "tile"),
)
"""The tables in which making a drive coarse writes over values."""

PAUSE_M = 1_000.0
"""Added to the way where the vehicle paused: longer than any damage is in view."""

DAY = "86400.0 * trunc({0} / 86400.0) + :order_s"
"""Of drives of one day only their order is kept, as thousandths of a second after midnight UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A frame of a run; ``number`` counts from the run's first."""

    frame: int
    frame_id: str
    number: int
    time_s: float
    easting_m: float
    northing_m: float
    has_picture: bool

    @property
    def neutral(self) -> str:
        """The name that stays. No file's name has a slash."""
        return f"/{self.number:06d}"


def is_neutral(frame_id: str) -> bool:
    """Say whether a frame has lost its name, and its place with it."""
    return frame_id.startswith("/")


def select_traces(scoped: Scoped, now_s: float) -> tuple[DriveTrace, ...]:
    """Return what is known of the times and places of every drive, oldest drive first."""
    query = """
    SELECT r.drive_id, max(r.ended_s), max(CASE WHEN r.coarse_s IS NULL OR EXISTS (
        SELECT 1 FROM frame AS f
        WHERE f.run = r.run AND f.frame_id NOT LIKE '/%' AND NOT EXISTS (
            SELECT 1 FROM picture AS p WHERE p.run = f.run AND p.frame_id = f.frame_id
        )
    ) THEN 1 ELSE 0 END)
    FROM run AS r GROUP BY r.drive_id ORDER BY min(r.started_s), r.drive_id
    """
    held = {drive_id for drive_id, _ in held_frames(scoped, now_s)}
    return tuple(
        DriveTrace(
            drive_id=drive_id,
            ended_s=ended_s,
            is_fine=bool(is_fine),
            is_held=drive_id in held,
        )
        for drive_id, ended_s, is_fine in scoped.rows(query)
    )


def is_coarse(scoped: Scoped, drive_id: str) -> bool:
    """Say whether a run of a drive was made coarse."""
    query = "SELECT 1 FROM run WHERE drive_id = :drive_id AND coarse_s IS NOT NULL"
    return scoped.row(query, {"drive_id": drive_id}) is not None


def make_coarse(
    scoped: Scoped, drive_id: str, *, gap_s: float, reason: str, by: str, now_s: float
) -> bool:
    """Make all runs of a drive coarse, unless it is held. Must be called in a transaction."""
    if any(held == drive_id for held, _ in held_frames(scoped, now_s)):
        return False
    query = "SELECT run, coarse_s IS NULL FROM run WHERE drive_id = :drive_id ORDER BY run"
    for run, is_new in list(scoped.rows(query, {"drive_id": drive_id})):
        frames = list(_frames(scoped, run))
        if is_new:
            forget_run(scoped, run)
            _forget_times(scoped, run, frames, gap_s)
            _forget_names(scoped, run, drive_id, reason=reason, by=by, now_s=now_s)
        _forget_places(scoped, run, [own for own in frames if not own.has_picture])
    _forget_notes(scoped, drive_id)
    return True


def ways_of(frames: Sequence[_Frame], gap_s: float) -> dict[str, float]:
    """Return metres driven up to each frame, by its name.

    Where there is more time than ``gap_s`` between two frames, the way is longer by ``PAUSE_M``:
    what was seen before and after belongs to different passes.
    """
    ways: dict[str, float] = {}
    way, before = 0.0, None
    for own in sorted(frames, key=lambda one: (one.time_s, one.frame)):
        if before is not None:
            way += math.dist((before.easting_m, before.northing_m), (own.easting_m, own.northing_m))
            way += PAUSE_M if own.time_s - before.time_s > gap_s else 0.0
        ways[own.frame_id], before = way, own
    return ways


def _frames(scoped: Scoped, run: int) -> Iterator[_Frame]:
    query = """
    SELECT f.frame, f.frame_id, f.time_s, f.easting_m, f.northing_m, p.picture IS NOT NULL
    FROM frame AS f LEFT JOIN picture AS p ON p.run = f.run AND p.frame_id = f.frame_id
    WHERE f.run = :run ORDER BY f.frame
    """
    for number, row in enumerate(scoped.rows(query, {"run": run})):
        frame, frame_id, time_s, east, north, has_picture = row
        yield _Frame(
            frame=frame,
            frame_id=frame_id,
            number=number,
            time_s=time_s,
            easting_m=east,
            northing_m=north,
            has_picture=bool(has_picture),
        )


def _forget_times(scoped: Scoped, run: int, frames: Sequence[_Frame], gap_s: float) -> None:
    """Cut the times of what was seen to the day, and name observations as they are named now."""
    numbers = {own.frame_id: own.number for own in frames}
    ways = ways_of(frames, gap_s)
    query = """
    SELECT observation, observation_id, frame_id FROM observation WHERE run = :run
    ORDER BY observation
    """
    seen: Counter[str] = Counter()
    rows, names = [], {}
    for observation, observation_id, frame_id in scoped.rows(query, {"run": run}):
        name = names[observation_id] = f"{numbers[frame_id]:06d}/{seen[frame_id]}"
        seen[frame_id] += 1
        rows.append((name, ways[frame_id], observation))
    bindings = {"run": run, "order_s": _order_s(scoped, run)}
    # Names must be unique at every moment: first such as nothing else has.
    observed = f"observation_id = '/' || observation, time_s = {DAY.format('time_s')}"
    scoped.update("observation", observed, bindings, where="run = :run")
    scoped.update_each("observation", ("observation_id", "way_m"), rows)
    _rename_places(scoped, run, FactKind.OBSERVATION, names)
    for table, columns in (("coverage", ("time_s",)), ("run", ("started_s", "ended_s"))):
        days = ", ".join(f"{column} = {DAY.format(column)}" for column in columns)
        scoped.update(table, days, bindings, where="run = :run")


def _order_s(scoped: Scoped, run: int) -> float:
    query = """
    SELECT count(*) + 1 FROM run AS r JOIN run AS own ON own.run = :run
    WHERE r.coarse_s IS NOT NULL
    AND trunc(r.started_s / 86400.0) = trunc(own.started_s / 86400.0)
    """
    return float(scoped.row(query, {"run": run})[0]) / 1000.0


def _forget_names(
    scoped: Scoped, run: int, drive_id: str, *, reason: str, by: str, now_s: float
) -> None:
    """Take away the footage's name, remarks and rejected frames' names; note who said so."""
    coarse = DriveRemark(note=DriveNote.COARSE, figures={"words": reason})
    scoped.update(
        "run",
        "name = :name, remarks = :remarks, coarse_s = :now, coarse_by = :by",
        {
            "name": f"drive {drive_id[:8]}",
            "remarks": remarks_to_json([coarse]),
            "now": now_s,
            "by": safe_text(by),
            "run": run,
        },
        where="run = :run",
    )
    scoped.update("rejected", "frame_id = '', detail = ''", {"run": run}, where="run = :run")


def _forget_places(scoped: Scoped, run: int, frames: Sequence[_Frame]) -> None:
    """Take away place, direction, speed and name of frames that have no picture."""
    names = {own.frame_id: own.neutral for own in frames if own.frame_id != own.neutral}
    if not names:
        return
    for table in ("coverage", "observation"):
        query = f"SELECT {table}, frame_id FROM {table} WHERE run = :run"  # noqa: S608
        found = list(scoped.rows(query, {"run": run}))
        rows = [(names[name], number) for number, name in found if name in names]
        scoped.update_each(table, ("frame_id",), rows)
    scoped.update(
        "observation",
        "outline_px = :nothing",
        {"run": run, "nothing": b""},
        where="run = :run AND frame_id LIKE '/%'",
    )
    scoped.update_each("frame", ("frame_id",), ((own.neutral, own.frame) for own in frames))
    _rename_places(scoped, run, FactKind.FRAME, names)
    nothing = ("easting_m", "northing_m", "bearing_deg", "speed_ms", "offset_m")
    scoped.update(
        "frame",
        ", ".join((f"time_s = {DAY.format('time_s')}", *(f"{column} = 0.0" for column in nothing))),
        {"run": run, "order_s": 0.0},
        where="run = :run AND frame_id LIKE '/%'",
    )


def _rename_places(scoped: Scoped, run: int, kind: FactKind, names: Mapping[str, str]) -> None:
    """Name the places that facts have on other deliveries as the facts are named now."""
    of_kind = {"run": run, "kind": kind.value}
    query = "SELECT place, fact_id FROM place WHERE run = :run AND kind = :kind"
    rows = [(names[name], number) for number, name in scoped.rows(query, of_kind) if name in names]
    # Unique at every moment, as above.
    scoped.update_each("place", ("fact_id",), ((f"//{number}", number) for _, number in rows))
    scoped.update_each("place", ("fact_id",), rows)


def _forget_notes(scoped: Scoped, drive_id: str) -> None:
    """Take time and place out of notes that do not need them, and frames without picture of holds.

    A picture that was removed on request, or marked, is known by them in other footage of the
    moment, too. What retention removed needs no frame either: a coarse drive gets no new picture.
    """
    of_drive = {"drive_id": drive_id, "order_s": 0.0}
    scoped.update(
        "removal",
        f"time_s = {DAY.format('time_s')}, easting_m = 0.0, northing_m = 0.0, "
        f"frame_id = CASE cause WHEN '{RemovalCause.RETENTION.value}' THEN '' ELSE frame_id END",
        of_drive,
        where=f"drive_id = :drive_id AND cause <> '{RemovalCause.REQUEST.value}'",
    )
    query = """
    SELECT p.frame_id FROM picture AS p JOIN run AS r ON r.run = p.run
    WHERE r.drive_id = :drive_id
    """
    kept = {row[0] for row in scoped.rows(query, {"drive_id": drive_id})}
    for hold in select_holds(scoped):
        left = [own for own in hold.frames if own[0] != drive_id or own[1] in kept]
        if len(left) < len(hold.frames):
            named = {"frames": json.dumps(sorted(left)), "number": hold.number}
            scoped.update("hold", "frames = :frames", named, where="number = :number")
