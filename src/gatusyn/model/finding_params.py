"""The settings of findings: when observations are the same damage, and when it is believed."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between
from gatusyn.model.damage import PixelClass


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingParams:
    """When observations are the same damage, and when that damage is believed.

    Parameters
    ----------
    join_m
        Observations of a kind in one pass whose footprints are nearer than this are one finding.
    gate_sigmas
        What different passes saw may be one finding where the places differ by fewer standard
        deviations, after what each pass's places have in common was taken off.
    common_along_m, common_across_m
        Standard deviation, along and across the street, of what a pass's places have in common (the
        receiver's error, the mount's) where the observations say less.
    common_over_m
        Metres of street over which that error changes: its correlation length.
    pass_gap_s
        Observations of a drive farther apart in time belong to different passes.
    crack_min_confidence, pothole_min_confidence, patch_min_confidence
        A finding is believed from this confidence: the mean of the detector's in its sightings,
        times the share of the frames that looked at the place and saw it. A pothole is small and
        more often missed in a look, so it needs less.
    doubt
        Looks that saw nothing, added to those that were: one sighting in one look is not certain.
    min_size_m
        Findings shorter than this are left out.
    looks_outside
        Looks before the first sighting, and after the last, count for at most so many: it may not
        have been there yet, or not be there any more. Higher believes new damage later.
    confirm_drives
        A finding that so many drives saw is confirmed.
    gone_chance
        A finding is gone when the probability that all drives since its last sighting looked at its
        place and missed it is at most this. Each misses it by the model's recall and by how often
        drives missed it before.
    repaired_share
        Damage is repaired when a patch that is first seen later covers this share of it.
    growth_chance
        A finding grows or shrinks when chance gives such a trend of its area no more often.
    """

    join_m: float = 0.8
    gate_sigmas: float = 3.0
    common_along_m: float = 1.3
    common_across_m: float = 0.5
    common_over_m: float = 400.0
    pass_gap_s: float = 20.0
    crack_min_confidence: float = 0.5
    pothole_min_confidence: float = 0.3
    patch_min_confidence: float = 0.55
    doubt: float = 0.5
    min_size_m: float = 0.2
    looks_outside: int = 3
    confirm_drives: int = 2
    gone_chance: float = 0.01
    repaired_share: float = 0.5
    growth_chance: float = 0.001

    def __post_init__(self) -> None:
        require_between("findings.join_m", self.join_m, 0.0, 20.0)
        require_between("findings.gate_sigmas", self.gate_sigmas, 0.5, 10.0)
        require_between("findings.common_along_m", self.common_along_m, 0.01, 50.0)
        require_between("findings.common_across_m", self.common_across_m, 0.01, 50.0)
        require_between("findings.common_over_m", self.common_over_m, 10.0, 10_000.0)
        require_between("findings.pass_gap_s", self.pass_gap_s, 1.0, 3600.0)
        require_between("findings.doubt", self.doubt, 0.0, 10.0)
        require_between("findings.crack_min_confidence", self.crack_min_confidence, 0.0, 1.0)
        require_between("findings.pothole_min_confidence", self.pothole_min_confidence, 0.0, 1.0)
        require_between("findings.patch_min_confidence", self.patch_min_confidence, 0.0, 1.0)
        require_between("findings.min_size_m", self.min_size_m, 0.0, 10.0)
        require_between("findings.looks_outside", self.looks_outside, 0, 10_000)
        require_between("findings.confirm_drives", self.confirm_drives, 1, 100)
        require_between("findings.gone_chance", self.gone_chance, 1e-9, 0.5)
        require_between("findings.repaired_share", self.repaired_share, 0.05, 1.0)
        require_between("findings.growth_chance", self.growth_chance, 1e-9, 0.5)

    def min_confidence(self, pixel_class: PixelClass) -> float:
        """Return the confidence from which a finding of a class is believed."""
        return float(getattr(self, f"{pixel_class}_min_confidence"))
