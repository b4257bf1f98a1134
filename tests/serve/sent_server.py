"""Serves a city that takes footage, in a process of its own.

``python -m tests.serve.sent_server CITY [TIMES]``: with TIMES it kills itself (SIGKILL) when it is
about to acknowledge for the so-many-th time: what came is on the disk, and nothing says so.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import uvicorn

from gatusyn.pipeline import open_city
from gatusyn.serve import create_app
from gatusyn.store.sql_sent import SqlSent


def main() -> None:
    folder = Path(sys.argv[1])
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    numbers, advance = count(1), SqlSent.advance

    def deadly(book: SqlSent, upload_id: str, **more: Any) -> bool:
        if next(numbers) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return advance(book, upload_id, **more)

    with mock.patch.object(SqlSent, "advance", deadly), socket.socket() as listener:
        city = open_city(folder)
        app = create_app(city.store, city.settings, reviewer="Bo", city_folder=city.folder)
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201
        uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")).run([listener])


if __name__ == "__main__":
    main()
