"""Sent drives and their files as the database holds them, and finding them there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gatusyn.model import Cause, DriveFault, SentDrive, SentFile, SentState
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_scope import Scoped, as_list
from gatusyn.store.sql_told import text_to_told, told_to_text

FILE = ("upload_id", "name", "size", "taken", "sealed", "sha256", "claimed", "expires_s")
DRIVE = (
    *("client_key", "sender", "state", "content", "began_s", "completed_s", "finished_s"),
    *("destroyed_s", "lease", "leased_until_s", "tries", "reason", "drive_id"),
)


def told_reason(reason: str, cause: Cause | None) -> str:
    """Return why a drive is as it is, as its column holds it."""
    if cause is None:
        return told_to_text(reason)
    return told_to_text(reason, code=cause.fault, figures=cause.figures)


def _decoded(values: Sequence[Any]) -> dict[str, Any]:
    """Return those of a drive's values that its columns hold in another form."""
    own = dict(zip(DRIVE, values, strict=True))
    told = text_to_told(own["reason"])
    cause = Cause(fault=DriveFault(told.code), figures=told.figures) if told.code else None
    return {"state": SentState(own["state"]), "reason": told.words, "cause": cause}


def is_damaged(drive: SentDrive) -> bool:
    """Say whether a drive was put aside because its footage is not as it came."""
    aside = drive.state is SentState.ASIDE
    return aside and drive.cause is not None and drive.cause.fault is DriveFault.DAMAGED


def same_content(scoped: Scoped, drive: SentDrive, content: str) -> SentDrive | None:
    """Return another drive of the same content, if both are known to be what was sent."""
    if not all(file.sha256 for file in drive.files):
        return None
    others = select_drives(
        scoped,
        "content = :content AND drive_key <> :key AND state IN "
        "('waiting', 'working', 'inspected', 'aside')",
        {"content": content, "key": drive.key},
    )
    usable = (one for one in others if one.is_checked and not is_damaged(one))
    return next(usable, None)


def of_key(scoped: Scoped, key: str) -> SentDrive | None:
    """Return the drive of a key; None if there is none."""
    return next(iter(select_drives(scoped, "drive_key = :key", {"key": key})), None)


def of_sender(scoped: Scoped, sender: str, client_key: str) -> SentDrive | None:
    """Return the drive that a sender calls so; None if there is none."""
    bound = {"sender": safe_text(sender), "client": safe_text(client_key)}
    where = "sender = :sender AND client_key = :client"
    return next(iter(select_drives(scoped, where, bound)), None)


def select_drives(
    scoped: Scoped, where: str, bound: Mapping[str, Any], *, limit: int | None = None
) -> list[SentDrive]:
    """Return the drives that a condition holds for, with their files, the newest first."""
    query = (
        f"SELECT drive_key, {', '.join(DRIVE)} FROM sent_drive "  # noqa: S608
        f"WHERE {where} ORDER BY began_s DESC, sent_drive DESC"
        + ("" if limit is None else f" LIMIT {limit:d}")
    )
    rows = list(scoped.rows(query, bound))
    files: dict[str, list[SentFile]] = {str(row[0]): [] for row in rows}
    query = (
        f"SELECT drive_key, {', '.join(FILE)} FROM sent_file WHERE drive_key IN "  # noqa: S608
        f"({scoped.listed('keys', str)}) ORDER BY name"
    )
    for key, *values in scoped.rows(query, {"keys": as_list(files)}) if files else ():
        files[key].append(SentFile(**dict(zip(FILE, values, strict=True))))
    return [
        SentDrive(
            key=key,
            files=tuple(files[key]),
            **(dict(zip(DRIVE, values, strict=True)) | _decoded(values)),
        )
        for key, *values in rows
    ]
