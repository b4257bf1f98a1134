"""The key with which a town's second factors are encrypted: beside its database, not in it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gatusyn.model import StoreError

KEY_FILE = "secret.key"
"""A backup does not have it: whoever finds one cannot make anybody's codes of it."""


def write_key(folder: Path, new: bytes) -> bytes:
    """Return a town's key; one that is lacking is made.

    Parameters
    ----------
    folder
        The city folder.
    new
        The key to take if there is none.

    Raises
    ------
    StoreError
        If it cannot be read or written.
    """
    path, made = folder / KEY_FILE, folder / f"{KEY_FILE}.{os.getpid()}.part"
    try:
        if not path.exists():
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(new + b"\n")
            # Of two programs that make one at the same time the first wins, with a whole file.
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        return path.read_bytes().strip()
    except OSError as error:
        raise StoreError(path, f"cannot be read or written ({error.strerror})") from error
