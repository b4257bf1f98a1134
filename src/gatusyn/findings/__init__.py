"""From observations to findings: one physical damage, seen many times."""

from gatusyn.findings.believe import Facts, Ground, believed, records_of_track
from gatusyn.findings.beside import with_each_other
from gatusyn.findings.derive import derive_findings
from gatusyn.findings.identity import Named, keep_identity
from gatusyn.findings.placed import measured
from gatusyn.findings.records import records_of, with_neighbours
from gatusyn.findings.table import WIDE_M, LaidTile, Laying
from gatusyn.findings.tracks import tracks_of
from gatusyn.findings.verdicts import judged
from gatusyn.findings.windows import tiles_of, tiles_touching

__all__ = [
    "WIDE_M",
    "Facts",
    "Ground",
    "LaidTile",
    "Laying",
    "Named",
    "believed",
    "derive_findings",
    "judged",
    "keep_identity",
    "measured",
    "records_of",
    "records_of_track",
    "tiles_of",
    "tiles_touching",
    "tracks_of",
    "with_each_other",
    "with_neighbours",
]
