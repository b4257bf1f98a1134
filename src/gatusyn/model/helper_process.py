"""What every helper process does first."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import wait
from threading import Thread


def end_with_parent() -> None:
    """End this process as soon as the one that it helps is gone, were it killed."""
    helped = multiprocessing.parent_process()
    assert helped is not None

    def watch() -> None:
        wait([helped.sentinel])
        os._exit(1)

    Thread(target=watch, name="end with parent", daemon=True).start()
