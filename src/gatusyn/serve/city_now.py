"""The served city with the costs that its settings file says now."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from threading import Lock

from gatusyn.model import SettingsError
from gatusyn.pipeline import SETTINGS_FILE, City, read_settings, settings_stamp

LOG = logging.getLogger("gatusyn.settings")


class CityNow:
    """Gives the city anew when its settings file has changed, by whomever.

    Only ``[economy]`` is taken over while the service runs: what else is set (names, log-ins, the
    store) holds from the start to the end of it.

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
                    economy = read_settings(self.path).economy
                    settings = replace(self._city.settings, economy=economy)
                    self._city = replace(self._city, settings=settings)
                except SettingsError as error:
                    LOG.warning("the costs stay as they were: %s", error)
            return self._city
