"""Where other systems are told of news: for the administrator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from gatusyn.model import Permission, SettingsError, Visitor, Webhook
from gatusyn.pipeline import FOUND, new_webhook
from gatusyn.serve.errors import QueryError
from gatusyn.serve.schemas_webhooks import (
    NewWebhookOut,
    RemovedOut,
    RemoveWebhookIn,
    WebhookIn,
    WebhookOut,
    WebhookPage,
)
from gatusyn.serve.visitor import needs
from gatusyn.store import Store

Administrator = Annotated[Visitor, Depends(needs(Permission.MANAGE_USERS))]


def webhook_routes(store: Store) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1/webhooks")

    @router.get("")
    def webhooks(_: Administrator) -> WebhookPage:
        """Every webhook, what it is told of and how that goes; keys are not shown again."""
        items = [_out(one) for one in store.webhooks.every()]
        return WebhookPage(total=len(items), items=items)

    @router.post("", status_code=201)
    def add(wanted: WebhookIn, _: Administrator) -> NewWebhookOut:
        """Tell an address of news from now on; the answer has the key of the signature."""
        try:
            made = new_webhook(store, wanted.name, wanted.url, wanted.kinds or FOUND)
        except SettingsError as error:
            raise QueryError(error.source, error.problem, error.remedy) from error
        return NewWebhookOut(**_out(made).model_dump(), secret=made.secret)

    @router.post("/remove")
    def remove(wanted: RemoveWebhookIn, _: Administrator) -> RemovedOut:
        """Tell an address no more."""
        return RemovedOut(removed=store.webhooks.remove(wanted.name))

    return router


def _out(webhook: Webhook) -> WebhookOut:
    return WebhookOut(
        name=webhook.name,
        url=webhook.url,
        kinds=sorted(webhook.kinds),
        sent=webhook.sent,
        tries=webhook.tries,
        next_s=webhook.next_s,
        fault=webhook.fault,
    )
