"""Destroys footage that is of no more use, or has waited for too long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gatusyn.model import OVER, AuditEntry, Cause, DriveFault, SentDrive, SentState
from gatusyn.pipeline.city import City
from gatusyn.pipeline.intake import FOLDER, sealed_path

DESTROYED = "destroy footage"
"""How the audit log calls it."""

_WAITS = (SentState.WAITING, SentState.ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FootagePruning:
    """What became of footage that was sent.

    Parameters
    ----------
    late
        Drives that waited too long: their footage was destroyed, and they are rejected.
    unfinished
        Files that were not gone on with: destroyed.
    forgotten
        Drives that were over long ago: their names and hashes are not kept any more.
    strays
        Sealed files that belonged to nothing: destroyed.
    waiting
        Drives that wait, in time.
    """

    late: int
    unfinished: int
    forgotten: int
    strays: int
    waiting: int


def prune_footage(city: City, *, now_s: float, by: str, dry_run: bool = False) -> FootagePruning:
    """Destroy footage that waited too long, what nobody went on with, and strays.

    Killed midway, what was noted as rejected is destroyed at the next time.

    Parameters
    ----------
    by
        Who says so, for the audit log.
    dry_run
        Only say what would be destroyed.
    """
    params, sent = city.settings.uploads, city.store.sent
    # First the files and then the rows: what was begun between is no stray.
    there = _sealed_files(city)
    drives = sent.drives(with_footage=True)
    before_s = now_s - 86_400.0 * params.wait_days
    waiting = [one for one in drives if _is_waiting(one, now_s)]
    late = [one for one in waiting if (one.completed_s or one.began_s) <= before_s]
    arriving = [one for one in drives if one.state is SentState.ARRIVING]
    unfinished = [file for one in arriving for file in one.files if _newest_s(one) <= now_s]
    forget_s = now_s - 86_400.0 * city.settings.retention.drive_days
    known = {file.upload_id for one in drives for file in one.files}
    strays = there - known
    if not dry_run:
        why = f"waited longer than {params.wait_days:g} days (uploads.wait_days)"
        cause = Cause(fault=DriveFault.LATE, figures={"days": params.wait_days})
        for one in late:
            sent.finish(
                one.key, one.lease, SentState.REJECTED, now_s=now_s, reason=why, cause=cause
            )
        for file in unfinished:
            if sent.remove_file(file.upload_id):
                sealed_path(city, file.upload_id).unlink(missing_ok=True)
                note(city, by, DESTROYED, file.upload_id, now_s=now_s)
        for upload_id in strays:
            sealed_path(city, upload_id).unlink(missing_ok=True)
            note(city, by, DESTROYED, upload_id, now_s=now_s)
        destroy_used(city, now_s=now_s, by=by)
    forgotten = sent.count_over(before_s=forget_s) if dry_run else sent.forget(before_s=forget_s)
    return FootagePruning(
        late=len(late),
        unfinished=len(unfinished),
        forgotten=forgotten,
        strays=len(strays),
        waiting=len(waiting) - len(late),
    )


def destroy_used(city: City, *, now_s: float, by: str) -> int:
    """Destroy the footage of every drive that is over; return how many drives it was of."""
    over = city.store.sent.drives(states=OVER, with_footage=True)
    for one in over:
        destroy(city, one, now_s=now_s, by=by)
    return len(over)


def destroy(city: City, drive: SentDrive, *, now_s: float, by: str) -> None:
    """Destroy a drive's footage, and note it in the audit log."""
    for file in drive.files:
        sealed_path(city, file.upload_id).unlink(missing_ok=True)
    city.store.sent.note_destroyed(drive.key, now_s=now_s)
    note(city, by, DESTROYED, drive.key, now_s=now_s)


def note(
    city: City, who: str, what: str, about: str, *, now_s: float, outcome: str = "done"
) -> None:
    """Write an entry of the audit log."""
    entry = AuditEntry(time_s=now_s, who=who, what=what, about=about, outcome=outcome)
    city.store.accounts.note([entry])


def _is_waiting(drive: SentDrive, now_s: float) -> bool:
    """Say whether a drive waits; one that a worker had who was killed does, too."""
    left = drive.state is SentState.WORKING and drive.leased_until_s <= now_s
    return left or drive.state in _WAITS


def _newest_s(drive: SentDrive) -> float:
    """Return when a drive expires of which files are being sent: with its newest."""
    return max((file.expires_s for file in drive.files), default=0.0)


def _sealed_files(city: City) -> set[str]:
    folder = city.folder / FOLDER
    names: Iterable[str] = (one.stem for one in folder.glob("*.sealed"))
    return set(names)
