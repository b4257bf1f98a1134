"""Webhooks over the wire."""

from __future__ import annotations

from pydantic import Field

from gatusyn.model import NewsKind
from gatusyn.serve.schemas import Schema


class WebhookIn(Schema):
    """An address that is to be told of news."""

    name: str = Field(min_length=1, max_length=64)
    url: str = Field(min_length=1, max_length=500)
    kinds: list[NewsKind] | None = Field(default=None, min_length=1, max_length=len(NewsKind))


class WebhookOut(Schema):
    """An address that is told of news, and how that goes."""

    name: str
    url: str
    kinds: list[NewsKind]
    sent: int
    tries: int
    next_s: float
    fault: str


class NewWebhookOut(WebhookOut):
    """The webhook with the key that its messages are signed with: it is shown this once."""

    secret: str


class WebhookPage(Schema):
    """All webhooks, by name."""

    total: int
    items: list[WebhookOut]


class RemoveWebhookIn(Schema):
    """The webhook to take away."""

    name: str = Field(min_length=1, max_length=64)


class RemovedOut(Schema):
    """Whether there was one."""

    removed: bool
