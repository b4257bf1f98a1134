"""The command line reads the one command that is about to run."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest
from tests.test_docs import names_in

from gatusyn import cli


def test_the_other_commands_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noting(name: str) -> ModuleType:
        read.append(name)
        return import_module(name)

    monkeypatch.setattr(cli, "import_module", noting)
    assert names_in(cli.build_app("restore")) == ["restore"]
    assert names_in(cli.build_app("remove-picture")) == ["remove-picture"]
    assert set(names_in(cli.build_app("token"))) == {"token new", "token list", "token revoke"}
    assert read == ["gatusyn.cli.backup", "gatusyn.cli.remove_picture", "gatusyn.cli.token"]


@pytest.mark.parametrize("typed", [None, "--help", "inspct", "token new"])
def test_without_a_command_there_are_all(typed: str | None) -> None:
    found = names_in(cli.build_app(typed))
    assert {"init", "remove-picture", "token new", "bench serve", "evaluate damage"} <= set(found)
    assert len(found) > 50
