"""Keys from their files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from gatusyn.envelope.keys import parse_private_key, parse_public_key
from gatusyn.model import KeyMissingError, SealError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_public_key(path: Path) -> X25519PublicKey:
    """Read the key that footage is encrypted with.

    Raises
    ------
    KeyMissingError
        If it is not there.
    SealError
        If it cannot be read.
    """
    return parse_public_key(_read(path), source=path)


def read_private_key(path: Path) -> X25519PrivateKey:
    """Read the key that opens footage.

    Raises
    ------
    KeyMissingError
        If it is not there.
    SealError
        If it cannot be read, or others can read it too.
    """
    pem = _read(path)
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise SealError(path, "can be read by others", f"Make it yours alone: chmod 600 {path}")
    return parse_private_key(pem, source=path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise KeyMissingError(
            path, "is not there", "Make a town's keys with `gatusyn keys CITY`, or put it back."
        ) from error
    except OSError as error:
        raise SealError(path, f"cannot be read ({error.strerror})", "Check who may.") from error
