"""Changes a store again and again, each time killed one step later; run as a script.

Usage: ``python killed_writer.py BASE_FOLDER RESULTS_FOLDER [write|mark|remove]``. Each attempt
works on a copy of the base folder, ``RESULTS_FOLDER/0001``, ``0002`` ..., and is killed (SIGKILL)
just before its step of that number; the last copy is the one that was changed whole.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import apsw
import cv2
import numpy as np
from tests.store.made_store import make_facts, make_public_frame

from gatusyn.model import (
    PublicFrame,
    RedactedRegion,
    RegionKind,
    RemovalCause,
    StoredPicture,
)
from gatusyn.store import media, open_store, sql_scope


class Steps:
    """Kills its process at a step of a given number."""

    def __init__(self, kill_at: int) -> None:
        self.left = kill_at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Any) -> Any:
        def wrapped(*args: Any, **options: Any) -> Any:
            self.step()
            result = function(*args, **options)
            self.step()
            return result

        return wrapped


def killing_connection(steps: Steps) -> type[apsw.Connection]:
    """Return a kind of connection that steps before and after each begin and commit."""

    class Killing(apsw.Connection):
        def execute(self, statements: str, *args: Any, **options: Any) -> Any:
            if statements not in ("COMMIT", "BEGIN IMMEDIATE"):
                return super().execute(statements, *args, **options)
            return steps.around(super().execute)(statements, *args, **options)

    return Killing


def act_until_killed(folder: Path, kill_at: int, action: str) -> None:
    steps = Steps(kill_at)
    real_write = media.write_bytes

    def write_in_halves(path: Path, data: bytes) -> None:
        steps.step()
        real_write(path, data[: len(data) // 2])
        steps.step()
        real_write(path, data)

    with (
        mock.patch.object(media, "write_bytes", write_in_halves),
        mock.patch.object(media, "sync", steps.around(media.sync)),
        mock.patch.object(Path, "rename", steps.around(Path.rename)),
        mock.patch.object(sql_scope.Scoped, "insert", steps.around(sql_scope.Scoped.insert)),
        mock.patch.object(media, "overwrite", steps.around(media.overwrite)),
        mock.patch.object(Path, "unlink", steps.around(Path.unlink)),
        mock.patch.object(apsw, "Connection", killing_connection(steps)),
    ):
        ACTIONS[action](folder)


def write_drive(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        facts = make_facts(drive="drive-2", run="run-2", frames=2)
        with store.stage(facts.run_id) as stage:
            for number in range(2):
                stage.add(make_public_frame(number))
            store.write_drive(facts)


def mark_region(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        store.ledger.mark("run-1/000001", MISSED, by="anna", now_s=NOW_S, hide=blacken)


def remove_pictures(folder: Path) -> None:
    with open_store(folder, organisation="town") as store:
        store.ledger.remove(
            ["run-1/000000", "run-1/000001"],
            cause=RemovalCause.RETENTION,
            reason="due",
            by="anna",
            now_s=NOW_S,
        )


def blacken(picture: StoredPicture, missed: RedactedRegion) -> PublicFrame:
    """Stand in for the privacy stage."""
    record = picture.redaction
    return PublicFrame(
        frame_id=picture.frame_id,
        time_s=picture.time_s,
        image=np.zeros((48, 64, 3), np.uint8),
        redaction=dataclasses.replace(record, regions=(*record.regions, missed)),
    )


NOW_S = 1_790_000_000.0
MISSED = RedactedRegion(kind=RegionKind.FACE, x1=4, y1=4, x2=20, y2=20, confidence=1.0, marked=True)
ACTIONS = {"write": write_drive, "mark": mark_region, "remove": remove_pictures}


def main(base: Path, results: Path, action: str) -> None:
    cv2.setNumThreads(1)  # threads would not survive the forks
    for kill_at in range(1, 500):
        folder = results / f"{kill_at:04d}"
        shutil.copytree(base, folder)
        child = os.fork()
        if child == 0:
            act_until_killed(folder, kill_at, action)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *(sys.argv[3:] or ["write"]))
