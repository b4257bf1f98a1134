"""The lock that keeps a second inspect out."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from gatusyn.model import StoreError


class Held(Protocol):
    """What holds a lock while it is open."""

    def close(self) -> None:
        """Give the lock back."""


class InspectLock(ABC):
    """A lock on a city that its holder's death releases; reentrant within one store.

    Parameters
    ----------
    folder
        The city folder.
    on_taken
        Called each time when the lock has just been taken, before anyone may use it.
    """

    def __init__(self, folder: Path, on_taken: Callable[[], None]) -> None:
        self._folder = folder
        self._on_taken = on_taken
        self._guard = threading.Lock()
        self._holders = 0
        self._held: Held | None = None

    def take(self) -> None:
        """Take the lock, or once more if this store holds it.

        Raises
        ------
        StoreError
            If another inspect is running in the city, or the lock has been lost meanwhile.
        """
        with self._guard:
            if self._held is None:
                self._held = self._take_first()
            else:
                self._require_held(self._held)
            self._holders += 1

    def release(self) -> None:
        """Give back what ``take`` took."""
        with self._guard:
            self._holders -= 1
            if self._holders == 0 and self._held is not None:
                self._held.close()
                self._held = None

    @abstractmethod
    def _locked(self) -> Held:
        """Take the lock or raise what ``_refused`` returns."""

    @abstractmethod
    def _require_held(self, held: Held) -> None:
        """Raise ``StoreError`` if the lock may have been lost."""

    def _refused(self) -> StoreError:
        return StoreError(
            self._folder,
            "another inspect is running in this folder",
            "Wait until it has ended, then try again.",
        )

    def _take_first(self) -> Held:
        held = self._locked()
        try:
            self._on_taken()
        except BaseException:
            held.close()
            raise
        return held
