"""The documentation names every command and every setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatusyn.cli import build_app
from gatusyn.model import CitySettings
from gatusyn.pipeline.write_settings import settings_table

DOCS = Path(__file__).resolve().parent.parent / "docs"


def command_names() -> list[str]:
    return [
        command.name or command.callback.__name__
        for command in build_app().registered_commands
        if command.callback is not None
    ]


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_documented(name: str) -> None:
    assert f"`gatusyn {name}" in (DOCS / "commands.md").read_text("utf-8")


def test_the_table_of_settings_is_the_newest() -> None:
    written = (DOCS / "guides" / "settings.md").read_text("utf-8")
    assert settings_table(CitySettings()) in written, "run: make docs"
