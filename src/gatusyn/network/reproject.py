"""A delivery in another coordinate system is brought into the city's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from pyproj import CRS
from pyproj.transformer import TransformerGroup

from gatusyn.model import Network, NetworkError, NetworkParams
from gatusyn.network.sections import cut_sections

_MAX_ERROR_M = 1.0


def in_system(network: Network, epsg: int, params: NetworkParams, *, source: object) -> Network:
    """Return a network in another projected system, its sections cut there anew.

    Measures are shares of the link sequence and stay; metres change by the two systems' scales.

    Raises
    ------
    NetworkError
        If no transformation that is known to be good to 1 m leads there, or the network lies
        outside where it can be used.
    """
    if network.epsg == epsg:
        return network
    transformer = TransformerGroup(network.epsg, epsg, always_xy=True).transformers[0]
    if not 0.0 <= transformer.accuracy <= _MAX_ERROR_M:
        raise NetworkError(
            source,
            f"is in EPSG:{network.epsg} ({CRS.from_epsg(network.epsg).name}), from which no "
            f"transformation to the city's EPSG:{epsg} is known to be good to {_MAX_ERROR_M:.0f} m",
            f"Export it again in EPSG:{epsg}.",
        )
    lines = np.array([link.line for link in network.links], dtype=object)
    moved = shapely.transform(
        lines, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise NetworkError(
            source,
            f"lies outside the area where the city's EPSG:{epsg} is used",
            "Is it the right town?",
        )
    links = tuple(replace(link, line=line) for link, line in zip(network.links, moved, strict=True))
    return replace(network, epsg=epsg, links=links, sections=cut_sections(links, params))
