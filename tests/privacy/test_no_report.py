"""ONNX Runtime's own builds report to Microsoft: with ours they do not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOADS = """
from gatusyn.model import PrivacyParams
from gatusyn.privacy import load_redactor

load_redactor(PrivacyParams())
"""


def left_in(home: Path, code: str) -> list[str]:
    """Run code in a process of its own; return what it left in its user's folder."""
    home.mkdir()
    kept = {name: own for name, own in os.environ.items() if not name.startswith("ORT_")}
    for name in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        kept.pop(name, None)
    subprocess.run([sys.executable, "-c", code], check=True, env={**kept, "HOME": str(home)})
    return sorted(own.name for own in home.rglob("*") if own.is_file())


def test_the_runtime_makes_no_identifier_of_the_device_and_queues_nothing(tmp_path: Path) -> None:
    assert left_in(tmp_path / "ours", LOADS) == []


def test_the_environment_cannot_turn_it_on_again() -> None:
    code = "import gatusyn, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "0"},
    )
    assert done.stdout.strip() == "1"
