"""``gatusyn evaluate``: yardsticks that anyone can repeat on data of their own."""

from __future__ import annotations

import typer

from gatusyn.cli.evaluate.damage import damage
from gatusyn.cli.evaluate.labels import labels
from gatusyn.cli.evaluate.privacy import privacy


def evaluate_app() -> typer.Typer:
    """Return the commands under ``gatusyn evaluate``."""
    app = typer.Typer(
        name="evaluate",
        help="Measures models, masks or labels against what is known to be true.",
        no_args_is_help=True,
    )
    for command in (damage, labels, privacy):
        app.command()(command)
    return app
