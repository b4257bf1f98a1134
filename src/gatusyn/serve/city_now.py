"""The served city with what its settings file says now."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from gatusyn.model import SettingsError
from gatusyn.pipeline import SETTINGS_FILE, City, places_stamp, read_settings, settings_stamp

LOG = logging.getLogger("gatusyn.settings")
Figure = TypeVar("Figure")

TAKEN = (
    *("condition", "findings", "records", "looks"),
    *("economy", "programme", "retention", "public"),
)
"""Tables that hold as soon as they are written: the rest is what the service was opened with."""


class CityNow:
    """Gives the city anew when its settings file has changed, by whomever.

    What grades, debt, programmes and the public page go by (``TAKEN``) is taken over while the
    service runs; what else is set (names, log-ins, the store) holds from start to end.

    Parameters
    ----------
    city
        As it was opened; its settings hold until the file changes.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._lock = Lock()
        self._stamp = settings_stamp(self.path)

    @property
    def path(self) -> Path:
        """The settings file."""
        return self._city.folder / SETTINGS_FILE

    def now(self) -> City:
        """Return the city; with a file that cannot be used, as it was with the last one."""
        with self._lock:
            stamp = settings_stamp(self.path)
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    read = read_settings(self.path)
                    taken = {name: getattr(read, name) for name in TAKEN}
                    settings = replace(self._city.settings, **taken)
                    self._city = replace(self._city, settings=settings)
                except SettingsError as error:
                    LOG.warning("the settings stay as they were: %s", error)
            return self._city


def reckoned_from(city: City) -> str:
    """Return a text that is another one when what debt, lives and plans are reckoned from is."""
    # Nothing takes back what was noted as done: their number tells whether there is more.
    done = city.store.programmes.count_done()
    return f"{city.store.derived_stamp()}|{city.settings.economy}|{places_stamp(city)}|{done}"


class Reckoned(Generic[Figure]):
    """What is reckoned of a town, kept until what it is reckoned from changes.

    Parameters
    ----------
    reckon
        From the city to the figures; may raise ``GatusynError``.
    """

    def __init__(self, town: CityNow, reckon: Callable[[City], Figure]) -> None:
        self._town, self._reckon = town, reckon
        self._lock = Lock()
        self._kept: tuple[str, Figure] | None = None

    def now(self) -> Figure:
        """Return the figures."""
        with self._lock:
            city = self._town.now()
            stamp = reckoned_from(city)
            if self._kept is None or self._kept[0] != stamp:
                self._kept = stamp, self._reckon(city)
            return self._kept[1]
