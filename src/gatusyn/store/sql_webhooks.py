"""Webhooks in the database."""

from __future__ import annotations

from typing import Any

from gatusyn.model import NewsKind, SettingsError, Webhook
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped

COLUMNS = ("name", "url", "secret", "kinds", "sent", "tries", "next_s", "fault")


class SqlWebhooks(SqlPart):
    """A ``WebhookBook`` in a database; ``SqlStore.webhooks`` is one."""

    def add(self, webhook: Webhook) -> None:
        """Keep a webhook; ``SettingsError`` if there is one of that name."""
        with self._writing("the webhook") as scoped:
            if _select(scoped, webhook.name):
                raise SettingsError(
                    f"webhook {webhook.name}",
                    "is there already",
                    "Remove it, or take another name.",
                )
            kinds = " ".join(sorted(kind.value for kind in webhook.kinds))
            values = (webhook.name, safe_text(webhook.url), webhook.secret, kinds)
            more = (webhook.sent, webhook.tries, webhook.next_s, safe_text(webhook.fault))
            scoped.insert("webhook", COLUMNS, [(*values, *more)])

    def every(self) -> tuple[Webhook, ...]:
        """Return the webhooks by name."""
        with self._reading() as scoped:
            return tuple(_select(scoped))

    def remove(self, name: str) -> bool:
        """Take a webhook away; say whether there was one."""
        with self._writing("the webhook") as scoped:
            there = bool(_select(scoped, name))
            scoped.clear("webhook", "name = :name", {"name": safe_text(name)})
        return there

    def claim(self, name: str, *, now_s: float, until_s: float) -> Webhook | None:
        """Return a webhook that is due, and let nobody else have it until a time."""
        with self._writing("the webhook") as scoped:
            found = [one for one in _select(scoped, name) if one.next_s <= now_s]
            if not found:
                return None
            bound = {"name": safe_text(name), "until": until_s}
            scoped.update("webhook", "next_s = :until", bound, where="name = :name")
        return found[0]

    def note(self, webhook: Webhook) -> None:
        """Note how far a webhook was told, its tries and when it is due."""
        bound: dict[str, Any] = {
            "name": webhook.name,
            "sent": webhook.sent,
            "tries": webhook.tries,
            "next": webhook.next_s,
            "fault": safe_text(webhook.fault),
        }
        change = "sent = :sent, tries = :tries, next_s = :next, fault = :fault"
        with self._writing("the webhook") as scoped:
            scoped.update("webhook", change, bound, where="name = :name")


def _select(scoped: Scoped, name: str | None = None) -> list[Webhook]:
    where, bound = ("", None) if name is None else ("WHERE name = :name", {"name": safe_text(name)})
    query = f"SELECT {', '.join(COLUMNS)} FROM webhook {where} ORDER BY name"  # noqa: S608
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in scoped.rows(query, bound))
    return [
        Webhook(**(row | {"kinds": frozenset(map(NewsKind, row["kinds"].split()))})) for row in rows
    ]
