"""From observations to findings: one physical damage, seen many times."""

from gatusyn.findings.derive import derive_findings

__all__ = ["derive_findings"]
