"""From observations to findings: one physical damage, seen many times."""

from gatusyn.findings.derive import derive_findings
from gatusyn.findings.records import records_of, with_neighbours

__all__ = ["derive_findings", "records_of", "with_neighbours"]
