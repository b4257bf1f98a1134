"""What became of the links from one delivery of the network to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from gatusyn.geo import cut_line
from gatusyn.model import Link, Loss, Network
from gatusyn.network.carry import CarriedOver, Carrier

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Links are compared piece by piece of about this length.
_PIECE_M = 4.0
# Two links belong together if so much of either is the other.
_PART = 0.1
# A link has moved if a tenth of it lies farther than this from where it was.
_MOVED_M = 0.5
# Of a link that is closed less than this is left; of one that is not, less than this is lost.
_REST = 0.1


class LinkChange(StrEnum):
    """What a link can be called from one delivery to the next; several may fit."""

    SAME = "same"
    RENUMBERED = "renumbered"
    SPLIT = "split"
    MERGED = "merged"
    REVERSED = "reversed"
    MOVED = "moved"
    PARTLY_LOST = "partly lost"
    CLOSED = "closed"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a link that was lost or moved, or a new link.

    Parameters
    ----------
    line
        Of the former delivery; of a new link its own.
    moved_m
        The largest distance between the former line and the new one, where known.
    loss
        Why it was lost; None if it was not.
    """

    change: LinkChange
    link: Link
    line: LineString
    start_m: float
    end_m: float
    moved_m: float | None = None
    loss: Loss | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChanges:
    """How two deliveries differ.

    Parameters
    ----------
    links, metres
        How many links, and how long together, each change fits: former links, except ``NEW``. Of
        links that are partly lost the metres are those lost.
    moved_m
        The median and the largest shift of what has moved; zeros if nothing has.
    overlap
        Share of the former delivery's metres that was found again.
    stretches
        What has moved, was lost, or is new.
    """

    links: Mapping[LinkChange, int]
    metres: Mapping[LinkChange, float]
    moved_m: tuple[float, float]
    overlap: float
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """The former links cut in pieces, in order, and where each lies now."""

    link: Integers
    start_m: Floats
    metres: Floats
    now: CarriedOver


def compare(old: Network, new: Network, carrier: Carrier) -> DeliveryChanges:
    """Compare two deliveries; ``carrier`` is from the old to the new one."""
    pieces = _pieces(old, carrier)
    sides = _changes(old, new, pieces)
    lengths = np.array([link.length_m for link in old.links])
    new_links = _new_links(new, pieces)
    links = {change: int(fits.sum()) for change, fits in sides.items()}
    metres = {change: float(lengths[fits].sum()) for change, fits in sides.items()}
    lost = np.where(pieces.now.found, 0.0, pieces.metres)
    partly = sides[LinkChange.PARTLY_LOST][pieces.link]
    metres[LinkChange.PARTLY_LOST] = float(lost[partly].sum())
    links[LinkChange.NEW] = len(new_links)
    metres[LinkChange.NEW] = sum(link.length_m for link in new_links)
    shifts = pieces.now.moved_m[pieces.now.found & (pieces.now.moved_m > _MOVED_M)]
    return DeliveryChanges(
        links=links,
        metres=metres,
        moved_m=(float(np.median(shifts)), float(shifts.max())) if shifts.size else (0.0, 0.0),
        overlap=1.0 - float(lost.sum() / pieces.metres.sum()),
        stretches=(
            *_stretches(old, pieces),
            *(
                Stretch(
                    change=LinkChange.NEW,
                    link=link,
                    line=link.line,
                    start_m=0.0,
                    end_m=link.length_m,
                )
                for link in new_links
            ),
        ),
    )


def _pieces(old: Network, carrier: Carrier) -> _Pieces:
    """Cut the former links, those that have not changed in one piece."""
    lengths = shapely.length(np.array([link.line for link in old.links], dtype=object))
    counts = np.maximum(1, np.rint(lengths / _PIECE_M)).astype(np.int64)
    counts[carrier.unchanged >= 0] = 1
    link = np.repeat(np.arange(lengths.size), counts)
    number = np.arange(link.size) - np.repeat(np.cumsum(counts) - counts, counts)
    metres = (lengths / counts)[link]
    start = number * metres
    return _Pieces(link, start, metres, carrier.carry(link, start + metres / 2.0))


def _changes(old: Network, new: Network, pieces: _Pieces) -> dict[LinkChange, Booleans]:
    """Return which former links each change fits."""
    count, now = len(old.links), pieces.now
    total = np.bincount(pieces.link, pieces.metres, minlength=count)

    def share(which: Booleans) -> Floats:
        return (
            np.bincount(pieces.link, np.where(which, pieces.metres, 0.0), minlength=count) / total
        )

    first, second = _belonging(old, new, pieces)
    element = np.array([link.element_id for link in old.links], dtype=object)
    after = np.array([link.element_id for link in new.links], dtype=object)
    lost = share(~now.found)
    closed = lost > 1.0 - _REST
    several = np.bincount(second, minlength=len(new.links)) > 1
    merged = np.zeros(count, dtype=bool)
    merged[first[several[second]]] = True
    sides = {
        LinkChange.RENUMBERED: share(now.found & (element[pieces.link] != after[now.link])) > 0.5,
        LinkChange.SPLIT: np.bincount(first, minlength=count) > 1,
        LinkChange.MERGED: merged,
        LinkChange.REVERSED: share(now.is_reversed) > 0.5,
        LinkChange.MOVED: share(now.found & (now.moved_m > _MOVED_M)) > _PART,
        LinkChange.PARTLY_LOST: (lost > _REST) & ~closed,
        LinkChange.CLOSED: closed,
    }
    return {LinkChange.SAME: ~np.any(list(sides.values()), axis=0), **sides}


def _belonging(old: Network, new: Network, pieces: _Pieces) -> tuple[Integers, Integers]:
    """Return pairs of former and new links of which one is a part of the other."""
    found = pieces.now.found
    both = pieces.link[found] * len(new.links) + pieces.now.link[found]
    pairs, row = np.unique(both, return_inverse=True)
    metres = np.bincount(row, pieces.metres[found], minlength=pairs.size)
    first, second = np.divmod(pairs, len(new.links))
    lengths = [
        np.array([network.links[i].length_m for i in which.tolist()])
        for network, which in ((old, first), (new, second))
    ]
    real = metres > _PART * np.minimum(*lengths) if pairs.size else np.zeros(0, dtype=bool)
    return first[real], second[real]


def _new_links(new: Network, pieces: _Pieces) -> list[Link]:
    found = pieces.now.found
    covered = np.bincount(
        pieces.now.link[found], pieces.metres[found], minlength=len(new.links)
    ).tolist()
    return [
        link
        for link, metres in zip(new.links, covered, strict=True)
        if metres < _REST * link.length_m
    ]


def _stretches(old: Network, pieces: _Pieces) -> list[Stretch]:
    """Join neighbouring pieces that were lost, or that have moved."""
    now = pieces.now
    state = np.where(now.found, np.where(now.moved_m > _MOVED_M, 1, 0), 2)
    starts = np.flatnonzero(
        np.concatenate(([True], np.diff(state).astype(bool) | (np.diff(pieces.link) > 0)))
    )
    stretches = []
    for first, stop in zip(starts, [*starts[1:], state.size], strict=True):
        if state[first] == 0:
            continue
        link = old.links[pieces.link[first]]
        start = float(pieces.start_m[first])
        end = min(float(pieces.start_m[stop - 1] + pieces.metres[stop - 1]), link.length_m)
        shifts = now.moved_m[first:stop][np.isfinite(now.moved_m[first:stop])]
        reasons = now.loss[first:stop]
        is_lost = state[first] == 2
        is_whole = start == 0.0 and end >= link.length_m - 1e-6
        lost = LinkChange.CLOSED if is_whole else LinkChange.PARTLY_LOST
        stretches.append(
            Stretch(
                change=lost if is_lost else LinkChange.MOVED,
                link=link,
                line=cut_line(link.line, start, end),
                start_m=start,
                end_m=end,
                moved_m=float(shifts.max()) if shifts.size else None,
                loss=now.why(int(first) + int(np.argmax(np.bincount(reasons)[reasons])))
                if is_lost
                else None,
            )
        )
    return stretches
