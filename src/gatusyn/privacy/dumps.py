"""Keeps raw frames out of crash dumps: whoever holds them leaves no picture of its memory."""

from __future__ import annotations

import sys


def forbid_core_dumps() -> None:
    """Have the system write no core file if this process, or one that it starts, crashes.

    A system that hands crashes to a program of its own (``kernel.core_pattern`` with a pipe) has to
    be told there; where processes have no such limit, nothing is done.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
