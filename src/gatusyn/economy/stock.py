"""Makes the town's sections into columns: families, chains, indices and damages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.chains import chains_of
from gatusyn.model import (
    DamageKind,
    EconomyParams,
    Link,
    Network,
    NetworkType,
    Remark,
    Section,
    SectionCondition,
    Stock,
)

Reals = NDArray[np.float64]
_SIGMA_SEEN, _SIGMA_UNSEEN = 4.0, 20.0
_SIGMAS_95 = 1.959964


def family_of(link: Link, params: EconomyParams) -> str:
    """Return the name of a link's family: by traffic, else by class, else ``unknown_family``."""
    if link.network_type is not NetworkType.CAR:
        return next(
            (one.name for one in params.families.values() if one.is_path), params.unknown_family
        )
    streets = [one for one in params.families.values() if not one.is_path]
    if link.aadt is not None:
        reached = [
            (one.aadt_from, one.name)
            for one in streets
            if one.aadt_from is not None and one.aadt_from <= link.aadt
        ]
        if reached:
            return max(reached)[1]
    for one in streets:
        if link.functional_class in one.classes:
            return one.name
    return params.unknown_family


def is_paved(link: Link, params: EconomyParams) -> bool:
    """Say whether a link's surface is none of the settings' unpaved ones; unknown is paved."""
    surface = (link.surface or "").casefold()
    return not any(word.casefold() in surface for word in params.unpaved)


def index_sigma_of(condition: SectionCondition) -> float:
    """Return how unsure a section's index is, as a standard deviation in points.

    By its interval where it has one; else from what its grade rests on (its confidence, in which
    the observed share counts): 4 points where it rests on all of the truth, 20 where on nothing.
    Our assumption.
    """
    interval = condition.index_interval
    if interval is not None:
        return float(interval[1] - interval[0]) / (2.0 * _SIGMAS_95)
    return _SIGMA_SEEN + (_SIGMA_UNSEEN - _SIGMA_SEEN) * (1.0 - condition.confidence)


def stock_of(
    network: Network,
    conditions: Sequence[SectionCondition],
    params: EconomyParams,
    *,
    district_of: Callable[[Section], str] | None = None,
    sigma_of: Callable[[SectionCondition], float] = index_sigma_of,
) -> Stock:
    """Build the stock of the paved sections that are counted, in the network's order.

    Parameters
    ----------
    conditions
        Of one period; a section without one, or with an index of None, is unknown.
    district_of
        The part of town that a section lies in; by default none is told apart.
    sigma_of
        How unsure a known index is, in points.

    Raises
    ------
    NetworkError
        Names the sections that cannot be used.
    """
    links = network.link_by_id
    paved = {link.link_id for link in network.links if is_paved(link, params)}
    sections = [one for one in network.counted_sections if one.link_id in paved]
    by_id = {one.section_id: one for one in conditions}
    known = [by_id.get(section.section_id) for section in sections]
    family = {link_id: family_of(links[link_id], params) for link_id in paved}
    number = {name: i for i, name in enumerate(params.families)}
    of = [links[section.link_id] for section in sections]
    chain, position = _placed(sections, [links[link_id] for link_id in links], family)
    left_out = [one for one in network.counted_sections if one.link_id not in paved]
    return Stock(
        families=tuple(params.families),
        section_id=_words(one.section_id for one in sections),
        element_id=_words(one.element_id for one in sections),
        street=_words(link.street_name or "" for link in of),
        district=_words(district_of(one) if district_of else "" for one in sections),
        road_class=_words(link.functional_class or "" for link in of),
        network_type=_words(str(link.network_type) for link in of),
        chain=chain,
        position=position,
        length_m=np.array([one.length_m for one in sections], np.float64),
        area_m2=np.array([one.area_m2 for one in sections], np.float64),
        index=np.array([_index(one) for one in known], np.float64),
        index_sigma=np.array(
            [math.nan if one is None or one.index is None else sigma_of(one) for one in known],
            np.float64,
        ),
        family=np.array([number[family[one.link_id]] for one in sections], np.int32),
        damage_share=np.minimum(
            _by_damage(known, lambda one: ((part.kind, part.share) for part in one.extents)), 1.0
        ),
        damage_points=_by_damage(
            known, lambda one: ((part.kind, part.deduct) for part in one.reasons)
        ),
        aadt=np.array([math.nan if link.aadt is None else link.aadt for link in of], np.float64),
        remarks=_remarks(left_out),
    )


def _words(values: Iterable[str]) -> NDArray[np.str_]:
    return np.array(list(values), dtype=np.str_)


def _index(condition: SectionCondition | None) -> float:
    return math.nan if condition is None or condition.index is None else condition.index


def _by_damage(
    conditions: Sequence[SectionCondition | None],
    values_of: Callable[[SectionCondition], Iterable[tuple[DamageKind, float]]],
) -> Reals:
    """Return a value for each section and damage, NaN where the section is unknown."""
    column = {kind: i for i, kind in enumerate(DamageKind)}
    values = np.full((len(conditions), len(column)), math.nan)
    for row, condition in enumerate(conditions):
        if condition is not None and condition.index is not None:
            values[row] = 0.0
            for kind, value in values_of(condition):
                values[row, column[kind]] += value
    return values


def _placed(
    sections: Sequence[Section], links: Sequence[Link], family: Mapping[str, str]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return each section's chain and its position on it; what lies between keeps its place."""
    rows: dict[str, list[int]] = {}
    for row, section in enumerate(sections):
        rows.setdefault(section.link_id, []).append(row)
    chain = np.zeros(len(sections), np.int32)
    position = np.zeros(len(sections), np.int32)
    used = [link for link in links if link.link_id in rows]
    for number, members in enumerate(chains_of(used, family)):
        ordered = [
            row
            for link_id, is_backwards in members
            for row in (reversed(rows[link_id]) if is_backwards else rows[link_id])
        ]
        chain[ordered] = number
        position[ordered] = np.arange(len(ordered))
    return chain, position


def _remarks(left_out: Sequence[Section]) -> tuple[Remark, ...]:
    if not left_out:
        return ()
    kilometres = sum(section.length_m for section in left_out) / 1000.0
    return (Remark(key="unpaved", values={"sections": len(left_out), "km": kilometres}),)
