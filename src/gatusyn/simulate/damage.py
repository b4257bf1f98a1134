"""Make damages in a street's own coordinates: metres along it and to the right of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity

from gatusyn.model import DamageKind, PixelClass

from .arrays import Floats
from .lines import bend, lengths, roughen
from .patch import Repair, RepairDraft

LINEAR_CRACK_WIDTH_M = 0.3
"""Width of the surface that a single crack is taken to spoil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One damage, or repair, of the made-up town; its picture, mask and truth all come from here.

    Parameters
    ----------
    id : str
        Name within the town.
    kind : DamageKind
        What an engineer would record.
    link : int
        Index of the town's link.
    along_m, right_m : float
        Centre, along the link and to the right of its middle.
    lines : tuple of ndarray, shape (n, 2)
        Crack lines, or the one closed rim; local easting, northing.
    width_m : float
        Opening of the crack lines, or depth of the hole.
    darkness : float
        How much light the lines or the hole swallow, 0 to 1.
    footprint : shapely geometry
        Area that counts as damaged, local easting, northing.
    size_m : float
        Longest extent of the footprint.
    length_m, area_m2 : float
        What an engineer would measure: see `measured`.
    repair : Repair or None
        How a patch looks.
    """

    id: str
    kind: DamageKind
    link: int
    along_m: float
    right_m: float
    lines: tuple[Floats, ...]
    width_m: float
    darkness: float
    footprint: shapely.Geometry
    size_m: float
    length_m: float
    area_m2: float
    repair: Repair | None = None

    @property
    def severity(self) -> int:
        """What a person beside it would call it, 1 to 3, from what a camera cannot see, too.

        Cracks by their opening and branches, nets by their opening, potholes by diameter and depth
        (ASTM D6433), lost surface by its area. Patches are drawn sound.
        """
        if self.kind is DamageKind.PATCH:
            return 1
        if self.kind is DamageKind.SURFACE_LOSS:
            return 3 if self.area_m2 >= 4.0 else 2
        if self.kind is DamageKind.CRAZING:
            return 1 if self.width_m < 0.006 else 2
        if self.kind is DamageKind.POTHOLE:
            diameter = 2.0 * math.sqrt(self.area_m2 / math.pi)
            row = ((1, 1, 2), (1, 2, 3), (2, 2, 3))[int(np.digitize(self.width_m, (0.025, 0.05)))]
            return row[int(np.digitize(diameter, (0.2, 0.45)))]
        beside = sum(float(lengths(line)[-1]) for line in self.lines[1:])
        if beside >= 0.75 * self.length_m:
            return 3
        return 2 if self.width_m >= 0.01 or beside >= 0.25 * self.length_m else 1

    @property
    def side(self) -> str:
        """Side of the link in its own direction: right or left."""
        return "right" if self.right_m >= 0 else "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A damage before it is laid on a street; lines hold (along, right) about its centre."""

    kind: DamageKind
    lines: tuple[Floats, ...]
    width_m: float
    darkness: float


def longitudinal(rng: np.random.Generator) -> Draft:
    """Crack along the wheel path or the lane joint, with a few short branches."""
    length = rng.uniform(2.5, 8.0)
    base = np.array([[-length / 2, rng.normal(0, 0.12)], [0, rng.normal(0, 0.12)], [length / 2, 0]])
    lines = [roughen(rng, base, 0.10, 0.04)]
    for _ in range(int(rng.integers(0, 4))):
        start = lines[0][int(rng.integers(len(lines[0])))]
        step = np.array([rng.normal(0, 0.35), rng.choice([-1, 1]) * rng.uniform(0.15, 0.5)])
        lines.append(roughen(rng, np.stack([start, start + step]), 0.16, 0.04))
    if rng.random() < 0.3:
        lines.append(roughen(rng, base + np.array([[0, 0.14], [0, 0.18], [0, 0.1]]), 0.1, 0.04))
    return _crack(DamageKind.LONGITUDINAL_CRACK, lines, rng)


def transverse(rng: np.random.Generator) -> Draft:
    """Crack across most of a lane."""
    half = rng.uniform(0.7, 1.3)
    base = np.array([[rng.normal(0, 0.15), -half], [0, 0], [rng.normal(0, 0.15), half]])
    lines = [roughen(rng, base, 0.09, 0.04)]
    if rng.random() < 0.4:
        beside = base + np.array([[0.15, 0.2], [0.1, 0.1], [0.2, -0.2]])
        lines.append(roughen(rng, beside, 0.12, 0.04))
    return _crack(DamageKind.TRANSVERSE_CRACK, lines, rng)


def crazing(rng: np.random.Generator) -> Draft:
    """Net of cracks over an irregular area, looser at its rim."""
    half_length, half_width = rng.uniform(0.7, 4.2), rng.uniform(0.35, 0.95)
    cell = rng.uniform(0.09, 0.24)
    area = _blob(rng, half_length, half_width, roughness=0.25)
    count = int(np.clip(4 * half_length * half_width / cell**2 * 1.44, 30, 800))
    seeds = rng.uniform([-half_length, -half_width], [half_length, half_width], (count, 2)) * 1.2
    net = shapely.voronoi_polygons(shapely.multipoints(seeds), only_edges=True)
    rim = area.exterior.simplify(0.02)
    shapely.prepare(rim)
    kept: list[Floats] = []
    for part in shapely.get_parts(shapely.intersection(net, area)):
        ends = shapely.get_coordinates(part)
        if rng.random() > (0.5 if shapely.dwithin(rim, part, 0.1) else 0.1):
            kept.append(roughen(rng, ends, 0.13, 0.035))
    return _crack(DamageKind.CRAZING, kept, rng) if len(kept) > 5 else longitudinal(rng)


def pothole(rng: np.random.Generator) -> Draft:
    """Hole of 0.3 to 1.1 m with a broken rim; some of the larger ones are shallow."""
    size = rng.uniform(0.3, 1.1)
    rim = _blob(rng, size / 2, size / 2 * rng.uniform(0.6, 1.0), roughness=0.2)
    shallow = size > 0.7 and rng.random() < 0.35
    depth = rng.uniform(0.015, 0.025) if shallow else rng.uniform(0.03, 0.09)
    return Draft(
        kind=DamageKind.POTHOLE,
        lines=(shapely.get_coordinates(rim),),
        width_m=float(depth),
        darkness=float(rng.uniform(0.0, 0.3) if shallow else rng.uniform(0.1, 0.75)),
    )


def surface_loss(rng: np.random.Generator) -> Draft:
    """Area of 1 to 8 m² whose surface is gone: shallow, ragged, its base lighter or darker."""
    area = float(np.exp(rng.uniform(np.log(1.05), np.log(8.0))))
    half_width = rng.uniform(0.35, 1.1)
    parts = [_blob(rng, 1.0, half_width, roughness=0.3)]
    for _ in range(int(rng.integers(1, 4))):
        piece = _blob(rng, rng.uniform(0.3, 0.7), half_width * rng.uniform(0.4, 0.9), roughness=0.3)
        east, north = rng.uniform([-0.8, -0.4 * half_width], [0.8, 0.4 * half_width])
        parts.append(affinity.translate(piece, east, north))
    whole = max(shapely.get_parts(shapely.union_all(parts)), key=shapely.area)
    # The width is kept within a lane; what is larger grows along the street.
    stretch = area / float(whole.area)
    along, aside = (stretch, 1.0) if stretch > 1.0 else (stretch**0.5, stretch**0.5)
    rim = shapely.get_coordinates(shapely.get_exterior_ring(whole)) * [along, aside]
    ragged = shapely.make_valid(shapely.Polygon(roughen(rng, rim, 0.14, 0.05)))
    largest = max(shapely.get_parts(ragged), key=shapely.area)
    return Draft(
        kind=DamageKind.SURFACE_LOSS,
        lines=(shapely.get_coordinates(largest.exterior),),
        width_m=float(rng.uniform(0.012, 0.03)),
        darkness=float(rng.choice([rng.uniform(-0.15, 0.1), rng.uniform(0.1, 0.5)])),
    )


def measured(kind: DamageKind, lines: tuple[Floats, ...], footprint: shapely.Geometry) -> Floats:
    """Return what an engineer would measure of a damage: metres and square metres.

    Of a crack that is the length of its main line as a wheel follows it, without its short branches
    and what runs close beside it, and that length times `LINEAR_CRACK_WIDTH_M`; of all else the
    longer side of its rectangle and the area of its footprint.
    """
    if kind in (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK):
        run = shapely.get_coordinates(shapely.LineString(lines[0]).simplify(0.1))
        length = float(lengths(run)[-1])
        return np.array([length, length * LINEAR_CRACK_WIDTH_M])
    return np.array([_longest(footprint), float(shapely.area(footprint))])


def lay(
    draft: Draft | RepairDraft,
    *,
    name: str,
    link: int,
    line: Floats,
    along_m: float,
    right_m: float,
) -> Damage:
    """Lay a draft on a street's line and work out its footprint."""
    pieces = draft.lines if isinstance(draft, Draft) else (draft.rim,)
    flat = np.concatenate(pieces)
    placed = bend(line, flat[:, 0] + along_m, flat[:, 1] + right_m)
    lines = tuple(np.split(placed, np.cumsum([len(piece) for piece in pieces])[:-1]))
    footprint = footprint_of(draft.kind, lines)
    length, area = measured(draft.kind, lines, footprint)
    return Damage(
        id=name,
        kind=draft.kind,
        link=link,
        along_m=along_m,
        right_m=right_m,
        lines=lines,
        width_m=draft.width_m if isinstance(draft, Draft) else 0.0,
        darkness=draft.darkness if isinstance(draft, Draft) else 0.0,
        footprint=footprint,
        size_m=_longest(footprint),
        length_m=float(length),
        area_m2=float(area),
        repair=draft.repair if isinstance(draft, RepairDraft) else None,
    )


def footprint_of(kind: DamageKind, lines: tuple[Floats, ...]) -> shapely.Geometry:
    """Return the damaged area: the rim's inside, the net's hull, or the lines as 0.16 m strips."""
    if kind.pixel_class is not PixelClass.CRACK:
        return shapely.make_valid(shapely.Polygon(lines[0]))
    # Lines are swept to strips; a net of cracks counts as the area within its outermost lines.
    net = shapely.MultiLineString(list(lines)).simplify(0.02)
    if kind is DamageKind.CRAZING:
        net = shapely.concave_hull(net, ratio=0.12)
    return shapely.buffer(net, 0.08, quad_segs=2).simplify(0.01)


def makers() -> dict[str, Callable[[np.random.Generator], Draft]]:
    """Return the draft maker of each pattern."""
    return {
        "longitudinal": longitudinal,
        "transverse": transverse,
        "crazing": crazing,
        "pothole": pothole,
        "surface_loss": surface_loss,
    }


def _longest(shape: shapely.Geometry) -> float:
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    return float(np.hypot(*np.diff(box[:3], axis=0).T).max())


def _crack(kind: DamageKind, lines: list[Floats], rng: np.random.Generator) -> Draft:
    width = rng.uniform(0.004, 0.012) if kind is DamageKind.CRAZING else rng.uniform(0.004, 0.015)
    return Draft(
        kind=kind,
        lines=tuple(lines),
        width_m=float(width),
        darkness=float(rng.uniform(0.45, 0.9)),
    )


def _blob(
    rng: np.random.Generator, half_length: float, half_width: float, *, roughness: float
) -> shapely.Polygon:
    """Return an irregular closed shape about the origin that reaches the given half sizes."""
    angle = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    radius = np.ones_like(angle)
    for wave in range(2, 7):
        radius += roughness / wave * np.cos(wave * angle + rng.uniform(0, 2 * math.pi))
    radius += rng.normal(0, 0.03, len(angle))
    radius = np.clip(radius / radius.max(), 0.3, 1.0)
    points = np.stack(
        [half_length * radius * np.cos(angle), half_width * radius * np.sin(angle)], 1
    )
    return shapely.Polygon(points)
