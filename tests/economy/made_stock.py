"""Made sections as columns: streets of 20 m sections, one family a street."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import DamageKind, EconomyParams, Stock

PARAMS = EconomyParams()


def stock(
    index: NDArray[np.float64] | list[float],
    *,
    per_street: int = 10,
    sigma: float = 5.0,
    family: int | None = None,
    params: EconomyParams = PARAMS,
) -> Stock:
    """Return sections 20 m long and 7 m wide with these indices, in streets of ``per_street``."""
    values = np.asarray(index, np.float64)
    count = len(values)
    row = np.arange(count)
    chain = (row // per_street).astype(np.int32)
    unknown = np.full((count, len(DamageKind)), np.nan)
    words = np.full(count, "", dtype="U1")
    return Stock(
        families=tuple(params.families),
        section_id=np.array([f"s{i}" for i in row], dtype=np.str_),
        element_id=np.array([f"e{i}" for i in chain], dtype=np.str_),
        street=np.array([f"street {i}" for i in chain], dtype=np.str_),
        district=np.array([f"district {i % 3}" for i in chain], dtype=np.str_),
        road_class=words,
        network_type=np.full(count, "car"),
        chain=chain,
        position=(row % per_street).astype(np.int32),
        length_m=np.full(count, 20.0),
        area_m2=np.full(count, 140.0),
        index=values,
        index_sigma=np.where(np.isnan(values), np.nan, sigma),
        family=np.full(count, family, np.int32)
        if family is not None
        else (chain % len(params.families)).astype(np.int32),
        damage_share=unknown,
        damage_points=unknown,
        aadt=np.full(count, np.nan),
    )


def with_points(made: Stock, points: list[list[float]]) -> Stock:
    """Return the stock with points of each damage that take off its index."""
    return replace(made, damage_points=np.array(points))
