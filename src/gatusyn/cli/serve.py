"""``gatusyn serve``: the map."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn
from starlette.types import ASGIApp

from gatusyn.cli.output import plain_console
from gatusyn.model import SettingsError, Visitor
from gatusyn.pipeline import (
    City,
    WebhookSender,
    bring_up_to_date,
    open_city,
    read_secret,
    write_key,
)
from gatusyn.serve import (
    NOBODY,
    Provider,
    ServedTown,
    Vault,
    create_app,
    create_gate,
    hosts_for,
    is_this_machine,
    log_settings,
    new_key,
)

ADD = "gatusyn user add CITY NAME --role administrator"
"""How the first account is made."""


class LogKind(StrEnum):
    """What is written to standard error."""

    PLAIN = "plain"
    JSON = "json"


_ARENA_MAX, ARENAS = -8, 2
"""The parameter of glibc's ``mallopt``, and its value."""

COLLECTIONS = (20_000, 50, 1_000)
"""When Python looks for what nothing refers to any more (``gc.set_threshold``).

It goes through the whole network then, 0.2 s for a large town, in which nobody is answered: that
is to be seldom. Nearly all goes without it, as soon as the last reference does.
"""


def serve(
    cities: Annotated[
        list[Path],
        typer.Argument(metavar="CITY...", help="The city folder; several only with accounts."),
    ],
    host: Annotated[
        str, typer.Option(help="The address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8600,
    review: Annotated[
        str | None,
        typer.Option(
            help="Your name: lets the map hide what was missed and remove pictures, noted with it. "
            "Only where there are no accounts."
        ),
    ] = None,
    public_address: Annotated[
        str | None,
        typer.Option(help="Where visitors reach it through a proxy, as https://streets.example."),
    ] = None,
    log: Annotated[
        LogKind, typer.Option(help="json: a line for every request, without personal data.")
    ] = LogKind.PLAIN,
) -> None:
    """Open the map of a city: streets by grade, and the pictures behind each grade.

    Where a city has accounts (`gatusyn user add`), people log in.
    """
    own_name = None if public_address is None else name_in(public_address)
    hosts = hosts_for(host) + ((own_name,) if own_name else ())
    is_reached = not is_this_machine(host) or public_address is not None
    if review is not None:
        require_own_machine(review, host, public_address)
    with ExitStack() as stack:
        opened = [_opened(city, stack) for city in cities]
        kinds = {bool(one.store.accounts.users()) for one in opened}
        app: ASGIApp
        if kinds == {True}:
            require_safe_line(host, public_address, review)
            app = create_gate(towns_of(opened), hosts=hosts, public_address=public_address)
        else:
            if len(opened) > 1:
                raise SettingsError(
                    "gatusyn serve",
                    "was given several cities, of which not all have accounts",
                    f"Make an administrator in each: {ADD}.",
                )
            app = create_app(
                opened[0].store,
                opened[0].settings,
                hosts=hosts,
                reviewer=review,
                public_address=public_address,
                visitor=public_only(opened[0], host) if is_reached else None,
                city_folder=opened[0].folder,
            )
        for one in opened:
            plain_console().print(f"{one.settings.name}: http://{host}:{port}  (stop with Ctrl+C)")
        gc.set_threshold(*COLLECTIONS)
        share_memory()
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_config=log_settings(log.value),
            access_log=False,
            ws="none",
            # Pages listen for news all the time: they are not waited for.
            timeout_graceful_shutdown=2,
        )


def _opened(city: Path, stack: ExitStack) -> City:
    opened = open_city(city)
    stack.callback(opened.store.close)
    bring_up_to_date(opened)
    sender = WebhookSender(opened.store, opened.settings.name)
    sender.start()
    stack.callback(sender.stop)
    return opened


def share_memory() -> None:
    """Have all threads take memory from the same few places, where the system's library is glibc.

    Else every one of forty threads keeps what it once needed to lay a town out.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, ARENAS)


def require_own_machine(review: str, host: str, public_address: str | None) -> None:
    """Raise ``SettingsError`` unless a map that changes pictures is for this machine only."""
    if not is_this_machine(host):
        raise SettingsError(
            "--review",
            f"does not go with --host {host}: without accounts anybody there could remove pictures",
            f"Leave one of them out, or make accounts: {ADD}.",
        )
    if public_address is not None:
        raise SettingsError(
            "--review",
            "does not go with --public-address: whoever comes through the proxy could remove "
            "pictures",
            f"Leave one of them out, or make accounts: {ADD}.",
        )
    if not review.strip():
        raise SettingsError("--review", "needs a name", "Give yours: it is noted with a change.")


def require_safe_line(host: str, public_address: str | None, review: str | None) -> None:
    """Raise ``SettingsError`` where a password would travel for everybody to read."""
    if review is not None:
        raise SettingsError(
            "--review", "does not go with accounts", "Leave it out, and log in as a reviewer."
        )
    is_https = (public_address or "").startswith("https://")
    if not is_https and (public_address is not None or not is_this_machine(host)):
        raise SettingsError(
            "--public-address",
            "is not an https address, and people log in: passwords could be read on the way",
            "Put a proxy with TLS before it, and give its address: https://streets.example.",
        )


def public_only(city: City, host: str) -> Visitor:
    """Return who everybody is who comes from elsewhere to a city without accounts.

    Raises
    ------
    SettingsError
        If there is nothing for them.
    """
    if not city.settings.public.page:
        raise SettingsError(
            "gatusyn serve",
            f"would show everything to whoever reaches {host} or the public address",
            f"Make accounts first ({ADD}), or switch on the page for everybody ([public] page = "
            "true), which is all that is shown then.",
        )
    return NOBODY


def towns_of(cities: Sequence[City]) -> list[ServedTown]:
    """Return the towns of a gate.

    Raises
    ------
    SettingsError
        If two have the same name, or an identity provider's secret is not there.
    """
    names = [one.settings.name for one in cities]
    if len(set(names)) < len(names):
        raise SettingsError(
            "name", "is the same in two of the cities", "Change it in one gatusyn.toml."
        )
    return [
        ServedTown(
            settings=one.settings,
            store=one.store,
            folder=one.folder,
            vault=Vault(write_key(one.folder, new_key())),
            provider=_provider_of(one),
        )
        for one in cities
    ]


def _provider_of(city: City) -> Provider | None:
    login = city.settings.login
    if login.issuer is None:
        return None
    return Provider(login, read_secret(login.secret_variable))


def name_in(address: str) -> str:
    """Return the host's name in a public address.

    Raises
    ------
    SettingsError
        If it is no address of a website.
    """
    try:
        parts = urlsplit(address)
        named = parts.hostname
    except ValueError:
        named = None
    if named is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise SettingsError(
            "--public-address", f"{address!r} is no address", "Give it as https://streets.example."
        )
    return f"[{named}]" if ":" in named else named
