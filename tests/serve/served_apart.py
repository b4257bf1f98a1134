"""Serves the made-up town in a process of its own; run as ``python -m tests.serve.served_apart``.

GDAL asks without letting other threads of its process run, so it cannot ask a service in the same.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings
from gatusyn.serve import create_app

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def served_apart() -> Iterator[str]:
    """Start the service and give its address; end it afterwards."""
    folders = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.serve.served_apart"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": folders},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201
        app = create_app(FakeStore(Path(folder)), CitySettings(name="Björkvik"))
        uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")).run([listener])


if __name__ == "__main__":
    main()
