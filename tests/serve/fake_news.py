"""News in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from gatusyn.model import News, NewsKind


class FakeNews:
    """Keeps all that it is told."""

    def __init__(self) -> None:
        self._told: list[News] = []

    def tell(self, news: Sequence[News]) -> None:
        for one in news:
            self._told.append(replace(one, number=len(self._told) + 1))

    def after(
        self, number: int, *, limit: int, kinds: Collection[NewsKind] | None = None
    ) -> tuple[News, ...]:
        wanted = set(NewsKind if kinds is None else kinds)
        return tuple(one for one in self._told[number:] if one.kind in wanted)[:limit]

    def newest(self, *, before_s: float | None = None) -> int:
        early = [one.number for one in self._told if before_s is None or one.time_s < before_s]
        return max(early, default=0)

    def lost_after(self, number: int) -> bool:
        return False
