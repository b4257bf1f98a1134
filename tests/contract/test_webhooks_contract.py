"""What every store must do with webhooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gatusyn.model import NewsKind, SettingsError, Webhook
from gatusyn.store import Store


def webhook(name: str = "cases", *, sent: int = 0) -> Webhook:
    kinds = frozenset({NewsKind.FINDING_NEW, NewsKind.FINDING_GONE})
    url = "https://cases.example/gatusyn?town=å"
    return Webhook(name=name, url=url, secret="whsec_AAAA", kinds=kinds, sent=sent)


def test_a_webhook_comes_back_as_it_was_kept(store: Store) -> None:
    store.webhooks.add(webhook())
    store.webhooks.add(webhook("b"))
    assert store.webhooks.every() == (webhook("b"), webhook())
    with pytest.raises(SettingsError, match="webhook b: is there already"):
        store.webhooks.add(webhook("b", sent=9))
    assert store.webhooks.remove("b")
    assert not store.webhooks.remove("b")
    assert store.webhooks.every() == (webhook(),)


def test_one_sender_at_a_time_has_it_and_one_that_was_killed_loses_it(store: Store) -> None:
    store.webhooks.add(webhook())
    assert store.webhooks.claim("cases", now_s=10.0, until_s=40.0) == webhook()
    assert store.webhooks.claim("cases", now_s=39.0, until_s=80.0) is None
    again = store.webhooks.claim("cases", now_s=40.0, until_s=80.0)
    assert again is not None
    done = replace(again, sent=7, next_s=0.0, tries=2, fault="answered 500")
    store.webhooks.note(done)
    assert store.webhooks.every() == (done,)
    assert store.webhooks.claim("none", now_s=40.0, until_s=80.0) is None


def test_noting_one_that_went_does_not_bring_it_back(store: Store) -> None:
    store.webhooks.note(webhook())
    assert store.webhooks.every() == ()


def test_organisations_have_their_own(opener: Callable[[str], Store]) -> None:
    ours, theirs = opener("ours"), opener("theirs")
    ours.webhooks.add(webhook())
    theirs.webhooks.add(webhook(sent=3))
    assert not theirs.webhooks.remove("other")
    assert theirs.webhooks.claim("cases", now_s=1.0, until_s=9.0) is not None
    assert ours.webhooks.every() == (webhook(),)
    assert theirs.webhooks.remove("cases")
    assert ours.webhooks.every() == (webhook(),)
