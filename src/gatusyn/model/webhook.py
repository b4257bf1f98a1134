"""Where another system is told of news."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from gatusyn.model.errors import SettingsError
from gatusyn.model.news import NewsKind

LONGEST_URL = 500
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that gets news, signed; delivered at least once, in order.

    Parameters
    ----------
    name
        Letters, digits, ``.``, ``_`` and ``-``; unique in the organisation.
    url
        ``https://``, or ``http://`` (inside the town's own network); without user and password.
    secret
        ``whsec_`` and the key in base64 (Standard Webhooks).
    kinds
        What it is told of.
    sent
        The number of the last news that it took.
    tries
        How often it failed since.
    next_s
        When it is tried again, seconds since 1970-01-01 UTC; 0 is at once.
    fault
        Why it failed last; empty if it did not.

    Raises
    ------
    SettingsError
        If name, address or kinds are none.
    """

    name: str
    url: str
    secret: str
    kinds: frozenset[NewsKind]
    sent: int
    tries: int = 0
    next_s: float = 0.0
    fault: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SettingsError(
                f"webhook {self.name!r}"[:100],
                "is no name for a webhook",
                "Take up to 64 letters, digits, dots, hyphens or underscores.",
            )
        require_web_address(self.url)
        if not self.kinds:
            raise SettingsError(f"webhook {self.name}", "is told of nothing", "Name some kinds.")


def require_web_address(url: str) -> None:
    """Refuse what is no address that news can be sent to.

    Raises
    ------
    SettingsError
        If it is none.
    """
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if (
        not whole
        or len(url) > LONGEST_URL
        or not url.isprintable()
        or " " in url
        or parts.scheme not in ("https", "http")
        or parts.username is not None
        or parts.fragment
    ):
        raise SettingsError(
            f"address {url!r}"[:200],
            "is none that news can be sent to",
            "Give it as https://cases.example/gatusyn, without user and password.",
        )
