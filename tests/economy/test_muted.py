"""What a compiled library writes by itself does not reach the user; what comes after does."""

from __future__ import annotations

import ctypes

import pytest

from gatusyn.model.muted import muted


def test_only_what_is_written_within_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    library = ctypes.CDLL(None)
    library.puts(b"before")
    with muted():
        library.puts(b"stray")
    library.puts(b"after")
    library.fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"


def test_after_a_fault_within_the_output_is_there_again(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), muted():
        raise ValueError("no")
    library = ctypes.CDLL(None)
    library.puts(b"after")
    library.fflush(None)
    assert capfd.readouterr().out == "after\n"
