"""What a sender may ask: what does not fit the drive that is here is refused."""

from __future__ import annotations

from collections.abc import Mapping

from gatusyn.model import SentDrive, SentFile, SentState, UploadConflictError, UploadTooLargeError
from gatusyn.store.protocol_sent import NewFile, SentLimits
from gatusyn.store.sql_scope import Scoped


def as_wanted(drive: SentDrive, wanted: NewFile) -> SentFile | None:
    """Return the file that is to be begun if it was; None if the drive can still take it."""
    same = next((one for one in drive.files if one.name == wanted.name), None)
    if same is not None:
        hashes = {same.sha256, same.claimed, wanted.claimed} - {""}
        if same.size == wanted.size and len(hashes) <= 1:
            return same
        raise UploadConflictError(
            wanted.name, "is in this drive already, with other content", "Send it as another drive."
        )
    if drive.state is not SentState.ARRIVING:
        raise UploadConflictError(
            f"Drive {drive.client_key}",
            "is whole already",
            "Send what is new as another drive.",
        )
    return None


def require_room(
    scoped: Scoped, drive: SentDrive | None, wanted: NewFile, limits: SentLimits
) -> None:
    """Refuse a file that would make its drive, or all footage that waits, larger than allowed."""
    files = drive.files if drive is not None else ()
    if len(files) >= limits.files:
        raise UploadTooLargeError(
            f"Drive {wanted.client_key}", f"has {limits.files} files already", "Send two drives."
        )
    if sum(one.size for one in files) + wanted.size > limits.drive_bytes:
        raise UploadTooLargeError(
            f"Drive {wanted.client_key}",
            f"is larger than {limits.drive_bytes / 2**20:.0f} MiB",
            "Send shorter drives (uploads.largest_drive_mib).",
        )
    query = (
        "SELECT coalesce(sum(f.size), 0) FROM sent_file AS f "
        "JOIN sent_drive AS d ON d.drive_key = f.drive_key WHERE d.destroyed_s IS NULL"
    )
    if int(scoped.row(query)[0]) + wanted.size > limits.waiting_bytes:
        raise UploadTooLargeError(
            "The footage that waits",
            f"would be more than {limits.waiting_bytes / 2**30:.3g} GiB",
            "Try again when some of it has been looked at.",
        )


def require_claimed(drive: SentDrive, claimed: Mapping[str, tuple[int, str]]) -> None:
    """Refuse that a drive is whole unless its files are those that its sender lists."""
    source = f"Drive {drive.client_key}"
    own = {file.name for file in drive.files}
    lacking, unlisted = sorted(claimed.keys() - own), sorted(own - claimed.keys())
    if lacking or unlisted:
        problem = f"lacks {lacking[0]}" if lacking else f"has {unlisted[0]}, which is not listed"
        raise UploadConflictError(source, problem, "Send it, or take it out, and say so again.")
    for file in drive.files:
        size, sha256 = claimed[file.name]
        if file.size != size or not file.is_whole:
            problem = f"is not whole: {file.name} has {file.taken} of {size} bytes"
            raise UploadConflictError(source, problem, "Send the rest.")
        if {file.sha256 or sha256, file.claimed or sha256} != {sha256}:
            problem = f"did not come as it was sent: {file.name} has another SHA-256"
            raise UploadConflictError(source, problem, "Take the file out and send it again.")
