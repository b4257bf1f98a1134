"""Describe sun and weather."""

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Sun and weather of a scene.

    Parameters
    ----------
    azimuth_deg, elevation_deg : float
        Where the sun stands; compass bearing and height.
    sun : float
        0 for an overcast sky, 1 for a clear one.
    exposure : float
        Brightness of the picture, 1 is normal.
    warmth : float
        Red gained and blue lost, as a share.
    haze : float
        Stray light in the windscreen, 0 to 1.
    grain : float
        Standard deviation of the sensor's noise, in grey levels.
    """

    azimuth_deg: float = 200.0
    elevation_deg: float = 40.0
    sun: float = 0.7
    exposure: float = 1.0
    warmth: float = 0.0
    haze: float = 0.05
    grain: float = 2.0

    @property
    def toward(self) -> Floats:
        """Unit vector (3,) toward the sun: east, north, up."""
        azimuth, height = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        return np.array(
            [
                math.sin(azimuth) * math.cos(height),
                math.cos(azimuth) * math.cos(height),
                math.sin(height),
            ]
        )


def make_light(rng: np.random.Generator, *, varied: bool) -> Light:
    """Draw a light; `varied` reaches from dull to glaring, else a fair day."""
    if not varied:
        return Light(
            azimuth_deg=float(rng.uniform(130, 240)),
            sun=float(rng.uniform(0.5, 0.9)),
            exposure=1.15,
        )
    sun = float(rng.choice([0.0, rng.uniform(0.2, 1.0)], p=[0.45, 0.55]))
    return Light(
        azimuth_deg=float(rng.uniform(0, 360)),
        elevation_deg=float(rng.uniform(18, 58)),
        sun=sun,
        exposure=float(rng.uniform(0.65, 1.35)),
        warmth=float(rng.normal(0, 0.05)),
        haze=float(rng.uniform(0, 0.3) ** 2 * 4),
        grain=float(rng.uniform(0.5, 6.0)),
    )
