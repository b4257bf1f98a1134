"""``gatusyn serve``: the map."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn

from gatusyn.cli.output import plain_console
from gatusyn.model import SettingsError
from gatusyn.pipeline import bring_up_to_date, open_city
from gatusyn.serve import create_app, hosts_for, is_this_machine, log_settings


class LogKind(StrEnum):
    """What is written to standard error."""

    PLAIN = "plain"
    JSON = "json"


def serve(
    city: Annotated[Path, typer.Argument(help="The city folder.")],
    host: Annotated[
        str, typer.Option(help="The address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8600,
    review: Annotated[
        str | None,
        typer.Option(
            help="Your name: lets the map hide what was missed and remove pictures, noted with it."
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
    """Open the map of a city: streets by grade, and the pictures behind each grade."""
    if review is not None and not is_this_machine(host):
        raise SettingsError(
            "--review",
            f"does not go with --host {host}: the map has no log-in, so anybody there could "
            "remove pictures",
            "Leave one of them out.",
        )
    if review is not None and public_address is not None:
        raise SettingsError(
            "--review",
            "does not go with --public-address: whoever comes through the proxy could remove "
            "pictures",
            "Leave one of them out.",
        )
    if review is not None and not review.strip():
        raise SettingsError("--review", "needs a name", "Give yours: it is noted with a change.")
    own_name = None if public_address is None else name_in(public_address)
    opened = open_city(city)
    bring_up_to_date(opened)
    plain_console().print(f"{opened.settings.name}: http://{host}:{port}  (stop with Ctrl+C)")
    app = create_app(
        opened.store,
        opened.settings,
        hosts=hosts_for(host) + ((own_name,) if own_name else ()),
        reviewer=review,
        public_address=public_address,
        city_folder=opened.folder,
    )
    try:
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_config=log_settings(log.value),
            access_log=False,
            ws="none",
        )
    finally:
        opened.store.close()


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
