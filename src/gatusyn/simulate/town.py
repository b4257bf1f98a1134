"""Describe the town: streets, links as parts of link sequences, damage and decoys."""

from dataclasses import dataclass

from .arrays import Colour, Floats
from .damage import Damage
from .params import SimulationParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A street, which is one link sequence of the network.

    Parameters
    ----------
    name, element_id : str
        Street name and link sequence.
    width_m, pavement_m : float
        Carriageway and pavement widths.
    speed_kmh : int
        Speed limit.
    traffic : int
        Vehicles a day.
    badness : float
        Damage relative to the town's mean.
    asphalt : tuple of int
        Mean colour of the surface.
    centre_line, edge_lines : bool
        Whether it has a broken centre line, and lines along the edges.
    driven : bool
        Whether the drives use it.
    """

    name: str
    element_id: str
    width_m: float
    pavement_m: float
    speed_kmh: int
    traffic: int
    badness: float
    asphalt: Colour
    centre_line: bool
    edge_lines: bool
    driven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A part of a street between two crossings.

    Parameters
    ----------
    street : int
        Index of the street.
    start_node, end_node : int
        Indices of the nodes.
    line : ndarray, shape (n, 2)
        Local easting, northing in metres.
    start_measure, end_measure : float
        Place on the link sequence, 0 to 1.
    """

    street: int
    start_node: int
    end_node: int
    line: Floats
    start_measure: float
    end_measure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoy:
    """Something on the road that is no damage: seal, manhole, drain or stain.

    Parameters
    ----------
    kind : str
        What it is.
    shape : ndarray, shape (n, 2)
        Centre, or the seal's line; local easting, northing.
    size_m : float
        Radius of a manhole or stain, width of a seal.
    shade : float
        Brightness relative to the road around.
    """

    kind: str
    shape: Floats
    size_m: float
    shade: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The made-up town.

    Parameters
    ----------
    params : SimulationParams
        What it was made from.
    origin_m : tuple of float
        Easting, northing (EPSG:3006) of the local origin.
    nodes : ndarray, shape (n, 2)
        Crossings, local easting, northing.
    streets, links, damages, decoys : tuple
        Its parts.
    cycle_path : ndarray, shape (n, 2)
        A foot and cycle path between two crossings.
    cycle_nodes : tuple of int
        The crossings that it joins.
    """

    params: SimulationParams
    origin_m: tuple[float, float]
    nodes: Floats
    streets: tuple[Street, ...]
    links: tuple[Link, ...]
    damages: tuple[Damage, ...]
    decoys: tuple[Decoy, ...]
    cycle_path: Floats
    cycle_nodes: tuple[int, int]

    def street_of(self, link: int) -> Street:
        """Return the street of the link with this index."""
        return self.streets[self.links[link].street]
