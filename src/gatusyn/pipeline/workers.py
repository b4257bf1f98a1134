"""Does what does not depend on each other on all cores, in processes that start meanwhile."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from types import TracebackType
from typing import Any, Generic, TypeVar

from gatusyn.model import Network, begin_to_help, usable_cores
from gatusyn.store import Store

Task = TypeVar("Task")
Result = TypeVar("Result")

_FEW = 2
"""For each helper: of so many tasks that are left none waits for a helper that is at work."""


class Workers:
    """The process itself and, from ``start`` on, a helper for each other core.

    A helper needs seconds to start and hundreds of megabytes, so it is worth it for much work only.
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

    def start(self) -> None:
        """Start the helpers, where there is more than one core, and go on at once."""
        cores = usable_cores()
        if self._pool is not None or cores < 2:
            return
        self.count = cores
        self._pool = ProcessPoolExecutor(
            cores - 1,
            # A fork would copy the store's open files and locks.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=begin_to_help,
            initargs=(__package__,),
        )
        # Each begins with its first task.
        self.meanwhile(_nothing)

    def meanwhile(self, do: Callable[[], Any]) -> None:
        """Have each helper do something while there is no work to share, and go on at once."""
        if self._pool is not None:
            for _ in range(self.count - 1):
                self._pool.submit(do)

    def each(
        self,
        do: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        here: Callable[[Task], Result] | None = None,
    ) -> Iterator[Result]:
        """Do a function on tasks; the results come in their order.

        Helpers begin with the first as soon as it is there, while this process makes the others or
        does something else; when it asks for results it does itself what none of them has begun,
        from the last on.

        Parameters
        ----------
        here
            Does the same in this process, which has what a helper must read first.
        """
        own = here or do
        if self._pool is None:
            return map(own, tasks)
        shared = _Shared(self._pool, do, helpers=self.count - 1)
        for task in tasks:
            shared.add(task)
        return shared.results(own)


@dataclass(frozen=True, slots=True)
class Source:
    """A store, which a helper opens again, and what its network is known by.

    Parameters
    ----------
    network_stamp
        Of the current network, and of the organisation.
    """

    network_stamp: str
    store: Store = field(compare=False)


@lru_cache(maxsize=1)
def network_of(source: Source) -> Network:
    """Return a store's network: a helper reads it once, which takes less than sending it."""
    return source.store.read_network()


def by_threads(do: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
    """Do a function on tasks, a thread for each core; the results come in their order.

    For what works without the interpreter's lock: it needs no helper.
    """
    cores = usable_cores()
    if cores < 2:
        yield from map(do, tasks)
        return
    with ThreadPoolExecutor(cores) as pool:
        yield from pool.map(do, tasks)


def _nothing() -> None:
    """Do nothing."""


class _Shared(Generic[Task, Result]):
    """Tasks that helpers take from the first on and this process from the last on.

    While there are plenty, each helper has the next one waiting, as long as its last result is read
    here; of the last few it is given one when it has done the one before: they can be done here.
    """

    def __init__(
        self, pool: ProcessPoolExecutor, do: Callable[[Task], Result], *, helpers: int
    ) -> None:
        self._pool, self._do, self._helpers = pool, do, helpers
        self._left: deque[tuple[int, Task]] = deque()
        self._begun: dict[int, Future[Result]] = {}
        self._count, self._out, self._lock = 0, 0, Lock()

    def add(self, task: Task) -> None:
        """Have a task done after those before it."""
        with self._lock:
            self._left.append((self._count, task))
            self._count += 1
        self._send()

    def results(self, here: Callable[[Task], Result]) -> Iterator[Result]:
        """Do what is left, and yield all results in order."""
        own: dict[int, Result] = {}
        try:
            while True:
                with self._lock:
                    if not self._left:
                        break
                    number, task = self._left.pop()
                own[number] = here(task)
            for number in range(self._count):
                yield own.pop(number) if number in own else self._begun.pop(number).result()
        finally:
            with self._lock:
                self._left.clear()

    def _send(self) -> None:
        """Give helpers the next task, if they have too few."""
        with self._lock:
            each = 2 if len(self._left) > _FEW * self._helpers else 1
            if not self._left or self._out >= each * self._helpers:
                return
            number, task = self._left[0]
            try:
                begun = self._begun[number] = self._pool.submit(self._do, task)
            except RuntimeError:
                # The helpers are gone, and what they had begun says why: this is done here.
                return
            self._left.popleft()
            self._out += 1
        begun.add_done_callback(self._ended)

    def _ended(self, done: Future[Result]) -> None:
        with self._lock:
            self._out -= 1
        self._send()
