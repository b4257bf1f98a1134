"""What every part of a store in a database is made with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from gatusyn.store.sql_scope import Scoped


class SqlPart:
    """One concern of a store (its accounts, its news); it borrows the store's connections.

    Parameters
    ----------
    reading, writing
        Lend a connection in a transaction; ``writing`` is told what is written, for messages.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Scoped]],
        writing: Callable[[str], AbstractContextManager[Scoped]],
    ) -> None:
        self._reading = reading
        self._writing = writing
