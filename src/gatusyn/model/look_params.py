"""What a look at the road is worth, by how sharp and light it is and how far away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.checks import require_between
from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class LookParams:
    """How well a look sees: what it finds of what a good look finds, 0 to 1 (docs/benchmarks.md).

    It is the product of three, of which each rises from 0 to 1 between two limits. What was not
    measured counts as good.

    Parameters
    ----------
    blurred, sharp
        Sharpness of the road in the picture: from 0 to 1 between these.
    dark, light
        Mean grey level of the road, 0 to 255: likewise.
    clear_m, lost_m
        Distance of the middle of what was looked at: from 1 to 0 between these.
    well_from
        Ground is seen well in looks from this quality, poorly in others.
    least
        A look of less is none: what was only looked at in such looks counts as not seen.
    """

    blurred: float = 0.22
    sharp: float = 0.36
    dark: float = 20.0
    light: float = 80.0
    clear_m: float = 12.0
    lost_m: float = 28.0
    well_from: float = 0.75
    least: float = 0.25

    def __post_init__(self) -> None:
        require_between("looks.blurred", self.blurred, 0.0, 2.0)
        require_between("looks.sharp", self.sharp, 0.0, 2.0)
        require_between("looks.dark", self.dark, 0.0, 255.0)
        require_between("looks.light", self.light, 0.0, 255.0)
        require_between("looks.clear_m", self.clear_m, 0.0, 200.0)
        require_between("looks.lost_m", self.lost_m, 0.0, 200.0)
        require_between("looks.well_from", self.well_from, 0.0, 1.0)
        require_between("looks.least", self.least, 0.0, 1.0)
        for low, high in (
            ("blurred", "sharp"),
            ("dark", "light"),
            ("clear_m", "lost_m"),
            ("least", "well_from"),
        ):
            if getattr(self, low) >= getattr(self, high):
                raise SettingsError(f"looks.{low}", f"is not below looks.{high}", "Lower it.")

    def qualities(self, measures: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the quality of each look, 0..1, shape [n].

        Parameters
        ----------
        measures
            As in ``LookColumns``, shape [n, 3].
        """
        sharpness, light, distance_m = measures.T
        whole: NDArray[np.float64] = (
            _risen(sharpness, self.blurred, self.sharp)
            * _risen(light, self.dark, self.light)
            * _risen(-distance_m, -self.lost_m, -self.clear_m)
        )
        return whole


def _risen(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return 0 up to a limit, 1 from another, straight between them; 1 for NaN."""
    return np.nan_to_num(np.clip((values - low) / (high - low), 0.0, 1.0), nan=1.0)
