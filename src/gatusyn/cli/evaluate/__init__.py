"""``gatusyn evaluate``: yardsticks that anyone can repeat on data of their own."""

from __future__ import annotations

import typer

from gatusyn.cli.evaluate.damage import damage
from gatusyn.cli.evaluate.labels import labels
from gatusyn.cli.evaluate.privacy import privacy
from gatusyn.cli.evaluate.survey import survey


def evaluate_app() -> typer.Typer:
    """Return the commands under ``gatusyn evaluate``."""
    app = typer.Typer(
        name="evaluate",
        help="Measures models, labels or grades against what is known to be true.",
        no_args_is_help=True,
    )
    for command in (damage, labels, privacy, survey):
        app.command()(command)
    return app
