"""Colours a city by themes, and keeps what was asked for lately."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import numpy as np

from gatusyn.model import TownProgramme, Visitor
from gatusyn.pipeline import SectionOutlook
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.outlook import Outlooks
from gatusyn.serve.paint import Painted, paint_debt, paint_life, paint_programme
from gatusyn.serve.part import projects_seen_by
from gatusyn.serve.themes import DAY_S, ECONOMY, Theme, classes_of

KEPT = 12
"""Themes of periods and months that are laid out at once."""

Before = Callable[[CityIndex], CityIndex | None]


class Painter:
    """Gives a city in the classes of a theme.

    Parameters
    ----------
    outlooks
        What sections cost and last and what is planned; None for a store without its city.
    tells_costs
        Whether debt and prices are told: not to who was given a part, and may want to bid.
    """

    def __init__(self, outlooks: Outlooks | None, *, tells_costs: bool) -> None:
        self.tells_costs = tells_costs
        self._outlooks = outlooks
        self._lock = Lock()
        self._kept: OrderedDict[str, Painted] = OrderedDict()

    @property
    def themes(self) -> tuple[Theme, ...]:
        """What the city can be coloured by."""
        missing = () if self._outlooks is not None else ECONOMY
        hidden = () if self.tells_costs else (Theme.DEBT,)
        return tuple(one for one in Theme if one not in (*missing, *hidden))

    def painted(
        self,
        index: CityIndex,
        theme: Theme,
        *,
        before: Before,
        programme: str | None,
        visitor: Visitor | None,
    ) -> Painted:
        """Return a city's sections in the classes of a theme.

        Parameters
        ----------
        before
            Returns the city of the period before, or of a year before a month.
        programme
            The name of a saved one, the latest if None.
        visitor
            Who may be kept to some treatments.
        """
        now_s = time.time() if index.at_s is None else min(index.at_s, time.time())
        day = int(now_s // DAY_S)
        stamp = f"{index.stamp}-{theme}" + (f"-{day}" if theme is Theme.AGE else "")
        plan = None
        if theme in ECONOMY and self._outlooks is not None:
            stamp = _hashed(f"{stamp}|{self._outlooks.stamp()}")
        if theme is Theme.PROGRAMME and index.at is None:
            plan = self.programme(programme, visitor)
            given = None if visitor is None else visitor.treatments
            limits = None if given is None else sorted(given)
            stamp = _hashed(f"{stamp}|{plan and (plan.name, plan.made_s)}|{limits}")
        with self._lock:
            found = self._kept.get(stamp)
            if found is not None:
                self._kept.move_to_end(stamp)
        if found is not None:
            return found
        if theme in ECONOMY:
            made = self._of_economy(index, theme, stamp, plan)
        else:
            made = _of_looks(index, theme, stamp, before, day * DAY_S)
        with self._lock:
            self._kept[stamp] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _of_economy(
        self, index: CityIndex, theme: Theme, stamp: str, plan: TownProgramme | None
    ) -> Painted:
        if theme is Theme.PROGRAMME:
            return paint_programme(index, plan, stamp)
        outlook = self.outlook(index) if theme in self.themes else None
        paint = paint_debt if theme is Theme.DEBT else paint_life
        return paint(index, outlook, stamp)

    def outlook(self, index: CityIndex) -> SectionOutlook | None:
        """Return what sections cost and last; None where that is not known, or of the past."""
        if self._outlooks is None or index.at is not None:
            return None
        return self._outlooks.outlook(index.period)

    def prepare(self, index: CityIndex) -> None:
        """Work out what sections cost and last before a visitor asks, if visitors do."""
        if self._outlooks is not None and index.at is None:
            self._outlooks.prepare(index.period)

    def programmes(self, visitor: Visitor | None) -> tuple[str, ...]:
        """Return the names of the saved programmes, oldest first.

        One in which a contractor has nothing is not named to them.
        """
        if self._outlooks is None:
            return ()
        names = tuple(own.name for own in self._outlooks.saved.saved())
        if visitor is None or (visitor.areas is None and visitor.treatments is None):
            return names
        return tuple(name for name in names if self._seen(name, visitor).projects)

    def _seen(self, name: str, visitor: Visitor | None) -> TownProgramme:
        assert self._outlooks is not None
        found = self._outlooks.saved.programme(name)
        if visitor is None:
            return found
        return replace(found, projects=projects_seen_by(visitor, found.projects))

    def programme(self, name: str | None, visitor: Visitor | None) -> TownProgramme | None:
        """Return a saved programme, the latest if None, as far as a visitor may see it.

        Raises
        ------
        MissingError
            If there is none of that name.
        """
        known = self.programmes(visitor)
        if name is None:
            return self._seen(known[-1], visitor) if known else None
        if name not in known:
            raise MissingError(f"Programme {name}", "is not there", "See /api/v1/programmes.")
        return self._seen(name, visitor)


def _of_looks(index: CityIndex, theme: Theme, stamp: str, before: Before, now_s: float) -> Painted:
    former = before(index) if theme is Theme.CHANGE else None
    columns = None if former is None else former.columns
    classes = classes_of(theme, index.columns, before=columns, now_s=now_s)
    if former is not None and index.past_periods is not None:
        # A grade that was not made anew says nothing of change.
        same = np.array(index.past_periods) == np.array(former.past_periods)
        classes = np.where(same, 0, classes)
    return Painted(stamp=stamp, index=index, classes=classes)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
