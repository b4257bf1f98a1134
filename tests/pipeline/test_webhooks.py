"""Other systems are told once, in order, signed; and again when they did not take it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from tests.store.made_store import make_network

from gatusyn.model import News, NewsKind, SettingsError
from gatusyn.pipeline import WebhookSender, named_webhook, new_webhook
from gatusyn.pipeline.webhooks import AT_ONCE, FIRST_WAIT_S, LONGEST_WAIT_S, signed
from gatusyn.store import SqlStore, create_store

URL = "https://cases.example/gatusyn"


@dataclass
class Receiver:
    """Takes messages, or answers with a fault."""

    status: int = 204
    got: list[httpx.Request] = field(default_factory=list)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer), follow_redirects=False)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        if self.status == 0:
            raise httpx.ConnectTimeout("slow")
        elsewhere = {"location": "https://elsewhere.example/"}
        return httpx.Response(self.status, headers=elsewhere if self.status == 302 else {})

    def numbers(self) -> list[int]:
        return [one["number"] for each in self.got for one in json.loads(each.content)["data"]]


@dataclass
class Clock:
    now_s: float = 1e9

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = create_store(tmp_path / "city", organisation="town", network=make_network())
    yield made
    made.close()


def tell(store: SqlStore, count: int = 1, kind: NewsKind = NewsKind.FINDING_NEW) -> None:
    news = News(kind=kind, time_s=1e9, about={"street": "Åsgatan", "kind": "pothole"})
    store.news.tell([news] * count)


def test_news_is_told_once_in_order_and_signed(store: SqlStore) -> None:
    tell(store)
    made = new_webhook(store, "cases", URL)
    receiver, sender = Receiver(), WebhookSender(store, "Björkvik", clock=Clock())
    tell(store, 3)
    tell(store, 1, NewsKind.VEHICLE)
    with receiver.client() as client:
        assert sender.send_due(client) == 3
        assert sender.send_due(client) == 0
    (message,) = receiver.got
    assert receiver.numbers() == [2, 3, 4], "from when it was made on, and only what it is for"
    body = json.loads(message.content)
    assert (body["type"], body["town"]) == ("gatusyn.news", "Björkvik")
    assert body["data"][0]["news"] == "finding-new"
    assert body["data"][0]["street"] == "Åsgatan"
    told = b".".join(
        (
            message.headers["webhook-id"].encode(),
            message.headers["webhook-timestamp"].encode(),
            message.content,
        )
    )
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    ours = base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    assert message.headers["webhook-signature"] == f"v1,{ours}"


def test_the_signature_is_the_standard_s_example() -> None:
    """The example of the Standard Webhooks libraries."""
    body = b'{"test": 2432232314}'
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [500, 404, 302, 0])
def test_what_was_not_taken_is_told_again_later_and_later(store: SqlStore, status: int) -> None:
    new_webhook(store, "cases", URL)
    tell(store)
    clock, receiver = Clock(), Receiver(status)
    sender = WebhookSender(store, "Björkvik", clock=clock)
    with receiver.client() as client:
        waits = []
        for _ in range(14):
            assert sender.send_due(client) == 0
            waiting = named_webhook(store, "cases")
            assert waiting.fault
            waits.append(waiting.next_s - clock.now_s)
            assert sender.send_due(client) == 0, "not before it is due"
            clock.now_s = waiting.next_s
        assert waits[0] == FIRST_WAIT_S
        assert waits == sorted(waits)
        assert waits[-1] == LONGEST_WAIT_S
        assert len(receiver.got) == 14
        receiver.status = 200
        assert sender.send_due(client) == 1
    done = named_webhook(store, "cases")
    assert (done.tries, done.fault, done.sent) == (0, "", store.news.newest())
    assert all(one.url.host == "cases.example" for one in receiver.got)


def test_much_news_comes_in_parts_and_whole(store: SqlStore) -> None:
    new_webhook(store, "cases", URL)
    tell(store, 2 * AT_ONCE + 1)
    receiver, sender = Receiver(), WebhookSender(store, "Björkvik", clock=Clock())
    with receiver.client() as client:
        while sender.send_due(client):
            pass
    assert receiver.numbers() == list(range(1, 2 * AT_ONCE + 2))
    assert len(receiver.got) == 3


def test_one_that_fails_does_not_hold_up_another(store: SqlStore) -> None:
    new_webhook(store, "a-broken", "https://broken.example")
    new_webhook(store, "whole", URL)
    tell(store)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500 if request.url.host == "broken.example" else 200)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert WebhookSender(store, "Björkvik", clock=Clock()).send_due(client) == 1


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("cases", "ftp://cases.example"),
        ("cases", "file:///etc/passwd"),
        ("cases", "https://user:secret@cases.example"),
        ("cases", "https://"),
        ("cases", "https://a b"),
        ("cases", "https://[::1"),
        ("cases", "https://cases.example:99999"),
        ("cases", "https://cases.example/" + "a" * 600),
        ("<b>", URL),
        ("", URL),
        ("../x", URL),
    ],
)
def test_what_is_no_name_or_address_is_refused(store: SqlStore, name: str, url: str) -> None:
    with pytest.raises(SettingsError):
        new_webhook(store, name, url)
    assert store.webhooks.every() == ()
