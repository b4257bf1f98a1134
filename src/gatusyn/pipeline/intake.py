"""Takes footage that is sent over the network: encrypted before it touches the disk."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from gatusyn.envelope import About, SealedFile, read_public_key, write_keys
from gatusyn.model import (
    KeyMissingError,
    SealError,
    SentDrive,
    SentFile,
    SentState,
    StorageFullError,
    UploadConflictError,
    UploadError,
    UploadGoneError,
    UploadTooLargeError,
    require_client_key,
    require_file_name,
    require_sha256,
)
from gatusyn.pipeline.city import City
from gatusyn.store import NewFile, SentLimits

if TYPE_CHECKING:
    from hashlib import _Hash

PUBLIC_KEY: Final = "footage.public.pem"
"""The key that footage is encrypted with, in the city's folder."""

FOLDER: Final = "uploads"
_HASHES_KEPT: Final = 256
_MIB, _GIB = 2**20, 2**30


def sealed_path(city: City, upload_id: str) -> Path:
    """Return where a file lies, encrypted; its name is the store's own."""
    return city.folder / FOLDER / f"{upload_id}.sealed"


def public_key_path(city: City) -> Path:
    """Return the file of the public key."""
    return city.folder / PUBLIC_KEY


def private_key_path(city: City) -> Path:
    """Return the file of the private key."""
    return city.folder / city.settings.uploads.private_key


def make_keys(city: City) -> tuple[Path, Path]:
    """Make a city's pair of keys; return the files of the private and the public one.

    Raises
    ------
    SealError
        If there are keys already, footage waits that former ones encrypt, or they cannot be
        written.
    """
    if city.store.sent.drives(with_footage=True, limit=1):
        raise SealError(
            "This town",
            "has footage that its former keys encrypt",
            "Put them back until all of it was looked at or has expired.",
        )
    paths = private_key_path(city), public_key_path(city)
    write_keys(*paths)
    return paths


class Receiving:
    """Takes the next bytes of a file; use it with ``with``. What is not committed is lost."""

    def __init__(self, intake: Intake, file: SentFile, sealed: SealedFile) -> None:
        self._intake, self._file, self._sealed = intake, file, sealed
        self._hash = intake.hash_at(file.upload_id, file.taken)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sealed.__exit__(kind, error, trace)

    @property
    def taken(self) -> int:
        """Bytes that have come, committed or not."""
        return self._sealed.taken

    def add(self, data: bytes) -> None:
        """Encrypt and write the next bytes.

        Raises
        ------
        UploadTooLargeError
            If there are more than the file was said to have.
        StorageFullError
            If the disk is full; what was added before can be committed.
        """
        if self.taken + len(data) > self._file.size:
            raise UploadTooLargeError(
                self._file.name, f"has more than {self._file.size} bytes", "Say how many it has."
            )
        if data:
            self._sealed.add(data)
            if self._hash is not None:
                self._hash.update(data)

    def commit(self) -> SentFile:
        """Make what was added durable and acknowledge it.

        Raises
        ------
        UploadConflictError
            If another program went on with the file meanwhile.
        """
        own, sealed = self._file, self._sealed
        if sealed.taken > own.taken:
            sealed.sync()
        whole = sealed.taken == own.size
        sha256 = self._hash.hexdigest() if whole and self._hash is not None else own.sha256
        expires_s = self._intake.expires_s()
        done = self._intake.city.store.sent.advance(
            own.upload_id,
            before=own.taken,
            taken=sealed.taken,
            sealed=sealed.sealed,
            sha256=sha256,
            expires_s=expires_s,
        )
        if not done:
            raise UploadConflictError(
                own.name, "was gone on with elsewhere", "Ask how far it came."
            )
        self._file = SentFile(
            upload_id=own.upload_id,
            name=own.name,
            size=own.size,
            taken=sealed.taken,
            sealed=sealed.sealed,
            sha256=sha256,
            claimed=own.claimed,
            expires_s=expires_s,
        )
        self._intake.keep_hash(own.upload_id, sealed.taken, self._hash)
        return self._file

    def drop(self) -> None:
        """Take away what was added and not committed."""
        self._sealed.go_back(taken=self._file.taken, sealed=self._file.sealed)
        self._hash = self._intake.hash_at(self._file.upload_id, self._file.taken)


class Intake:
    """Takes the drives that are sent to one city.

    It needs the public key only: it cannot read what it took.

    Parameters
    ----------
    city
        The city.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(self, city: City, *, clock: Callable[[], float] = time.time) -> None:
        self.city = city
        self._clock = clock
        self._hashes: OrderedDict[str, tuple[int, _Hash]] = OrderedDict()
        self._lock = Lock()

    @property
    def largest_bytes(self) -> int:
        """The largest file that is taken."""
        return int(self.city.settings.uploads.largest_file_mib * _MIB)

    def expires_s(self) -> float:
        """Return until when a file is kept that is not gone on with."""
        return self._clock() + 3600.0 * self.city.settings.uploads.unfinished_hours

    def begin(
        self, sender: str, client_key: str, name: str, size: int, *, sha256: str = ""
    ) -> tuple[SentFile, bool]:
        """Make a place for a file; return it, and whether it is new.

        Raises
        ------
        UploadError
            If a name or a hash is none, or it does not fit what has come.
        UploadTooLargeError
            If it is too large, or too much waits.
        StorageFullError
            If the disk has no room for it.
        KeyMissingError
            If the town has no key yet.
        """
        require_client_key(client_key)
        require_file_name(name)
        if sha256:
            require_sha256(sha256)
        if size < 1:
            raise UploadError(name, "is empty (0 bytes)", "Copy it from the camera again.")
        params = self.city.settings.uploads
        if size > self.largest_bytes:
            raise UploadTooLargeError(
                name, f"is larger than {params.largest_file_mib:g} MiB", "Send shorter videos."
            )
        if not public_key_path(self.city).is_file():
            raise KeyMissingError(
                "This town", "takes no footage yet", "Make its keys: gatusyn keys CITY."
            )
        self._require_free(size)
        return self.city.store.sent.begin(
            NewFile(sender=sender, client_key=client_key, name=name, size=size, claimed=sha256),
            SentLimits(
                drive_bytes=int(params.largest_drive_mib * _MIB),
                files=params.most_files,
                waiting_bytes=int(params.most_waiting_gib * _GIB),
            ),
            now_s=self._clock(),
            expires_s=self.expires_s(),
        )

    def _require_free(self, more: int) -> None:
        free = shutil.disk_usage(self.city.folder).free
        if free - more < self.city.settings.uploads.free_gib * _GIB:
            raise StorageFullError(
                "The service", "has no room left for this file", "Try again later."
            )

    def file(self, upload_id: str, sender: str) -> SentFile | None:
        """Return a file that somebody sends; None if there is none of theirs.

        Raises
        ------
        UploadGoneError
            If it was not gone on with for too long.
        """
        found = self.city.store.sent.file(upload_id)
        if found is None or found[1].sender != sender:
            return None
        file, drive = found
        is_arriving = drive.state is SentState.ARRIVING and not file.is_whole
        if is_arriving and file.expires_s <= self._clock():
            raise UploadGoneError(file.name, "was not gone on with in time", "Begin it anew.")
        return file

    def receive(self, file: SentFile) -> Receiving:
        """Go on with a file where what was acknowledged ends.

        Raises
        ------
        StorageFullError
            If the disk has no room for the rest of it.
        UploadGoneError
            If less is on the disk than was acknowledged; the file is forgotten.
        """
        self._require_free(file.size - file.taken)
        about = About(upload_id=file.upload_id, size=file.size)
        path = sealed_path(self.city, file.upload_id)
        public = read_public_key(public_key_path(self.city))
        try:
            sealed = SealedFile(path, public, about, taken=file.taken, sealed=file.sealed)
        except UploadGoneError:
            self.remove(file)
            raise
        return Receiving(self, file, sealed)

    def remove(self, file: SentFile) -> bool:
        """Destroy what came of a file; False if its drive is whole: it is not theirs to take."""
        if not self.city.store.sent.remove_file(file.upload_id):
            return False
        sealed_path(self.city, file.upload_id).unlink(missing_ok=True)
        with self._lock:
            self._hashes.pop(file.upload_id, None)
        return True

    def complete(
        self, sender: str, client_key: str, claimed: Mapping[str, tuple[int, str]]
    ) -> SentDrive:
        """Note that all of a drive has come; return it, or the one that has the same content.

        Parameters
        ----------
        claimed
            Size and SHA-256 of each of its files, by name.

        Raises
        ------
        UploadConflictError
            If a file is lacking, not whole, not listed, or other than it is said to be.
        """
        require_client_key(client_key)
        for _, sha256 in claimed.values():
            require_sha256(sha256)
        return self.city.store.sent.complete(
            sender, client_key, claimed, content=content_of(claimed), now_s=self._clock()
        )

    def hash_at(self, upload_id: str, taken: int) -> _Hash | None:
        """Return the hash over a file's first bytes; None if it is not known any more."""
        if taken == 0:
            return hashlib.sha256()
        with self._lock:
            kept = self._hashes.get(upload_id)
        return kept[1].copy() if kept is not None and kept[0] == taken else None

    def keep_hash(self, upload_id: str, taken: int, known: _Hash | None) -> None:
        """Keep the hash over a file's first bytes, of the files that were gone on with last."""
        with self._lock:
            self._hashes.pop(upload_id, None)
            if known is not None:
                self._hashes[upload_id] = (taken, known.copy())
            while len(self._hashes) > _HASHES_KEPT:
                self._hashes.popitem(last=False)


def content_of(claimed: Mapping[str, tuple[int, str]]) -> str:
    """Return a hash over files' sizes and hashes; their names are of no account."""
    return hashlib.sha256(json.dumps(sorted(claimed.values())).encode()).hexdigest()
