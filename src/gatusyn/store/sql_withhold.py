"""What people said of a drive's pictures stands when it is inspected again."""

from __future__ import annotations

import time
from collections.abc import Iterable

from gatusyn.model import DriveFacts, RedactedRegion, Removal, RemovalCause, SeenFrame
from gatusyn.store.media import PictureFolder
from gatusyn.store.sql_coarse import is_coarse
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_marks import (
    MOMENT_S,
    insert_removals,
    is_close,
    is_recorded,
    select_marks,
    select_removals,
)
from gatusyn.store.sql_pictures import picture_name
from gatusyn.store.sql_scope import Scoped


def withhold(scoped: Scoped, facts: DriveFacts, stage: PictureFolder) -> None:
    """Take out of a stage what people's words do not let be kept, and note it."""
    if not stage.pictures:
        return
    notes = []
    for frame, cause, why in withheld(scoped, facts, list(stage.pictures)):
        staged = stage.drop(frame.frame_id)
        removal = Removal(
            picture_id=picture_name(facts.run_id, staged),
            drive_id=facts.drive_id,
            frame_id=frame.frame_id,
            time_s=frame.pose.time_s,
            cause=cause,
            reason=why,
            removed_by="gatusyn",
            removed_s=time.time(),
        )
        notes.append((removal, frame))
    insert_removals(scoped, notes)


def withheld(
    scoped: Scoped, facts: DriveFacts, frame_ids: Iterable[str]
) -> list[tuple[SeenFrame, RemovalCause, str]]:
    """Return the frames whose pictures must not be kept, with why: people's words stand.

    Nor are pictures kept of a coarse drive, but those that are there still: their time has passed.

    Parameters
    ----------
    frame_ids
        Frames of the drive that have a picture to be kept.
    """
    frames = {frame.frame_id: frame for frame in facts.frames}
    kept = {"drive_id": facts.drive_id}
    known = {row[0] for row in scoped.rows(KNOWN, kept)}
    removed: dict[str, list[Removal]] = {}
    for one in select_removals(scoped, "drive_id = :drive_id", kept):
        removed.setdefault(one.frame_id, []).append(one)
    marked: dict[str, list[RedactedRegion]] = {}
    for mark in select_marks(scoped, "drive_id = :drive_id", kept):
        marked.setdefault(mark.frame_id, []).append(mark.region)
    seeds, coarse = _seeds(scoped, facts), is_coarse(scoped, facts.drive_id)
    found = []
    for frame_id in frame_ids:
        frame, name = frames[frame_id], safe_text(frame_id)
        why = _said_of(frame, removed.get(name, ()), marked.get(name, ()), is_known=name in known)
        if why is None and name not in known:
            if any(is_close(frame, seed) for seed in seeds):
                words = "a picture of this moment was removed, or had something marked in it"
                why = RemovalCause.SAME_MOMENT, words
            elif coarse:
                why = RemovalCause.RETENTION, "the drive has been made coarse"
        if why is not None:
            found.append((frame, *why))
    return found


KNOWN = """
SELECT DISTINCT p.frame_id FROM picture AS p JOIN run AS r ON r.run = p.run
WHERE r.drive_id = :drive_id
"""


def _said_of(
    frame: SeenFrame,
    removals: Iterable[Removal],
    marks: Iterable[RedactedRegion],
    *,
    is_known: bool,
) -> tuple[RemovalCause, str] | None:
    by_retention = None
    for one in removals:
        words = f"removed before: {one.reason}"
        if one.cause is not RemovalCause.RETENTION:
            return RemovalCause.SAME_MOMENT, words
        # What retention took from an older run is still there if a newer run has it.
        if not is_known:
            by_retention = RemovalCause.RETENTION, words
    if not all(_is_hidden(region, frame) for region in marks):
        return RemovalCause.SAME_MOMENT, "a region was marked in it that this run did not hide"
    return by_retention


def _is_hidden(region: RedactedRegion, frame: SeenFrame) -> bool:
    x2, y2 = min(region.x2, frame.width_px), min(region.y2, frame.height_px)
    return region.x1 >= x2 or region.y1 >= y2 or is_recorded(region, frame.redaction, x2, y2)


def _seeds(scoped: Scoped, facts: DriveFacts) -> list[tuple[float, float, float]]:
    """Return time and place of what was removed on request or marked, during a drive."""
    times = [frame.pose.time_s for frame in facts.frames]
    query = f"""
    SELECT time_s, easting_m, northing_m FROM removal
    WHERE cause = '{RemovalCause.REQUEST.value}' AND time_s BETWEEN :first AND :last
    UNION SELECT time_s, easting_m, northing_m FROM mark WHERE time_s BETWEEN :first AND :last
    """  # noqa: S608
    span = {"first": min(times) - MOMENT_S, "last": max(times) + MOMENT_S}
    return [(row[0], row[1], row[2]) for row in scoped.rows(query, span)]
