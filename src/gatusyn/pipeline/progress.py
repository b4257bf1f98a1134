"""How long work tells of itself."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far a piece of work has come."""

    def step(self, what: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` steps are done; total 0 means not known yet."""


class SilentProgress:
    """Says nothing."""

    def step(self, what: str, done: int, total: int) -> None:
        """Say nothing."""
