"""From the rows of NVDB's feature layers to what they say of which stretch; pure functions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from gatusyn.model import Direction, Regulation, Side
from gatusyn.network import nvdb
from gatusyn.network.claims import Cells, Claims, claims_of
from gatusyn.network.nvdb_layers import (
    LAYERS,
    Layer,
    common_columns,
    designation_columns,
    interval_columns,
    value_columns,
)
from gatusyn.network.values import day_of, holds_on, measure_of, number_of, text_of

_DECIMALS = 8
# No street name has an order number so high: rows without one come last.
_LAST = 1e9
_OPEN = date.max.toordinal()


class LayerFault(StrEnum):
    """Why a row of a layer says nothing of any link."""

    NOT_VALID = "not valid on the day"
    NO_ID = "without an element id"
    NO_MEASURES = "without measures"
    BAD_MEASURES = "whose measures do not rise or are not within 0 to 1"
    NO_VALUE = "without a value"
    AT_TIMES = "that hold at certain times only"
    NO_DESIGNATION = "without the designation of a regulation"
    NO_LINK = "on link sequences without geometry"


@dataclass(slots=True, kw_only=True)
class LayerCount:
    """What became of a layer's rows: ``received == accepted + sum(faults.values())``."""

    name: str
    received: int = 0
    accepted: int = 0
    faults: Counter[LayerFault] = field(default_factory=Counter)
    unknown_directions: int = 0

    def refuse(self, fault: LayerFault, rows: int = 1) -> None:
        """Count accepted rows as left out after all."""
        self.accepted -= rows
        self.faults[fault] += rows

    def remarks(self) -> tuple[str, ...]:
        """Say in words what was left out and why; empty if nothing was."""
        said = []
        left_out = sum(self.faults.values())
        if left_out:
            reasons = "; ".join(f"{count} {fault}" for fault, count in self.faults.most_common())
            said.append(
                f"{self.name}: {left_out} of {self.received} rows were left out: {reasons}."
            )
        if self.unknown_directions:
            said.append(
                f"{self.name}: {self.unknown_directions} rows have an unknown direction; they are "
                "taken to hold in both."
            )
        return tuple(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What a row says of a stretch of a link sequence.

    Parameters
    ----------
    layer
        Where it is from.
    start_measure, end_measure
        Rounded to 8 decimals; equal for a place.
    claims
        Properties with their values.
    rank
        Where several rows state one property of one place, the highest counts: for the whole width
        before one side, then by order number, then the newest.
    """

    layer: str
    start_measure: float
    end_measure: float
    claims: Claims
    rank: tuple[float, ...]


@dataclass(slots=True, kw_only=True)
class Features:
    """The features of all layers by link sequence, the regulations, and the counts by layer."""

    by_element: dict[str, list[Feature]] = field(default_factory=lambda: defaultdict(list))
    crossings: dict[str, set[float]] = field(default_factory=lambda: defaultdict(set))
    regulations: list[Regulation] = field(default_factory=list)
    counts: list[LayerCount] = field(default_factory=list)


def add_layer(
    features: Features, name: str, columns: Sequence[str], rows: Iterable[Cells], day: date
) -> None:
    """Add a layer's rows.

    Parameters
    ----------
    name
        Of ``LAYERS``.
    rows
        Each with its cells by column.
    day
        Rows that do not hold on it are left out.
    """
    reading = _Reading(LAYERS[name], columns, day)
    count = LayerCount(name=name)
    features.counts.append(count)
    for row in rows:
        count.received += 1
        fault = reading.add(features, count, row)
        if fault is None:
            count.accepted += 1
        else:
            count.faults[fault] += 1
    assert count.received == count.accepted + sum(count.faults.values())


def columns_needed(name: str, columns: Sequence[str]) -> list[str]:
    """Return those of a layer's columns that ``add_layer`` looks at: some layers have a hundred."""
    return _Reading(LAYERS[name], columns, date.max).columns()


def drop_unknown_elements(features: Features, known: frozenset[str]) -> None:
    """Count the rows on link sequences without geometry as left out."""
    by_name = {count.name: count for count in features.counts}
    for element in [element for element in features.by_element if element not in known]:
        for one in features.by_element.pop(element):
            by_name[one.layer].refuse(LayerFault.NO_LINK)
    features.regulations[:] = [one for one in features.regulations if one.element_id in known]


class _Reading:
    """Reads one layer's rows."""

    def __init__(self, layer: Layer, columns: Sequence[str], day: date) -> None:
        self._layer, self._day = layer, day
        self._place = common_columns(columns)
        self._values = value_columns(columns, layer)
        self._designation = designation_columns(columns)
        self._times = interval_columns(columns) if layer.name in _ALWAYS else ()

    def columns(self) -> list[str]:
        """Return the columns that are looked at."""
        used = {*self._place.values(), *self._values.values(), *self._times}
        return sorted(used | set(self._designation or ()))

    def add(self, features: Features, count: LayerCount, row: Cells) -> LayerFault | None:
        said = {key: row[column] for key, column in self._place.items()}
        if not holds_on(self._day, said.get("valid_from"), said.get("valid_to")):
            return LayerFault.NOT_VALID
        element = text_of(said.get("element_id"))
        if element is None:
            return LayerFault.NO_ID
        measures = _measures(said)
        if isinstance(measures, LayerFault):
            return measures
        direction = nvdb.direction_of(said.get("direction"))
        count.unknown_directions += direction is None
        direction = direction or Direction.BOTH
        side = nvdb.side_of(said.get("side"))
        cells = {key: row[column] for key, column in self._values.items()}
        regulation = self._regulation(element, measures, direction, side, row, cells)
        if regulation is not None:
            features.regulations.append(regulation)
        at_times = any(text_of(row[column]) is not None for column in self._times)
        name = self._layer.name
        claims = () if at_times else claims_of(name, cells, direction)
        if name == "Korsning":
            features.crossings[element].add(measures[0])
        if claims or name == "Korsning" or regulation is not None:
            features.by_element[element].append(
                Feature(
                    layer=name,
                    start_measure=measures[0],
                    end_measure=measures[1],
                    claims=claims,
                    rank=_rank(side, cells, said),
                )
            )
            return None
        if at_times:
            return LayerFault.AT_TIMES
        is_rule = "rule" in self._layer.columns
        return LayerFault.NO_DESIGNATION if is_rule else LayerFault.NO_VALUE

    def _regulation(
        self,
        element: str,
        measures: tuple[float, float],
        direction: Direction,
        side: Side | None,
        row: Cells,
        cells: Cells,
    ) -> Regulation | None:
        if self._designation is None:
            return None
        designation = designation_of(*(row[column] for column in self._designation))
        if designation is None:
            return None
        first = day_of(row[self._place["valid_from"]]) if "valid_from" in self._place else None
        return Regulation(
            element_id=element,
            start_measure=measures[0],
            end_measure=measures[1],
            kind=self._layer.name,
            designation=designation,
            value=text_of(cells.get("rule", cells.get("speed"))),
            direction=direction,
            side=side,
            valid_from=None if first is None else first.isoformat(),
        )


# Rows of these that hold at certain times only say nothing of the street in general.
_ALWAYS = frozenset({"ForbjudenFardriktning"})


def designation_of(authority: object, year: object, number: object) -> str | None:
    """Return a regulation's designation, as ``0180 2022-02696``; None if a part is missing.

    Authorities have four digits and serial numbers five, as the register of regulations has them.
    """
    parts = [text_of(part) for part in (authority, year, number)]
    if any(part is None for part in parts):
        return None
    whom, when, which = (str(part) for part in parts)
    return f"{whom.zfill(4)} {when}-{which.zfill(5)}"


def _measures(said: Cells) -> tuple[float, float] | LayerFault:
    if "start_measure" in said and "end_measure" in said:
        start, end = measure_of(said["start_measure"]), measure_of(said["end_measure"])
        if np.isnan(start) or np.isnan(end):
            return LayerFault.NO_MEASURES
        start, end = round(start, _DECIMALS), round(end, _DECIMALS)
        return (start, end) if 0.0 <= start < end <= 1.0 else LayerFault.BAD_MEASURES
    place = measure_of(said.get("measure"))
    if np.isnan(place):
        return LayerFault.NO_MEASURES
    place = round(place, _DECIMALS)
    return (place, place) if 0.0 <= place <= 1.0 else LayerFault.BAD_MEASURES


def _rank(side: Side | None, cells: Cells, said: Cells) -> tuple[float, ...]:
    order = number_of(cells.get("rank"))
    first = day_of(said.get("valid_from"))
    newness = 0 if first is None else first.toordinal()
    return (float(side is None), -(_LAST if order is None else order), float(newness))
