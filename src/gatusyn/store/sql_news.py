"""News in the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from gatusyn.model import KEPT_S, News, NewsKind
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped

COLUMNS = ("time_s", "kind", "about")


class SqlNews(SqlPart):
    """A ``NewsBook`` in a database; ``SqlStore.news`` is one."""

    def tell(self, news: Sequence[News]) -> None:
        """Add news, all or none; what has been kept for long enough goes."""
        if news:
            with self._writing("the news") as scoped:
                insert_news(scoped, news)

    def after(
        self, number: int, *, limit: int, kinds: Collection[NewsKind] | None = None
    ) -> tuple[News, ...]:
        """Return the news that was told after a piece, oldest first."""
        wanted = ", ".join(f"'{kind.value}'" for kind in (NewsKind if kinds is None else kinds))
        if not wanted:
            return ()
        query = (
            f"SELECT news, {', '.join(COLUMNS)} FROM news "  # noqa: S608 - kinds are our own words
            f"WHERE news > :number AND kind IN ({wanted}) ORDER BY news LIMIT :limit"
        )
        with self._reading() as scoped:
            rows = list(scoped.rows(query, {"number": number, "limit": limit}))
        return tuple(
            News(number=own, time_s=time_s, kind=NewsKind(kind), about=json.loads(about))
            for own, time_s, kind, about in rows
        )

    def newest(self, *, before_s: float | None = None) -> int:
        """Return the number of the last piece, or of the last one told before a time; 0 if none."""
        query = "SELECT coalesce(max(news), 0) FROM news WHERE time_s < :before"
        bound = {"before": float("inf") if before_s is None else before_s}
        with self._reading() as scoped:
            return int(scoped.row(query, bound)[0])

    def lost_after(self, number: int) -> bool:
        """Say whether something that was told after a piece may be gone already."""
        with self._reading() as scoped:
            gone = scoped.row("SELECT number FROM news_gone")
        return gone is not None and number < int(gone[0])


def insert_news(scoped: Scoped, news: Sequence[News]) -> None:
    """Add news within a write transaction; what has been kept for long enough goes."""
    if not news:
        return
    scoped.insert(
        "news",
        COLUMNS,
        (
            (one.time_s, one.kind.value, safe_text(json.dumps(dict(one.about), ensure_ascii=False)))
            for one in news
        ),
    )
    _let_go(scoped, max(one.time_s for one in news))


def _let_go(scoped: Scoped, now_s: float) -> None:
    """Delete what is old, but for the last row: numbers go on from it."""
    old = " OR ".join(
        f"(kind = '{kind}' AND time_s < :now - {kept})" for kind, kept in KEPT_S.items()
    )
    bound = {"now": now_s, "last": int(scoped.row("SELECT max(news) FROM news")[0])}
    where = f"news < :last AND ({old})"
    gone = scoped.row(f"SELECT max(news) FROM news WHERE {where}", bound)[0]  # noqa: S608
    if gone is None:
        return
    scoped.clear("news", where, bound)
    before = scoped.row("SELECT number FROM news_gone")
    scoped.clear("news_gone")
    scoped.insert("news_gone", ("number",), [(max(int(gone), int(before[0]) if before else 0),)])
