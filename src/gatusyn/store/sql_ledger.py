"""What people say of stored pictures, in the database: facts first, files right after.

A change is one transaction: the fact, the rows, and the names of the files that must go. The files
go after the commit; a kill in between leaves names that the next opening of the store works off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from gatusyn.model import (
    HeldError,
    Hold,
    HoldSubject,
    KeptPicture,
    Mark,
    MissCount,
    PictureError,
    RedactedRegion,
    Removal,
    RemovalCause,
    StoredPicture,
)
from gatusyn.store import sql_holds as holds_of
from gatusyn.store import sql_marks as marks_of
from gatusyn.store.media import Media
from gatusyn.store.protocol_ledger import FrameKey, Hide
from gatusyn.store.sql_codec import redaction_to_json
from gatusyn.store.sql_marks import PictureRow
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped

ERASED_TOGETHER = 50
"""Files erased in one transaction: others wait to write meanwhile."""


class SqlLedger(SqlPart):
    """A ``PictureLedger`` in a database; ``SqlStore.ledger`` is one.

    Parameters
    ----------
    reading, writing
        Lend a connection in a transaction; ``writing`` is told what is written, for messages.
    media
        The pictures' files.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Scoped]],
        writing: Callable[[str], AbstractContextManager[Scoped]],
        media: Media,
    ) -> None:
        super().__init__(reading, writing)
        self._media = media

    def picture(self, picture_id: str) -> StoredPicture:
        """Return a stored picture; ``PictureError`` if there is none (any more)."""
        with self._reading() as scoped:
            return self._stored(self._row(scoped, picture_id))

    def mark(
        self, picture_id: str, region: RedactedRegion, *, by: str, now_s: float, hide: Hide
    ) -> int:
        """Hide a missed region in every stored copy of a picture, and note the miss."""
        with self._writing("the marked region") as scoped:
            row = self._row(scoped, picture_id)
            if marks_of.is_recorded(region, row.frame.redaction, region.x2, region.y2):
                return 0
            copies = marks_of.copies_of(scoped, row)
            size = (row.frame.width_px, row.frame.height_px)
            alike = [own for own in copies if (own.frame.width_px, own.frame.height_px) == size]
            for copy in alike:
                self._rewrite(scoped, copy, region, hide)
            others = [own for own in copies if own not in alike]
            others += marks_of.same_moment(scoped, row)
            held = holds_of.held_frames(scoped, now_s)
            self._take_away(
                scoped,
                [own for own in others if (own.drive_id, own.frame.frame_id) not in held],
                RemovalCause.SAME_MOMENT,
                "something was marked in another picture of this moment",
                by,
                now_s,
            )
            marks_of.insert_mark(scoped, row, region, by=by, now_s=now_s)
        self.finish()
        return len(alike)

    def remove(
        self,
        picture_ids: Sequence[str],
        *,
        cause: RemovalCause,
        reason: str,
        by: str,
        now_s: float,
    ) -> tuple[Removal, ...]:
        """Remove pictures and their copies, all or none, and note it."""
        with self._writing("the removal") as scoped:
            asked: dict[str, PictureRow] = {}
            near: dict[str, PictureRow] = {}
            for picture_id in picture_ids:
                if _removal(scoped, picture_id) is not None:
                    continue
                row = self._row(scoped, picture_id)
                asked[row.picture_id] = row
                if cause is not RemovalCause.RETENTION:
                    asked |= {own.picture_id: own for own in marks_of.copies_of(scoped, row)}
                    near |= {own.picture_id: own for own in marks_of.same_moment(scoped, row)}
            beside = [own for name, own in near.items() if name not in asked]
            _require_free(scoped, [*asked.values(), *beside], now_s)
            words = f"another picture of this moment was removed: {reason}"
            removed = (
                *self._take_away(scoped, list(asked.values()), cause, reason, by, now_s),
                *self._take_away(scoped, beside, RemovalCause.SAME_MOMENT, words, by, now_s),
            )
        self.finish()
        return removed

    def removal_of(self, picture_id: str) -> Removal | None:
        """Return the note of a picture's removal."""
        with self._reading() as scoped:
            return _removal(scoped, picture_id)

    def marks(self) -> tuple[Mark, ...]:
        """Return all marked misses, oldest first."""
        with self._reading() as scoped:
            return tuple(marks_of.select_marks(scoped))

    def removals(self) -> tuple[Removal, ...]:
        """Return all removals, oldest first."""
        with self._reading() as scoped:
            return tuple(marks_of.select_removals(scoped))

    def marked_in(self, drive_id: str) -> Mapping[str, tuple[RedactedRegion, ...]]:
        """Return what was marked in a drive's frames."""
        regions: dict[str, tuple[RedactedRegion, ...]] = {}
        with self._reading() as scoped:
            of_drive = {"drive_id": drive_id}
            for mark in marks_of.select_marks(scoped, "drive_id = :drive_id", of_drive):
                regions[mark.frame_id] = (*regions.get(mark.frame_id, ()), mark.region)
        return regions

    def misses(self) -> tuple[MissCount, ...]:
        """Return for every version of the finders what it looked at and what it missed."""
        with self._reading() as scoped:
            return marks_of.count_misses(scoped)

    def kept(self) -> tuple[KeptPicture, ...]:
        """Return every stored picture, oldest first."""
        with self._reading() as scoped:
            return tuple(holds_of.select_kept(scoped))

    def place_hold(
        self,
        subject: HoldSubject,
        subject_id: str,
        *,
        reason: str,
        until_s: float,
        by: str,
        now_s: float,
    ) -> Hold:
        """Note that the pictures of a subject must stay."""
        with self._writing("the hold") as scoped:
            if not holds_of.subject_is_there(scoped, subject, subject_id):
                raise PictureError(subject_id, f"is no {subject.value} of this city")
            hold = Hold(
                number=0,
                subject=subject,
                subject_id=subject_id,
                reason=reason,
                until_s=until_s,
                placed_by=by,
                placed_s=now_s,
                frames=holds_of.frames_of(scoped, subject, subject_id),
            )
            return _hold(scoped, holds_of.insert_hold(scoped, hold))

    def release_hold(self, number: int, *, by: str, now_s: float) -> Hold:
        """Note that a hold has ended."""
        with self._writing("the hold's end") as scoped:
            _hold(scoped, number)
            holds_of.release(scoped, number, by=by, now_s=now_s)
            return _hold(scoped, number)

    def holds(self) -> tuple[Hold, ...]:
        """Return all holds, ended ones too, oldest first."""
        with self._reading() as scoped:
            return tuple(holds_of.select_holds(scoped))

    def held(self, *, now_s: float) -> Mapping[FrameKey, tuple[int, ...]]:
        """Return the frames under a hold at a moment, with the numbers of their holds."""
        with self._reading() as scoped:
            return holds_of.held_frames(scoped, now_s)

    def finish(self) -> None:
        """Erase the files that must not be there any more, if any were left behind."""
        query = "SELECT doomed, picture_id FROM doomed ORDER BY doomed LIMIT :limit"
        limit = {"limit": ERASED_TOGETHER}
        while True:
            with self._reading() as scoped:
                if scoped.row(query, limit) is None:
                    return
            with self._writing("the removal of files") as scoped:
                for doomed, picture_id in list(scoped.rows(query, limit)):
                    row = marks_of.select_row(scoped, picture_id)
                    self._media.erase(picture_id, keep=None if row is None else row.version)
                    scoped.clear("doomed", "doomed = :doomed", {"doomed": doomed})

    def sweep(self) -> None:
        """Remove rewritten pictures that a killed program never made known."""
        with self._writing("the pictures") as scoped:
            query = "SELECT picture_id, version FROM picture WHERE version > 0"
            files = {self._media.picture_file(*row) for row in scoped.rows(query)}
            self._media.sweep_versions(files)

    def _row(self, scoped: Scoped, picture_id: str) -> PictureRow:
        row = marks_of.select_row(scoped, picture_id)
        if row is not None:
            return row
        if (gone := _removal(scoped, picture_id)) is not None:
            raise PictureError(picture_id, f"was removed ({gone.reason})")
        raise PictureError(picture_id, "is no picture of this city", "Take its name from the map.")

    def _stored(self, row: PictureRow) -> StoredPicture:
        path = self._media.picture_file(row.picture_id, row.version)
        return StoredPicture(
            picture_id=row.picture_id,
            frame_id=row.frame.frame_id,
            time_s=row.frame.pose.time_s,
            jpeg=read_picture(path, row.picture_id),
            scale=row.scale,
            width_px=row.frame.width_px,
            height_px=row.frame.height_px,
            redaction=row.frame.redaction,
            version=row.version,
        )

    def _rewrite(self, scoped: Scoped, row: PictureRow, region: RedactedRegion, hide: Hide) -> None:
        public = hide(self._stored(row), region)
        version = row.version + 1
        self._media.rewrite(row.picture_id, version, public)
        names = {"version": version, "picture": row.picture, "run": row.run}
        scoped.update("picture", "version = :version", names, where="picture = :picture")
        scoped.update(
            "frame",
            "redaction = :redaction",
            {
                "redaction": redaction_to_json(public.redaction),
                "run": row.run,
                "frame_id": row.frame.frame_id,
            },
            where="run = :run AND frame_id = :frame_id",
        )
        scoped.insert("doomed", ("picture_id",), [(row.picture_id,)])

    def _take_away(
        self,
        scoped: Scoped,
        rows: Sequence[PictureRow],
        cause: RemovalCause,
        reason: str,
        by: str,
        now_s: float,
    ) -> tuple[Removal, ...]:
        removals = tuple(
            Removal(
                picture_id=row.picture_id,
                drive_id=row.drive_id,
                frame_id=row.frame.frame_id,
                time_s=row.frame.pose.time_s,
                cause=cause,
                reason=reason,
                removed_by=by,
                removed_s=now_s,
            )
            for row in rows
        )
        frames = [row.frame for row in rows]
        marks_of.insert_removals(scoped, zip(removals, frames, strict=True))
        scoped.insert("doomed", ("picture_id",), ((row.picture_id,) for row in rows))
        for row in rows:
            scoped.clear("picture", "picture = :picture", {"picture": row.picture})
        return removals


def read_picture(path: Path, picture_id: str) -> bytes:
    """Return a picture's bytes; ``PictureError`` if its file is gone."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PictureError(picture_id, "has no file any more") from error


def _removal(scoped: Scoped, picture_id: str) -> Removal | None:
    found = marks_of.select_removals(scoped, "picture_id = :id", {"id": picture_id})
    return found[0] if found else None


def _hold(scoped: Scoped, number: int) -> Hold:
    found = holds_of.select_holds(scoped, "number = :number", {"number": number})
    if not found:
        raise PictureError(f"Hold {number}", "is not known", "See `gatusyn hold list`.")
    return found[0]


def _require_free(scoped: Scoped, rows: Sequence[PictureRow], now_s: float) -> None:
    held = holds_of.held_frames(scoped, now_s)
    for row in rows:
        numbers = held.get((row.drive_id, row.frame.frame_id))
        if numbers:
            hold = _hold(scoped, numbers[0])
            raise HeldError(
                row.picture_id,
                f"is under hold {hold.number} ({hold.reason})",
                f"End it first: `gatusyn hold release CITY {hold.number}`.",
            )
