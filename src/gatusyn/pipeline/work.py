"""Looks at the drives that were sent, one after the other, and destroys their footage."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import SubprocessError
from threading import Event, Thread
from typing import Final

from gatusyn.capture import find_drives
from gatusyn.envelope import key_id_of, read_private_key, read_public_key
from gatusyn.model import (
    Cause,
    DamagedError,
    DriveFault,
    FootageError,
    GatusynError,
    ModelWeightsError,
    NetworkError,
    SealError,
    SentDrive,
    SentState,
    SettingsError,
    StoreError,
    TrackError,
)
from gatusyn.pipeline.city import City
from gatusyn.pipeline.footage import destroy, note, prune_footage
from gatusyn.pipeline.inspect import DriveOutcome, inspect_drives
from gatusyn.pipeline.intake import private_key_path, public_key_path
from gatusyn.pipeline.memory_files import in_memory, links_folder
from gatusyn.pipeline.progress import Progress
from gatusyn.pipeline.stages import Stages, load_stages

LEASE_S: Final = 60.0
"""A worker that was killed has its drive for no longer than this."""

AGAIN_S: Final = 60.0
"""After a failure a drive waits for so long, times the failures it had."""

WORKER: Final = "gatusyn work"
"""Under which the audit log has what is done here."""

_NOT_THE_DRIVE_S: Final = (OSError, RuntimeError, SubprocessError)
"""What lies behind faults of footage that may be the machine's: it is in memory and whole."""

_OWN: Final = Cause(fault=DriveFault.SERVICE)

_LOG = logging.getLogger("gatusyn.work")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What became of one sent drive.

    Parameters
    ----------
    drive
        As it was taken in hand.
    state
        Where it is now: inspected, rejected, put aside, or waiting again.
    reason
        Why, where it is not inspected.
    outcome
        What the inspection found; None where it did not come to one.
    """

    drive: SentDrive
    state: SentState
    reason: str = ""
    outcome: DriveOutcome | None = None


class Worker:
    """Looks at one city's sent drives.

    Parameters
    ----------
    city
        The city.
    stages
        The models; those that the city's settings ask for if None, loaded with the first drive.
    progress
        Told how far a drive has come.
    clock
        Seconds since 1970-01-01 UTC.

    Raises
    ------
    KeyMissingError
        If a key of the town is not there.
    SealError
        If the private key is not that of the public one.
    """

    def __init__(
        self,
        city: City,
        *,
        stages: Stages | None = None,
        progress: Progress | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._city, self._stages, self._progress, self._clock = city, stages, progress, clock
        public = read_public_key(public_key_path(city))
        self._private = read_private_key(private_key_path(city))
        if key_id_of(self._private.public_key()) != key_id_of(public):
            raise SealError(
                private_key_path(city),
                f"is not the key that opens what {public_key_path(city).name} encrypts",
                "Put the right one in place (uploads.private_key).",
            )
        self._lease = f"{os.getpid()}-{secrets.token_hex(8)}"

    def tidy(self) -> None:
        """Destroy what waited too long, and what killed workers left."""
        prune_footage(self._city, now_s=self._clock(), by=WORKER)
        for folder in links_folder(self._city).glob("*"):
            # Links of a worker that lives are to its files, of a dead one to none.
            if not any(link.exists() for link in folder.rglob("*") if link.is_symlink()):
                shutil.rmtree(folder, ignore_errors=True)

    def once(self) -> Worked | None:
        """Look at the drive that has waited longest; None if none waits.

        A drive that cannot be used is rejected; where something else failed it waits again, and is
        put aside after as many failures as the settings say. Nothing that a drive does stops the
        next.
        """
        now_s = self._clock()
        sent = self._city.store.sent
        drive = sent.lease(self._lease, now_s=now_s, until_s=now_s + LEASE_S)
        if drive is None:
            return None
        if drive.tries > self._city.settings.uploads.attempts:
            why = drive.reason or "whoever looked at it was killed in the middle"
            cause = drive.cause or Cause(fault=DriveFault.KILLED)
            return self._aside(drive, why, cause, tries=drive.tries - 1)
        try:
            with self._kept(drive):
                outcome = self._look(drive)
        except (FootageError, TrackError) as error:
            if isinstance(error.__cause__, _NOT_THE_DRIVE_S):
                return self._failed(drive, self._words(drive, error), error.cause)
            words = self._words(drive, error)
            return self._end(drive, SentState.REJECTED, words, cause=error.cause)
        except SealError as error:
            is_damaged = isinstance(error, DamagedError)
            sealed = Cause(fault=DriveFault.DAMAGED if is_damaged else DriveFault.SEALED)
            return self._end(drive, SentState.ASIDE, str(error), cause=sealed)
        except GatusynError as error:
            words = self._words(drive, error)
            return self._failed(drive, words, _OWN, tried=not _is_in_the_way(error))
        except Exception as error:
            _LOG.exception("drive %s failed", drive.key)
            return self._failed(drive, f"{type(error).__name__} (the log says more)", _OWN)
        except BaseException:
            # Whoever stops the worker has not harmed the drive.
            sent.give_back(drive.key, self._lease, reason="", after_s=0.0, tried=False)
            raise
        return self._end(drive, SentState.INSPECTED, outcome=outcome)

    def _look(self, drive: SentDrive) -> DriveOutcome:
        city = self._city
        # Loaded before a clear byte is in memory: from then on this process leaves no core dump.
        if self._stages is None:
            self._stages = load_stages(city.settings, folder=city.folder)
        if self._progress is not None:
            self._progress.step(f"{drive.client_key}: decrypting", 0, 0)
        with in_memory(city, drive, self._private) as folder:
            found = find_drives(folder)
            if len(found) > 1:
                raise FootageError(
                    f"Drive {drive.client_key}",
                    f"holds {len(found)} videos",
                    "Send each as a drive of its own, with its track.",
                    fault=DriveFault.SEVERAL_VIDEOS,
                    figures={"count": len(found)},
                )
            inspection = inspect_drives(
                city, [folder], stages=self._stages, progress=self._progress
            )
        (outcome,) = inspection.outcomes
        if outcome.error is not None:
            raise outcome.error
        return outcome

    def _words(self, drive: SentDrive, error: Exception) -> str:
        """Return an error's words with the sender's names for files, not where they lay."""
        return str(error).replace(f"{links_folder(self._city) / drive.key}{os.sep}", "")

    def _failed(self, drive: SentDrive, reason: str, cause: Cause, *, tried: bool = True) -> Worked:
        if tried and drive.tries >= self._city.settings.uploads.attempts:
            return self._aside(drive, reason, cause, tries=drive.tries)
        after_s = self._clock() + AGAIN_S * drive.tries
        self._city.store.sent.give_back(
            drive.key, self._lease, reason=reason, cause=cause, after_s=after_s, tried=tried
        )
        return Worked(drive=drive, state=SentState.WAITING, reason=reason)

    def _aside(self, drive: SentDrive, reason: str, cause: Cause, *, tries: int) -> Worked:
        why = f"failed {tries} times: {reason}"
        tried = Cause(fault=cause.fault, figures={**cause.figures, "tries": tries})
        return self._end(drive, SentState.ASIDE, why, cause=tried)

    def _end(
        self,
        drive: SentDrive,
        state: SentState,
        reason: str = "",
        *,
        cause: Cause | None = None,
        outcome: DriveOutcome | None = None,
    ) -> Worked:
        facts = outcome.facts if outcome is not None else None
        now_s = self._clock()
        held = self._city.store.sent.finish(
            drive.key,
            self._lease,
            state,
            now_s=now_s,
            reason=reason,
            cause=cause,
            drive_id=facts.drive_id if facts is not None else "",
        )
        if held:
            note(self._city, WORKER, f"drive {state}", drive.key, now_s=now_s)
            if state is not SentState.ASIDE:
                destroy(self._city, drive, now_s=now_s, by=WORKER)
        else:
            state, reason = SentState.WAITING, "another worker took it over"
        return Worked(drive=drive, state=state, reason=reason, outcome=outcome)

    @contextmanager
    def _kept(self, drive: SentDrive) -> Iterator[None]:
        """Keep a drive for as long as the block runs and this process lives."""
        done = Event()

        def keep() -> None:
            while not done.wait(LEASE_S / 3):
                try:
                    until_s = self._clock() + LEASE_S
                    self._city.store.sent.extend(drive.key, self._lease, until_s=until_s)
                except GatusynError:
                    _LOG.exception("the hold on drive %s could not be made longer", drive.key)

        thread = Thread(target=keep, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _is_in_the_way(error: GatusynError) -> bool:
    """Say whether a fault is the machine's or another program's: the drive has no part in it."""
    return isinstance(error, StoreError | SettingsError | ModelWeightsError | NetworkError)
