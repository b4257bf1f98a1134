"""A town's pair of keys: anybody may encrypt with the public one, only the private one decrypts."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from gatusyn.model import SealError

KEY_ID_BYTES = 8


def new_keys() -> tuple[bytes, bytes]:
    """Return a new private and public key (X25519) as PEM."""
    private = X25519PrivateKey.generate()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def parse_private_key(pem: bytes, *, source: object) -> X25519PrivateKey:
    """Return a private key.

    Parameters
    ----------
    source
        The file, for messages.

    Raises
    ------
    SealError
        If it is none.
    """
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise SealError(source, "is no private key for footage", "Put the right file there.")
    return key


def parse_public_key(pem: bytes, *, source: object) -> X25519PublicKey:
    """Return a public key.

    Parameters
    ----------
    source
        The file, for messages.

    Raises
    ------
    SealError
        If it is none.
    """
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, X25519PublicKey):
        raise SealError(source, "is no public key for footage", "Put the right file there.")
    return key


def key_id_of(public: X25519PublicKey) -> bytes:
    """Return eight bytes by which a key is known again."""
    return hashlib.sha256(public.public_bytes_raw()).digest()[:KEY_ID_BYTES]
