"""Runs the command line as a shell would."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from gatusyn import cli

Run = Callable[..., tuple[int, str, str]]
"""Runs ``gatusyn`` with arguments; returns its exit code, output and faults."""


def run_cli(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run ``gatusyn`` with arguments and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["gatusyn", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line and returns exit code, output and faults."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run_cli(monkeypatch, *arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
