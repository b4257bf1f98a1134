"""Keeps what a compiled library writes to standard output by itself from the user's."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def muted() -> Iterator[None]:
    """Drop what is written to standard output within, by compiled code too.

    HiGHS writes lines of its own debugging there, whatever its options. Logs and faults go to
    standard error, which is left as it is. Where there is no standard output nothing is done.
    """
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    _flush()
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            _flush()
            os.dup2(kept, 1)
            os.close(kept)


def _flush() -> None:
    """Write out what Python and compiled code hold back."""
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()
    ctypes.CDLL(None).fflush(None)
