"""Programmes that people saved, and what was done to the streets: every store keeps such a book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gatusyn.model import DoneTreatment, SavedProgramme


class ProgrammeBook(Protocol):
    """Saved programmes and completed treatments: facts, which nothing changes afterwards."""

    def save(self, programme: SavedProgramme) -> None:
        """Keep a programme under its name.

        Raises
        ------
        ProgrammeError
            If there is one of that name.
        """

    def saved(self) -> tuple[SavedProgramme, ...]:
        """Return the saved programmes, oldest first."""

    def get(self, name: str) -> SavedProgramme:
        """Return a saved programme.

        Raises
        ------
        ProgrammeError
            If there is none of that name.
        """

    def note_done(self, treatments: Sequence[DoneTreatment]) -> int:
        """Note completed treatments, all or none.

        What is noted already (same section, treatment and day) is left as it is.

        Returns
        -------
        int
            How many were new.
        """

    def count_done(self) -> int:
        """Return how many completed treatments were noted; nothing takes one back."""

    def done(self) -> tuple[DoneTreatment, ...]:
        """Return the completed treatments, by day and as they were noted."""
