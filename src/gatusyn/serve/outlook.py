"""What sections cost, how long they last and what is planned: reckoned when first asked for."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

import numpy as np

from gatusyn.model import GatusynError, Network, ProgrammeError
from gatusyn.pipeline import (
    SectionOutlook,
    places_stamp,
    section_outlook,
    town_places,
)
from gatusyn.serve.city_now import CityNow, reckoned_from
from gatusyn.serve.layout import Floats, Ints, Layout
from gatusyn.serve.saved import SavedProgrammes

LOG = logging.getLogger("gatusyn.serve")

KEPT = 4
"""Periods that are kept."""


class Outlooks:
    """Gives the outlook of a period, worked out once, and the saved programmes.

    Parameters
    ----------
    town
        With the costs that its settings say now.
    saved
        Its saved programmes.
    """

    def __init__(self, town: CityNow, saved: SavedProgrammes) -> None:
        self._town = town
        self.saved = saved
        self._lock = Lock()
        self._kept: OrderedDict[str, SectionOutlook | None] = OrderedDict()
        self._is_wanted = True

    def districts_stamp(self) -> str:
        """Return a text that is another one when the town's districts are."""
        return places_stamp(self._town.now())

    def districts(self, network: Network) -> Mapping[str, str]:
        """Return the district of each section that lies in one, by section id."""
        try:
            return town_places(self._town.now(), network).district
        except GatusynError as error:
            # The map is there without them; the programme's page tells the fault.
            LOG.warning("the map has no districts: %s", error)
            return {}

    def stamp(self) -> str:
        """Return a text that is another one when what outlooks are reckoned from is."""
        return reckoned_from(self._town.now())

    def outlook(self, period: str | None) -> SectionOutlook | None:
        """Return the outlook of a period; None where nothing was graded.

        Raises
        ------
        GatusynError
            If it cannot be reckoned: a setting is wrong.
        """
        if period is None:
            return None
        self._is_wanted = True
        key = f"{period}|{self.stamp()}"
        with self._lock:
            if key not in self._kept:
                try:
                    self._kept[key] = section_outlook(self._town.now(), period=period)
                except ProgrammeError:
                    self._kept[key] = None
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def prepare(self, period: str | None) -> None:
        """Have an outlook ready, if any was asked for since this was done last."""
        if not self._is_wanted:
            return
        # A fault is told to who asks, who meets it too.
        with suppress(GatusynError):
            self.outlook(period)
        self._is_wanted = False


def in_order(outlook: SectionOutlook, layout: Layout, values: Floats) -> Floats:
    """Return an outlook's values in the network's order; NaN where it has none, or not known."""
    found = np.full(len(layout.network.sections), np.nan)
    places = places_in(outlook, layout)
    there = (places >= 0) & outlook.is_known
    found[places[there]] = values[there]
    return found


def places_in(outlook: SectionOutlook, layout: Layout) -> Ints:
    """Return the place in the network of each row of an outlook; -1 where it is not there."""
    return np.array([layout.position.get(name, -1) for name in outlook.section_ids], dtype=np.int64)
