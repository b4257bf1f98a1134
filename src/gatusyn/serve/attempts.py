"""How often somebody may fail to log in before they must wait."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from threading import Lock

from gatusyn.model import FormFault
from gatusyn.serve.errors import TooManyError

WITHIN_S = 900.0
OF_BOTH, OF_CLIENT, OF_ACCOUNT = 5, 30, 100
"""Failures within ``WITHIN_S``: of one client at one account, of one client, at one account.

The last is high: else a stranger could keep somebody out.
"""

KEPT = 20_000
"""Clients and accounts that are remembered; the memory is bounded, the oldest go first."""


class Attempts:
    """Counts failures in memory; nothing of it is written anywhere.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failed: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def require_few(self, account: str, client: str) -> None:
        """Raise ``TooManyError`` if there were too many failures lately."""
        with self._lock:
            waits = [self._wait_s(key, most) for key, most in _keys(account, client)]
        if max(waits) > 0:
            minutes = int(max(waits) // 60) + 1
            raise TooManyError(
                "Logging in",
                "has failed too often",
                f"Wait {minutes} minutes, then try again.",
                form=FormFault.TOO_MANY,
                figures={"minutes": minutes},
            )

    def note_failure(self, account: str, client: str) -> None:
        """Count a failure."""
        with self._lock:
            for key, most in _keys(account, client):
                moments = self._failed.setdefault(key, deque(maxlen=most))
                moments.append(self._clock())
                self._failed.move_to_end(key)
            while len(self._failed) > KEPT:
                self._failed.popitem(last=False)

    def forget(self, account: str, client: str) -> None:
        """Forget one client's failures at one account: they are who they say."""
        with self._lock:
            self._failed.pop(("both", account, client), None)

    def _wait_s(self, key: Hashable, most: int) -> float:
        moments = self._failed.get(key, ())
        now = self._clock()
        recent = [own for own in moments if now - own < WITHIN_S]
        return recent[0] + WITHIN_S - now if len(recent) >= most else 0.0


def _keys(account: str, client: str) -> list[tuple[Hashable, int]]:
    return [
        (("both", account, client), OF_BOTH),
        (("client", client), OF_CLIENT),
        (("account", account), OF_ACCOUNT),
    ]
