"""What people do with stored pictures: hide what was missed, take a picture away."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from gatusyn.model import (
    PictureError,
    RedactedRegion,
    RegionError,
    RegionKind,
    Removal,
    RemovalCause,
    StoredPicture,
)
from gatusyn.privacy import hide_marked
from gatusyn.store import Store

SMALLEST_PX = 2
LONGEST_REASON = 500

PixelBox = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the stored picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What became of a marked region.

    Parameters
    ----------
    copies
        Stored copies in which it was hidden; 0 if it had been marked already.
    region
        In the frame's pixels.
    """

    picture_id: str
    copies: int
    region: RedactedRegion


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of a request to remove a picture.

    Parameters
    ----------
    note
        What the store keeps of the picture.
    copies
        Stored copies that went, 0 if it had been removed before.
    """

    note: Removal
    copies: int


def hide_missed(
    store: Store, picture_id: str, box: PixelBox, kind: RegionKind, *, by: str, now_s: float
) -> Hidden:
    """Hide what the finders missed, in every stored copy of a picture, and note the miss.

    Parameters
    ----------
    box
        In pixels of the picture as it is stored and shown.
    by
        Who says so, for the note.

    Raises
    ------
    PictureError
        If there is no such picture (any more).
    RegionError
        If the box does not lie in the picture, or is too small to be meant.
    """
    _require_words("The name", by)
    region = region_of(store.ledger.picture(picture_id), box, kind)
    copies = store.ledger.mark(picture_id, region, by=by, now_s=now_s, hide=hide_marked)
    return Hidden(picture_id=picture_id, copies=copies, region=region)


def region_of(picture: StoredPicture, box: PixelBox, kind: RegionKind) -> RedactedRegion:
    """Return a box of a stored picture in its frame's pixels, rounded outwards.

    Raises
    ------
    RegionError
        If the box does not lie in the picture, or is too small to be meant.
    """
    x1, y1, x2, y2 = box
    width, height = (round(side * picture.scale) for side in (picture.width_px, picture.height_px))
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise RegionError(
            picture.picture_id,
            f"the box {x1:g}, {y1:g}, {x2:g}, {y2:g} does not lie in it",
            f"Give left, top, right, bottom within {width} x {height} pixels.",
        )
    if min(x2 - x1, y2 - y1) < SMALLEST_PX:
        raise RegionError(
            picture.picture_id,
            f"the box is smaller than {SMALLEST_PX} pixels",
            "Draw it over all that is to be hidden.",
        )
    return RedactedRegion(
        kind=kind,
        x1=floor(x1 / picture.scale),
        y1=floor(y1 / picture.scale),
        x2=min(ceil(x2 / picture.scale), picture.width_px),
        y2=min(ceil(y2 / picture.scale), picture.height_px),
        confidence=1.0,
        marked=True,
    )


def remove_picture(store: Store, picture_id: str, *, reason: str, by: str, now_s: float) -> Erased:
    """Take a picture and its copies away on request; what was measured in it stays.

    A picture that has been removed before is left as it is, and its note is returned.

    Parameters
    ----------
    reason
        Why, for the note. It stays: it must not name who asked.

    Raises
    ------
    PictureError
        If there is no such picture, or no reason.
    HeldError
        If it is under a hold.
    """
    _require_words("The reason", reason)
    _require_words("The name", by)
    removed = store.ledger.remove(
        [picture_id], cause=RemovalCause.REQUEST, reason=reason.strip(), by=by, now_s=now_s
    )
    note = store.ledger.removal_of(picture_id)
    assert note is not None, "what was removed has its note"
    return Erased(note=note, copies=len(removed))


def _require_words(what: str, text: str) -> None:
    if not text.strip() or len(text) > LONGEST_REASON:
        raise PictureError(
            what, "is empty or too long", f"Write at most {LONGEST_REASON} characters."
        )
