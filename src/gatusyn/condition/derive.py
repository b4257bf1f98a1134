"""Grades every section in every period; what nobody looked at is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gatusyn.condition import deduct, handbook
from gatusyn.condition.confidence import grade_confidences, look_rates
from gatusyn.condition.curves import DeductCurves
from gatusyn.condition.extents import (
    KINDS,
    Extents,
    along_shares,
    as_extents,
    extents_of,
    parts_of,
)
from gatusyn.condition.grades import grades_of
from gatusyn.condition.interval import Found, index_intervals
from gatusyn.condition.looked import Looked, looked_at, surfaces_of
from gatusyn.condition.words import reason_text
from gatusyn.model import (
    ConditionMethod,
    ConditionParams,
    Coverage,
    Extent,
    Finding,
    FindingState,
    Grade,
    LookColumns,
    LookParams,
    Network,
    PixelClass,
    Rates,
    Reason,
    Section,
    SectionCondition,
)

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Town:
    """What all periods share: the counted sections' areas and lengths, and how to grade."""

    area_m2: Reals
    length_m: Reals
    params: ConditionParams
    curves: DeductCurves


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Judged:
    """One method's points off 100, by kind and severity [n, 6, 3]; and their index [n]."""

    parts: Reals
    index: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Graded:
    """What a period says of every counted section, [n]; ``known`` says of which it holds.

    Parameters
    ----------
    parts
        The chosen method's points off 100, by kind and severity [n, 6, 3].
    damages
        What there is of each kind, by row; nothing where there is none.
    """

    known: list[bool]
    observed_share: Reals
    seen_well_share: Reals
    parts: Reals
    index: list[float]
    low: Reals
    high: Reals
    grades: Sequence[Grade]
    confidence: Reals
    by_deducts: list[float]
    by_handbook: list[float]
    handbook_grades: Sequence[Grade]
    damages: Mapping[int, tuple[Extent, ...]]


def period_of(time_s: float) -> str:
    """Return the calendar year (UTC) of a time in seconds since 1970."""
    return str(datetime.fromtimestamp(time_s, UTC).year)


def counts_in(finding: Finding, period: str) -> bool:
    """Say whether a finding was there in a period: not once it is known to be gone or repaired.

    What a person rejected never was.
    """
    if finding.state is FindingState.REJECTED:
        return False
    if finding.ended_s is not None and period >= period_of(finding.ended_s):
        return False
    return period_of(finding.first_seen_s) <= period <= period_of(finding.last_seen_s)


def _years_of(times_s: Reals) -> NDArray[np.str_]:
    """Return ``period_of`` of many times."""
    # There are few days: to write a year takes longer than all the rest.
    days, which = np.unique(np.floor(times_s / 86_400.0), return_inverse=True)
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(str)[which]


def derive_conditions(
    findings: Sequence[Finding],
    coverage: Sequence[tuple[str, Coverage]] | LookColumns,
    network: Network,
    params: ConditionParams,
    curves: DeductCurves,
    rates: Mapping[str, Mapping[PixelClass, Rates]] | None = None,
    *,
    looking: LookParams | None = None,
) -> tuple[SectionCondition, ...]:
    """Grade every counted section of the network in every period that has coverage.

    Parameters
    ----------
    coverage
        Each entry with its run's id.
    curves
        Of the deduct method; ``load_curves`` has ours.
    rates
        What the model of each run was measured to get right.
    looking
        How well a look sees; None takes the defaults.

    Returns
    -------
    tuple of SectionCondition
        One a section and period, in the network's order, periods oldest first.
    """
    every = coverage if isinstance(coverage, LookColumns) else LookColumns.of(coverage)
    years = _years_of(every.time_s)
    measured = rates or {}
    of_run = {name: look_rates(measured.get(name, {})) for name in set(every.run_ids.tolist())}
    sections = network.counted_sections
    town = _Town(
        area_m2=np.array([section.area_m2 for section in sections]),
        length_m=np.array([section.length_m for section in sections]),
        params=params,
        curves=curves,
    )
    surfaces = surfaces_of(sections)
    parts = parts_of(findings, network)
    result: list[SectionCondition] = []
    for period in np.unique(years).tolist():
        looks = every.rows(years == period)
        of_looks = np.array([of_run[run_id] for run_id in looks.run_ids.tolist()])
        looked = looked_at(
            looks,
            of_looks,
            surfaces,
            network,
            params,
            looking or LookParams(),
        )
        there = [counts_in(finding, period) for finding in findings]
        current = parts.of(np.array(there, dtype=bool))
        extents = extents_of(findings, current, looked, sections, params)
        result += _conditions(sections, period, extents, looked, town)
    return tuple(result)


def _conditions(
    sections: Sequence[Section], period: str, extents: Extents, looked: Looked, town: _Town
) -> list[SectionCondition]:
    graded = _graded(sections, extents, looked, town)
    return [
        _condition(row, section, period, graded, looked, town)
        for row, section in enumerate(sections)
    ]


def _graded(sections: Sequence[Section], extents: Extents, looked: Looked, town: _Town) -> _Graded:
    params = town.params
    share = np.minimum(looked.area_m2 / town.area_m2, 1.0)
    known = (share >= params.min_observed_share) & (looked.area_m2 > 0.0)
    surface = np.maximum(looked.area_m2, 1e-9)
    along = along_shares(extents, looked, sections)
    deducts = _by_deducts(extents, surface, town.curves)
    by_handbook = _by_handbook(along, params)
    chosen = by_handbook if params.method is ConditionMethod.HANDBOOK else deducts
    low, high = _intervals(extents, looked, known, chosen, town)
    shares = np.where(
        looked.area_m2[:, None, None] > 0.0,
        np.minimum(extents.inside_m2 / surface[:, None, None], 1.0),
        0.0,
    )
    return _Graded(
        known=known.tolist(),
        observed_share=share,
        seen_well_share=np.minimum(looked.well_m2 / town.area_m2, share),
        parts=chosen.parts,
        index=chosen.index.tolist(),
        low=low,
        high=high,
        grades=grades_of(chosen.index, params.grade_limits(params.method)),
        confidence=grade_confidences(share, looked.seen, looked.rates, extents.area_m2),
        by_deducts=deducts.index.tolist(),
        by_handbook=by_handbook.index.tolist(),
        handbook_grades=grades_of(by_handbook.index, params.grade_limits(ConditionMethod.HANDBOOK)),
        damages=as_extents(extents, shares, along),
    )


def _condition(
    row: int, section: Section, period: str, graded: _Graded, looked: Looked, town: _Town
) -> SectionCondition:
    """Return what one section is like; of what is not known it says nothing."""
    is_known, own = graded.known[row], graded.damages.get(row, ())
    method = town.params.method
    return SectionCondition(
        section_id=section.section_id,
        period=period,
        grade=graded.grades[row] if is_known else Grade.UNKNOWN,
        index=graded.index[row] if is_known else None,
        observed_share=float(graded.observed_share[row]),
        observed_m2=float(looked.area_m2[row]),
        frames=int(looked.looks[row]),
        confidence=float(graded.confidence[row]) if is_known else 0.0,
        extents=own,
        reasons=_reasons(own, graded.parts[row]) if is_known and own else (),
        method=method,
        index_name=_index_name(method, town.curves),
        index_interval=(float(graded.low[row]), float(graded.high[row])) if is_known else None,
        handbook_index=graded.by_handbook[row] if is_known else None,
        handbook_grade=graded.handbook_grades[row] if is_known else Grade.UNKNOWN,
        deduct_index=graded.by_deducts[row] if is_known else None,
        seen_well_share=float(graded.seen_well_share[row]),
        last_look_s=float(looked.last_s[row]) if looked.looks[row] else None,
    )


def _index_name(method: ConditionMethod, curves: DeductCurves) -> str:
    return handbook.INDEX_NAME if method is ConditionMethod.HANDBOOK else curves.index_name


def _by_deducts(extents: Extents, surface_m2: Reals, curves: DeductCurves) -> _Judged:
    values = deduct.deduct_values(extents.inside, surface_m2, curves)
    parts = deduct.split_total(deduct.combine(values, curves), extents.inside)
    return _Judged(parts=parts, index=_left(parts))


def _by_handbook(along: Reals, params: ConditionParams) -> _Judged:
    parts = handbook.combine(handbook.points(along, params))
    return _Judged(parts=parts, index=_left(parts))


def _left(parts: Reals) -> Reals:
    """Return what is left of 100, added up in the order of the reasons: it must be exact."""
    lost = np.zeros(len(parts))
    for kind, severity in np.ndindex(*parts.shape[1:]):
        lost += parts[:, kind, severity]
    return np.maximum(100.0 - lost, 0.0)


def _intervals(
    extents: Extents, looked: Looked, known: NDArray[np.bool_], chosen: _Judged, town: _Town
) -> tuple[Reals, Reals]:
    """Return the lowest and highest index of the known sections; it reaches as far as the index."""
    params, low, high = town.params, chosen.index.copy(), chosen.index.copy()
    rows = np.flatnonzero(known)
    if not rows.size:
        return low, high

    def by_deducts(amounts: Reals, area_m2: Reals) -> Reals:
        values = deduct.deduct_values(amounts, area_m2, town.curves)
        return 100.0 - deduct.total_deducts(values, town.curves)

    def by_handbook(amounts: Reals, length_m: Reals) -> Reals:
        worse = np.cumsum(amounts[:, :, ::-1], axis=2)[:, :, ::-1]
        along = np.minimum(worse / length_m[:, None, None], 1.0)
        taken = handbook.combine(handbook.points(along, params))
        left: Reals = 100.0 - taken.sum(axis=(1, 2))
        return left

    of_handbook = params.method is ConditionMethod.HANDBOOK
    worse = np.pad(extents.along_m[:, :, 1:], ((0, 0), (0, 0), (0, 1)))
    own_along = np.maximum(extents.along_m - worse, 0.0)
    count = extents.count if of_handbook else extents.inside_count
    amount = own_along if of_handbook else extents.inside
    drawn = index_intervals(
        Found(count=count[rows].astype(np.float64), amount=amount[rows]),
        looked.of(rows),
        town.area_m2[rows],
        (town.length_m if of_handbook else town.area_m2)[rows],
        by_handbook if of_handbook else by_deducts,
        params,
    )
    low[rows] = np.minimum(drawn[0], low[rows])
    high[rows] = np.maximum(drawn[1], high[rows])
    return low, high


def _reasons(extents: Sequence[Extent], parts: Reals) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            kind=extent.kind,
            severity=extent.severity,
            deduct=float(parts[KINDS.index(extent.kind), extent.severity - 1]),
            text=reason_text(extent),
        )
        for extent in extents
    )
