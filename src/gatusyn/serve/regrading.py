"""Works findings and grades out anew while the service goes on, once at a time."""

from __future__ import annotations

import logging
from threading import Lock, Thread

from gatusyn.model import GatusynError
from gatusyn.pipeline import bring_up_to_date, is_up_to_date
from gatusyn.serve.city_now import CityNow

LOG = logging.getLogger("gatusyn.regrading")


class Regrading:
    """Starts the work, and says how it stands.

    Parameters
    ----------
    town
        Its settings of the moment are those that count.
    """

    def __init__(self, town: CityNow) -> None:
        self._town = town
        self._lock = Lock()
        self._thread: Thread | None = None
        self._fault: GatusynError | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is going on."""
        with self._lock:
            return self._thread is not None and self._thread.is_alive()

    @property
    def fault(self) -> GatusynError | None:
        """Why it failed the last time; None if it did not."""
        with self._lock:
            return self._fault

    def is_needed(self) -> bool:
        """Say whether what is shown was worked out with other settings, or without new drives.

        Raises
        ------
        GatusynError
            If the settings or the store cannot be used.
        """
        return not is_up_to_date(self._town.now())

    def start(self) -> None:
        """Start; nothing happens if it is going on."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._fault = None
            self._thread = Thread(target=self._work, name="regrading", daemon=True)
            self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Wait until it has ended, at most so long."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _work(self) -> None:
        try:
            bring_up_to_date(self._town.now())
        except GatusynError as error:
            LOG.warning("grades could not be worked out anew: %s", error)
            with self._lock:
                self._fault = error
