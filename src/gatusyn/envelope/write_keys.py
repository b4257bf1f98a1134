"""A new pair of keys into its files."""

from __future__ import annotations

import os
from pathlib import Path

from gatusyn.envelope.keys import new_keys
from gatusyn.model import SealError


def write_keys(private: Path, public: Path) -> None:
    """Make a pair of keys; none is ever written over.

    Parameters
    ----------
    private, public
        Their files; the private one can be read by its owner alone.

    Raises
    ------
    SealError
        If one is there already, or cannot be written.
    """
    for path in (private, public):
        if path.exists():
            raise SealError(
                path,
                "is there already, and footage may have been encrypted for it",
                "Leave it. To change keys, let `gatusyn work` look at all that waits, then move "
                "both files away.",
            )
    secret, told = new_keys()
    made: list[Path] = []
    try:
        for path, pem, mode in ((private, secret, 0o600), (public, told, 0o644)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(path, flags, mode), "wb") as file:
                made.append(path)
                file.write(pem)
                os.fsync(file.fileno())
    except OSError as error:
        for half in made:
            half.unlink(missing_ok=True)
        raise SealError(path, f"cannot be written ({error.strerror})") from error
