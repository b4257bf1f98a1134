"""Does what does not depend on each other on all cores, in processes that start meanwhile."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType
from typing import Any, TypeVar

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
        at_once: int = 1,
    ) -> Iterator[Result]:
        """Do a function on tasks; the results come in their order.

        Helpers begin at once with the first, while this process does something else; when it asks
        for results it does itself what none of them has begun, from the last on.

        Parameters
        ----------
        here
            Does the same in this process, which has what a helper must read first.
        at_once
            Tasks that are sent together.
        """
        own = here or do
        if self._pool is None:
            return map(own, tasks)
        every = list(tasks)
        parts = [every[first : first + at_once] for first in range(0, len(every), at_once)]
        return _shared(parts, [self._pool.submit(_each, do, part) for part in parts], own)


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


def _shared(
    parts: Sequence[Sequence[Task]],
    begun: Sequence[Future[list[Result]]],
    here: Callable[[Task], Result],
) -> Iterator[Result]:
    own: list[list[Result]] = []
    for part, result in zip(reversed(parts), reversed(begun), strict=True):
        if not result.cancel():
            break
        own.append([here(task) for task in part])
    for result in begun[: len(begun) - len(own)]:
        yield from result.result()
    while own:
        yield from own.pop()


def _each(do: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
    return [do(task) for task in tasks]
