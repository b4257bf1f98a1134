"""The command line: one file a command."""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from rich.console import Console

from gatusyn.model import GatusynError

COMMANDS = {
    "init": "init",
    "calibrate": "calibrate",
    "inspect": "inspect",
    "serve": "serve",
    "export": "export",
    "report": "report",
    "prune": "prune",
    "debt": "debt",
    "life": "life",
    "programme": "programme",
    "backup": "backup",
    "restore": "backup",
    "verify": "backup",
    "audit": "audit",
    "keys": "keys",
    "work": "work",
    "demo": "demo",
    "detect": "detect",
    "redact": "redact",
    "models": "models",
    "simulate": "simulate",
    "remove-picture": "remove_picture",
}
"""The file of each command; its function has the command's name."""

GROUPS = (
    *("network", "finding", "hold", "webhook", "programmes", "user", "token", "privacy"),
    *("evaluate", "bench"),
)
"""The commands that have commands; what makes each is the function ``NAME_app`` of its file."""


def build_app(only: str | None = None) -> typer.Typer:
    """Return the command line.

    Parameters
    ----------
    only
        The command that is about to run: the others are not read, each of which imports what it
        needs, and that takes seconds. All commands if None or not a command.
    """
    app = typer.Typer(
        name="gatusyn",
        help="Shows a town how its streets are: from footage to graded sections on a map.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # Without it an app of one command would be that command, without its name.
    app.callback()(_commands)
    has_all = only not in (*COMMANDS, *GROUPS)
    for name, file in COMMANDS.items():
        if has_all or name == only:
            module = import_module(f"gatusyn.cli.{file}")
            app.command(name=name)(getattr(module, name.replace("-", "_")))
    for name in GROUPS:
        if has_all or name == only:
            module = import_module(f"gatusyn.cli.{name}")
            app.add_typer(getattr(module, f"{name}_app")())
    return app


def _commands() -> None:
    """Take a command."""


def main() -> None:
    """Run the command line; a fault that the user can act on is one message and an exit code."""
    try:
        build_app(sys.argv[1] if len(sys.argv) > 1 else None)()
    except GatusynError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. What was committed is kept.")
        sys.exit(130)
