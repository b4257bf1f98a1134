"""Turns raw frames into public ones: the only place that constructs a ``PublicFrame``."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.capture import RawFrame
from gatusyn.model import (
    PrivacyParams,
    PublicFrame,
    RedactedRegion,
    RedactionRecord,
    RegionKind,
)
from gatusyn.privacy.boxes import covered, regions_of
from gatusyn.privacy.finders import Finder
from gatusyn.privacy.hide import hide


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """Hides what its finders find.

    Parameters
    ----------
    finders
        One or more for each kind of region.
    params
        From which confidence each kind is hidden, and how far beyond its edges.
    """

    finders: tuple[Finder, ...]
    params: PrivacyParams

    @property
    def version(self) -> str:
        """Names and hashes of the models, with the settings: part of a run's identity."""
        chosen = ", ".join(f"{kind.value} {value:g}" for kind, value in self.thresholds)
        models = "; ".join(finder.version for finder in self.finders)
        return f"{models} ({chosen}, margin {self.params.margin:g})"

    @property
    def thresholds(self) -> tuple[tuple[RegionKind, float], ...]:
        """The confidence from which each kind is hidden."""
        return (
            (RegionKind.FACE, self.params.face_confidence),
            (RegionKind.PLATE, self.params.plate_confidence),
        )

    def find(self, frame: RawFrame) -> tuple[RedactedRegion, ...]:
        """Return the regions of a frame that are to be hidden, without hiding them."""
        height, width = frame.image.shape[:2]
        thresholds = dict(self.thresholds)
        return tuple(
            region
            for finder in self.finders
            for region in regions_of(
                finder.find(frame.image, threshold=thresholds[finder.kind]),
                kind=finder.kind,
                margin=self.params.margin,
                width=width,
                height=height,
            )
        )

    def redact(self, frame: RawFrame) -> PublicFrame:
        """Hide faces and plates in a copy of the frame's picture.

        The raw picture is neither changed nor kept, and no pixel under a region reaches the result.
        """
        regions = self.find(frame)
        height, width = frame.image.shape[:2]
        hidden = covered(regions, width=width, height=height)
        image = hide(frame.image, regions, hidden)
        image.flags.writeable = False
        return PublicFrame(
            frame_id=frame.frame_id,
            time_s=frame.time_s,
            image=image,
            redaction=RedactionRecord(
                model=self.version,
                thresholds=self.thresholds,
                regions=regions,
                covered_share=float(hidden.mean()),
            ),
        )
