"""The saved programmes, each read once: nothing changes one."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from gatusyn.model import SavedProgramme, TownProgramme
from gatusyn.pipeline import read_document
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import MissingError

KEPT = 20
"""Programmes that are kept as they were read."""


class SavedProgrammes:
    """Reads a city's saved programmes."""

    def __init__(self, town: CityNow) -> None:
        self._town = town
        self._lock = Lock()
        self._saved: tuple[str, tuple[SavedProgramme, ...]] = "", ()
        self._read: OrderedDict[tuple[str, float], TownProgramme] = OrderedDict()

    def saved(self) -> tuple[SavedProgramme, ...]:
        """Return the saved programmes as the store has them, oldest first."""
        store = self._town.now().store
        changes = store.lookup.changes()
        with self._lock:
            if self._saved[0] != changes:
                self._saved = changes, tuple(store.programmes.saved())
            return self._saved[1]

    def all(self) -> tuple[TownProgramme, ...]:
        """Return the saved programmes, the newest first."""
        return tuple(self._programme(own) for own in reversed(self.saved()))

    def programme(self, name: str) -> TownProgramme:
        """Return a saved programme.

        Raises
        ------
        MissingError
            If there is none of that name.
        """
        for own in self.saved():
            if own.name == name:
                return self._programme(own)
        raise MissingError(f"Programme {name}", "is not there", "See /api/v1/programmes.")

    def _programme(self, saved: SavedProgramme) -> TownProgramme:
        key = saved.name, saved.made_s
        with self._lock:
            known = self._read.get(key)
            if known is not None:
                self._read.move_to_end(key)
        if known is None:
            # Others are not kept waiting: a large town's takes a while.
            known = read_document(saved)
            with self._lock:
                self._read[key] = known
                while len(self._read) > KEPT:
                    self._read.popitem(last=False)
        return known
