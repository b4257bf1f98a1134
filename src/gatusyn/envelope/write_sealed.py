"""One part of a file, encrypted to the disk as it arrives."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from gatusyn.envelope.seal import About, Sealer
from gatusyn.model import StorageFullError, StoreError, UploadConflictError, UploadGoneError


class SealedFile:
    """Goes on with a sealed file where what was acknowledged ends; use it with ``with``.

    What lies behind that, of a service that was killed, is cut off first. Nobody else can go on
    with it meanwhile; the system ends that when the process does.

    Parameters
    ----------
    path
        The sealed file, which is made if nothing of it was acknowledged.
    public
        The town's key.
    about
        The file.
    taken
        Bytes of the file that were acknowledged.
    sealed
        Bytes of the sealed file that hold them.

    Raises
    ------
    UploadGoneError
        If less is on the disk than was acknowledged.
    UploadConflictError
        If another program goes on with it.
    StorageFullError
        If the disk is full.
    """

    def __init__(
        self, path: Path, public: X25519PublicKey, about: About, *, taken: int, sealed: int
    ) -> None:
        self.path, self._public, self._about = path, public, about
        self.taken = taken
        self.sealed = sealed
        self._sealer: Sealer | None = None
        # Who gave up waiting for a thread closes the file, and its number is another's at once.
        self._using, self._closed = Lock(), False
        with _in_plain_words(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._begin()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._using:
            self._closed = True
            os.close(self._file)

    def _begin(self) -> None:
        self._lock()
        if os.fstat(self._file).st_size < self.sealed:
            raise UploadGoneError(
                "This file", "has lost what came of it", "Begin it anew: what you have is needed."
            )
        with _in_plain_words(self.path):
            self._cut(self.sealed)

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadConflictError(
                "This file", "is being sent already", "Wait, then ask how far it came."
            ) from error

    def add(self, data: bytes) -> None:
        """Encrypt the next bytes of the file and write them; ``sync`` makes them last.

        Raises
        ------
        StorageFullError
            If the disk is full: nothing of this call is there then.
        """
        if self._sealer is None:
            self._sealer = Sealer(self._public, self._about, offset=self.taken)
            locked = self._sealer.head + self._sealer.seal(data)
        else:
            locked = self._sealer.seal(data)
        before = self.sealed
        try:
            with self._open():
                view = memoryview(locked)
                while view:
                    view = view[os.write(self._file, view) :]
        except StoreError:
            self.go_back(taken=self.taken, sealed=before)
            raise
        self.taken += len(data)
        self.sealed = before + len(locked)

    def sync(self) -> None:
        """Make what was added last, should the power fail.

        Raises
        ------
        StorageFullError
            If the disk is full after all.
        """
        with self._open():
            os.fsync(self._file)
            # The name must last as well.
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def go_back(self, *, taken: int, sealed: int) -> None:
        """Take away what was added since some moment."""
        self._sealer = None
        self.taken, self.sealed = taken, sealed
        with self._open():
            self._cut(sealed)

    @contextmanager
    def _open(self) -> Iterator[None]:
        with self._using, _in_plain_words(self.path):
            if self._closed:
                raise StoreError(self.path.parent, "nobody waits for this file any more")
            yield

    def _cut(self, length: int) -> None:
        os.ftruncate(self._file, length)
        os.lseek(self._file, length, os.SEEK_SET)


@contextmanager
def _in_plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFullError(
                path.parent, "has no room left", "Ask how far it came, and try again later."
            ) from error
        raise StoreError(path.parent, f"cannot be written ({error.strerror})") from error
