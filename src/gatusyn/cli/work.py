"""``gatusyn work``: looks at the drives that were sent."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from gatusyn.cli.inspect import tell
from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.model import SentState
from gatusyn.pipeline import Worked, Worker, open_city

TIDY_S = 600.0
"""What waited too long is destroyed this often."""


def work(
    city: CityFolder,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Stop when no drive can be looked at now.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="First let drives that were put aside wait again.")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds between two looks for drives.", min=0.1, max=3600.0)
    ] = 10.0,
) -> None:
    """Look at the drives that were sent, one after the other, and destroy their footage."""
    opened = open_city(city)
    # A drive in hand is given back, not held until its lease runs out.
    signal.signal(signal.SIGTERM, _stop)
    tidied_s = float("-inf")
    try:
        if again:
            count = opened.store.sent.again()
            plain_console().print(f"{count} drives that were put aside wait again")
        with shown_progress() as progress:
            worker = Worker(opened, progress=progress)
            while True:
                if time.monotonic() - tidied_s >= TIDY_S:
                    worker.tidy()
                    tidied_s = time.monotonic()
                worked = worker.once()
                if worked is not None:
                    tell_worked(worked)
                elif once:
                    return
                if worked is None or worked.state is SentState.WAITING:
                    time.sleep(wait)
    finally:
        opened.store.close()


def tell_worked(worked: Worked) -> None:
    """Print what became of a drive."""
    name = f"{worked.drive.client_key} of {worked.drive.sender}"
    if worked.outcome is not None:
        tell(worked.outcome)
        plain_console().print(f"{name}: {worked.state}", markup=False)
        return
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"{name}: {worked.state}. {worked.reason}", markup=False
    )


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(0)
