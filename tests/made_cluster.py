"""A PostgreSQL server of the tests' own: in a folder that goes with it, on a socket there."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

USER = "gatusyn"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
}
"""Nobody's data: what the system has taken is safe enough."""


class LackingError(Exception):
    """What the server needs is not on this machine."""


class Cluster:
    """A server that runs until ``stop``."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._account = _account()
        self.folder = Path(tempfile.mkdtemp(prefix="gatusyn-pg-"))
        self._own(self.folder)
        self._server: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def address(self, database: str) -> str:
        """Return the connection string of a database."""
        return f"host={self.folder} user={USER} dbname={database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        socket = f"--unix_socket_directories={self.folder}"
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, socket, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._account,
            )
        for _ in range(600):
            try:
                psycopg.connect(self.address("postgres")).close()
            except psycopg.OperationalError:
                if self._server.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        raise LackingError(f"PostgreSQL does not start: {(self.folder / 'log').read_text()}")

    def kill(self) -> None:
        """End the server as a power cut would, but for what the system has taken."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, database: str, *statements: str) -> None:
        """Run statements in a database."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def tables(self, database: str) -> set[str]:
        """Return the names of the store's tables in a database."""
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'gatusyn'"
        with psycopg.connect(self.address(database)) as connection:
            return {row[0] for row in connection.execute(query)}

    def copy(self, name: str, template: str) -> str:
        """Make a database as another is; return its connection string."""
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever uses it."""
        self.execute("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as who asks."""
        subprocess.run([self._programs / program, *arguments], check=True)

    def _own(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account["user"], self._account["group"])

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            **self._account,
        )
        if done.returncode:
            self.stop()
            raise LackingError(f"{program} failed: {done.stderr.decode()}")


def _programs() -> Path:
    """Return the folder of the newest server's programs (Debian keeps them off the path)."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: float(path.parent.name),
    )
    if found:
        return found[-1]
    if path := shutil.which("initdb"):
        return Path(path).resolve().parent
    raise LackingError("PostgreSQL's server is not installed (Debian: postgresql-15-postgis-3)")


def _account() -> dict[str, Any]:
    """Return whom the server is to run as: it refuses the administrator."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise LackingError("there is no account that is not the administrator's")
