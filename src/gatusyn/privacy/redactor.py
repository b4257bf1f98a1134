"""Turns raw frames into public ones: the only place that constructs a ``PublicFrame``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

import cv2
import numpy as np

from gatusyn.capture import RawFrame
from gatusyn.model import (
    Evidence,
    Image,
    PrivacyParams,
    PublicFrame,
    RedactedRegion,
    RedactionRecord,
    RegionError,
    RegionKind,
    StoredPicture,
    UncheckedError,
)
from gatusyn.privacy.borders import OF_MARGIN, widen
from gatusyn.privacy.boxes import Candidates, blocks_of, clipped, covered, regions_of
from gatusyn.privacy.finders import Finder, Found, Thresholds
from gatusyn.privacy.hide import hide
from gatusyn.privacy.sequence import WEAK_SHARE, look_beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """Hides what its finder finds.

    Parameters
    ----------
    finder
        Finds heads and plates.
    params
        From which confidence each kind is hidden, and how far beyond its edges.
    """

    finder: Finder
    params: PrivacyParams

    @property
    def version(self) -> str:
        """Name and hash of the model, with the settings: part of a run's identity."""
        chosen = ", ".join(f"{kind.value} {value:g}" for kind, value in self.thresholds)
        beside = self.params.neighbour_s
        looks = f", beside {beside:g} s from {WEAK_SHARE:g}" if beside else ""
        plates = self._margin(RegionKind.PLATE, film=False)
        margins = f"margin {self.params.margin:g}, of plates in photos {plates:g}"
        return f"{self.finder.version} ({chosen}, {margins}{looks})"

    @property
    def thresholds(self) -> tuple[tuple[RegionKind, float], ...]:
        """The confidence from which each kind is hidden."""
        return (
            (RegionKind.FACE, self.params.face_confidence),
            (RegionKind.PLATE, self.params.plate_confidence),
        )

    def _margin(self, kind: RegionKind, *, film: bool) -> float:
        """Return how far beyond its edges a kind is hidden.

        In a film (a frame with neighbours) it is the whole margin: a wiper or a post may stand
        before a part of a plate, and what neighbours show of it is guessed.
        """
        return self.params.margin * (1.0 if film else OF_MARGIN[kind])

    def find(self, frame: RawFrame) -> tuple[RedactedRegion, ...]:
        """Return the regions of a frame that are to be hidden, without hiding them.

        Raises
        ------
        UncheckedError
            If a finder could not look at the frame or a neighbour of it, for whatever reason. The
            message names the kind of fault only: a library's own words could say what they show.
        """
        try:
            return tuple(self._found(frame))
        except UncheckedError as error:
            raise UncheckedError(frame.frame_id, error.problem) from None
        except Exception as error:
            fault = f"could not be checked ({type(error).__name__})"
            raise UncheckedError(frame.frame_id, fault) from None

    def _found(self, frame: RawFrame) -> Iterator[RedactedRegion]:
        sure = dict(self.thresholds)
        around = frame.neighbours if self.params.neighbour_s else ()
        lowest = {kind: WEAK_SHARE * value for kind, value in sure.items()} if around else sure
        sight = cache(partial(self._looked, thresholds=sure))
        height, width = frame.image.shape[:2]
        for kind, candidates in self._looked(frame, thresholds=lowest).items():
            is_sure = candidates[:, 4] >= sure[kind]
            found, weak = candidates[is_sure], candidates[~is_sure]
            shown = [(Evidence.FRAME, found)]
            if around:
                added = look_beside(frame, found, weak, partial(_of_kind, sight, kind))
                shown += [(Evidence.SUPPORTED, added.supported), (Evidence.BETWEEN, added.between)]
            for evidence, boxes in shown:
                margin = self._margin(kind, film=bool(frame.neighbours))
                yield from regions_of(
                    widen(boxes, frame.image, threshold=sure[kind], margin=margin),
                    kind=kind,
                    margin=margin,
                    width=width,
                    height=height,
                    evidence=evidence,
                )

    def _looked(self, frame: RawFrame, *, thresholds: Thresholds) -> Found:
        found = self.finder.find(frame.image, thresholds=thresholds)
        if not all(np.isfinite(candidates).all() for candidates in found.values()):
            raise UncheckedError("frame", "could not be checked: a finder's answer is no number")
        return found

    def redact(self, frame: RawFrame, *, marked: Sequence[RedactedRegion] = ()) -> PublicFrame:
        """Hide faces and plates in a copy of the frame's picture.

        The raw picture is neither changed nor kept, and no pixel under a region reaches the result.

        Parameters
        ----------
        marked
            What people marked in this frame before, in another run of its drive: hidden as well.

        Raises
        ------
        UncheckedError
            If the frame could not be checked: there is no public frame then.
        """
        height, width = frame.image.shape[:2]
        inside = tuple(clipped(region, width=width, height=height) for region in marked)
        record = RedactionRecord(
            model=self.version,
            thresholds=self.thresholds,
            regions=(*self.find(frame), *(region for region in inside if region is not None)),
            covered_share=0.0,
        )
        return _public(
            frame.image, record.regions, record, frame_id=frame.frame_id, time_s=frame.time_s
        )


def _of_kind(sight: Callable[[RawFrame], Found], kind: RegionKind, frame: RawFrame) -> Candidates:
    return sight(frame)[kind]


def hide_marked(picture: StoredPicture, region: RedactedRegion) -> PublicFrame:
    """Hide one more region in a stored picture, as irreversibly as the others.

    In a JPEG file, what lies beside a region tells of it: pixels are kept in blocks of 16. So all
    blocks that the region touches are hidden whole, with the two pixels around them that colour is
    spread over: not a byte of the result depends on what was there.

    Parameters
    ----------
    region
        In the frame's pixels, whatever the stored picture's size.

    Raises
    ------
    TypeError
        If the picture does not come from the store: raw pixels must not pass here.
    RegionError
        If the picture cannot be read.
    """
    if not isinstance(picture, StoredPicture):
        raise TypeError(f"only a StoredPicture can be marked, not a {type(picture).__name__}")
    decoded = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise RegionError(picture.picture_id, "cannot be read", "Remove it instead.")
    image = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    before = picture.redaction
    record = RedactionRecord(
        model=before.model,
        thresholds=before.thresholds,
        regions=(*before.regions, region),
        covered_share=before.covered_share,
    )
    blocks = blocks_of(region, scale=picture.scale, width=image.shape[1], height=image.shape[0])
    shares = covered(record.regions, width=picture.width_px, height=picture.height_px)
    return _public(
        image,
        (blocks,),
        record,
        frame_id=picture.frame_id,
        time_s=picture.time_s,
        covered_share=float(shares.mean()),
    )


def _public(
    image: Image,
    regions: Sequence[RedactedRegion],
    record: RedactionRecord,
    *,
    frame_id: str,
    time_s: float,
    covered_share: float | None = None,
) -> PublicFrame:
    """Hide regions of an image; ``covered_share`` is measured on it if None."""
    height, width = image.shape[:2]
    mask = covered(regions, width=width, height=height)
    hidden = hide(image, regions, mask)
    hidden.flags.writeable = False
    share = float(np.count_nonzero(mask) / mask.size) if covered_share is None else covered_share
    return PublicFrame(
        frame_id=frame_id,
        time_s=time_s,
        image=hidden,
        redaction=RedactionRecord(
            model=record.model,
            thresholds=record.thresholds,
            regions=record.regions,
            covered_share=share,
        ),
    )
