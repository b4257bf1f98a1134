"""What a service asks a store again and again, answered without reading all of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import compress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import DamageKind, Finding, FindingState

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradeColumns:
    """The grades of one period, a column each, in the order in which they were written.

    Parameters
    ----------
    section_ids
        Length n.
    grades
        Numbers of grades, int64 [n].
    indices, lows, highs
        The index, and from where to where it may lie (95 %); NaN where unknown, float64 [n].
    observed_shares
        0..1, float64 [n].
    last_looks_s
        The start of the day (UTC) of the last look; NaN where nobody looked, float64 [n].
    method, index_name
        Which method they are by, and the curves or table behind it; None without grades.
    """

    section_ids: tuple[str, ...]
    grades: NDArray[np.int64]
    indices: NDArray[np.float64]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    observed_shares: NDArray[np.float64]
    last_looks_s: NDArray[np.float64]
    method: str | None
    index_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnFindings:
    """As much of findings as a map shows, a column each: those that are there and those that were.

    Parameters
    ----------
    number
        Of the last change that is in them, see ``ChangedPlaces``.
    finding_ids, section_ids
        Length n.
    kinds, states
        Values of ``DamageKind`` and ``FindingState``, length n.
    severities
        int64 [n].
    lengths_m, areas_m2, confidences
        float64 [n].
    first_seen_s, ended_s
        See ``Finding``; NaN where it has not ended, float64 [n].
    footprints
        Polygons in the network's system, object [n].
    """

    number: int
    finding_ids: tuple[str, ...]
    section_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    severities: NDArray[np.int64]
    states: tuple[str, ...]
    lengths_m: NDArray[np.float64]
    areas_m2: NDArray[np.float64]
    confidences: NDArray[np.float64]
    first_seen_s: NDArray[np.float64]
    ended_s: NDArray[np.float64]
    footprints: NDArray[np.object_]

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Whether nobody said of each that it is none, bool [n]."""
        wrong = FindingState.REJECTED.value
        return np.array([one != wrong for one in self.states], dtype=bool)

    def of(self, wanted: NDArray[np.bool_]) -> DrawnFindings:
        """Return some of them, chosen by a mask."""
        columns: dict[str, Any] = {
            one.name: getattr(self, one.name) for one in fields(self) if one.name != "number"
        }
        chosen: dict[str, Any] = {
            name: tuple(compress(own, wanted)) if isinstance(own, tuple) else own[wanted]
            for name, own in columns.items()
        }
        return DrawnFindings(number=self.number, **chosen)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangedPlaces:
    """Where findings were written or deleted.

    Parameters
    ----------
    number
        Of the last change; it only grows.
    boxes
        Each holds places that changed: west, south, east, north in the network's system; without
        end where anything may have changed, float64 [boxes, 4].
    """

    number: int
    boxes: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreState:
    """Whether the store can be worked with.

    Parameters
    ----------
    schema, newest_schema
        What the database has, and what this Gatusyn knows.
    free_bytes
        On the disk that holds the store.
    """

    schema: int
    newest_schema: int
    free_bytes: int


class FindingOrder(StrEnum):
    """How a list of findings is sorted; ids decide where that leaves it open."""

    ID = "id"
    KIND = "kind"
    SECTION = "section"
    SEVERITY = "severity"
    AREA = "area"
    LENGTH = "length"
    CONFIDENCE = "confidence"
    FIRST_SEEN = "first_seen"
    LAST_SEEN = "last_seen"
    UNCERTAIN = "uncertain"
    """By how far the confidence is from one half: the least certain have the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings a list shall hold; None and empty are all.

    Parameters
    ----------
    states
        See ``Finding.state``.
    links
        Ids of links; an empty collection that is given holds none.
    box
        Easting and northing in the network's system: those whose own box touches it.
    since_s, until_s
        Seen at or after, and first seen at or before, a moment.
    new_since_s, ended_since_s
        First seen, or known to be gone or repaired, at or after a moment.
    at_s
        There at a moment, as ``Finding.was_there`` says.
    below
        Of a confidence less than this.
    is_unjudged
        Whether only those that nobody said anything of.
    """

    kinds: Collection[DamageKind] = ()
    states: Collection[FindingState] = ()
    severities: Collection[int] = ()
    links: Collection[str] | None = None
    box: Box | None = None
    since_s: float | None = None
    until_s: float | None = None
    new_since_s: float | None = None
    ended_since_s: float | None = None
    at_s: float | None = None
    below: float | None = None
    is_unjudged: bool = False


class Lookup(Protocol):
    """Quick questions about one organisation's rows.

    Every method may raise ``StoreError``.
    """

    def changes(self) -> str:
        """Return a text that is another one whenever anything in the store may have changed."""

    def network_stamp(self) -> str:
        """Return a text that is another one when the current network or its reading is."""

    def grades(self, period: str) -> GradeColumns:
        """Return the grades of a period."""

    def count_findings(self, *, at_s: float | None = None) -> int:
        """Return how many findings are there now, or were at a moment: none that was rejected."""

    def finding(self, finding_id: str) -> Finding | None:
        """Return a finding; None if there is no such finding (any more)."""

    def findings_after(
        self,
        finding_id: str,
        *,
        limit: int,
        box: Box | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
    ) -> tuple[Finding, ...]:
        """Return findings in the order of their ids, from the first after an id on.

        Who asks on with the last id of an answer gets every finding that is there all the while
        once, also when others are derived in between.

        Parameters
        ----------
        box
            Easting and northing in the network's system: only those whose footprint touches it.
        since_s, until_s
            Only those that were seen at or after, and first seen at or before, a moment.
        """

    def list_findings(
        self,
        wanted: FindingFilter,
        *,
        order: FindingOrder = FindingOrder.ID,
        falling: bool = False,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, tuple[Finding, ...]]:
        """Return how many findings there are of a kind, and some of them.

        Parameters
        ----------
        falling
            Whether the most comes first.
        limit
            0 counts only.
        """

    def drawn_findings(self, box: Box) -> DrawnFindings:
        """Return the findings near a box, the most severe, then the largest first.

        A finding that only comes within some metres of the box may be among them.
        """

    def changed_places(self, number: int) -> ChangedPlaces:
        """Return where findings have changed since a change, 0 for all that was ever noted."""

    def state(self) -> StoreState:
        """Return whether the store can be worked with."""
