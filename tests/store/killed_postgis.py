"""Writes drives to a store in PostgreSQL, killed; run as a script.

``python killed_postgis.py write FOLDER ADDRESS``: drive after drive, each by a program that is
killed (SIGKILL) one step later than the one before, until one is not killed; prints its number.
``python killed_postgis.py mark FOLDER ADDRESS``: as above, a region in a picture of each drive.
``python killed_postgis.py drives FOLDER ADDRESS FIRST``: drives without end; prints each one's
number when it has been written.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path
from unittest import mock

import cv2
from tests.store.killed_writer import MISSED, NOW_S, Steps, blacken
from tests.store.made_store import make_facts, make_public_frame

from gatusyn.store import SqlStore, media, open_store
from gatusyn.store.postgis_dialect import PostgisScoped


def write(store: SqlStore, number: int) -> None:
    facts = make_facts(drive=f"drive-{number}", run=f"run-{number}", frames=2)
    with store.stage(facts.run_id) as stage:
        for frame in range(2):
            stage.add(make_public_frame(frame))
        store.write_drive(facts)


def mark(store: SqlStore, number: int) -> None:
    name = f"run-{number}/000001"
    store.ledger.mark(name, MISSED, by="anna", now_s=NOW_S, hide=blacken)


ACTIONS = {"write": write, "mark": mark}


def act_until_killed(folder: Path, address: str, kill_at: int, action: str) -> None:
    steps = Steps(kill_at)
    patches = [
        mock.patch.object(owner, name, steps.around(getattr(owner, name)))
        for owner, name in (
            (media, "write_bytes"),
            (media, "sync"),
            (media, "overwrite"),
            (Path, "unlink"),
            (Path, "rename"),
            (PostgisScoped, "begin_writing"),
            (PostgisScoped, "insert"),
            (PostgisScoped, "commit"),
        )
    ]
    with open_store(folder, organisation="town", postgis=address) as store:
        for patch in patches:
            patch.start()
        ACTIONS[action](store, kill_at)


def kill_at_every_step(folder: Path, address: str, action: str) -> None:
    cv2.setNumThreads(1)  # threads would not survive the forks
    for kill_at in range(1, 500):
        child = os.fork()
        if child == 0:
            act_until_killed(folder, address, kill_at, action)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            say(kill_at)
            sys.exit(os.waitstatus_to_exitcode(status))


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def write_on(folder: Path, address: str, first: int) -> None:
    with open_store(folder, organisation="town", postgis=address) as store:
        for number in count(first):
            write(store, number)
            say(number)


if __name__ == "__main__":
    if sys.argv[1] in ACTIONS:
        kill_at_every_step(Path(sys.argv[2]), sys.argv[3], sys.argv[1])
    else:
        write_on(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
