"""How much of each damage and severity each section has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.condition.deduct import quantity
from gatusyn.condition.looked import Looked, extent_along, surfaces_of
from gatusyn.model import ConditionParams, DamageKind, Extent, Finding, Network, Section

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

KINDS = tuple(DamageKind)
SHAPE = (len(KINDS), 3)
"""Of all tables here: by kind in the enum's order, then severity 1 to 3."""

_BESIDE_M = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """The parts of findings in counted sections; one finding may have several.

    Parameters
    ----------
    finding, section
        Which finding, and which counted section, shape [parts].
    shape
        The finding there, or all of it where it touches no other section, shape [parts].
    share
        Of the finding, shape [parts]; a finding's shares in all sections of its link sum to 1.
    start_m, end_m
        Between which metres from the section's start it lies, shape [parts].
    """

    finding: Whole
    section: Whole
    shape: NDArray[np.object_]
    share: Reals
    start_m: Reals
    end_m: Reals

    def of(self, chosen: NDArray[np.bool_]) -> Parts:
        """Return the parts of the findings that are chosen."""
        keep = chosen[self.finding]
        return Parts(
            finding=self.finding[keep],
            section=self.section[keep],
            shape=self.shape[keep],
            share=self.share[keep],
            start_m=self.start_m[keep],
            end_m=self.end_m[keep],
        )

    def seen(self, looked: Looked) -> Reals:
        """Return what share of each part lies on ground that was looked at, shape [parts]."""
        share = np.ones(len(self.section))
        surface = looked.surface[self.section]
        shapely.prepare(surface)
        cut = np.flatnonzero(~shapely.covers(surface, self.shape))
        ground = looked.ground(self.section[cut], self.shape[cut])
        common = shapely.intersection(ground, self.shape[cut])
        share[cut] = shapely.area(common) / np.maximum(shapely.area(self.shape[cut]), 1e-9)
        return share


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extents:
    """Extents of n sections, each of shape [n, 6, 3].

    Parameters
    ----------
    count
        Findings that touch the section.
    length_m, area_m2
        Sums within the section.
    quantity
        What the deduct method measures: metres, holes or square metres.
    inside_count, inside_m2, inside
        Of ``count``, ``area_m2`` and ``quantity``, what lies on ground that was looked at, which
        stands for the rest of the surface. What was found beyond, in the other lane, is there; but
        nobody would have missed it, so that it must not count as damage of the part looked at.
    along_m
        Metres of the section on which the damage is of the severity or worse, overlaps once.
    """

    count: Whole
    length_m: Reals
    area_m2: Reals
    quantity: Reals
    inside_count: Whole
    inside_m2: Reals
    inside: Reals
    along_m: Reals


def parts_of(findings: Sequence[Finding], network: Network) -> Parts:
    """Share out findings among the sections of their links."""
    places = {section.section_id: place for place, section in enumerate(network.sections)}
    finding, section = _pairs(findings, network)
    shapes = np.array([one.footprint for one in findings], dtype=object)
    area, piece = np.ones(finding.size), shapes[finding]
    shared = np.bincount(finding, minlength=len(findings))[finding] > 1
    near = [network.sections[place] for place in section[shared].tolist()]
    wide = surfaces_of(near, beside_m=_BESIDE_M)
    piece[shared] = shapely.intersection(wide, piece[shared])
    area[shared] = shapely.area(piece[shared])
    there = area > 0.0
    finding, section, piece, area = finding[there], section[there], piece[there], area[there]
    lone = np.setdiff1d(np.arange(len(findings)), finding)
    own = np.array([places[findings[one].section_id] for one in lone.tolist()], dtype=np.int64)
    finding, section = np.concatenate([finding, lone]), np.concatenate([section, own])
    area = np.concatenate([area, np.ones(lone.size)])
    piece = np.concatenate([piece, shapes[lone]])
    share = area / np.bincount(finding, area, minlength=len(findings))[finding]
    lines = np.array([one.line for one in network.sections], dtype=object)
    start, end = extent_along(shapes[finding], lines[section])
    counted = _counted(network)[section]
    return Parts(
        finding=finding[counted >= 0],
        section=counted[counted >= 0],
        shape=piece[counted >= 0],
        share=share[counted >= 0],
        start_m=start[counted >= 0],
        end_m=end[counted >= 0],
    )


def _pairs(findings: Sequence[Finding], network: Network) -> tuple[Whole, Whole]:
    """Return which findings touch which sections of their own link, widened a little."""
    if not findings:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    links = {finding.link_id for finding in findings}
    among = np.array(
        [place for place, one in enumerate(network.sections) if one.link_id in links], np.int64
    )
    number = {link_id: place for place, link_id in enumerate(sorted(links))}
    of_section = np.array([number[network.sections[place].link_id] for place in among.tolist()])
    of_finding = np.array([number[finding.link_id] for finding in findings])
    wide = surfaces_of([network.sections[i] for i in among.tolist()], beside_m=_BESIDE_M)
    shapes = np.array([finding.footprint for finding in findings], dtype=object)
    finding, near = STRtree(wide).query(shapes, predicate="intersects")
    own = of_section[near] == of_finding[finding]
    return finding[own], among[near[own]]


def _counted(network: Network) -> Whole:
    """Return the place of each section among the counted ones, -1 for those that are not."""
    counted = np.array([section.is_counted for section in network.sections], dtype=bool)
    return np.where(counted, np.cumsum(counted) - 1, -1)


def extents_of(
    findings: Sequence[Finding],
    parts: Parts,
    looked: Looked,
    sections: Sequence[Section],
    params: ConditionParams,
) -> Extents:
    """Sum up the parts of findings by counted section, kind and severity."""
    place = {kind: row for row, kind in enumerate(KINDS)}
    cell = np.array([place[one.kind] * 3 + one.severity - 1 for one in findings], dtype=np.int64)
    key = parts.section * (len(KINDS) * 3) + cell[parts.finding]
    size = len(sections) * len(KINDS) * 3
    seen = parts.seen(looked)
    length_m = np.array([one.length_m for one in sections])

    def summed(values: Sequence[float]) -> tuple[Reals, Reals]:
        weights = np.asarray(values, dtype=np.float64)[parts.finding] * parts.share
        every, inside = (
            np.bincount(key, own, minlength=size).reshape(-1, *SHAPE)
            for own in (weights, weights * seen)
        )
        return every.astype(np.float64), inside.astype(np.float64)  # without findings: integers

    area_m2, inside_m2 = summed([one.area_m2 for one in findings])
    amount, inside = summed([quantity(one.kind, one.length_m, one.area_m2) for one in findings])
    return Extents(
        count=np.bincount(key, minlength=size).reshape(-1, *SHAPE),
        length_m=summed([one.length_m for one in findings])[0],
        area_m2=area_m2,
        quantity=amount,
        inside_count=np.bincount(key[seen > 0.0], minlength=size).reshape(-1, *SHAPE),
        inside_m2=inside_m2,
        inside=inside,
        along_m=_along(parts, cell[parts.finding], length_m, params.handbook_reach_m),
    )


def _along(parts: Parts, cell: Whole, sections: Reals, reach_m: float) -> Reals:
    """Return the metres of each section that a kind of a severity or worse lies on."""
    length = sections[parts.section]
    reach = np.minimum(reach_m, length)
    missing = np.maximum(reach - (parts.end_m - parts.start_m), 0.0)
    start = np.clip(parts.start_m - missing / 2.0, 0.0, length - reach)
    end = np.maximum(np.minimum(parts.end_m + missing / 2.0, length), start + reach)
    kind, severity = cell // 3, cell % 3
    along = np.zeros((len(sections), *SHAPE))
    for least in range(3):
        rows = severity >= least
        key = parts.section[rows] * len(KINDS) + kind[rows]
        covered = covered_lengths(key, start[rows], end[rows], len(sections) * len(KINDS))
        along[:, :, least] = covered.reshape(-1, len(KINDS))
    return along


def covered_lengths(key: Whole, start: Reals, end: Reals, keys: int) -> Reals:
    """Return how much the intervals of each key cover together, shape [keys]."""
    if not key.size:
        return np.zeros(keys)
    order = np.lexsort((start, key))
    key, start, end = key[order], start[order], end[order]
    # Each key gets a stretch of its own on one line, so that one running maximum serves all.
    lift = key * (float(end.max()) + 1.0)
    reached = np.concatenate([[0.0], np.maximum.accumulate(end + lift)[:-1]])
    own = np.maximum(end + lift - np.maximum(start + lift, reached), 0.0)
    return np.bincount(key, own, minlength=keys).astype(np.float64)


def as_extents(extents: Extents, shares: Reals, along: Reals) -> dict[int, tuple[Extent, ...]]:
    """Return the extents of the sections that have any, kind by kind, slight ones first."""
    found: dict[int, list[Extent]] = defaultdict(list)
    cells = np.nonzero(extents.count)
    figures = (extents.count, extents.length_m, extents.area_m2, shares, along)
    rows = zip(*(one.tolist() for one in cells), *(f[cells].tolist() for f in figures), strict=True)
    for section, kind, severity, count, length_m, area_m2, share, along_share in rows:
        found[section].append(
            Extent(
                kind=KINDS[kind],
                severity=severity + 1,
                count=count,
                length_m=length_m,
                area_m2=area_m2,
                share=share,
                along_share=along_share,
            )
        )
    return {section: tuple(own) for section, own in found.items()}


def along_shares(extents: Extents, looked: Looked, sections: Sequence[Section]) -> Reals:
    """Return ``along_m`` as a share of the length that was looked at, at most 1.

    That length is from the first to the last metre looked at.
    """
    damaged = np.flatnonzero(extents.count.any(axis=(1, 2)))
    lines = np.array([sections[row].line for row in damaged.tolist()], dtype=object)
    first, last = extent_along(looked.surface[damaged], lines)
    shares = np.zeros_like(extents.along_m)
    length = np.maximum(last - first, 1e-9)
    shares[damaged] = np.minimum(extents.along_m[damaged] / length[:, None, None], 1.0)
    return shares
