"""Which coordinate system a delivery is in, and whether its coordinates agree; pure functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError

from gatusyn.geo import utm_epsg
from gatusyn.geo.projection import is_metric
from gatusyn.model import NetworkError

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

# How far outside the registry's area of use a place may lie, in degrees. UTM zones are commonly
# used for a whole country, and are true to scale within 1 % that far.
_MARGIN_DEG, _UTM_MARGIN_DEG = 1.0, 6.0
# A map metre may differ from a metre on the ground by this share (Web Mercator: 2 in Sweden).
_MAX_STRETCH = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Geometries in metres, and which of them lie outside the system's area of use.

    Parameters
    ----------
    epsg
        The projected system of ``geometries``.
    geometries
        Easting and northing in metres, two-dimensional, shape [n].
    outside
        Shape [n].
    """

    epsg: int
    geometries: NDArray[np.object_]
    outside: Booleans


def parse_crs(source: object, text: str | None, override_epsg: int | None) -> CRS:
    """Return the delivery's two-dimensional coordinate system.

    Parameters
    ----------
    source
        The file, for messages.
    text
        What the file says: an authority code or WKT; None where it says nothing.
    override_epsg
        What the user says instead.

    Raises
    ------
    NetworkError
        If neither says anything, or what is said is unknown.
    """
    said: str | int | None = override_epsg if override_epsg is not None else text
    if not said:
        raise NetworkError(
            source,
            "has no coordinate system",
            "Deliver the .prj file with it, or write epsg = 3006 (or what it is) in a mapping "
            "file.",
        )
    try:
        crs = CRS.from_user_input(said)
    except CRSError as fault:
        raise NetworkError(
            source, f"has an unknown coordinate system ({said})", "Give its EPSG code."
        ) from fault
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    crs = _registered(crs.to_2d())
    if not (crs.is_geographic or crs.is_projected):
        raise NetworkError(
            source,
            f"is in a coordinate system that is neither geographic nor projected ({crs.name})",
            "Export it again in EPSG:3006 or another projected system.",
        )
    return crs


def _registered(crs: CRS) -> CRS:
    """Return the registry's own entry for a system: a .prj file's text lacks the area of use."""
    code = crs.to_epsg()
    if code is not None:
        return CRS.from_epsg(code)
    # The text of a .prj file names things in another way, so that the registry is not sure; the
    # same ellipsoid and the same numbers make it sure.
    guess = crs.to_epsg(min_confidence=20)
    known = None if guess is None else CRS.from_epsg(guess)
    if known is None or known.area_of_use is None or not (crs.is_projected and known.is_projected):
        return crs
    west, south, east, north = known.area_of_use.bounds
    lon, lat = (west + east) / 2.0, (south + north) / 2.0
    is_same = np.allclose(Proj(crs)(lon, lat), Proj(known)(lon, lat), rtol=0.0, atol=1e-3)
    return known if is_same and crs.ellipsoid == known.ellipsoid else crs


def place(source: object, crs: CRS, geometries: NDArray[np.object_]) -> Placed:
    """Bring geometries into a projected system in metres.

    A metric system that is true to scale at the place is kept, as the owner's; degrees, feet and
    Web Mercator become SWEREF 99 TM in Sweden and UTM elsewhere (``geo.utm_epsg``).

    Raises
    ------
    NetworkError
        If the coordinates are plainly in another unit than the system's, or most of them lie
        outside its area of use.
    """
    # Coordinates that are no numbers are the rows' fault, counted when links are made of them.
    with np.errstate(invalid="ignore"):
        flat = np.asarray(shapely.force_2d(geometries), dtype=object)
        bounds = shapely.bounds(flat)
    finite = np.isfinite(bounds).all(axis=1)
    if not finite.any():
        return Placed(
            epsg=crs.to_epsg() or 3006, geometries=flat, outside=np.zeros(flat.size, dtype=bool)
        )
    _check_units(source, crs, bounds[finite])
    centre = np.column_stack(
        ((bounds[:, 0] + bounds[:, 2]) / 2.0, (bounds[:, 1] + bounds[:, 3]) / 2.0)
    )
    degrees = _to_degrees(crs, centre)
    outside = finite & ~_inside_area(crs, degrees)
    if outside.sum() * 2 > finite.sum():
        east, north = np.median(centre[finite], axis=0)
        raise NetworkError(
            source,
            f"has coordinates (such as {east:.1f}, {north:.1f}) outside the area where its "
            f"coordinate system {_name(crs)} is used",
            "Check that the coordinate system is the right one and that x and y are not swapped.",
        )
    used = finite & ~outside
    lon, lat = (float(value) for value in np.median(degrees[used], axis=0))
    code = crs.to_epsg()
    if code is not None and is_metric(crs) and _is_true_to_scale(crs, lon, lat):
        return Placed(epsg=code, geometries=flat, outside=outside)
    epsg = utm_epsg(lon, lat)
    moved = flat.copy()
    moved[used] = _reproject(crs, epsg, flat[used])
    return Placed(epsg=epsg, geometries=moved, outside=outside)


def _check_units(source: object, crs: CRS, bounds: Floats) -> None:
    # The median row decides: one stray coordinate does not make a delivery another unit.
    middle = np.median(bounds, axis=0)
    looks_like_degrees = bool(np.all(np.abs(middle) <= (180.0, 90.0, 180.0, 90.0)))
    if crs.is_projected and looks_like_degrees:
        raise NetworkError(
            source,
            f"says that it is in {_name(crs)}, in metres, but its coordinates look like degrees "
            f"({middle[0]:.5f}, {middle[1]:.5f})",
            "Give the right system: write epsg = 4326 in a mapping file, or correct the file.",
        )
    if crs.is_geographic and not looks_like_degrees:
        raise NetworkError(
            source,
            f"says that it is in {_name(crs)}, in degrees, but its coordinates look like metres "
            f"({middle[0]:.1f}, {middle[1]:.1f})",
            "Give the right system: write epsg = 3006 (in Sweden) in a mapping file, or correct "
            "the file.",
        )


def _inside_area(crs: CRS, degrees: Floats) -> Booleans:
    with np.errstate(invalid="ignore"):
        on_earth = (np.abs(degrees[:, 0]) <= 180.0) & (np.abs(degrees[:, 1]) <= 90.0)
        area = crs.area_of_use
        if area is None:
            return np.asarray(on_earth)
        lon, lat = degrees.T
        margin = _MARGIN_DEG if crs.utm_zone is None else _UTM_MARGIN_DEG
        in_lat = (lat >= area.south - margin) & (lat <= area.north + margin)
        after_west, before_east = lon >= area.west - margin, lon <= area.east + margin
        # An area across the antimeridian has its west east of its east.
        crosses = area.west > area.east
        in_lon = (after_west | before_east) if crosses else (after_west & before_east)
        return np.asarray(on_earth & in_lat & in_lon)


def _to_degrees(crs: CRS, places: Floats) -> Floats:
    transformer = Transformer.from_crs(crs, 4326, always_xy=True)
    return np.column_stack(transformer.transform(places[:, 0], places[:, 1]))


def _is_true_to_scale(crs: CRS, lon: float, lat: float) -> bool:
    factors = Proj(crs).get_factors(lon, lat)
    return all(
        abs(scale - 1.0) <= _MAX_STRETCH
        for scale in (factors.meridional_scale, factors.parallel_scale)
    )


def _reproject(crs: CRS, epsg: int, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    transformer = Transformer.from_crs(crs, epsg, always_xy=True)
    moved = shapely.transform(
        geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return np.asarray(moved, dtype=object)


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code} ({crs.name})" if code else crs.name
