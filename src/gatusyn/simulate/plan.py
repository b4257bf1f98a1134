"""Work out the shapes of the ground once per town: road, kerbs, pavements, markings, tracks."""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from .arrays import Colour, Floats
from .brush import Outlines, gather
from .lines import bend, total_length
from .town import Link, Street, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundPlan:
    """Shapes of the ground in local metres, ready to be painted.

    Parameters
    ----------
    roads : tuple of (geometry, colour)
        Carriageway of each link.
    carriageway, kerb, pavement : geometry
        The union of the carriageways with rounded corners; the stone strip; the pavement.
    path : geometry
        Foot and cycle path.
    markings : Outlines
        Painted shapes.
    wheel_tracks : Outlines
        Lines where wheels polish the road.
    joint_lines : Outlines
        Lane joints, faint.
    """

    roads: tuple[tuple[shapely.Geometry, Colour], ...]
    carriageway: shapely.Geometry
    kerb: shapely.Geometry
    pavement: shapely.Geometry
    path: shapely.Geometry
    markings: Outlines
    wheel_tracks: Outlines
    joint_lines: Outlines


def plan_ground(town: Town) -> GroundPlan:
    """Work out the ground's shapes."""
    roads: list[tuple[shapely.Geometry, Colour]] = []
    pavements: list[shapely.Geometry] = []
    markings: list[Floats] = []
    tracks: list[Floats] = []
    joints: list[Floats] = []
    for link in town.links:
        street = town.streets[link.street]
        centre = shapely.LineString(link.line)
        shape = shapely.buffer(centre, street.width_m / 2, quad_segs=4)
        roads.append((shape, street.asphalt))
        pavements.append(shapely.buffer(centre, street.width_m / 2 + street.pavement_m))
        markings += _street_markings(street, link)
        along = np.arange(3.0, total_length(link.line) - 2.9, 2.0)
        for lane in (-1, 1):
            for wheel in (-0.75, 0.75):
                across = np.full(len(along), lane * street.width_m / 4 + wheel)
                tracks.append(bend(link.line, along, across))
        joints.append(bend(link.line, along, np.full(len(along), 0.06)))
    union = shapely.union_all([shape for shape, _ in roads])
    rounded = union.buffer(4.0).buffer(-4.0)
    walk = shapely.union_all([*pavements, rounded.buffer(1.8)]).buffer(2.0).buffer(-2.0)
    return GroundPlan(
        roads=tuple(roads),
        carriageway=rounded,
        kerb=rounded.buffer(0.16, join_style="mitre").difference(rounded),
        pavement=walk.difference(rounded),
        path=shapely.LineString(town.cycle_path).buffer(1.4).difference(rounded),
        markings=gather(markings),
        wheel_tracks=gather(tracks),
        joint_lines=gather(joints),
    )


def rings(shape: shapely.Geometry) -> list[Floats]:
    """Return every ring of a polygonal geometry, for an even-odd fill."""
    found: list[Floats] = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            found.append(shapely.get_coordinates(part.exterior))
            found += [shapely.get_coordinates(hole) for hole in part.interiors]
    return found


def _street_markings(street: Street, link: Link) -> list[Floats]:
    """Paint the centre line 1 m on, 2 m off, edge lines, and a crossing at the link's start."""
    length = total_length(link.line)
    made: list[Floats] = []
    if street.centre_line:
        for start in np.arange(9.0, length - 10.0, 3.0):
            made.append(_strip(link.line, start, start + 1.0, 0.0, 0.12))
    if street.edge_lines:
        for across in (-1, 1):
            offset = across * (street.width_m / 2 - 0.25)
            for start in np.arange(9.0, length - 9.0, 4.0):
                made.append(_strip(link.line, start, min(start + 4.0, length - 9), offset, 0.1))
    # About every third link begins with a zebra crossing.
    if (link.start_node * 7 + link.street * 3) % 3 == 0:
        for bar in np.arange(-street.width_m / 2 + 0.5, street.width_m / 2 - 0.2, 1.0):
            made.append(_strip(link.line, 7.0, 10.0, float(bar), 0.5))
    return made


def _strip(line: Floats, start_m: float, end_m: float, right_m: float, width_m: float) -> Floats:
    count = 2 + math.ceil((end_m - start_m) / 2.0)
    along = np.linspace(start_m, end_m, count)
    left = bend(line, along, np.full(count, right_m - width_m / 2))
    right = bend(line, along, np.full(count, right_m + width_m / 2))
    return np.concatenate([left, right[::-1]])
