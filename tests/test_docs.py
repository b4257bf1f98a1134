"""The documentation names every command and every setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import Typer

from gatusyn.cli import build_app
from gatusyn.model import CitySettings
from gatusyn.pipeline.write_settings import settings_table

DOCS = Path(__file__).resolve().parent.parent / "docs"


def names_in(app: Typer, before: str = "") -> list[str]:
    """Return the commands of an app and of the apps within it, as they are typed."""
    own = [
        before + (command.name or command.callback.__name__)
        for command in app.registered_commands
        if command.callback is not None
    ]
    within = [
        name
        for group in app.registered_groups
        if group.typer_instance is not None
        for name in names_in(group.typer_instance, f"{before}{group.typer_instance.info.name} ")
    ]
    return own + within


@pytest.mark.parametrize("name", names_in(build_app()))
def test_every_command_is_documented(name: str) -> None:
    assert f"`gatusyn {name}" in (DOCS / "commands.md").read_text("utf-8")


def test_the_table_of_settings_is_the_newest() -> None:
    written = (DOCS / "guides" / "settings.md").read_text("utf-8")
    assert settings_table(CitySettings()) in written, "run: make docs"
