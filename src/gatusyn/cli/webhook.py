"""``gatusyn webhook``: other systems that are told of what happens."""

from __future__ import annotations

from typing import Annotated

import httpx
import typer

from gatusyn.cli.noting import CityFolder, day
from gatusyn.cli.output import plain_console
from gatusyn.model import NewsKind, SettingsError, Webhook
from gatusyn.pipeline import FOUND, named_webhook, new_webhook, opened_city, tell

Name = Annotated[str, typer.Argument(help="The webhook's name.")]


def webhook_app() -> typer.Typer:
    """Return the commands on webhooks."""
    app = typer.Typer(
        name="webhook",
        help="Tells other systems of new findings, while `gatusyn serve` runs.",
        no_args_is_help=True,
    )
    for command in (add, remove, test):
        app.command()(command)
    app.command(name="list")(list_webhooks)
    return app


def add(
    city: CityFolder,
    name: Name,
    url: Annotated[str, typer.Argument(help="Where to, as https://cases.example/gatusyn.")],
    *,
    kind: Annotated[
        list[NewsKind] | None,
        typer.Option(help="What it is told of, once for each; findings that come and go if none."),
    ] = None,
) -> None:
    """Tell an address of news from now on; prints the key that its messages are signed with."""
    with opened_city(city) as opened:
        made = new_webhook(opened.store, name, url, kind or FOUND)
    console = plain_console()
    console.print(f"{name}: told of {', '.join(sorted(made.kinds))}.", markup=False)
    console.print(f"Key of the signature, shown this once: {made.secret}", markup=False)


def list_webhooks(city: CityFolder) -> None:
    """List webhooks: name, address, what they are told of, and why the last message failed."""
    with opened_city(city) as opened:
        every = opened.store.webhooks.every()
    for one in every:
        plain_console().print(_line(one), markup=False)
    if not every:
        plain_console().print("No webhooks.")


def remove(city: CityFolder, name: Name) -> None:
    """Tell an address no more."""
    with opened_city(city) as opened:
        named_webhook(opened.store, name)
        opened.store.webhooks.remove(name)
    plain_console().print(f"{name}: removed.", markup=False)


def test(city: CityFolder, name: Name) -> None:
    """Send a message without news now, and say whether it was taken."""
    with opened_city(city) as opened:
        webhook = named_webhook(opened.store, name)
    with httpx.Client(timeout=10.0, follow_redirects=False, trust_env=False) as client:
        fault = tell(webhook, opened.settings.name, (), client)
    if fault:
        raise SettingsError(
            f"webhook {name}", f"{webhook.url} did not take it: {fault}", "Is it the right address?"
        )
    plain_console().print(f"{name}: taken.", markup=False)


def _line(one: Webhook) -> str:
    kinds = ", ".join(sorted(one.kinds))
    failed = f"  failed {one.tries} times ({one.fault}), tried again {day(one.next_s)}"
    return f"{one.name}  {one.url}  {kinds}{failed if one.fault else ''}"
