"""Deduct curves: what a damage alone takes off, and what several together do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import DamageKind

Reals = NDArray[np.float64]

DISTRESS = {
    DamageKind.CRAZING: 1,
    DamageKind.LONGITUDINAL_CRACK: 10,
    DamageKind.TRANSVERSE_CRACK: 10,
    DamageKind.PATCH: 11,
    DamageKind.POTHOLE: 13,
    DamageKind.SURFACE_LOSS: 19,
}
"""ASTM D6433's numbers: alligator cracking, longitudinal and transverse cracking, patching,
potholes, ravelling (19 since its edition of 2011; ravelling with weathering before)."""

SEVERITIES = ("L", "M", "H")
HIGHEST_DISTRESS = 20


class Units(StrEnum):
    """What densities are in percent of: m/m² and number/m², or ft/ft² and number/ft².

    Square metres per square metre and square feet per square foot are the same.
    """

    METRIC = "metric"
    US = "us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points of a curve: ``x`` rising, ``y`` not falling; it starts in (0, 0)."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductCurves:
    """A set of curves.

    Parameters
    ----------
    name
        Whose they are.
    standard
        The standard that they are taken from, as ``ASTM D6433-20``; None if they are no standard's.
    units
        Of the densities.
    deduct
        By distress number and severity (``L``, ``M``, ``H``): density in percent to deduct value.
    corrected
        For q = 2, 3, ...: total deduct value to corrected deduct value. For q = 1 both are equal;
        above the last, the last holds.
    """

    name: str
    standard: str | None
    units: Units
    deduct: Mapping[tuple[int, str], Curve]
    corrected: tuple[Curve, ...]

    @property
    def index_name(self) -> str:
        """What an index by these curves goes by: PCI by a standard's curves only."""
        return f"PCI ({self.standard})" if self.standard else self.name

    def deduct_value(self, distress: int, severity: str, density: Reals) -> Reals:
        """Return deduct values for densities in percent, in the curves' own units.

        Between its points a curve is straight over the logarithm of the density, as it is drawn;
        from nothing to its first point it is straight over the density, and level after its last.
        """
        curve = self.deduct[distress, severity]
        first = curve.x[0]
        over_log = np.interp(np.log(np.maximum(density, first)), np.log(curve.x), curve.y)
        slight = density < first
        over_log[slight] = density[slight] / first * curve.y[0]
        return over_log

    def corrected_value(self, q: int, total: Reals) -> Reals:
        """Return corrected deduct values, at most 100, for totals of which q are above 2."""
        if q <= 1:
            return np.minimum(total, 100.0)
        curve = self.corrected[min(q - 2, len(self.corrected) - 1)]
        value: Reals = np.interp(total, (0.0, *curve.x), (0.0, *curve.y))
        return np.minimum(value, 100.0)
