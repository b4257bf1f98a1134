"""Names, measures and severities: from a footprint to what an engineer records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import shapely
from shapely import MultiPolygon, STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.findings.cracks import CrackPart, crack_parts
from gatusyn.geo import longest_extent_m, polygons_of, rasterise
from gatusyn.model import DamageKind, DamageRecord, PixelClass, RecordParams, SeverityReason

_CRACKS = frozenset(
    {DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK, DamageKind.CRAZING}
)

DEPENDENT = frozenset({DamageKind.CRAZING, DamageKind.PATCH})
"""What is worse or not by what lies beside or on it."""


def records_of(
    pixel_class: PixelClass,
    footprint: BaseGeometry,
    *,
    along_deg: float,
    confidence: float,
    params: RecordParams,
) -> list[DamageRecord]:
    """Return the damages that a footprint of one class shows.

    Parameters
    ----------
    footprint
        Where the model sees the class on the road, metres.
    along_deg
        Bearing of the street there, or the direction of view where no street is known, degrees.
    confidence
        The model's mean probability, 0..1.

    Returns
    -------
    list of DamageRecord
        The largest first; at least one unless the footprint has no area.
    """
    if not polygons_of(footprint):
        return []
    if pixel_class is PixelClass.CRACK:
        band = rasterise(footprint, bearing_deg=along_deg, cell_m=params.cell_m)
        records = [_crack(part, confidence, params) for part in crack_parts(band, params)]
    elif pixel_class is PixelClass.POTHOLE:
        records = [_hole(part, params) for part in parts_apart(footprint, params.gap_m)]
    else:
        records = [_record(DamageKind.PATCH, part) for part in parts_apart(footprint, params.gap_m)]
    return sorted(records, key=lambda record: (-record.area_m2, record.footprint.wkb))


def with_neighbours(records: Sequence[DamageRecord], params: RecordParams) -> list[DamageRecord]:
    """Return the records, in order, with severities that depend on what lies beside or on them."""
    if not records:
        return []
    tree = STRtree([record.footprint for record in records])
    return [
        beside(
            record,
            [records[int(i)] for i in sorted(tree.query(record.footprint, predicate="intersects"))],
            params,
        )
        for record in records
    ]


def beside(
    record: DamageRecord, near: Sequence[DamageRecord], params: RecordParams
) -> DamageRecord:
    """Return a record with the severity that it has by what touches it.

    Crazing that has lost pieces (a hole in it), and patches that are cracked or broken up.
    """
    if record.kind not in DEPENDENT:
        return record
    holed = any(one.kind.pixel_class is PixelClass.POTHOLE for one in near)
    if record.kind is DamageKind.CRAZING:
        return replace(record, reason=SeverityReason.PIECES_LOST) if holed else record
    if holed:
        return replace(record, reason=SeverityReason.BROKEN_PATCH)
    cracked = shapely.union_all([one.footprint for one in near if one.kind in _CRACKS])
    share = cracked.intersection(record.footprint).area / record.footprint.area
    if share >= params.cracked_patch_share:
        return replace(record, reason=SeverityReason.CRACKED_PATCH)
    return record


def measured_as(
    kind: DamageKind, shape: BaseGeometry, length_m: float, params: RecordParams
) -> DamageRecord:
    """Return a shape as a damage of a kind that a person says it is.

    Parameters
    ----------
    length_m
        Of its run, where it is a line.
    """
    whole = MultiPolygon(polygons_of(shape))
    if kind.pixel_class is PixelClass.POTHOLE:
        return replace(_hole(whole, params), kind=kind)
    if kind is DamageKind.PATCH:
        return _record(kind, whole)
    return _crack(CrackPart(kind=kind, footprint=whole, length_m=length_m), 1.0, params)


def _crack(part: CrackPart, confidence: float, params: RecordParams) -> DamageRecord:
    if part.kind is DamageKind.CRAZING:
        clear = confidence >= params.clear_net_confidence
        reason = SeverityReason.CLEAR_NET if clear else SeverityReason.FAINT_NET
        return _record(part.kind, part.footprint, reason)
    width_m = part.footprint.area / part.length_m if part.length_m > 0.0 else 0.0
    if width_m >= params.heavily_branched_width_m:
        reason = SeverityReason.HEAVILY_BRANCHED
    elif width_m >= params.branched_width_m:
        reason = SeverityReason.BRANCHED
    else:
        reason = SeverityReason.SINGLE_LINE
    return DamageRecord(
        kind=part.kind,
        footprint=part.footprint,
        length_m=part.length_m,
        area_m2=part.length_m * params.linear_width_m,
        reason=reason,
    )


def _hole(shape: MultiPolygon, params: RecordParams) -> DamageRecord:
    """Return a pothole, or lost surface where it is too large for one."""
    if shape.area >= params.surface_loss_from_m2:
        wide = shape.area >= params.wide_loss_m2
        reason = SeverityReason.SURFACE_LOST_WIDELY if wide else SeverityReason.SURFACE_LOST
        return _record(DamageKind.SURFACE_LOSS, shape, reason)
    diameter_m = 2.0 * math.sqrt(shape.area / math.pi)
    if diameter_m >= params.large_hole_m:
        reason = SeverityReason.LARGE_HOLE
    elif diameter_m >= params.medium_hole_m:
        reason = SeverityReason.MEDIUM_HOLE
    else:
        reason = SeverityReason.SMALL_HOLE
    return _record(DamageKind.POTHOLE, shape, reason)


def _record(
    kind: DamageKind,
    shape: MultiPolygon,
    reason: SeverityReason = SeverityReason.SOUND_PATCH,
) -> DamageRecord:
    return DamageRecord(
        kind=kind,
        footprint=shape,
        length_m=longest_extent_m(shape),
        area_m2=shape.area,
        reason=reason,
    )


def parts_apart(footprint: BaseGeometry, gap_m: float) -> list[MultiPolygon]:
    """Return the parts of a shape that lie farther apart than a gap."""
    polygons = polygons_of(footprint)
    if len(polygons) == 1:
        return [MultiPolygon(polygons)]
    around = polygons_of(shapely.union_all([one.buffer(gap_m / 2.0) for one in polygons]))
    points = [one.representative_point() for one in polygons]
    return [
        MultiPolygon(
            [one for one, point in zip(polygons, points, strict=True) if hull.covers(point)]
        )
        for hull in around
    ]
