"""What browsers and programs show to be known again: random, and kept as a hash only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

PREFIX = "gatusyn_"
"""What programs' tokens begin with: whoever searches files for lost secrets finds them."""


def new_session_token() -> str:
    """Return what a browser is given when somebody logs in: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    """Return what a program is given: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is kept of a token; it is random, so a plain hash cannot be tried through."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def csrf_token_of(session_token: str) -> str:
    """Return what a page of a log-in is told, and no other page can know."""
    digest = hmac.new(session_token.encode("utf-8", "backslashreplace"), b"csrf", "sha256")
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def token_in(authorization: str) -> str:
    """Return the token in an ``Authorization`` header: as Bearer, or as the password of Basic.

    Empty if it holds none.
    """
    scheme, _, value = authorization.partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        return value
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return pair.partition(":")[2]
