"""Holds in the database, and the pictures that retention looks at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gatusyn.model import Hold, HoldSubject, KeptPicture
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_pictures import frames_of_section, section_is_there
from gatusyn.store.sql_scope import Scoped, as_list

FrameKey = tuple[str, str]

COLUMNS = (
    "number",
    "subject",
    "subject_id",
    "reason",
    "until_s",
    "placed_by",
    "placed_s",
    "frames",
    "released_s",
)


def select_holds(
    scoped: Scoped, where: str = "TRUE", bindings: Mapping[str, Any] | None = None
) -> list[Hold]:
    """Return holds, oldest first."""
    query = f"SELECT {', '.join(COLUMNS)} FROM hold WHERE {where} ORDER BY number"  # noqa: S608
    holds = []
    for row in scoped.rows(query, bindings):
        values = dict(zip(COLUMNS, row, strict=True))
        values["subject"] = HoldSubject(values["subject"])
        values["frames"] = frozenset(
            (drive, frame) for drive, frame in json.loads(values["frames"])
        )
        holds.append(Hold(**values))
    return holds


def insert_hold(scoped: Scoped, hold: Hold) -> int:
    """Note a hold; return its number. Must be called in a transaction."""
    number: int = scoped.row("SELECT coalesce(max(number), 0) + 1 FROM hold")[0]
    values = (
        *(number, hold.subject.value, hold.subject_id, safe_text(hold.reason), hold.until_s),
        *(safe_text(hold.placed_by), hold.placed_s, json.dumps(sorted(hold.frames)), None),
    )
    scoped.insert("hold", COLUMNS, [values])
    return number


def release(scoped: Scoped, number: int, *, by: str, now_s: float) -> None:
    """Note that a hold has ended. Must be called in a transaction."""
    scoped.update(
        "hold",
        "released_by = :by, released_s = :now",
        {"by": safe_text(by), "now": now_s, "number": number},
        where="number = :number AND released_s IS NULL",
    )


def subject_is_there(scoped: Scoped, subject: HoldSubject, subject_id: str) -> bool:
    """Say whether there is such a picture, section or finding."""
    if subject is HoldSubject.SECTION:
        return section_is_there(scoped, subject_id)
    query = f"SELECT 1 FROM {subject.value} WHERE {subject.value}_id = :id"  # noqa: S608
    return scoped.row(query, {"id": subject_id}) is not None


def frames_of(scoped: Scoped, subject: HoldSubject, subject_id: str) -> frozenset[FrameKey]:
    """Return the frames with pictures that a subject has now."""
    if subject is HoldSubject.PICTURE:
        query = """
        SELECT r.drive_id, p.frame_id FROM picture AS p JOIN run AS r ON r.run = p.run
        WHERE p.picture_id = :id
        """
        return frozenset((row[0], row[1]) for row in scoped.rows(query, {"id": subject_id}))
    if subject is HoldSubject.SECTION:
        query = f"""
        SELECT DISTINCT r.drive_id, p.frame_id FROM {scoped.each(":keys", "k")}
        JOIN picture AS p
        ON p.run = {scoped.item("k", 0, int)} AND p.frame_id = {scoped.item("k", 1, str)}
        JOIN run AS r ON r.run = p.run
        """  # noqa: S608
        keys = as_list(frames_of_section(scoped, subject_id))
        return frozenset((row[0], row[1]) for row in scoped.rows(query, {"keys": keys}))
    query = f"""
    SELECT DISTINCT r.drive_id, p.frame_id
    FROM finding AS g CROSS JOIN {scoped.each("g.observation_ids", "k")}
    JOIN run AS r ON r.run_id = {scoped.item("k", 0, str)}
    JOIN observation AS o ON o.run = r.run AND o.observation_id = {scoped.item("k", 1, str)}
    JOIN picture AS p ON p.run = o.run AND p.frame_id = o.frame_id
    WHERE g.finding_id = :id
    """  # noqa: S608
    return frozenset((row[0], row[1]) for row in scoped.rows(query, {"id": subject_id}))


def held_frames(scoped: Scoped, now_s: float) -> dict[FrameKey, tuple[int, ...]]:
    """Return the frames under a hold at a moment, with the numbers of their holds."""
    held: dict[FrameKey, tuple[int, ...]] = {}
    for hold in select_holds(scoped):
        if hold.holds_at(now_s):
            for key in hold.frames | frames_of(scoped, hold.subject, hold.subject_id):
                held[key] = (*held.get(key, ()), hold.number)
    return held


def select_kept(scoped: Scoped) -> Iterable[KeptPicture]:
    """Yield every stored picture, oldest first."""
    seen_in = scoped.gathered("o.observation_id", "o.observation")
    query = f"""
    SELECT p.picture_id, r.run_id, r.drive_id, p.frame_id, f.time_s,
        n.run IS NOT NULL, coalesce(n.on_current, FALSE) AND (n.is_own OR NOT EXISTS (
            SELECT 1 FROM observation AS o
            LEFT JOIN current_place AS s
            ON s.run = o.run AND s.kind = 'observation' AND s.fact_id = o.observation_id
            WHERE o.run = p.run AND o.frame_id = p.frame_id AND s.place IS NULL
        )), (
            SELECT {seen_in} FROM observation AS o
            WHERE o.run = p.run AND o.frame_id = p.frame_id
        )
    FROM picture AS p
    JOIN run AS r ON r.run = p.run
    JOIN frame AS f ON f.run = p.run AND f.frame_id = p.frame_id
    LEFT JOIN newest_run AS n ON n.run = p.run
    ORDER BY f.time_s, p.picture
    """  # noqa: S608
    for picture_id, run_id, drive_id, frame_id, time_s, shown, on_current, seen in scoped.rows(
        query
    ):
        yield KeptPicture(
            picture_id=picture_id,
            run_id=run_id,
            drive_id=drive_id,
            frame_id=frame_id,
            time_s=time_s,
            shown=bool(shown),
            on_current=bool(on_current),
            observation_ids=tuple(json.loads(seen)),
        )
