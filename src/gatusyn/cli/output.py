"""How commands speak: results on standard output, progress and faults on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


def plain_console() -> Console:
    """Return the console for results: plain text that can be piped."""
    return Console(highlight=False, soft_wrap=True)


class BarProgress:
    """Shows one bar, or a spinner while the total is not known; a new name starts a new bar."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._what: str | None = None
        self._task: TaskID | None = None

    def step(self, what: str, done: int, total: int) -> None:
        """Show how far it has come."""
        if self._task is None or what != self._what:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._what, self._task = what, self._bars.add_task(what, total=total or None)
        self._bars.update(self._task, completed=done, total=total or None)


@contextmanager
def shown_progress() -> Iterator[BarProgress]:
    """Show progress on standard error while the block runs; nothing where that is no terminal."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        yield BarProgress(bars)
