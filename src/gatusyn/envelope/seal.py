"""The envelope: encrypts a file's bytes as they come, so that the private key alone opens them.

A sealed file is a row of *parts*, one for each time that the receiver went on with it, and a part
is a row of *pieces* (RFC 8439, RFC 7748, RFC 5869):

- A part begins with ``K``, the town's key id, and a public key (X25519) made for this part alone.
  Its secret is agreed on with the town's key and spread by HKDF; the part's private key is
  forgotten when the part is, so who received it cannot read it any more.
- A piece is ``D``, a length and ChaCha20-Poly1305. Its nonce counts the pieces of the part. What is
  authenticated beside it: which upload, how long the whole file is, and the piece's place in it. So
  pieces that are changed, moved, left out, repeated or of another file are found, and so is a file
  that ends early: its pieces must reach the whole length.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gatusyn.envelope.keys import KEY_ID_BYTES, key_id_of
from gatusyn.model import DamagedError, SealError

CHUNK_BYTES: Final = 256 * 1024
"""Footage in one piece, at most."""

_PURPOSE: Final = b"gatusyn footage 1"
_PUBLIC_BYTES: Final = 32
_TAG_BYTES: Final = 16
_LONGEST_PIECE: Final = CHUNK_BYTES + _TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a piece must belong to.

    Parameters
    ----------
    upload_id
        The upload's.
    size
        Bytes of the whole file.
    """

    upload_id: str
    size: int

    def beside(self, offset: int) -> bytes:
        """Return what is authenticated with the piece that begins at an offset."""
        return _PURPOSE + struct.pack(">QQ", self.size, offset) + self.upload_id.encode()


class Sealer:
    """Encrypts one part of a file.

    Parameters
    ----------
    public
        The town's key.
    about
        The file.
    offset
        Bytes of the file that came before.
    """

    def __init__(self, public: X25519PublicKey, about: About, *, offset: int) -> None:
        own = X25519PrivateKey.generate()
        self._about, self._offset, self._number = about, offset, 0
        part = own.public_key().public_bytes_raw()
        self._cipher = _cipher(own.exchange(public), part, public)
        self.head = b"K" + key_id_of(public) + part
        """Goes before the part's pieces."""

    def seal(self, data: bytes | memoryview) -> bytes:
        """Return the next bytes of the file, encrypted, as pieces."""
        view, sealed = memoryview(data), bytearray()
        for start in range(0, len(view), CHUNK_BYTES):
            piece = view[start : start + CHUNK_BYTES]
            beside = self._about.beside(self._offset)
            locked = self._cipher.encrypt(_nonce(self._number), bytes(piece), beside)
            sealed += b"D" + struct.pack(">I", len(locked)) + locked
            self._offset += len(piece)
            self._number += 1
        return bytes(sealed)


class Opener:
    """Decrypts what ``Sealer`` encrypted.

    Parameters
    ----------
    private
        The town's key.
    """

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private
        self._public = private.public_key()

    def open(self, read: Callable[[int], bytes], about: About) -> Iterator[bytes]:
        """Yield a file's bytes in order; what was yielded before a fault is the file's own.

        Parameters
        ----------
        read
            Gives the next bytes of the sealed file, fewer only at its end.
        about
            The file.

        Raises
        ------
        SealError
            If it was encrypted for another key, changed, put in another order or cut off.
        """
        cipher: ChaCha20Poly1305 | None = None
        offset, number = 0, 0
        while kind := read(1):
            if kind == b"K":
                cipher, number = self._part(read, about), 0
            elif kind == b"D" and cipher is not None:
                data = _piece(read, cipher, number, about, offset)
                offset, number = offset + len(data), number + 1
                yield data
            else:
                raise _changed(about)
        if offset != about.size:
            raise DamagedError(
                f"Footage {about.upload_id}",
                f"was cut off on the disk (it has {offset} of {about.size} bytes)",
                "Have it sent again.",
            )

    def _part(self, read: Callable[[int], bytes], about: About) -> ChaCha20Poly1305:
        head = read(KEY_ID_BYTES + _PUBLIC_BYTES)
        if len(head) < KEY_ID_BYTES + _PUBLIC_BYTES:
            raise _changed(about)
        own = key_id_of(self._public)
        if head[:KEY_ID_BYTES] != own:
            raise SealError(
                f"Footage {about.upload_id}",
                f"was encrypted for another key ({head[:KEY_ID_BYTES].hex()}, this is {own.hex()})",
                "Put the key that it was encrypted for in place (uploads.private_key).",
            )
        part = head[KEY_ID_BYTES:]
        try:
            secret = self._private.exchange(X25519PublicKey.from_public_bytes(part))
        except ValueError as error:
            raise _changed(about) from error
        return _cipher(secret, part, self._public)


def _piece(
    read: Callable[[int], bytes],
    cipher: ChaCha20Poly1305,
    number: int,
    about: About,
    offset: int,
) -> bytes:
    told = read(4)
    length = struct.unpack(">I", told)[0] if len(told) == len("1234") else 0
    if not _TAG_BYTES < length <= _LONGEST_PIECE:
        raise _changed(about)
    try:
        return cipher.decrypt(_nonce(number), read(length), about.beside(offset))
    except (InvalidTag, ValueError) as error:
        raise _changed(about) from error


def _cipher(secret: bytes, part: bytes, public: X25519PublicKey) -> ChaCha20Poly1305:
    salt = part + public.public_bytes_raw()
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt, _PURPOSE).derive(secret))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _changed(about: About) -> DamagedError:
    return DamagedError(
        f"Footage {about.upload_id}",
        "was changed on the disk, or its parts are not in their order",
        "Have it sent again, and find out who can write to the folder.",
    )
