"""Backs a city up, or restores one, again and again, and is killed each time; run as a script.

Usage: ``python killed_backup.py SOURCE RESULTS backup|restore KILLS SEED``. Each attempt works on a
target of its own in the results' folder, ``0001``, ``0002`` ...: first killed (SIGKILL) just before
its n-th step for every n, then at random moments, so many times over. The last one is not killed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from tests.store.killed_writer import Steps

from gatusyn.store import restore_backup, write_backup


def killed_at_a_step(act: Callable[[], object], kill_at: int) -> None:
    steps = Steps(kill_at)
    backups = sys.modules["gatusyn.store.write_backup"]
    restores = sys.modules["gatusyn.store.read_backup"]
    with (
        mock.patch.object(backups, "copy_file", steps.around(backups.copy_file)),
        mock.patch.object(restores, "copy_file", steps.around(restores.copy_file)),
        mock.patch.object(backups, "sync", steps.around(backups.sync)),
        mock.patch.object(restores, "sync", steps.around(restores.sync)),
        mock.patch.object(Path, "rename", steps.around(Path.rename)),
        mock.patch.object(Path, "write_text", steps.around(Path.write_text)),
        mock.patch.object(Path, "mkdir", steps.around(Path.mkdir)),
    ):
        act()


def attempt(act: Callable[[], object], *, after_s: float | None = None) -> bool:
    """Run in a process of its own, killed after so many seconds; say whether it ended by itself."""
    child = os.fork()
    if child == 0:
        act()
        os._exit(0)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.waitstatus_to_exitcode(status):
        sys.exit("the work failed")
    return os.WIFEXITED(status)


class Attempts:
    """Works on one target after the other."""

    def __init__(self, source: Path, results: Path, action: str) -> None:
        self.action = action
        self.source, self.results, self.number = source, results, 0

    def act(self) -> None:
        target = self.results / f"{self.number:04d}"
        if self.action == "backup":
            write_backup(self.source, target)
        else:
            restore_backup(self.source, target)

    def whole(self) -> float:
        """Let it end; return how long it took."""
        self.number += 1
        began = time.monotonic()
        attempt(self.act)
        return time.monotonic() - began

    def at_a_step(self, kill_at: int) -> bool:
        self.number += 1
        return attempt(lambda: killed_at_a_step(self.act, kill_at))

    def after(self, seconds: float) -> None:
        self.number += 1
        attempt(self.act, after_s=seconds)


def main(source: Path, results: Path, action: str, kills: int, seed: int) -> None:
    attempts = Attempts(source, results, action)
    took_s = attempts.whole()
    kill_at = 1
    while not attempts.at_a_step(kill_at):
        kill_at += 1
    generator = random.Random(seed)
    for _ in range(kills):
        attempts.after(generator.uniform(0.0, took_s * 1.1))
    attempts.whole()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
