"""What a store must do with webhooks."""

from __future__ import annotations

from typing import Protocol

from gatusyn.model import Webhook


class WebhookBook(Protocol):
    """One organisation's webhooks, and how far each has been told.

    Every method may raise ``StoreError``; every write ``StorageFullError``.
    """

    def add(self, webhook: Webhook) -> None:
        """Keep a webhook.

        Raises
        ------
        SettingsError
            If there is one of that name.
        """

    def every(self) -> tuple[Webhook, ...]:
        """Return the webhooks by name."""

    def remove(self, name: str) -> bool:
        """Take a webhook away; say whether there was one."""

    def claim(self, name: str, *, now_s: float, until_s: float) -> Webhook | None:
        """Return a webhook that is due, and let nobody else have it until a time; None if not due.

        Who claims it ends with ``note``; one that was killed meanwhile is due again at that time.
        """

    def note(self, webhook: Webhook) -> None:
        """Note how far a webhook was told, its tries and when it is due, if it is still there."""
