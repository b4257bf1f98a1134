"""Place traffic signs at the right-hand side of the streets."""

from dataclasses import dataclass

import numpy as np

from .lines import bend, directions, total_length
from .town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A traffic sign.

    Parameters
    ----------
    kind : str
        speed, crossing or yield.
    value : int
        Speed limit in km/h; 0 for other signs.
    x_m, y_m : float
        Local easting, northing.
    facing_deg : float
        Bearing toward which its face looks.
    link : int
        Index of the link.
    forward : bool
        Whether it speaks to those who drive along the link's direction.
    """

    kind: str
    value: int
    x_m: float
    y_m: float
    facing_deg: float
    link: int
    forward: bool


def place_signs(town: Town) -> tuple[Sign, ...]:
    """Put up a speed limit on every link and direction, and crossing and give-way signs."""
    rng = np.random.default_rng([town.params.seed, 5])
    placed: list[Sign] = []
    for index, link in enumerate(town.links):
        street = town.streets[link.street]
        length = total_length(link.line)
        for forward in (True, False):
            wanted = [("speed", street.speed_kmh, rng.uniform(13.0, 22.0))]
            if rng.random() < 0.4:
                wanted.append(("yield", 0, length - 9.0))
            elif rng.random() < 0.5:
                wanted.append(("crossing", 0, length - 12.0))
            for kind, value, after in wanted:
                along = np.array([after if forward else length - after])
                side = street.width_m / 2 + 0.6
                place = bend(link.line, along, np.array([side if forward else -side]))[0]
                ahead = directions(link.line, along)[0] * (1 if forward else -1)
                facing = float(np.degrees(np.arctan2(-ahead[0], -ahead[1])) % 360)
                placed.append(
                    Sign(
                        kind=kind,
                        value=value,
                        x_m=float(place[0]),
                        y_m=float(place[1]),
                        facing_deg=facing,
                        link=index,
                        forward=forward,
                    )
                )
    return tuple(placed)
