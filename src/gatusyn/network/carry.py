"""Finds places of a former delivery of the network on a new one; never forced.

A place is carried over to the link whose line, over a few metres around it, lies nearest, runs the
same way and is for the same users; the same link sequence and measure, and the same direction of
traffic, speak for a link. And it must be mutual: seen from there, no other former link may be
plainly nearer. So a street that was closed is not taken for its neighbour, a cycle path not for the
street beside it, and a road not for the bridge over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.model import CarryParams, Loss, Network
from gatusyn.network.carry_pairs import Lines, Pairs, pairs_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Seen from its new place, another former link may be nearer by so much: two that became one.
_MUTUAL_M = 1.0
# A smaller shift than this is rounding of coordinates.
_NO_SHIFT_M = 0.01
# Places that are worked on together: memory is not endless.
_BATCH = 100_000
_LOSSES = tuple(Loss)
FOUND = -1
"""The code of a place that is carried over, among those of losses."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CarriedOver:
    """Where places lie on the new delivery, each of shape [n].

    Parameters
    ----------
    link
        Index into the new network's links; -1 where a place is not carried over.
    offset_m
        Metres from that link's start; NaN where there is none.
    is_reversed
        Whether the new link is digitised the other way.
    shift_m
        East and north from the former line to the new one, shape [n, 2]; 0 where less than 1 cm.
    moved_m
        Its length; where the link is farther than the limit, how far; NaN where not known.
    by_id
        Whether link sequence and measure said so, too.
    loss
        ``FOUND``, or the index of the reason in ``Loss``.
    """

    link: Integers
    offset_m: Floats
    is_reversed: Booleans
    shift_m: Floats
    moved_m: Floats
    by_id: Booleans
    loss: Integers

    @property
    def found(self) -> Booleans:
        """Say which places are carried over."""
        return np.asarray(self.loss == FOUND)

    def why(self, place: int) -> Loss:
        """Return why a place is not carried over."""
        return _LOSSES[int(self.loss[place])]


class Carrier:
    """Carries places of one delivery over to another, both in the same system.

    Parameters
    ----------
    old, new
        The delivery on which the places are, and the one on which they are wanted.
    """

    def __init__(self, old: Network, new: Network, params: CarryParams) -> None:
        if old.epsg != new.epsg:
            raise ValueError(f"EPSG:{old.epsg} is not EPSG:{new.epsg}")
        self._params = params
        codes: dict[str, int] = {}
        self._old, self._new = Lines.of(old, codes), Lines.of(new, codes)
        self._same = _unchanged(old, new)

    @property
    def unchanged(self) -> Integers:
        """For each former link the index of the new one that is the same in all; -1 if none is."""
        return self._same

    def carry(self, link: Integers, offset_m: Floats) -> CarriedOver:
        """Carry places, given as indexes of former links and metres from their starts."""
        batches = [
            self._carry(link[first : first + _BATCH], offset_m[first : first + _BATCH])
            for first in range(0, max(link.size, 1), _BATCH)
        ]
        return CarriedOver(
            **{
                name: np.concatenate([getattr(batch, name) for batch in batches])
                for name in CarriedOver.__dataclass_fields__
            }
        )

    def _carry(self, link: Integers, offset_m: Floats) -> CarriedOver:
        same = self._same[link]
        result = CarriedOver(
            link=same.copy(),
            offset_m=np.where(same >= 0, offset_m, np.nan),
            is_reversed=np.zeros(link.size, dtype=bool),
            shift_m=np.zeros((link.size, 2)),
            moved_m=np.where(same >= 0, 0.0, np.nan),
            by_id=same >= 0,
            loss=np.where(same >= 0, FOUND, _LOSSES.index(Loss.CLOSED)),
        )
        open_ = np.flatnonzero(same < 0)
        if open_.size:
            self._search(result, open_, link[open_], offset_m[open_])
        return result

    def _search(
        self, result: CarriedOver, rows: Integers, link: Integers, offset_m: Floats
    ) -> None:
        """Fill in the places ``rows``, whose links have changed."""
        pairs = pairs_of(self._old, link, offset_m, self._new, self._params)
        for reason, alike in (
            (Loss.OTHER_WAY, pairs.same_type & ~pairs.same_way),
            (Loss.OTHER_TYPE, pairs.same_way & ~pairs.same_type),
        ):
            result.loss[rows[pairs.place[alike & pairs.beside]]] = _LOSSES.index(reason)
        best = pairs.best()
        place = pairs.place[best]
        mutual = self._is_mutual(pairs, best, link)
        result.loss[rows[place[~mutual]]] = _LOSSES.index(Loss.TAKEN)
        best, place = best[mutual], place[mutual]
        found = rows[place]
        result.loss[found] = FOUND
        result.link[found] = pairs.link[best]
        result.offset_m[found] = pairs.foot_m[best]
        result.is_reversed[found] = pairs.is_reversed[best]
        result.by_id[found] = pairs.by_id[best]
        shift = pairs.shift_m[best]
        length = np.hypot(*shift.T)
        result.shift_m[found] = np.where(length[:, None] < _NO_SHIFT_M, 0.0, shift)
        result.moved_m[found] = np.where(length < _NO_SHIFT_M, 0.0, length)
        lost = np.setdiff1d(np.arange(link.size), place)
        self._look_farther(result, rows[lost], link[lost], offset_m[lost])

    def _is_mutual(self, pairs: Pairs, best: Integers, link: Integers) -> Booleans:
        """Say of each chosen pair whether the former link is about the nearest to its new place."""
        back = pairs_of(self._new, pairs.link[best], pairs.foot_m[best], self._old, self._params)
        usable = np.flatnonzero(back.usable)
        least = np.full(best.size, np.inf)
        np.minimum.at(least, back.place[usable], back.cost[usable])
        own = np.full(best.size, np.inf)
        itself = usable[back.link[usable] == link[pairs.place[best]][back.place[usable]]]
        np.minimum.at(own, back.place[itself], back.cost[itself])
        return np.asarray(np.isfinite(own) & (own <= least + _MUTUAL_M))

    def _look_farther(
        self, result: CarriedOver, rows: Integers, link: Integers, offset_m: Floats
    ) -> None:
        """Say how far away the same measure of the same link sequence is now, if anywhere."""
        element = self._old.element[link]
        point = shapely.line_interpolate_point(self._old.line[link], offset_m)
        order = np.argsort(self._new.element, kind="stable")
        first = np.searchsorted(self._new.element[order], element, side="left")
        last = np.searchsorted(self._new.element[order], element, side="right")
        measure = self._old.measure_at(link, offset_m)
        for one in np.flatnonzero(last > first).tolist():
            others = order[first[one] : last[one]]
            there = others[self._new.has_measure(others, measure[one])]
            if there.size:
                far = float(shapely.distance(self._new.line[there], point[one]).min())
                if far > self._params.max_shift_m:
                    result.loss[rows[one]] = _LOSSES.index(Loss.TOO_FAR)
                    result.moved_m[rows[one]] = far


def _unchanged(old: Network, new: Network) -> Integers:
    """Return for each old link the new one with the same id, measures, line and users, else -1."""
    index = {link.link_id: place for place, link in enumerate(new.links)}
    same = np.array([index.get(link.link_id, -1) for link in old.links], dtype=np.int64)
    for place in np.flatnonzero(same >= 0).tolist():
        before, after = old.links[place], new.links[same[place]]
        if before.network_type is not after.network_type or not shapely.equals_exact(
            before.line, after.line
        ):
            same[place] = -1
    return same
