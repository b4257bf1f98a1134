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

    def start(self, needed: Callable[[], Any]) -> None:
        """Start the helpers, where there is more than one core, and go on at once.

        Parameters
        ----------
        needed
            What each does first, so that it is there when there is work.
        """
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
        for _ in range(cores - 1):
            self._pool.submit(needed)

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
        shared = _Shared(self._pool, do, idle=self.count - 1)
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


def read_ahead(source: Source) -> None:
    """Have the network where there will be work."""
    network_of(source)
    source.store.close()


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


class _Shared(Generic[Task, Result]):
    """Tasks that helpers take from the first on and this process from the last on.

    A helper is given a task when it has done the one before: what waits for it can be done here.

    Parameters
    ----------
    idle
        How many helpers there are.
    """

    def __init__(
        self, pool: ProcessPoolExecutor, do: Callable[[Task], Result], *, idle: int
    ) -> None:
        self._pool, self._do, self._idle = pool, do, idle
        self._left: deque[tuple[int, Task]] = deque()
        self._begun: dict[int, Future[Result]] = {}
        self._count, self._lock = 0, Lock()

    def add(self, task: Task) -> None:
        """Have a task done after those before it."""
        with self._lock:
            self._left.append((self._count, task))
            self._count += 1
            is_idle = self._idle > 0
            self._idle -= is_idle
        if is_idle:
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

    def _send(self, done: Future[Result] | None = None) -> None:
        """Give the helper that has ended a task, or a new one, the next."""
        with self._lock:
            if not self._left:
                self._idle += 1
                return
            number, task = self._left[0]
            try:
                begun = self._begun[number] = self._pool.submit(self._do, task)
            except RuntimeError:
                # The helpers are gone, and what they had begun says why: this is done here.
                return
            self._left.popleft()
        begun.add_done_callback(self._send)
