"""Sealed files, opened as a stream: no clear byte is written anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gatusyn.envelope.seal import About, Opener
from gatusyn.model import DamagedError, StoreError


def read_sealed(path: Path, private: X25519PrivateKey, about: About) -> Iterator[bytes]:
    """Yield a sealed file's bytes in order.

    Raises
    ------
    SealError
        If it is not there, was encrypted for another key, changed, reordered or cut off.
    StoreError
        If the disk does not give it.
    """
    try:
        with path.open("rb") as file:
            yield from Opener(private).open(file.read, about)
    except FileNotFoundError as error:
        raise DamagedError(
            f"Footage {about.upload_id}", "is not on the disk any more", "Have it sent again."
        ) from error
    except OSError as error:
        raise StoreError(
            f"Footage {about.upload_id}", f"cannot be read ({error.strerror})", "Check the disk."
        ) from error
