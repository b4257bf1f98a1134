"""Matches a track while it is being driven, with a bounded delay."""

from __future__ import annotations

import numpy as np

from gatusyn.model import GroundTrack, MatchedTrack
from gatusyn.network.matching import Matcher

_HISTORY_S = 300.0


class LiveMatcher:
    """Says where a vehicle is on the network some seconds after it was there, and sticks to it.

    A fix can be told from the street beside its own only by what comes after it. So each is settled
    once fixes ``delay_s`` later are there, by matching it with the ``history_s`` before it. Memory
    and time for a fix do not grow with the drive.

    Parameters
    ----------
    delay_s
        How long a fix waits for those after it; 0 settles it at once.
    history_s
        How long settled fixes are looked at again with later ones.
    """

    def __init__(self, matcher: Matcher, *, delay_s: float, history_s: float = _HISTORY_S) -> None:
        self._matcher = matcher
        self._delay_s, self._history_s = delay_s, history_s
        self._window: GroundTrack | None = None
        self._settled_s = -np.inf

    def add(self, track: GroundTrack) -> tuple[GroundTrack, MatchedTrack]:
        """Take the next fixes; return those that are settled now, with their places.

        Parameters
        ----------
        track
            One fix or more, all later than those before.

        Raises
        ------
        ValueError
            If a fix is not later than those before.
        """
        window = track if self._window is None else self._window.followed_by(track)
        if np.any(np.diff(window.time_s) <= 0.0):
            raise ValueError("fixes must come in order of time")
        return self._settle(window, until_s=float(window.time_s[-1]) - self._delay_s)

    def finish(self) -> tuple[GroundTrack, MatchedTrack]:
        """Settle what is left: nothing comes after it."""
        if self._window is None:
            return _none()
        return self._settle(self._window, until_s=float(self._window.time_s[-1]))

    def _settle(self, window: GroundTrack, *, until_s: float) -> tuple[GroundTrack, MatchedTrack]:
        due = (window.time_s > self._settled_s) & (window.time_s <= until_s)
        if not due.any():
            self._window = window
            return _none()
        matched = self._matcher.match(window).track
        self._settled_s = until_s
        self._window = window.part(window.time_s > until_s - self._history_s)
        return window.part(due), matched.part(due)


def _none() -> tuple[GroundTrack, MatchedTrack]:
    nothing = np.zeros(0)
    track = GroundTrack(
        time_s=nothing,
        easting_m=nothing,
        northing_m=nothing,
        bearing_deg=nothing,
        speed_ms=nothing,
        sigma_m=nothing,
        distance_m=nothing,
    )
    matched = MatchedTrack(
        link_index=np.zeros(0, np.int64),
        offset_m=nothing,
        with_link=np.zeros(0, np.bool_),
        distance_m=nothing,
    )
    return track, matched
