"""What a store must do with news."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from gatusyn.model import News, NewsKind


class NewsBook(Protocol):
    """One organisation's news, in the order in which it was told; old news goes by itself.

    Every method may raise ``StoreError``.
    """

    def tell(self, news: Sequence[News]) -> None:
        """Add news, all or none; what has been kept for long enough goes.

        Raises
        ------
        StorageFullError
            If the disk is full; nothing was added.
        """

    def after(
        self, number: int, *, limit: int, kinds: Collection[NewsKind] | None = None
    ) -> tuple[News, ...]:
        """Return the news that was told after a piece, oldest first.

        Parameters
        ----------
        kinds
            Only these; all if None.
        """

    def newest(self, *, before_s: float | None = None) -> int:
        """Return the number of the last piece, or of the last one told before a time; 0 if none."""

    def lost_after(self, number: int) -> bool:
        """Say whether something that was told after a piece may be gone already."""
