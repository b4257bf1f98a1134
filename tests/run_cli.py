"""Runs the command line as a shell would."""

from __future__ import annotations

import sys

import pytest

from gatusyn import cli


def run_cli(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run ``gatusyn`` with arguments and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["gatusyn", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)
