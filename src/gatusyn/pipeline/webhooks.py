"""Tells other systems of news: signed, in order, at least once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from gatusyn.model import GatusynError, News, NewsKind, SettingsError, Webhook
from gatusyn.store import Store

AT_ONCE = 100
"""Most pieces of news in one message."""

TIMEOUT_S = 10.0
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0
LOOKS_EACH_S = 1.0
_KEY = "whsec_"

FOUND = (
    NewsKind.FINDING_NEW,
    NewsKind.FINDING_GONE,
    NewsKind.FINDING_REPAIRED,
    NewsKind.FINDING_REJECTED,
)
"""What a webhook is told of if nothing else is said."""


def new_webhook(store: Store, name: str, url: str, kinds: Sequence[NewsKind] = FOUND) -> Webhook:
    """Keep a webhook that is told of what happens from now on, with a new secret.

    Raises
    ------
    SettingsError
        If name, address or kinds are none, or there is one of that name.
    """
    made = Webhook(
        name=name,
        url=url,
        secret=_KEY + base64.b64encode(secrets.token_bytes(24)).decode(),
        kinds=frozenset(kinds),
        sent=store.news.newest(),
    )
    store.webhooks.add(made)
    return made


def signed(secret: str, message_id: str, sent_s: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message (Standard Webhooks 1.0.0, HMAC-SHA256)."""
    key = base64.b64decode(secret.removeprefix(_KEY))
    told = b".".join((message_id.encode(), str(sent_s).encode(), body))
    signature = base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_s),
        "webhook-signature": f"v1,{signature}",
    }


def message_of(town: str, news: Sequence[News]) -> bytes:
    """Return news as the body of a message."""
    items = [
        {"number": one.number, "news": one.kind.value, "time": _iso(one.time_s), **one.about}
        for one in news
    ]
    return json.dumps({"type": "gatusyn.news", "town": town, "data": items}).encode()


def tell(webhook: Webhook, town: str, news: Sequence[News], client: httpx.Client) -> str:
    """Send news to a webhook; return why it was not taken, empty if it was."""
    body = message_of(town, news)
    # Who gets a piece of news twice, after a failure, knows it by its number.
    message_id = f"{webhook.name}-{webhook.sent}-{news[-1].number if news else 0}"
    headers = {"Content-Type": "application/json", "User-Agent": "Gatusyn"}
    headers |= signed(webhook.secret, message_id, int(time.time()), body)
    try:
        with client.stream("POST", webhook.url, content=body, headers=headers) as answer:
            return "" if answer.is_success else f"answered {answer.status_code}"
    except httpx.HTTPError as error:
        return f"{type(error).__name__}"
    except httpx.InvalidURL:
        return "the address is none"


class WebhookSender:
    """Sends what is due, in a thread of its own, while the service runs.

    Several may run on one store: a webhook is told by one of them at a time.

    Parameters
    ----------
    town
        Its name, said in every message.
    """

    def __init__(self, store: Store, town: str, *, clock: Callable[[], float] = time.time) -> None:
        self._store, self._town, self._clock = store, town, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message that is under way."""
        self._stop.set()
        self._thread.join(timeout=2 * TIMEOUT_S)

    def send_due(self, client: httpx.Client) -> int:
        """Send what is due now; return how many pieces of news were taken."""
        now_s, taken = self._clock(), 0
        for known in self._store.webhooks.every():
            if known.next_s > now_s or not self._waiting(known):
                continue
            lease_s = now_s + 3 * TIMEOUT_S
            webhook = self._store.webhooks.claim(known.name, now_s=now_s, until_s=lease_s)
            if webhook is not None:
                taken += self._send(webhook, client)
        return taken

    def _waiting(self, webhook: Webhook) -> tuple[News, ...]:
        return self._store.news.after(webhook.sent, limit=AT_ONCE, kinds=webhook.kinds)

    def _send(self, webhook: Webhook, client: httpx.Client) -> int:
        news = self._waiting(webhook)
        fault = tell(webhook, self._town, news, client) if news else ""
        if not fault:
            sent = news[-1].number if news else webhook.sent
            done = replace(webhook, sent=sent, tries=0, next_s=0.0, fault="")
            self._store.webhooks.note(done)
            return len(news)
        wait_s = min(FIRST_WAIT_S * 2.0**webhook.tries, LONGEST_WAIT_S)
        tries = min(webhook.tries + 1, 30)
        later = replace(webhook, tries=tries, next_s=self._clock() + wait_s, fault=fault)
        self._store.webhooks.note(later)
        return 0

    def _run(self) -> None:
        log = logging.getLogger("gatusyn.webhooks")
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            while not self._stop.is_set():
                try:
                    more = self.send_due(client) > 0
                except GatusynError as error:
                    # The store cannot be used just now: it is tried again, and `/ready` says so.
                    log.warning("webhooks wait: %s", type(error).__name__)
                    more = False
                if not more:
                    self._stop.wait(LOOKS_EACH_S)


def named_webhook(store: Store, name: str) -> Webhook:
    """Return a webhook.

    Raises
    ------
    SettingsError
        If there is none of that name.
    """
    known = {one.name: one for one in store.webhooks.every()}
    if name not in known:
        there = ", ".join(known) or "none"
        raise SettingsError(f"webhook {name}"[:100], "is not there", f"There are: {there}.")
    return known[name]


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, tz=UTC).isoformat(timespec="milliseconds")
