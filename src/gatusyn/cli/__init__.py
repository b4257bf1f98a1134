"""The command line: one file a command."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from gatusyn.cli.audit import audit
from gatusyn.cli.backup import backup, restore, verify
from gatusyn.cli.bench import bench_app
from gatusyn.cli.calibrate import calibrate
from gatusyn.cli.debt import debt
from gatusyn.cli.demo import demo
from gatusyn.cli.detect import detect
from gatusyn.cli.evaluate import evaluate_app
from gatusyn.cli.export import export
from gatusyn.cli.finding import finding_app
from gatusyn.cli.hold import hold_app
from gatusyn.cli.init import init
from gatusyn.cli.inspect import inspect
from gatusyn.cli.keys import keys
from gatusyn.cli.life import life
from gatusyn.cli.models import models
from gatusyn.cli.network import network_app
from gatusyn.cli.privacy import privacy_app
from gatusyn.cli.programme import programme
from gatusyn.cli.programmes import programmes_app
from gatusyn.cli.prune import prune
from gatusyn.cli.redact import redact
from gatusyn.cli.remove_picture import remove_picture
from gatusyn.cli.report import report
from gatusyn.cli.serve import serve
from gatusyn.cli.simulate import simulate
from gatusyn.cli.token import token_app
from gatusyn.cli.user import user_app
from gatusyn.cli.webhook import webhook_app
from gatusyn.cli.work import work
from gatusyn.model import GatusynError


def build_app() -> typer.Typer:
    """Return the command line with all its commands."""
    app = typer.Typer(
        name="gatusyn",
        help="Shows a town how its streets are: from footage to graded sections on a map.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    plain = (
        *(init, calibrate, inspect, serve, export, report, prune, debt, life, programme),
        *(backup, restore, verify, audit, keys, work),
        *(demo, detect, redact, models, simulate),
    )
    for command in plain:
        app.command()(command)
    app.command(name="remove-picture")(remove_picture)
    app.add_typer(network_app())
    app.add_typer(finding_app())
    app.add_typer(hold_app())
    app.add_typer(webhook_app())
    app.add_typer(programmes_app())
    app.add_typer(user_app())
    app.add_typer(token_app())
    app.add_typer(privacy_app())
    app.add_typer(evaluate_app())
    app.add_typer(bench_app())
    return app


def main() -> None:
    """Run the command line; a fault that the user can act on is one message and an exit code."""
    try:
        build_app()()
    except GatusynError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. What was committed is kept.")
        sys.exit(130)
