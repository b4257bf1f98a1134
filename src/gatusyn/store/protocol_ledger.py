"""What people say of stored pictures: every store keeps such a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gatusyn.model import (
    Hold,
    HoldSubject,
    KeptPicture,
    Mark,
    MissCount,
    PublicFrame,
    RedactedRegion,
    Removal,
    RemovalCause,
    StoredPicture,
)


class Hide(Protocol):
    """Hides a region of a stored picture: only the privacy stage knows how."""

    def __call__(self, picture: StoredPicture, region: RedactedRegion, /) -> PublicFrame:
        """Return the picture with the region hidden."""


FrameKey = tuple[str, str]
"""A drive's id and a frame's: the same frame may be in several runs of the drive."""


class PictureLedger(Protocol):
    """Marked misses, removals and holds: facts, with what they do to the pictures.

    Each change is whole or not at all: when a method returns, no old picture is left; when its
    program is killed, the next opening of the store ends what had been decided.
    """

    def picture(self, picture_id: str) -> StoredPicture:
        """Return a stored picture.

        Raises
        ------
        PictureError
            If there is none, or it was removed.
        """

    def mark(
        self, picture_id: str, region: RedactedRegion, *, by: str, now_s: float, hide: Hide
    ) -> int:
        """Hide a missed region in every stored copy of a picture, and note the miss.

        Pictures of the same moment in superseded runs of the drive, which show it elsewhere, are
        removed unless they are under a hold. A region that is marked already is left as it is.

        Returns
        -------
        int
            The copies in which it was hidden.

        Raises
        ------
        PictureError
            If there is no such picture, or it was removed.
        """

    def remove(
        self,
        picture_ids: Sequence[str],
        *,
        cause: RemovalCause,
        reason: str,
        by: str,
        now_s: float,
    ) -> tuple[Removal, ...]:
        """Remove pictures, all or none, and note it; what was measured stays.

        On request, all copies in other runs of the drive go too, and those of the same moment in
        superseded runs. What was removed before is left out.

        Returns
        -------
        tuple of Removal
            What was removed, copies included.

        Raises
        ------
        PictureError
            If there is no such picture.
        HeldError
            If one is under a hold; nothing was removed then.
        """

    def removal_of(self, picture_id: str) -> Removal | None:
        """Return the note of a picture's removal."""

    def marks(self) -> tuple[Mark, ...]:
        """Return all marked misses, oldest first."""

    def removals(self) -> tuple[Removal, ...]:
        """Return all removals, oldest first."""

    def marked_in(self, drive_id: str) -> Mapping[str, tuple[RedactedRegion, ...]]:
        """Return what was marked in a drive's frames: a new run of it must hide that too."""

    def misses(self) -> tuple[MissCount, ...]:
        """Return for every version of the finders what it looked at and what it missed."""

    def kept(self) -> tuple[KeptPicture, ...]:
        """Return every stored picture, oldest first."""

    def place_hold(
        self,
        subject: HoldSubject,
        subject_id: str,
        *,
        reason: str,
        until_s: float,
        by: str,
        now_s: float,
    ) -> Hold:
        """Note that the pictures of a subject must stay.

        Raises
        ------
        PictureError
            If there is no such picture, section or finding.
        """

    def release_hold(self, number: int, *, by: str, now_s: float) -> Hold:
        """Note that a hold has ended; one that has ended already is left as it is.

        Raises
        ------
        PictureError
            If there is no such hold.
        """

    def holds(self) -> tuple[Hold, ...]:
        """Return all holds, ended ones too, oldest first."""

    def held(self, *, now_s: float) -> Mapping[FrameKey, tuple[int, ...]]:
        """Return the frames under a hold at a moment, with the numbers of their holds."""
