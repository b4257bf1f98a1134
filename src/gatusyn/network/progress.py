"""Telling a caller how far a long reading has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""

_Item = TypeVar("_Item")
_EVERY = 2000


def ticking(items: Iterable[_Item], total: int, on_progress: Progress | None) -> Iterator[_Item]:
    """Yield the items, and tell ``on_progress`` now and then and at the end."""
    for done, item in enumerate(items):
        if on_progress is not None and done % _EVERY == 0:
            on_progress(done, total)
        yield item
    if on_progress is not None:
        on_progress(total, total)
