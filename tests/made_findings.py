"""Made findings for tests, on the street of ``made_network``."""

from __future__ import annotations

from shapely import box
from tests.made_network import EAST, NORTH

from gatusyn.model import DamageKind, Finding, SeverityReason, Side

REASONS = {
    DamageKind.LONGITUDINAL_CRACK: SeverityReason.SINGLE_LINE,
    DamageKind.TRANSVERSE_CRACK: SeverityReason.SINGLE_LINE,
    DamageKind.CRAZING: SeverityReason.CLEAR_NET,
    DamageKind.POTHOLE: SeverityReason.MEDIUM_HOLE,
    DamageKind.SURFACE_LOSS: SeverityReason.SURFACE_LOST,
    DamageKind.PATCH: SeverityReason.SOUND_PATCH,
}


def finding(
    kind: DamageKind,
    north: float,
    *,
    east: float = 1.0,
    along_m: float = 0.4,
    across_m: float = 0.4,
    reason: SeverityReason | None = None,
    link_id: str = "a:0-1",
    time_s: float = 0.0,
) -> Finding:
    """Return a finding ``along_m`` by ``across_m``, its middle ``north`` of the street's start."""
    linear = kind in (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK)
    length = max(along_m, across_m)
    x, y = EAST + east, NORTH + north
    return Finding(
        finding_id=f"{link_id}/{kind.value}/{north:g}/{east:g}",
        kind=kind,
        footprint=box(x - across_m / 2, y - along_m / 2, x + across_m / 2, y + along_m / 2),
        sigma_along_m=1.0,
        sigma_across_m=0.5,
        confidence=0.9,
        link_id=link_id,
        element_id=link_id.split(":")[0],
        section_id=f"{link_id}#{int(north // 20)}",
        offset_m=north,
        measure=north / 100,
        side=Side.RIGHT if east >= 0 else Side.LEFT,
        length_m=length,
        area_m2=length * 0.3 if linear else along_m * across_m,
        severity_reason=reason or REASONS[kind],
        first_seen_s=time_s,
        last_seen_s=time_s,
        observation_ids=(("r", f"{kind.value}/{north:g}/{east:g}"),),
    )
