"""The second factor: codes from a phone (TOTP, RFC 6238), and codes on paper in its place."""

from __future__ import annotations

import hashlib
import hmac

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from gatusyn.model import (
    AccountError,
    FormFault,
)

STEP_S = 30
DRIFT = 1
"""Steps that a phone's clock may be off."""

RECOVERY_CODES = 8


class Vault:
    """Encrypts secrets that the store keeps, with a key that it does not have.

    Parameters
    ----------
    key
        32 bytes, base64 as Fernet takes them.
    """

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def lock(self, secret: str) -> str:
        """Return a secret, encrypted."""
        return self._fernet.encrypt(secret.encode()).decode()

    def unlock(self, locked: str) -> str:
        """Return an encrypted secret.

        Raises
        ------
        AccountError
            If it was encrypted with another key.
        """
        try:
            return self._fernet.decrypt(locked.encode()).decode()
        except InvalidToken as error:
            raise AccountError(
                "The second factor",
                "was kept with another key",
                "Use a recovery code, or have it taken off: gatusyn user totp-off CITY NAME.",
                form=FormFault.CODE_KEY,
            ) from error


def new_secret() -> str:
    """Return a secret for a phone: 160 random bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, *, name: str, town: str) -> str:
    """Return the ``otpauth://`` address that an app on a phone takes."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"Gatusyn {town}")


def step_of(code: str, secret: str, *, now_s: float, after: int) -> int | None:
    """Return the time step whose code this is; None if it is none that may still be used.

    Parameters
    ----------
    after
        The newest step that was used: no code is taken twice.
    """
    totp, now = pyotp.TOTP(secret), int(now_s // STEP_S)
    given = code.replace(" ", "").encode("utf-8", "backslashreplace")
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        is_it = hmac.compare_digest(totp.generate_otp(step).encode(), given)
        if is_it and step > after:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Return codes to print: 80 random bits each."""
    return [
        "-".join(pyotp.random_base32(32)[start : start + 4] for start in range(0, 16, 4)).lower()
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    """Return what is kept of a recovery code; it is random, so a plain hash is enough."""
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(plain.encode("utf-8", "backslashreplace")).hexdigest()


def new_key() -> bytes:
    """Return a key for a ``Vault``."""
    return Fernet.generate_key()
