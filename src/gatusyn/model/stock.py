"""A town's sections as columns: what costs, debt and programmes are reckoned from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.damage import DamageKind
from gatusyn.model.errors import NetworkError
from gatusyn.model.remark import Remark

Reals = NDArray[np.float64]
Whole = NDArray[np.int32]
Words = NDArray[np.str_]
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stock:
    """The paved sections that are counted, a column each, N rows.

    Parameters
    ----------
    families
        Names of the families, in the settings' order.
    section_id, element_id
        Of each section.
    street, district, road_class
        Street name, part of the town, functional class; empty where there is none.
    network_type
        ``car``, ``cycle`` or ``foot``.
    chain, position
        Sections of one chain whose positions differ by 1 are neighbours on a street, of one family.
    length_m, area_m2
        Along the street; of the carriageway.
    index, index_sigma
        Condition index 0..100 and its standard deviation; both NaN where it is unknown.
    family
        Number of the family in ``families``.
    damage_share
        Share of the surface that each damage has, 0..1, shape [N, damages] in the order of
        ``DamageKind``; NaN where unknown.
    damage_points
        Points of the index that each damage takes off, likewise.
    aadt
        Vehicles a day; NaN where unknown.
    remarks
        What was left out, and why.

    Raises
    ------
    NetworkError
        If the columns do not fit each other, or names every section (up to 20) that has no width,
        no length, no family, an index out of range, or the id of another.
    """

    families: tuple[str, ...]
    section_id: Words
    element_id: Words
    street: Words
    district: Words
    road_class: Words
    network_type: Words
    chain: Whole
    position: Whole
    length_m: Reals
    area_m2: Reals
    index: Reals
    index_sigma: Reals
    family: Whole
    damage_share: Reals
    damage_points: Reals
    aadt: Reals
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        for name in ("damage_share", "damage_points"):
            if getattr(self, name).shape != (len(self), len(DamageKind)):
                raise NetworkError("sections", f"{name} does not have a column for each damage")
        for name in (
            "element_id", "street", "district", "road_class", "network_type", "chain", "position",
            "length_m", "area_m2", "index", "index_sigma", "family", "aadt",
        ):  # fmt: skip
            if getattr(self, name).shape != (len(self),):
                raise NetworkError("sections", f"{name} does not have a value for each section")
        faults = list(self._faults())
        if faults:
            more = len(faults) - _MOST_FAULTS
            said = "; ".join(faults[:_MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
            raise NetworkError("sections", said, "Correct or remove these rows.")

    def __len__(self) -> int:
        return len(self.section_id)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Where the index is known."""
        return np.isfinite(self.index)

    def _faults(self) -> Iterator[str]:
        """Yield each row's faults in words, in the rows' order within each kind of fault."""
        known = self.is_known
        _, first, back = np.unique(self.section_id, return_index=True, return_inverse=True)
        share_is_wrong = (self.damage_share < 0.0) | (self.damage_share > 1.0)
        kinds = (
            ("has no width or length (area {:g} m2)", self.area_m2, ~(self.area_m2 > 0.0)),
            ("has no length ({:g} m)", self.length_m, ~(self.length_m > 0.0)),
            (
                "has no class (family {:g})",
                self.family,
                (self.family < 0) | (self.family >= len(self.families)),
            ),
            ("has index {:g}", self.index, known & ((self.index < 0.0) | (self.index > 100.0))),
            (
                "has an index of standard deviation {:g}",
                self.index_sigma,
                known & ~(self.index_sigma >= 0.0),
            ),
            ("has traffic {:g}", self.aadt, self.aadt < 0.0),
            (
                "has a damage on {:g} of its surface",
                np.where(share_is_wrong, self.damage_share, 0.0).sum(axis=1),
                share_is_wrong.any(axis=1),
            ),
            (
                "has a damage that takes off {:g} points",
                np.nanmin(self.damage_points, axis=1, initial=0.0),
                (self.damage_points < 0.0).any(axis=1),
            ),
            (
                "has the same id as row {:g}",
                first[back],
                first[back] != np.arange(len(self)),
            ),
        )
        for words, values, wrong in kinds:
            for row in np.flatnonzero(wrong).tolist():
                yield f"row {row} ({self.section_id[row]}) {words.format(values[row])}"
