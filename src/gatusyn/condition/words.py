"""What is said of a damage that took something off."""

from __future__ import annotations

from gatusyn.model import DamageKind, Extent

_LINEAR = (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK)


def reason_text(extent: Extent) -> str:
    """Return a damage with its number, measure, severity and how far it goes along the section."""
    number = str(extent.count) if extent.count > 1 else "one"
    measure = (
        f"{extent.length_m:.1f} m"
        if extent.kind in _LINEAR
        else f"{extent.area_m2:.1f} m², {100 * extent.share:.1f} % of the observed surface"
    )
    along = f"on {100 * extent.along_share:.0f} % of the length"
    return f"{extent.kind.words}: {number}, {measure}, severity {extent.severity}, {along}"
