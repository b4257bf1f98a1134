"""Findings keep their ids when they are derived again; what becomes of an id is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.model import DamageKind, Finding, IdentityChange, IdentityEvent

Shapes = NDArray[np.object_]

_LEAST_OVERLAP = 0.3
"""What shares no observation is the same only where the shapes share this much of both."""

_SPLIT, _MERGED = "a part of it is a finding of its own", "its observations are of this one now"
_ENDED, _BACK = "nothing that is believed is derived there", "it is derived again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Findings with the ids that they keep, ordered by id, and the lines for the ledger."""

    findings: tuple[Finding, ...]
    events: tuple[IdentityEvent, ...]


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How alike a former and a new finding are: their places in the lists, and the score.

    ``is_named`` says whether the new one would have the former one's id of itself.
    """

    old: int
    new: int
    score: float
    shares: bool
    is_named: bool


def keep_identity(
    former: Sequence[Finding],
    ended: Sequence[IdentityEvent],
    derived: Sequence[Finding],
    *,
    in_use: Callable[[Collection[str]], Collection[str]],
    now_s: float,
) -> Named:
    """Give findings the ids of the former ones that they are.

    Most alike goes first: by the observations they share, the overlap of their shapes and whether
    they are of one kind. What is like no former finding may be one that had ended, by place and
    kind; else it keeps the id of its earliest observation.

    Parameters
    ----------
    former
        As derived before, where now ``derived`` is.
    ended
        The last lines of the ledger on ids that have ended about there.
    in_use
        Returns which of some ids findings elsewhere have.
    now_s
        When, for the ledger.
    """
    old = sorted(former, key=lambda one: one.finding_id)
    new = sorted(derived, key=lambda one: one.finding_id)
    pairs = _alike(old, new)
    name_of = {new_at: old[old_at].finding_id for old_at, new_at in _matched(pairs).items()}
    name_of, back = _back(ended, new, name_of)
    left = [at for at in range(len(new)) if at not in name_of]
    names = set(name_of.values())
    # An id that went into another finding may still be that of an observation of this one.
    taken = {
        *names,
        *in_use([new[at].finding_id for at in left if new[at].finding_id not in names]),
    }
    for at in left:
        name = new[at].finding_id
        while name in taken:
            name = hashlib.sha256(name.encode()).hexdigest()[:16]
        name_of[at] = name
        taken.add(name)
    named = [
        one if one.finding_id == name_of[at] else replace(one, finding_id=name_of[at])
        for at, one in enumerate(new)
    ]
    events = [*_events(old, named, pairs, set(left), now_s), *_returns(named, back, now_s)]
    return Named(
        findings=tuple(sorted(named, key=lambda one: one.finding_id)), events=tuple(events)
    )


def _alike(old: Sequence[Finding], new: Sequence[Finding]) -> list[_Likeness]:
    """Return pairs that share observations, or a good part of their shapes and the class."""
    if not old or not new:
        return []
    shared = _shared(old, new)
    shapes = np.array([one.footprint for one in old], dtype=object)
    own = np.array([one.footprint for one in new], dtype=object)
    place, found = STRtree(shapes).query(own, predicate="intersects")
    pairs = sorted({*shared, *zip(found.tolist(), place.tolist(), strict=True)})
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    # Of two that share observations, and with nobody else, it does not matter how alike they are.
    alone = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1)
    asked = np.flatnonzero(~(alone & np.array([pair in shared for pair in pairs], np.bool_)))
    overlap = np.zeros(len(pairs))
    overlap[asked] = _overlaps(shapes[one[asked]], own[other[asked]])
    alike = []
    for (i, j), part in zip(pairs, overlap.tolist(), strict=True):
        both = shared.get((i, j), 0)
        same_class = old[i].kind.pixel_class is new[j].kind.pixel_class
        if not both and not (same_class and part >= _LEAST_OVERLAP):
            continue
        every = len(old[i].observation_ids) + len(new[j].observation_ids) - both
        score = 4.0 * both / every + part + 0.25 * (old[i].kind is new[j].kind)
        is_named = old[i].finding_id == new[j].finding_id
        alike.append(_Likeness(i, j, score, bool(both), is_named))
    return alike


def _shared(old: Sequence[Finding], new: Sequence[Finding]) -> dict[tuple[int, int], int]:
    """Return how many observations pairs of a former and a new finding share, if any."""
    keys, others = (
        [key for one in findings for key in one.observation_ids] for findings in (old, new)
    )
    owner, other = (
        np.repeat(np.arange(len(findings)), [len(one.observation_ids) for one in findings])
        for findings in (old, new)
    )
    number = dict(zip(keys, range(len(keys)), strict=True))
    code = np.array([number[key] for key in keys], np.int64)
    asked = np.array([number.get(key, -1) for key in others], np.int64)
    # An observation may be of several: it saw what shows several things.
    order = np.argsort(code, kind="stable")
    low = np.searchsorted(code[order], asked, side="left")
    times = np.searchsorted(code[order], asked, side="right") - low
    at = np.repeat(low - (np.cumsum(times) - times), times) + np.arange(int(times.sum()))
    key = owner[order[at]] * len(new) + np.repeat(other, times)
    pairs, count = np.unique(key, return_counts=True)
    first, second = np.divmod(pairs, len(new))
    return dict(zip(zip(first.tolist(), second.tolist(), strict=True), count.tolist(), strict=True))


def _overlaps(one: Shapes, other: Shapes) -> NDArray[np.float64]:
    """Return what pairs of shapes share, of what both cover."""
    common = shapely.area(shapely.intersection(one, other))
    whole = shapely.area(one) + shapely.area(other) - common
    return np.asarray(common / np.maximum(whole, 1e-12), np.float64)


def _matched(pairs: Sequence[_Likeness]) -> dict[int, int]:
    """Return which former finding is which new one: the most alike first, each once.

    Of halves that are as alike the one with the earliest observation keeps the id, so that it is
    the same again when they come together.
    """
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for one in sorted(pairs, key=lambda one: (-one.score, not one.is_named, one.old, one.new)):
        if one.old not in matched and one.new not in taken:
            matched[one.old] = one.new
            taken.add(one.new)
    return matched


def _back(
    ended: Sequence[IdentityEvent], new: Sequence[Finding], name_of: dict[int, str]
) -> tuple[dict[int, str], set[int]]:
    """Return the names with those that had ended, and which findings got such a one."""
    free = [at for at in range(len(new)) if at not in name_of]
    lines = [one for one in ended if one.finding_id not in name_of.values()]
    result = dict(name_of)
    back: set[int] = set()
    if not free or not lines:
        return result, back
    pairs = [(i, at) for i in range(len(lines)) for at in free]
    overlap = _overlaps(
        np.array([lines[i].footprint for i, _ in pairs], dtype=object),
        np.array([new[at].footprint for _, at in pairs], dtype=object),
    )
    found = [
        (-part, lines[i].number, at, lines[i])
        for (i, at), part in zip(pairs, overlap.tolist(), strict=True)
        if part >= _LEAST_OVERLAP and _same_class(lines[i].kind, new[at].kind)
    ]
    for _, _, at, line in sorted(found, key=lambda one: one[:3]):
        if at not in result and line.finding_id not in result.values():
            result[at] = line.finding_id
            back.add(at)
    return result, back


def _same_class(one: DamageKind, other: DamageKind) -> bool:
    return one.pixel_class is other.pixel_class


def _events(
    old: Sequence[Finding],
    named: Sequence[Finding],
    pairs: Sequence[_Likeness],
    fresh: set[int],
    now_s: float,
) -> list[IdentityEvent]:
    """Return what became of former ids: merged or ended; and the parts that split off."""
    kept = {one.finding_id for one in named}
    best_of_old: dict[int, _Likeness] = {}
    best_of_new: dict[int, _Likeness] = {}
    for pair in sorted((one for one in pairs if one.shares), key=lambda one: -one.score):
        best_of_old.setdefault(pair.old, pair)
        best_of_new.setdefault(pair.new, pair)
    events = []
    for at, one in enumerate(old):
        if one.finding_id in kept:
            continue
        into = named[best_of_old[at].new].finding_id if at in best_of_old else None
        change = IdentityChange.MERGED if into else IdentityChange.ENDED
        events.append(_event(one, change, _MERGED if into else _ENDED, now_s, into))
    for at in sorted(fresh):
        source = old[best_of_new[at].old] if at in best_of_new else None
        if source is not None and source.finding_id in kept:
            other = named[at].finding_id
            events.append(_event(source, IdentityChange.SPLIT, _SPLIT, now_s, other))
    return events


def _returns(named: Sequence[Finding], back: set[int], now_s: float) -> list[IdentityEvent]:
    return [_event(named[at], IdentityChange.BACK, _BACK, now_s, None) for at in sorted(back)]


def _event(
    finding: Finding, change: IdentityChange, why: str, now_s: float, other_id: str | None
) -> IdentityEvent:
    return IdentityEvent(
        finding_id=finding.finding_id,
        change=change,
        other_id=other_id,
        kind=finding.kind,
        footprint=finding.footprint,
        why=why,
        changed_s=now_s,
    )
