"""Sent drives in the database."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from gatusyn.model import (
    OVER,
    Cause,
    DriveFault,
    SentDrive,
    SentFile,
    SentState,
    UploadConflictError,
)
from gatusyn.store.protocol_sent import NewFile, SentLimits
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped
from gatusyn.store.sql_sent_rows import (
    DRIVE,
    FILE,
    is_damaged,
    of_key,
    of_sender,
    same_content,
    select_drives,
    told_reason,
)
from gatusyn.store.sql_sent_rules import as_wanted, require_claimed, require_room

_OVER = ", ".join(f"'{state.value}'" for state in OVER)


class SqlSent(SqlPart):
    """A ``SentBook`` in a database; ``SqlStore.sent`` is one."""

    def begin(
        self, wanted: NewFile, limits: SentLimits, *, now_s: float, expires_s: float
    ) -> tuple[SentFile, bool]:
        """Make a place for a file; return it, and whether it is new."""
        with self._writing("the file") as scoped:
            drive = of_sender(scoped, wanted.sender, wanted.client_key)
            if drive is not None and _is_of_no_use(scoped, drive):
                # Its footage is gone: the same files are a new drive. No client can say "~".
                bound = {"key": drive.key, "name": f"{drive.client_key}~{drive.key}"}
                scoped.update("sent_drive", "client_key = :name", bound, where="drive_key = :key")
                drive = None
            if drive is not None:
                known = as_wanted(drive, wanted)
                if known is not None and drive.state is SentState.ARRIVING:
                    bound_s = {"id": known.upload_id, "expires": expires_s}
                    scoped.update(
                        "sent_file", "expires_s = :expires", bound_s, where="upload_id = :id"
                    )
                    known = replace(known, expires_s=expires_s)
                if known is not None:
                    return known, False
            require_room(scoped, drive, wanted, limits)
            if drive is None:
                key = secrets.token_hex(16)
                row = (key, wanted.client_key, safe_text(wanted.sender))
                empty = (SentState.ARRIVING.value, "", now_s, None, None, None, "", 0.0, 0, "", "")
                scoped.insert("sent_drive", ("drive_key", *DRIVE), [(*row, *empty)])
            else:
                key = drive.key
            file = SentFile(
                upload_id=secrets.token_hex(16),
                name=wanted.name,
                size=wanted.size,
                claimed=wanted.claimed,
                expires_s=expires_s,
            )
            values = tuple(getattr(file, name) for name in FILE)
            scoped.insert("sent_file", ("drive_key", *FILE), [(key, *values)])
        return file, True

    def file(self, upload_id: str) -> tuple[SentFile, SentDrive] | None:
        """Return a file and its drive; None if there is none."""
        query = "SELECT drive_key FROM sent_file WHERE upload_id = :id"
        with self._reading() as scoped:
            row = scoped.row(query, {"id": safe_text(upload_id)})
            drive = None if row is None else of_key(scoped, row[0])
        if drive is None:
            return None
        return next(one for one in drive.files if one.upload_id == upload_id), drive

    def advance(
        self, upload_id: str, *, before: int, taken: int, sealed: int, sha256: str, expires_s: float
    ) -> bool:
        """Note that more of a file is durable; False if it was not as far as ``before``."""
        bound = {
            "id": upload_id,
            "before": before,
            "taken": taken,
            "sealed": sealed,
            "sha256": sha256,
            "expires": expires_s,
        }
        with self._writing("the file") as scoped:
            where = "upload_id = :id AND taken = :before"
            query = f"SELECT 1 FROM sent_file WHERE {where}"  # noqa: S608
            if scoped.row(query, {"id": upload_id, "before": before}) is None:
                return False
            change = "taken = :taken, sealed = :sealed, sha256 = :sha256, expires_s = :expires"
            scoped.update("sent_file", change, bound, where=where)
        return True

    def remove_file(self, upload_id: str) -> bool:
        """Forget a file of a drive that is arriving, and the drive with its last file."""
        bound = {"id": safe_text(upload_id)}
        with self._writing("the file") as scoped:
            row = scoped.row("SELECT drive_key FROM sent_file WHERE upload_id = :id", bound)
            drive = None if row is None else of_key(scoped, row[0])
            if drive is None or drive.state is not SentState.ARRIVING:
                return False
            scoped.clear("sent_file", "upload_id = :id", bound)
            if len(drive.files) == 1:
                scoped.clear("sent_drive", "drive_key = :key", {"key": drive.key})
        return True

    def complete(
        self,
        sender: str,
        client_key: str,
        claimed: Mapping[str, tuple[int, str]],
        *,
        content: str,
        now_s: float,
    ) -> SentDrive:
        """Note that all of a drive has come; return it, or the one that has the same content."""
        with self._writing("the drive") as scoped:
            drive = of_sender(scoped, sender, client_key)
            if drive is None:
                raise UploadConflictError(
                    f"Drive {client_key}", "has no file here", "Send its files first."
                )
            require_claimed(drive, claimed)
            if drive.state is SentState.REJECTED:
                # Never a receipt for what was thrown away: the sender may have the last copy.
                former = same_content(scoped, drive, drive.content)
                if former is not None:
                    return former
                raise UploadConflictError(
                    f"Drive {client_key}", f"was not used: {drive.reason}", "Send its files again."
                )
            if drive.state is not SentState.ARRIVING:
                return drive
            for file in drive.files:
                bound = {"id": file.upload_id, "claimed": claimed[file.name][1]}
                scoped.update("sent_file", "claimed = :claimed", bound, where="upload_id = :id")
            own = {"key": drive.key, "content": content, "now": now_s}
            same = same_content(scoped, drive, content)
            if same is not None:
                cause = Cause(fault=DriveFault.SAME)
                reason = told_reason(f"the same as {same.key}", cause)
                own |= {"state": SentState.REJECTED.value, "reason": reason}
                change = (
                    "state = :state, content = :content, completed_s = :now, finished_s = :now, "
                    "reason = :reason"
                )
            else:
                own |= {"state": SentState.WAITING.value}
                change = "state = :state, content = :content, completed_s = :now"
            scoped.update("sent_drive", change, own, where="drive_key = :key")
            done = same or of_key(scoped, drive.key)
        assert done is not None
        return done

    def drives(
        self,
        *,
        sender: str | None = None,
        states: Collection[SentState] | None = None,
        with_footage: bool = False,
        limit: int | None = None,
    ) -> tuple[SentDrive, ...]:
        """Return drives with their files, the newest first."""
        where, bound = ["TRUE"], dict[str, Any]()
        if sender is not None:
            where.append("sender = :sender")
            bound["sender"] = safe_text(sender)
        if states is not None:
            wanted = ", ".join(f"'{state.value}'" for state in states)
            where.append(f"state IN ({wanted})" if wanted else "FALSE")
        if with_footage:
            where.append("destroyed_s IS NULL")
        with self._reading() as scoped:
            return tuple(select_drives(scoped, " AND ".join(where), bound, limit=limit))

    def counts(self) -> dict[SentState, int]:
        """Return how many drives are in each state."""
        query = "SELECT state, count(*) FROM sent_drive GROUP BY state"
        with self._reading() as scoped:
            found = {str(state): int(count) for state, count in scoped.rows(query)}
        return {state: found.get(state.value, 0) for state in SentState}

    def lease(self, lease: str, *, now_s: float, until_s: float) -> SentDrive | None:
        """Return the drive that has waited longest, and let nobody else have it until a time."""
        query = (
            "SELECT drive_key FROM sent_drive WHERE state IN ('waiting', 'working') "
            "AND leased_until_s <= :now ORDER BY completed_s, sent_drive LIMIT 1"
        )
        with self._writing("the drive") as scoped:
            row = scoped.row(query, {"now": now_s})
            if row is None:
                return None
            bound = {"key": row[0], "lease": lease, "until": until_s}
            change = "state = 'working', lease = :lease, leased_until_s = :until, tries = tries + 1"
            scoped.update("sent_drive", change, bound, where="drive_key = :key")
            return of_key(scoped, row[0])

    def extend(self, key: str, lease: str, *, until_s: float) -> bool:
        """Keep a drive for longer; False if it is not (or no longer) held under that lease."""
        return self._change(key, lease, "leased_until_s = :until", {"until": until_s})

    def give_back(
        self,
        key: str,
        lease: str,
        *,
        reason: str,
        after_s: float,
        tried: bool,
        cause: Cause | None = None,
    ) -> bool:
        """Let a drive wait again; False if it is not (or no longer) held under that lease."""
        change = "state = 'waiting', lease = '', leased_until_s = :after, reason = :reason"
        change += "" if tried else ", tries = tries - 1"
        return self._change(
            key, lease, change, {"after": after_s, "reason": told_reason(reason, cause)}
        )

    def finish(
        self,
        key: str,
        lease: str | None,
        state: SentState,
        *,
        now_s: float,
        reason: str = "",
        cause: Cause | None = None,
        drive_id: str = "",
    ) -> bool:
        """Note what became of a drive; False if it is not (or no longer) held under that lease."""
        change = (
            "state = :state, finished_s = :now, reason = :reason, drive_id = :drive_id, "
            "lease = '', leased_until_s = 0.0"
        )
        bound = {"state": state.value, "now": now_s, "reason": told_reason(reason, cause)}
        return self._change(key, lease, change, bound | {"drive_id": drive_id})

    def again(self) -> int:
        """Let every drive that was put aside wait again; return how many."""
        with self._writing("the drives") as scoped:
            count = int(scoped.row("SELECT count(*) FROM sent_drive WHERE state = 'aside'")[0])
            change = "state = 'waiting', tries = 0, finished_s = NULL, leased_until_s = 0.0"
            scoped.update("sent_drive", change, where="state = 'aside'")
        return count

    def note_destroyed(self, key: str, *, now_s: float) -> None:
        """Note that a drive's footage is not there any more."""
        with self._writing("the drive") as scoped:
            bound = {"key": key, "now": now_s}
            scoped.update("sent_drive", "destroyed_s = :now", bound, where="drive_key = :key")

    def forget(self, *, before_s: float) -> int:
        """Forget drives that were over, their footage destroyed, before a time; count them."""
        bound = {"before": before_s}
        with self._writing("the sent drives") as scoped:
            count = _count_over(scoped, before_s)
            keys = f"SELECT drive_key FROM sent_drive WHERE {_FORGOTTEN}"  # noqa: S608
            scoped.clear("sent_file", f"drive_key IN ({keys})", bound)
            scoped.clear("sent_drive", _FORGOTTEN, bound)
        return count

    def count_over(self, *, before_s: float) -> int:
        """Count what ``forget`` would forget."""
        with self._reading() as scoped:
            return _count_over(scoped, before_s)

    def _change(self, key: str, lease: str | None, change: str, values: dict[str, Any]) -> bool:
        held = {"key": key, "lease": lease or ""}
        where = "drive_key = :key AND lease = :lease"
        with self._writing("the drive") as scoped:
            query = f"SELECT 1 FROM sent_drive WHERE {where}"  # noqa: S608
            if scoped.row(query, held) is None:
                return False
            scoped.update("sent_drive", change, held | values, where=where)
        return True


_FORGOTTEN = f"state IN ({_OVER}) AND destroyed_s IS NOT NULL AND finished_s < :before"


def _count_over(scoped: Scoped, before_s: float) -> int:
    query = f"SELECT count(*) FROM sent_drive WHERE {_FORGOTTEN}"  # noqa: S608
    return int(scoped.row(query, {"before": before_s})[0])


def _is_of_no_use(scoped: Scoped, drive: SentDrive) -> bool:
    """Say whether a drive's footage is gone or damaged, and its content is not here otherwise."""
    lost = drive.state is SentState.REJECTED or is_damaged(drive)
    return lost and same_content(scoped, drive, drive.content) is None
