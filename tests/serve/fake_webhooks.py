"""Webhooks in memory."""

from __future__ import annotations

from gatusyn.model import SettingsError, Webhook


class FakeWebhooks:
    """Keeps webhooks, and sends nothing."""

    def __init__(self) -> None:
        self._kept: dict[str, Webhook] = {}

    def add(self, webhook: Webhook) -> None:
        if webhook.name in self._kept:
            raise SettingsError(f"webhook {webhook.name}", "is there already")
        self._kept[webhook.name] = webhook

    def every(self) -> tuple[Webhook, ...]:
        return tuple(self._kept[name] for name in sorted(self._kept))

    def remove(self, name: str) -> bool:
        return self._kept.pop(name, None) is not None

    def claim(self, name: str, *, now_s: float, until_s: float) -> Webhook | None:
        raise NotImplementedError

    def note(self, webhook: Webhook) -> None:
        raise NotImplementedError
