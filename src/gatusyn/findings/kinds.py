"""What an engineer would call a footprint: the naming rules."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from gatusyn.geo import across_deg, rectangle_of
from gatusyn.model import DamageKind, FindingParams, PixelClass


def kind_of(
    pixel_class: PixelClass, footprint: BaseGeometry, *, street_deg: float, params: FindingParams
) -> DamageKind:
    """Return the kind of a footprint (easting and northing, metres).

    Parameters
    ----------
    street_deg
        The bearing of the street there, degrees.
    """
    if pixel_class is PixelClass.PATCH:
        return DamageKind.PATCH
    if pixel_class is PixelClass.POTHOLE:
        large = footprint.area >= params.surface_loss_from_m2
        return DamageKind.SURFACE_LOSS if large else DamageKind.POTHOLE
    rectangle = rectangle_of(footprint)
    if rectangle.width_m >= params.crazing_from_m:
        return DamageKind.CRAZING
    if across_deg(rectangle.bearing_deg, street_deg) >= params.transverse_from_deg:
        return DamageKind.TRANSVERSE_CRACK
    return DamageKind.LONGITUDINAL_CRACK
