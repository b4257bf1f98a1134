"""Does what does not depend on each other on all cores, in processes that start meanwhile."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from gatusyn.model import usable_cores

Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers:
    """One process a core, from ``start`` on; until then everything is done in this one.

    Starting them takes a second of each core, so it is worth it for much work only.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self.count = 1

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def start(self, needed: Callable[[], Any]) -> None:
        """Start the processes, where there is more than one core, and go on at once.

        Parameters
        ----------
        needed
            What each does first: its module is there when there is work.
        """
        cores = usable_cores()
        if self._pool is not None or cores < 2:
            return
        self.count = cores
        # A fork would copy the store's open files and locks.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(cores, mp_context=context)
        for _ in range(cores):
            self._pool.submit(needed)

    def each(
        self, do: Callable[[Task], Result], tasks: Iterable[Task], *, at_once: int = 1
    ) -> Iterator[Result]:
        """Do a function on tasks; the results come in their order.

        Where there are processes they begin with the first task while the next is made, and go on
        while this process does something else.

        Parameters
        ----------
        at_once
            Tasks that are sent together.
        """
        return (
            map(do, tasks) if self._pool is None else self._pool.map(do, tasks, chunksize=at_once)
        )
